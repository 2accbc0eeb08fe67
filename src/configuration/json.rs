//! JSON as the client writes it: `"0"` and `"1"`, `"true"`, numbers as text, values missing or of another kind than expected.

use serde_json::{Map, Value};

/// More values than this in one file are not walked through; the largest real file holds a few thousand hosts.
pub(super) const MOST_VALUES: usize = 200_000;

/// Reads a file; `None` if it is no JSON, which is how an encrypted one shows itself. Nesting is limited by the parser.
pub(super) fn parse(bytes: &[u8]) -> Option<Value> {
    let text = crate::bundle::text::text_of(bytes);
    serde_json::from_slice::<Value>(&text).ok().filter(|value| value.is_object() || value.is_array())
}

/// A short text, number or truth value as text. Nothing with an `@`: addresses of persons are not kept.
pub(super) fn text(value: &Value) -> Option<String> {
    const LONGEST: usize = 256;
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Bool(truth) => truth.to_string(),
        _ => return None,
    };
    (!text.is_empty() && text.len() <= LONGEST && !text.contains('@')).then_some(text)
}

/// The text under `key`, whatever the case of its letters.
pub(super) fn text_of(object: &Map<String, Value>, key: &str) -> Option<String> {
    get(object, key).and_then(text)
}

pub(super) fn get<'v>(object: &'v Map<String, Value>, key: &str) -> Option<&'v Value> {
    object.get(key).or_else(|| object.iter().find(|(own, _)| own.eq_ignore_ascii_case(key)).map(|(_, value)| value))
}

/// Is the value a yes in one of the ways in which the files write it?
pub(super) fn is_true(value: &Value) -> bool {
    text(value)
        .is_some_and(|text| matches!(text.to_ascii_lowercase().as_str(), "1" | "true" | "yes" | "on" | "enabled"))
}

/// The texts of a list, or the parts of a single text that holds commas.
pub(super) fn texts(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::Array(values)) => values.iter().take(MOST_VALUES).filter_map(text).collect(),
        Some(Value::String(_)) => {
            let joined = value.and_then(text).unwrap_or_default();
            joined.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn truth_and_text_come_in_many_forms() {
        for yes in [json!("1"), json!(1), json!(true), json!("true"), json!("TRUE")] {
            assert!(is_true(&yes), "{yes}");
        }
        for no in [json!("0"), json!(0), json!(false), json!("false"), json!(null), json!({})] {
            assert!(!is_true(&no), "{no}");
        }
        assert_eq!(text(&json!(7)).as_deref(), Some("7"));
        assert_eq!(text(&json!("user@example.com")), None);
        assert_eq!(texts(Some(&json!("a.exe, b.exe"))), ["a.exe", "b.exe"]);
        assert_eq!(texts(Some(&json!(["x", 1, {}]))), ["x", "1"]);
    }

    #[test]
    fn only_objects_and_lists_are_configuration() {
        assert!(parse(b"\xEF\xBB\xBF{\"a\":1}").is_some());
        assert!(parse(b"12345").is_none());
        assert!(parse(b"").is_none());
    }
}
