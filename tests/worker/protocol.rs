//! What page and worker say to each other survives the way between them.

use js_sys::{Array, ArrayBuffer, Uint8Array};
use steerscope::report::flow_list::FlowRow;
use steerscope::report::{Evidence, Report};
use steerscope::web::protocol::{
    Answer, ChosenFile, Content, ExportFormat, IncidentWords, MemberProgress, Progress, Question, Request, Response,
    Role,
};
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Blob, File};

fn question() -> Question {
    let incident =
        IncidentWords { at: "15:34".to_owned(), within: "2m".to_owned(), hint: "login.example.com".to_owned() };
    Question { number: 7, incident, language: "ja".to_owned() }
}

fn arrived(content: Content) -> Content {
    let files = vec![ChosenFile { name: "ログ/一式.zip".to_owned(), role: Role::After, content }];
    let limits = vec!["depth=2".to_owned()];
    let request = Request::Open { files, password: None, limits: limits.clone(), question: question(), readers: 4 };
    let value = request.to_value().unwrap();
    let Request::Open { mut files, password, limits: set, question: asked, readers } =
        Request::from_value(value).unwrap()
    else {
        panic!("another request")
    };
    assert_eq!((asked, password, set, files.len(), readers), (question(), None, limits, 1, 4));
    let ChosenFile { name, role, content } = files.remove(0);
    assert_eq!((name.as_str(), role), ("ログ/一式.zip", Role::After));
    content
}

#[wasm_bindgen_test]
fn a_file_arrives_as_the_same_file() {
    let file = File::new_with_str_sequence(&Array::of1(&"log".into()), "bundle.zip").unwrap();
    let Content::File(file) = arrived(Content::File(file)) else { panic!("another content") };
    assert_eq!((file.name(), file.size()), ("bundle.zip".to_owned(), 3.0));
}

#[wasm_bindgen_test]
fn bytes_arrive_unchanged() {
    let bytes = Uint8Array::from([0, 1, 255].as_slice()).buffer();
    let Content::Bytes(bytes) = arrived(Content::Bytes(bytes)) else { panic!("another content") };
    assert_eq!(Uint8Array::new(&bytes).to_vec(), [0, 1, 255]);
}

#[wasm_bindgen_test]
fn every_answer_arrives_unchanged() {
    let lines = vec![Evidence { member: "a.log".to_owned(), line: 42, text: None }];
    let report = Box::new(Report { language: "en".to_owned(), ..Report::default() });
    let member = MemberProgress { path: "a.log".to_owned(), number: 1, of: 2, bytes: 7, total: Some(9), records: 3 };
    for response in [
        Response::Progress(Progress {
            bytes: 5_000_000_000,
            records: 1_500_000,
            member: Some(member),
            seconds_left: Some(4),
            ..Progress::default()
        }),
        Response::Report { number: 1, report: report.clone(), partial: true },
        Response::Report { number: 1, report, partial: false },
        Response::Lines { number: 1, later: lines.clone(), lines },
        Response::Answered { ticket: 9, answer: Answer::FlowRows { first: 100, rows: vec![FlowRow::default()] } },
        Response::Exported { format: ExportFormat::Json, content: Blob::new().ok() },
        Response::ReadByPage,
        Response::Locked { sentence: "bundle.zip is encrypted".to_owned() },
        Response::Failed { sentence: "bundle.zip is no archive".to_owned() },
    ] {
        assert_eq!(Response::from_value(response.to_value().unwrap().0).unwrap(), response);
    }
}

#[wasm_bindgen_test]
fn what_another_reader_found_arrives_unchanged() {
    let pieces = [&[1, 2, 3][..], &[], &[255]].map(|bytes| Uint8Array::from(bytes).buffer());
    let bytes = |pieces: &[ArrayBuffer]| -> Vec<Vec<u8>> {
        pieces.iter().map(|piece| Uint8Array::new(piece).to_vec()).collect()
    };
    let (message, buffers) = Response::Portion { pieces: pieces.to_vec() }.to_value().unwrap();
    assert_eq!(buffers.length(), 4);
    let Response::Portion { pieces } = Response::from_value(message).unwrap() else { panic!("another response") };
    let value = Request::Join { pieces, complete: true }.to_value().unwrap();
    let Request::Join { pieces, complete } = Request::from_value(value).unwrap() else { panic!("another request") };
    assert_eq!((bytes(&pieces), complete), (vec![vec![1, 2, 3], vec![], vec![255]], true));
}

#[wasm_bindgen_test]
fn what_is_no_request_is_an_error() {
    assert!(Request::from_value("hello".into()).is_err());
}
