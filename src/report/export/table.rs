//! Rows for other programs: flows as values, ndjson and CSV, suspects as CSV.

use std::fmt::Write as _;

use serde::Serialize;

use crate::analysis::Analysis;
use crate::event::{Flow, NO_NAME};
use crate::record::time::Timestamp;
use crate::report::Report;

/// One flow line of the log; what the line does not say is null.
#[derive(Debug, Serialize)]
pub struct FlowRow {
    pub at: Timestamp,
    pub decision: &'static str,
    pub reason: Option<&'static str>,
    pub process: Option<String>,
    pub host: Option<String>,
    pub src: Option<String>,
    pub dst_ip: Option<String>,
    pub dst_port: Option<u16>,
    pub bundle: String,
    pub member: String,
    pub line: u32,
}

/// Every flow, one JSON object a line, in log order.
pub fn flows_ndjson(analysis: &Analysis) -> impl Iterator<Item = String> {
    flow_rows(analysis).map(|row| serde_json::to_string(&row).unwrap_or_default())
}

/// Every flow as CSV, the head first.
pub fn flows_csv(analysis: &Analysis) -> impl Iterator<Item = String> {
    let head = "at,decision,reason,process,host,src,dst_ip,dst_port,bundle,member,line".to_owned();
    std::iter::once(head).chain(flow_rows(analysis).map(|row| {
        let port = row.dst_port.map(|port| port.to_string());
        csv_line([
            Some(row.at.to_string().as_str()),
            Some(row.decision),
            row.reason,
            row.process.as_deref(),
            row.host.as_deref(),
            row.src.as_deref(),
            row.dst_ip.as_deref(),
            port.as_deref(),
            Some(&row.bundle),
            Some(&row.member),
            Some(&row.line.to_string()),
        ])
    }))
}

/// The suspects as CSV.
#[must_use]
pub fn suspects_csv(report: &Report) -> String {
    let mut text =
        "rank,host,registrable_domain,process,score,confidence,onset,flows_in_window,flows_outside\n".to_owned();
    for suspect in &report.suspects {
        let line = csv_line([
            Some(suspect.rank.to_string().as_str()),
            Some(&suspect.host),
            suspect.registrable_domain.as_deref(),
            suspect.process.as_deref(),
            Some(&format!("{:.2}", suspect.score)),
            Some(&suspect.confidence),
            Some(&suspect.onset),
            Some(&suspect.flows_in_window.to_string()),
            Some(&suspect.flows_outside.to_string()),
        ]);
        let _ = writeln!(text, "{line}");
    }
    text
}

/// Every flow in log order.
pub fn flow_rows(analysis: &Analysis) -> impl Iterator<Item = FlowRow> {
    let timeline = &analysis.timeline;
    let name = move |number: u32| (number != NO_NAME).then(|| timeline.name(number)).flatten();
    let place: std::collections::BTreeMap<_, _> = analysis
        .bundles
        .iter()
        .flat_map(|bundle| {
            bundle.members.iter().map(move |read| (read.member.id, (bundle.name.clone(), read.member.path.clone())))
        })
        .collect();
    timeline.flows.iter().map(move |flow: &Flow| {
        let (bundle, member) = place.get(&flow.provenance.member).cloned().unwrap_or_default();
        FlowRow {
            at: flow.at,
            decision: flow.decision.name(),
            reason: flow.reason.map(crate::event::Reason::name),
            process: name(flow.process),
            host: name(flow.host),
            src: name(flow.source)
                .map(|source| if flow.source_port == 0 { source } else { format!("{source}:{}", flow.source_port) }),
            dst_ip: name(flow.destination),
            dst_port: (flow.destination_port != 0).then_some(flow.destination_port),
            bundle,
            member,
            line: flow.provenance.line,
        }
    })
}

fn csv_line<const N: usize>(cells: [Option<&str>; N]) -> String {
    cells.map(|cell| csv_cell(cell.unwrap_or_default())).join(",")
}

/// Quoted where needed; a cell that a spreadsheet would run as a formula gets a leading apostrophe, and a character that
/// could deceive on a screen is shown.
fn csv_cell(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let shown = if text.is_ascii() { None } else { Some(crate::bundle::text::shown(text.as_bytes(), true)) };
    let text = shown.as_deref().unwrap_or(text);
    let text = if formula { format!("'{text}") } else { text.to_owned() };
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::csv_cell;

    #[test]
    fn cells_are_safe_in_a_spreadsheet() {
        assert_eq!(csv_cell("=HYPERLINK(1)"), "'=HYPERLINK(1)");
        assert_eq!(csv_cell("a,\"b\""), "\"a,\"\"b\"\"\"");
        assert_eq!(csv_cell("app.example.com"), "app.example.com");
        assert_eq!(csv_cell("a\u{202e}moc"), "a\\u{202e}moc");
    }
}
