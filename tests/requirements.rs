//! The list of requirements is complete, and every test that it names exists.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on must fail")]
#![allow(clippy::disallowed_methods, reason = "a test reads the document and the sources")]

use std::path::Path;

#[test]
fn every_requirement_has_a_test_that_exists_or_a_reason() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let list = std::fs::read_to_string(root.join("docs/requirements.md")).unwrap();
    let mut expected = 1;
    for row in list.lines().filter(|line| line.starts_with("| R")) {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let [_, number, asks, proof, _] = cells.as_slice() else { panic!("not three cells: {row}") };
        assert_eq!(*number, format!("R{expected}"));
        expected += 1;
        assert!(!asks.is_empty(), "{number} asks nothing");
        let tests: Vec<&str> = proof.split('`').skip(1).step_by(2).collect();
        assert!(!tests.is_empty() || proof.starts_with("No test: "), "{number} has neither test nor reason");
        for test in tests {
            let (file, name) = test.split_once("::").unwrap_or((test, ""));
            let path = root.join(file);
            let text = std::fs::read_to_string(&path).unwrap_or_else(|_| panic!("{number}: {file} does not exist"));
            let is_there = text.contains(&format!("fn {name}(")) || text.lines().any(|line| line.trim() == name);
            assert!(name.is_empty() || is_there, "{number}: {file} has no {name}");
        }
    }
    assert_eq!(expected, 111, "the list does not end with R110");
}
