//! The catalogue of message shapes holds: every sample has its own shape first, its expected fields, a known meaning and a reference.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on must fail")]

use steerscope::knowledge::Knowledge;

#[test]
fn every_sample_is_read_by_its_own_shape() {
    let knowledge = Knowledge::built_in().unwrap();
    let mut wrong = Vec::new();
    for shape in knowledge.shapes.all() {
        let Some(found) = knowledge.shapes.find(shape.sample.as_bytes()) else {
            wrong.push(format!("{}: its sample is not found by its literal", shape.name));
            continue;
        };
        if found.shape.name != shape.name {
            wrong.push(format!("{}: its sample is taken by {}", shape.name, found.shape.name));
        }
        for (field, expected) in &shape.expect {
            let read = found.field(field).map(String::from_utf8_lossy);
            if read.as_deref() != Some(expected) {
                wrong.push(format!("{}: {field} is {read:?}, not {expected}", shape.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_shape_has_a_meaning_a_grade_and_a_reference() {
    let knowledge = Knowledge::built_in().unwrap();
    let mut names = Vec::new();
    for shape in knowledge.shapes.all() {
        assert!(["R", "F", "P", "V"].contains(&shape.grade.as_str()), "{}: grade {}", shape.name, shape.grade);
        assert!(shape.reference.starts_with("https://"), "{}: reference {}", shape.name, shape.reference);
        assert!(
            !shape.sample.contains("goskope") || shape.sample.contains("example"),
            "{}: sample names a tenant",
            shape.name
        );
        names.push(&shape.name);
    }
    names.sort();
    names.dedup();
    assert_eq!(names.len(), knowledge.shapes.all().len(), "two shapes share a name");
}

#[test]
fn a_file_of_the_same_format_adds_shapes_in_front() {
    let mut knowledge = Knowledge::built_in().unwrap();
    let file = r#"
        [[message]]
        name = "mine"
        event = "flow"
        shape = "Steering {process} towards {host} now"
        set = { decision = "tunnel" }
        grade = "R"
        sample = "x Steering app.exe towards app.example.com now"
        reference = "https://docs.example.com/"
    "#;
    knowledge.extend("mine.toml", file).unwrap();
    let found = knowledge.shapes.find(b"tag Steering app.exe towards app.example.com now").unwrap();
    assert_eq!((found.index, found.field("host")), (0, Some(b"app.example.com".as_slice())));
    for (right, wrong, said) in
        [("x Steering", "Nothing", "sample"), ("\"flow\"", "\"flaw\"", "“flaw”; give one of flow, ")]
    {
        let error = knowledge.extend("broken.toml", &file.replace(right, wrong)).unwrap_err().to_string();
        assert!(error.starts_with("broken.toml:") && error.contains("mine") && error.contains(said), "{error}");
    }
}
