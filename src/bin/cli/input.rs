//! Paths to bundles: a file is handed over as it is, a folder as all files below it.

use std::fs::File;
use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};

use steerscope::bundle::{self, Bundle, BundleError, Input, Limits};
use steerscope::knowledge::texts::Texts;
use steerscope::provenance::MemberId;

/// Why a path gave no bundle.
pub(crate) enum Problem {
    Path {
        path: String,
        error: io::Error,
    },
    Bundle(BundleError),
    /// Encrypted, and no terminal at which to ask for the password.
    NobodyToAsk {
        name: String,
    },
}

impl Problem {
    pub(crate) fn sentence(&self, texts: &Texts) -> String {
        match self {
            Self::Path { path, error } => {
                texts.get("notice.path_unreadable", &[("path", path.clone()), ("error", error.to_string())])
            }
            Self::NobodyToAsk { name } => texts.get("notice.open_password_no_terminal", &[("name", name.clone())]),
            Self::Bundle(error) => {
                let notice = error.notice();
                texts.get(&format!("notice.{}", notice.id), &notice.arguments)
            }
        }
    }
}

/// Opens `path` as one bundle. Where its archive is encrypted and a person is at the terminal, they are asked for the
/// password; it is kept for this run and written nowhere.
pub(crate) fn open(path: &str, first: u32, limits: &Limits, texts: &Texts) -> Result<Bundle, Problem> {
    let name = Path::new(path).file_name().map_or_else(|| path.to_owned(), |name| name.to_string_lossy().into_owned());
    let open = |password: Option<&[u8]>| {
        let inputs = inputs(Path::new(path)).map_err(|error| Problem::Path { path: path.to_owned(), error })?;
        bundle::open_with_password(&name, inputs, limits, MemberId(first), password).map_err(Problem::Bundle)
    };
    let mut opened = open(None);
    for _ in 0..PASSWORD_TRIES {
        let asks = match &opened {
            Ok(bundle) => bundle.is_partly_locked(),
            Err(Problem::Bundle(error)) => {
                matches!(error, BundleError::PasswordNeeded { .. } | BundleError::WrongPassword { .. })
            }
            Err(_) => false,
        };
        if !asks {
            return opened;
        }
        if !std::io::stdin().is_terminal() {
            return opened.map_err(|problem| match problem {
                Problem::Bundle(BundleError::PasswordNeeded { name }) => Problem::NobodyToAsk { name },
                problem => problem,
            });
        }
        let question = texts.get("notice.ask_password", &[("name", name.clone())]);
        let Ok(password) = rpassword::prompt_password(question) else { return opened };
        if password.is_empty() {
            return opened;
        }
        opened = open(Some(password.as_bytes()));
    }
    opened
}

/// A slip of the finger is forgiven.
const PASSWORD_TRIES: usize = 3;

/// Text of the `.toml` files below `folder`, in the order of their names.
pub(crate) fn knowledge_files(folder: &str) -> Result<Vec<(String, String)>, String> {
    let below = files_below(Path::new(folder)).map_err(|error| format!("--knowledge {folder}: {error}"))?;
    let toml = below.into_iter().filter(|path| path.extension().is_some_and(|ending| ending == "toml"));
    toml.map(|path| {
        let name = path.to_string_lossy().into_owned();
        std::fs::read_to_string(&path).map(|text| (name.clone(), text)).map_err(|error| format!("{name}: {error}"))
    })
    .collect()
}

fn inputs(path: &Path) -> io::Result<Vec<Input>> {
    if !path.is_dir() {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        return Ok(vec![input(path, name)?]);
    }
    files_below(path)?
        .iter()
        .map(|file| {
            let name = file.strip_prefix(path).unwrap_or(file);
            let parts: Vec<_> = name.iter().map(|part| part.to_string_lossy()).collect();
            input(file, parts.join("/"))
        })
        .collect()
}

fn input(path: &Path, name: String) -> io::Result<Input> {
    Ok(Input { name, source: Box::new(File::open(path)?) })
}

/// Regular files, sorted by path; links are not followed, so that no loop is walked.
fn files_below(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder)? {
            let entry = entry?;
            let kind = entry.file_type()?;
            if kind.is_dir() {
                folders.push(entry.path());
            } else if kind.is_file() {
                files.push(entry.path());
            }
        }
    }
    files.sort();
    Ok(files)
}
