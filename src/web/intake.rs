//! What was dropped, chosen or pasted becomes a list of files; their content stays unread.

use js_sys::{Array, Promise, Reflect};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{DataTransfer, File, FileList, FileSystemDirectoryEntry, FileSystemEntry, FileSystemFileEntry};

use super::protocol::{ChosenFile, Content, Role};

/// A folder with more files than this is no log bundle; the rest is left out rather than the page stopped.
const MOST_FILES: usize = 20_000;

/// Whether files are dragged, not a piece of text.
pub(super) fn holds_files(transfer: &DataTransfer) -> bool {
    transfer.types().includes(&"Files".into(), 0)
}

/// What a drop holds. Must be taken while the event is handled; afterwards the browser has forgotten it.
pub(super) struct Dropped {
    files: Vec<ChosenFile>,
    folders: Vec<FileSystemEntry>,
}

pub(super) fn from_list(list: Option<&FileList>) -> Vec<ChosenFile> {
    let length = list.map_or(0, FileList::length);
    (0..length).filter_map(|index| list?.get(index)).map(chosen).collect()
}

pub(super) fn take(transfer: &DataTransfer) -> Dropped {
    let mut dropped = Dropped { files: Vec::new(), folders: Vec::new() };
    let items = transfer.items();
    for item in (0..items.length()).filter_map(|index| items.get(index)) {
        // Browsers without entries give the files alone.
        match item.webkit_get_as_entry().ok().flatten() {
            Some(entry) if entry.is_directory() => dropped.folders.push(entry),
            _ => dropped.files.extend(item.get_as_file().ok().flatten().map(chosen)),
        }
    }
    if dropped.files.is_empty() && dropped.folders.is_empty() {
        dropped.files = from_list(transfer.files().as_ref());
    }
    dropped
}

impl Dropped {
    pub(super) fn is_empty(&self) -> bool {
        self.files.is_empty() && self.folders.is_empty()
    }

    /// Walks the folders. What cannot be reached is left out: the rest of the bundle may still answer.
    pub(super) async fn files(self) -> Vec<ChosenFile> {
        let Self { mut files, folders: mut waiting } = self;
        while let Some(entry) = waiting.pop() {
            if files.len() >= MOST_FILES {
                break;
            }
            if let Some(folder) = entry.dyn_ref::<FileSystemDirectoryEntry>() {
                waiting.extend(entries_of(folder).await);
            } else if let Some(file) = file_of(&entry).await {
                let name = entry.full_path().trim_start_matches('/').to_owned();
                files.push(ChosenFile { name, role: Role::Incident, content: Content::File(file) });
            }
        }
        files.sort_by(|first, second| first.name.cmp(&second.name));
        files
    }
}

/// A folder is given in portions, until an empty one.
async fn entries_of(folder: &FileSystemDirectoryEntry) -> Vec<FileSystemEntry> {
    let reader = folder.create_reader();
    let mut entries = Vec::new();
    loop {
        let portion = Promise::new(&mut |resolve, reject| {
            if let Err(error) = reader.read_entries_with_callback_and_callback(&resolve, &reject) {
                // A promise that nobody hears any more needs no refusal.
                let _ = reject.call1(&JsValue::UNDEFINED, &error);
            }
        });
        let Ok(portion) = JsFuture::from(portion).await else { break };
        let portion: Array = portion.unchecked_into();
        if portion.length() == 0 || entries.len() > MOST_FILES {
            break;
        }
        entries.extend(portion.iter().map(wasm_bindgen::JsCast::unchecked_into::<FileSystemEntry>));
    }
    entries
}

async fn file_of(entry: &FileSystemEntry) -> Option<File> {
    let entry: &FileSystemFileEntry = entry.unchecked_ref();
    let file = Promise::new(&mut |resolve, reject| entry.file_with_callback_and_callback(&resolve, &reject));
    JsFuture::from(file).await.ok()?.dyn_into().ok()
}

fn chosen(file: File) -> ChosenFile {
    let path = Reflect::get(&file, &"webkitRelativePath".into()).ok().and_then(|path| path.as_string());
    let name = path.filter(|path| !path.is_empty()).unwrap_or_else(|| file.name());
    ChosenFile { name, role: Role::Incident, content: Content::File(file) }
}
