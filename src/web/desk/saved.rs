//! A report that was saved together with what was ticked off: written as JSON, and opened again without its log.

use std::collections::BTreeSet;
use std::io::Read as _;

use serde::{Deserialize, Serialize};

use super::File;
use crate::report::{Report, SCHEMA};

/// Larger files are no reports.
const LARGEST: u64 = 256 * 1024 * 1024;

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Saved {
    #[serde(default)]
    pub(super) marks: BTreeSet<String>,
    #[serde(flatten)]
    pub(super) report: Report,
}

/// The report with the marks among its fields, so that it stays a report for every other program.
pub(super) fn written(report: &Report, marks: BTreeSet<String>) -> String {
    let saved = Saved { marks, report: report.clone() };
    serde_json::to_string_pretty(&saved).unwrap_or_default() + "\n"
}

/// What `file` holds, if it is a saved report; else the file as it was.
pub(super) fn read(mut file: File) -> Result<Box<Saved>, File> {
    use std::io::Seek as _;

    if !file.name.to_ascii_lowercase().ends_with(".json") {
        return Err(file);
    }
    let mut text = Vec::new();
    let whole = file.source.by_ref().take(LARGEST).read_to_end(&mut text);
    let saved = whole.ok().and_then(|_| serde_json::from_slice::<Saved>(&text).ok());
    if let Some(saved) = saved.filter(|saved| saved.report.schema == SCHEMA) {
        return Ok(Box::new(saved));
    }
    // A source that cannot go back to its start fails where it is read next, and says so.
    let _ = file.source.rewind();
    Err(file)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;
    use crate::web::protocol::Role;

    fn file(name: &str, text: String) -> File {
        File { name: name.to_owned(), role: Role::Incident, source: Box::new(Cursor::new(text.into_bytes())) }
    }

    #[test]
    fn a_saved_report_opens_again() {
        let report = Report { schema: SCHEMA, language: "ja".to_owned(), ..Report::default() };
        let marks: BTreeSet<String> = ["ipv6_off".to_owned()].into();
        let saved = read(file("report.json", written(&report, marks.clone()))).ok().unwrap();
        assert_eq!((saved.report, saved.marks), (report, marks));
    }

    #[test]
    fn other_files_are_left_alone() {
        for (name, text) in [("report.txt", "{}"), ("nsconfig.json", "{\"clientConfig\":1}"), ("a.json", "[")] {
            let mut left = read(file(name, text.to_owned())).unwrap_err();
            let mut again = String::new();
            left.source.read_to_string(&mut again).unwrap();
            assert_eq!(again, text);
        }
    }
}
