//! For a ticket: plain Markdown that also reads well as text. What comes from a log is escaped or fenced.

use super::document::{Block, Document};

pub(super) fn write(document: &Document) -> String {
    let mut text = format!("# {}\n", escaped(&document.title));
    for block in &document.blocks {
        text.push('\n');
        text.push_str(&match block {
            Block::Heading(level, heading) => format!("{} {}\n", "#".repeat(usize::from(*level)), escaped(heading)),
            Block::Paragraph(paragraph) => format!("{}\n", escaped(paragraph)),
            Block::List(items) => items.iter().map(|item| format!("- {}\n", escaped(item))).collect(),
            Block::Numbered(items) => {
                items.iter().enumerate().map(|(number, item)| format!("{}. {}\n", number + 1, escaped(item))).collect()
            }
            Block::Table(head, rows) => table(head, rows),
            Block::Verbatim(lines) => fenced(lines),
            Block::Link(address) => format!("<{address}>\n"),
        });
    }
    text
}

fn table(head: &[String], rows: &[Vec<String>]) -> String {
    let line = |row: &[String]| {
        let cells: Vec<String> = row.iter().map(|cell| escaped(cell)).collect();
        format!("| {} |\n", cells.join(" | "))
    };
    let rule = format!("|{}\n", " --- |".repeat(head.len()));
    let rows: String = rows.iter().map(|row| line(row)).collect();
    format!("{}{rule}{rows}", line(head))
}

/// A fence longer than any run of backticks inside.
fn fenced(lines: &[String]) -> String {
    let longest =
        lines.iter().flat_map(|line| line.split(|character| character != '`')).map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}text\n{}\n{fence}\n", lines.join("\n"))
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '#' => {
                escaped.push('\\');
                escaped.push(character);
            }
            '\n' | '\r' => escaped.push(' '),
            _ => escaped.push(character),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_cannot_become_markup() {
        assert_eq!(escaped("*.example.com | <b>"), "\\*.example.com \\| \\<b\\>");
        assert!(fenced(&["a ```` b".to_owned()]).starts_with("`````text\n"));
    }
}
