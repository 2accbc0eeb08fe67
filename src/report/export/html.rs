//! One page that needs nothing else: styles inside, no script, prints well.

use super::document::{Block, Document};

pub(super) fn write(document: &Document, language: &str) -> String {
    let mut body = format!("<h1>{}</h1>\n", escaped(&document.title));
    for block in &document.blocks {
        body.push_str(&match block {
            Block::Heading(level, heading) => format!("<h{level}>{}</h{level}>\n", escaped(heading)),
            Block::Paragraph(paragraph) => format!("<p>{}</p>\n", escaped(paragraph)),
            Block::List(items) => format!("<ul>\n{}</ul>\n", listed(items)),
            Block::Numbered(items) => format!("<ol>\n{}</ol>\n", listed(items)),
            Block::Table(head, rows) => table(head, rows),
            Block::Verbatim(lines) => format!("<pre>{}</pre>\n", escaped(&lines.join("\n"))),
            Block::Link(address) => {
                format!("<p><a href=\"{0}\" rel=\"noreferrer\">{0}</a></p>\n", escaped(address))
            }
        });
    }
    format!(
        "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{}</title>\n\
         <style>{STYLE}</style>\n</head>\n<body>\n{body}</body>\n</html>\n",
        escaped(language),
        escaped(&document.title)
    )
}

const STYLE: &str = "body{font:15px/1.6 system-ui,'Hiragino Sans','Yu Gothic UI','Noto Sans CJK JP',sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1c1f24;background:#fff}\
h2{margin-top:2.2rem;border-bottom:1px solid #c9ced6}h3{margin-bottom:.3rem}\
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #d9dde3;overflow-wrap:anywhere}\
pre{background:#f3f5f8;padding:.6rem;white-space:pre-wrap;overflow-wrap:anywhere;font-size:13px}\
@media print{body{margin:0;max-width:none}pre,table{break-inside:avoid}}";

fn listed(items: &[String]) -> String {
    items.iter().map(|item| format!("<li>{}</li>\n", escaped(item))).collect()
}

fn table(head: &[String], rows: &[Vec<String>]) -> String {
    let cells = |tag: &str, row: &[String]| -> String {
        row.iter().map(|cell| format!("<{tag}>{}</{tag}>", escaped(cell))).collect()
    };
    let rows: String = rows.iter().map(|row| format!("<tr>{}</tr>\n", cells("td", row))).collect();
    format!("<table>\n<thead><tr>{}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n", cells("th", head))
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            _ => escaped.push(character),
        }
    }
    escaped
}
