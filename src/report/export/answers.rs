//! Answers of `lookup` and `whatif`, as JSON and for a terminal.

use std::fmt::Write as _;

use crate::advice::what_if::{Change, WhatIf};
use crate::knowledge::texts::Texts;
use crate::report::lookup::{Answer, Match, MessageTriage, TextAnswers};

/// A list of answers for one text, a list of lists with their texts for several.
#[must_use]
pub fn answers_json(all: &[TextAnswers]) -> String {
    let written = match all {
        [one] => serde_json::to_string_pretty(&one.answers),
        _ => serde_json::to_string_pretty(all),
    };
    written.unwrap_or_default() + "\n"
}

#[must_use]
pub fn answers_text(all: &[TextAnswers], texts: &Texts) -> String {
    let mut out = String::new();
    for TextAnswers { text, answers } in all {
        if all.len() > 1 {
            let _ = writeln!(out, "{text}");
        }
        if answers.is_empty() {
            let _ = writeln!(out, "{}", texts.get("lookup.nothing", &[]));
        }
        for answer in answers {
            write_answer(&mut out, answer, texts);
        }
    }
    out
}

#[must_use]
pub fn triage_json(triage: &MessageTriage) -> String {
    serde_json::to_string_pretty(triage).unwrap_or_default() + "\n"
}

#[must_use]
pub fn triage_text(triage: &MessageTriage, texts: &Texts) -> String {
    let counts = [("messages", triage.messages.to_string()), ("unknown", triage.unknown.to_string())];
    let mut out = texts.get("lookup.triage", &counts) + "\n";
    for count in &triage.counts {
        let integration = count.integration.as_ref().map(|name| format!(" ({name})")).unwrap_or_default();
        let _ = writeln!(out, "{:>6}  {}{integration}", count.count, count.title);
    }
    for message in &triage.examples {
        let arguments = [("line", message.line.to_string()), ("text", message.text.clone())];
        let _ = writeln!(out, "{}", texts.get("lookup.unknown_message", &arguments));
    }
    out
}

#[must_use]
pub fn what_if_json(answer: &WhatIf) -> String {
    serde_json::to_string_pretty(answer).unwrap_or_default() + "\n"
}

#[must_use]
pub fn what_if_text(answer: &WhatIf, texts: &Texts) -> String {
    let mut out = texts.get("what_if.changed", &[("flows", answer.flows_changed.to_string())]) + "\n";
    for change in &answer.hosts {
        let Change { host, process, flows, before, after } = change;
        let _ = writeln!(out, "  {host} ({}): {flows} × {before} → {after}", process.as_deref().unwrap_or("—"));
    }
    let lists = [
        ("freed_needlessly", &answer.freed_needlessly),
        ("redundant", &answer.redundant),
        ("never_hit", &answer.never_hit),
        ("existing_redundant", &answer.existing_redundant),
        ("existing_never_hit", &answer.existing_never_hit),
        ("existing_too_broad", &answer.existing_too_broad),
    ];
    for (key, list) in lists.into_iter().filter(|(_, list)| !list.is_empty()) {
        let _ = writeln!(out, "{}", texts.get(&format!("what_if.{key}"), &[("list", list.join(", "))]));
    }
    out
}

fn write_answer(out: &mut String, answer: &Answer, texts: &Texts) {
    let near = if answer.matched == Match::Near { texts.get("lookup.near", &[]) } else { String::new() };
    let code = answer.code.as_ref().map(|code| format!(" [{code}]")).unwrap_or_default();
    let _ = writeln!(out, "{near}{}{code}", answer.title);
    let parts = [("cause", Some(&answer.cause)), ("remedy", Some(&answer.remedy)), ("hint", answer.hint.as_ref())];
    for (key, part) in parts {
        if let Some(part) = part.filter(|part| !part.is_empty()) {
            let _ = writeln!(out, "  {}", texts.get(&format!("lookup.{key}"), &[("text", part.clone())]));
        }
    }
    for fix in &answer.fixes {
        let _ = writeln!(out, "  - {fix}");
    }
    if let Some(unverified) = &answer.unverified {
        let _ = writeln!(out, "  {}", texts.get("lookup.unverified", &[("text", unverified.clone())]));
    }
    let _ = writeln!(out, "  {}\n", answer.reference);
}
