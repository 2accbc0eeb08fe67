//! The core reads a file of the browser in pieces.

use std::io::{Read as _, Seek as _, SeekFrom};

use js_sys::{Array, Uint8Array};
use steerscope::web::file_source::FileSource;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::Blob;

fn source(content: &[u8]) -> FileSource {
    let parts = Array::of1(&Uint8Array::from(content));
    FileSource::new(Blob::new_with_u8_array_sequence(&parts).unwrap()).unwrap()
}

#[wasm_bindgen_test]
fn reads_across_slices_and_seeks() {
    let content: Vec<u8> = (0..2 * 1024 * 1024 + 10).map(|index: u32| (index % 251) as u8).collect();
    let mut file = source(&content);
    assert!(file.probe().is_ok());
    let mut read = Vec::new();
    file.read_to_end(&mut read).unwrap();
    assert!(read == content);
    assert_eq!(file.seek(SeekFrom::End(-3)).unwrap(), content.len() as u64 - 3);
    read.clear();
    file.read_to_end(&mut read).unwrap();
    assert_eq!(read, content[content.len() - 3..]);
    assert!(file.seek(SeekFrom::Current(-i64::MAX)).is_err());
    file.seek(SeekFrom::Start(u64::MAX)).unwrap();
    assert_eq!(file.read(&mut [0; 4]).unwrap(), 0);
}

#[wasm_bindgen_test]
fn an_empty_file_ends_at_once() {
    let mut file = source(&[]);
    assert!(file.probe().is_ok());
    assert_eq!(file.read(&mut [0; 4]).unwrap(), 0);
}
