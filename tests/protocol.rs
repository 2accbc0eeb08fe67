//! What page and worker say to each other survives the way between them, in a browser.
#![cfg(target_arch = "wasm32")]

use js_sys::{Array, Uint8Array};
use steerscope::web::protocol::{Request, Response};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{Blob, File};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
fn a_file_arrives_as_the_same_file() {
    let file = File::new_with_str_sequence(&Array::of1(&"log".into()), "bundle.zip").unwrap();
    let value = Request::OpenFile { file }.to_value().unwrap();
    let Request::OpenFile { file } = Request::from_value(value).unwrap() else { panic!("another request") };
    assert_eq!((file.name(), file.size()), ("bundle.zip".to_owned(), 3.0));
}

#[wasm_bindgen_test]
fn bytes_arrive_unchanged() {
    let bytes = Uint8Array::from([0, 1, 255].as_slice()).buffer();
    let value = Request::OpenBytes { name: "ログ.zip".to_owned(), bytes }.to_value().unwrap();
    let Request::OpenBytes { name, bytes } = Request::from_value(value).unwrap() else { panic!("another request") };
    assert_eq!((name.as_str(), Uint8Array::new(&bytes).to_vec()), ("ログ.zip", vec![0, 1, 255]));
}

#[wasm_bindgen_test]
fn a_blob_is_no_text() {
    let blob = Blob::new_with_str_sequence(&Array::of1(&"0".into())).unwrap();
    let value = Request::Probe { blob }.to_value().unwrap();
    assert!(matches!(Request::from_value(value).unwrap(), Request::Probe { blob } if blob.size() == 1.0));
}

#[wasm_bindgen_test]
fn every_answer_arrives_unchanged() {
    for response in [
        Response::Probed { can_read_files: true },
        Response::Opened { name: "bundle.zip".to_owned(), bytes: u32::MAX },
        Response::Failed { sentence: "bundle.zip is no archive".to_owned() },
    ] {
        assert_eq!(Response::from_value(response.to_value().unwrap()).unwrap(), response);
    }
}

#[wasm_bindgen_test]
fn what_is_no_request_is_an_error() {
    assert!(Request::from_value("hello".into()).is_err());
}
