//! A report that was saved as JSON, with what was ticked off, opens again without its log.

use std::io::Read as _;

use super::File;
use crate::report::{Report, SCHEMA};

/// Larger files are no reports.
const LARGEST: u64 = 256 * 1024 * 1024;

/// What `file` holds, if it is a saved report; else the file as it was.
pub(super) fn read(mut file: File) -> Result<Box<Report>, File> {
    use std::io::Seek as _;

    if !file.name.to_ascii_lowercase().ends_with(".json") {
        return Err(file);
    }
    let mut text = Vec::new();
    let whole = file.source.by_ref().take(LARGEST).read_to_end(&mut text);
    let saved = whole.ok().and_then(|_| serde_json::from_slice::<Report>(&text).ok());
    if let Some(saved) = saved.filter(|saved| saved.schema == SCHEMA) {
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
        let marks = ["ipv6_off".to_owned()].into();
        let report = Report { schema: SCHEMA, language: "ja".to_owned(), marks, ..Report::default() };
        let saved = read(file("report.json", crate::report::export::json(&report))).ok().unwrap();
        assert_eq!(*saved, report);
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
