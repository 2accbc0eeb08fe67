//! Counts what a list of messages talks about: a text or CSV file with one message a line.

use serde::{Deserialize, Serialize};

use super::Lookup;

/// Messages of unknown meaning that are kept word for word; the rest is only counted.
const MOST_UNKNOWN: usize = 200;

/// Lines that a quoted cell of a CSV file may span.
const LONGEST_CELL: usize = 8;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageTriage {
    /// Messages read: lines that are not empty, the head of a table left out.
    pub messages: usize,
    /// Most frequent first.
    pub counts: Vec<MessageCount>,
    pub unknown: usize,
    pub examples: Vec<UnknownMessage>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageCount {
    pub id: String,
    pub title: String,
    pub integration: Option<String>,
    pub count: usize,
    /// Lines on which the message begins, from 1.
    pub lines: Vec<usize>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnknownMessage {
    pub line: usize,
    pub text: String,
    /// Id of the row it resembles most.
    pub nearest: Option<String>,
}

impl Lookup<'_> {
    /// Counts the messages of a text file or table, line by line. A message counts for an integration only when its line names it.
    #[must_use]
    pub fn triage_messages(&self, text: &str) -> MessageTriage {
        let mut triage = MessageTriage::default();
        for (position, (line, message)) in messages(text).into_iter().enumerate() {
            let known = self.exact(&message);
            if known.is_empty() && position == 0 && is_table_head(&message) {
                continue;
            }
            triage.messages += 1;
            if known.is_empty() {
                triage.unknown += 1;
                if triage.examples.len() < MOST_UNKNOWN {
                    let nearest = self.near(&message).into_iter().next().map(|answer| answer.id);
                    triage.examples.push(UnknownMessage { line, text: message.trim().to_owned(), nearest });
                }
                continue;
            }
            let has_general = known.iter().any(|answer| answer.integration.is_none());
            let lower = message.to_lowercase();
            let counted = known.iter().filter(|answer| match &answer.integration {
                Some(name) => !has_general || name.split_whitespace().any(|word| lower.contains(&word.to_lowercase())),
                None => true,
            });
            for answer in counted {
                match triage.counts.iter_mut().find(|count| count.id == answer.id) {
                    Some(count) => {
                        count.count += 1;
                        count.lines.push(line);
                    }
                    None => triage.counts.push(MessageCount {
                        id: answer.id.clone(),
                        title: answer.title.clone(),
                        integration: answer.integration.clone(),
                        count: 1,
                        lines: vec![line],
                    }),
                }
            }
        }
        triage.counts.sort_by(|one, other| other.count.cmp(&one.count).then_with(|| one.id.cmp(&other.id)));
        triage
    }
}

/// Lines that are not empty, a quoted cell with line breaks joined, each with the number of its first line.
fn messages(text: &str) -> Vec<(usize, String)> {
    let lines: Vec<&str> = text.trim_start_matches('\u{feff}').lines().collect();
    let mut messages = Vec::new();
    let mut position = 0;
    while position < lines.len() {
        let closed_after = (1..=LONGEST_CELL.min(lines.len() - position)).find(|length| {
            let quotes = lines[position..position + length].iter().map(|line| line.matches('"').count());
            quotes.sum::<usize>() % 2 == 0
        });
        let length = closed_after.unwrap_or(1);
        let message = lines[position..position + length].join("\n");
        if !message.trim().is_empty() {
            messages.push((position + 1, message));
        }
        position += length;
    }
    messages
}

/// Several short cells without a digit.
fn is_table_head(line: &str) -> bool {
    let cells: Vec<&str> = line.split([',', '\t', ';']).collect();
    cells.len() > 1
        && cells
            .iter()
            .all(|cell| cell.chars().count() <= 40 && !cell.chars().any(|character| character.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quoted_cell_may_span_lines() {
        let lines = messages("\u{feff}a,b\n1,\"x\ny\"\n\n2,z\n3,\"open\n4,end\n");
        let texts: Vec<_> = lines.iter().map(|(line, text)| (*line, text.as_str())).collect();
        assert_eq!(texts, [(1, "a,b"), (2, "1,\"x\ny\""), (5, "2,z"), (6, "3,\"open"), (7, "4,end")]);
    }

    #[test]
    fn a_table_head_is_no_message() {
        assert!(is_table_head("Time,Integration,Message"));
        assert!(!is_table_head("just one message"));
        assert!(!is_table_head("2025-11-06,Okta"));
    }
}
