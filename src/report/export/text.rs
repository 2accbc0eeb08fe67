//! For a terminal: no colour, no width assumed; columns line up for Latin and Japanese letters.

use super::document::{Block, Document};

pub(super) fn write(document: &Document) -> String {
    let mut text = format!("{}\n{}\n", document.title, "=".repeat(width(&document.title)));
    for block in &document.blocks {
        text.push_str(&match block {
            Block::Heading(2, heading) => format!("\n{heading}\n{}\n", "-".repeat(width(heading))),
            Block::Heading(_, heading) => format!("\n{heading}\n"),
            Block::Paragraph(paragraph) => format!("{paragraph}\n"),
            Block::List(items) => items.iter().map(|item| format!("  - {item}\n")).collect(),
            Block::Numbered(items) => {
                items.iter().enumerate().map(|(number, item)| format!("  {}. {item}\n", number + 1)).collect()
            }
            Block::Table(head, rows) => table(head, rows),
            Block::Verbatim(lines) => lines.iter().map(|line| format!("    {line}\n")).collect(),
            Block::Link(address) => format!("  {address}\n"),
        });
    }
    text
}

fn table(head: &[String], rows: &[Vec<String>]) -> String {
    let all = || std::iter::once(head).chain(rows.iter().map(Vec::as_slice));
    let widths: Vec<usize> = (0..head.len())
        .map(|column| all().filter_map(|row| row.get(column)).map(|cell| width(cell)).max().unwrap_or(0))
        .collect();
    let line = |row: &[String]| {
        let cells = row.iter().zip(&widths);
        let padded = cells.map(|(cell, full)| format!("{cell}{}", " ".repeat(full.saturating_sub(width(cell)))));
        format!("  {}\n", padded.collect::<Vec<_>>().join("  ").trim_end())
    };
    all().map(line).collect()
}

/// Columns on a terminal: East Asian letters take two.
fn width(text: &str) -> usize {
    text.chars().map(|character| if matches!(character, '\u{1100}'..='\u{115F}' | '\u{2E80}'..='\u{A4CF}' | '\u{AC00}'..='\u{D7A3}' | '\u{F900}'..='\u{FAFF}' | '\u{FE30}'..='\u{FE6F}' | '\u{FF00}'..='\u{FF60}' | '\u{FFE0}'..='\u{FFE6}') { 2 } else { 1 }).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_in_both_languages() {
        let rows = vec![vec!["順位".to_owned(), "x".to_owned()], vec!["1".to_owned(), "y".to_owned()]];
        assert_eq!(table(&["n".to_owned(), "m".to_owned()], &rows), "  n     m\n  順位  x\n  1     y\n");
    }
}
