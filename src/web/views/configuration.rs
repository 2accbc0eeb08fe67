//! The device, and what the bundle's own configuration says: exceptions, pinned apps, risks, and where a host is excepted.

use std::collections::BTreeSet;
use std::sync::Arc;

use leptos::prelude::*;

use super::device::Device;
use super::search_field::SearchField;
use super::table::{Column, More, Table};
use crate::report::{ConfigurationSummary, ConfiguredApp, ConfiguredException, Report};
use crate::web::format;
use crate::web::wording::Wording;

/// Rows made at a time: real lists hold some hundred.
const PORTION: usize = 50;

#[component]
pub(super) fn Configuration() -> impl IntoView {
    let page = super::page();
    move || page.report.get().map(|report| view! { <Shown report /> })
}

#[component]
fn Shown(report: Arc<Report>) -> impl IntoView {
    let wording = super::page().wording;
    let Report { configuration, device, .. } = report.as_ref().clone();
    let ConfigurationSummary { files, settings, exceptions, pinned_apps, risks, .. } = configuration;
    let empty = files.is_empty().then(|| view! { <p class="empty">{wording.say("page.configuration.none")}</p> });
    let files = list(files.into_iter().map(|mut file| {
        // A file with one part is called like it.
        file.holds.retain(|part| *part != file.path);
        view! {
            <li>
                <span class="place">{file.path}</span>
                " "
                {file.holds.join(", ")}
            </li>
        }
    }));
    let settings = list(settings.into_iter().map(|setting| {
        view! {
            <li>
                {setting.says} " " <code class="quiet">{format!("{} = {}", setting.id, setting.value)}</code>
            </li>
        }
    }));
    let risks = list(risks.into_iter().map(|risk| {
        let applies = format!("page.applies.{}", risk.applies);
        view! {
            <li>
                <code>{risk.entry}</code>
                " "
                {risk.says}
                " "
                <span class="quiet">{move || wording.text(&applies)}</span>
            </li>
        }
    }));
    view! {
        <div class="background">
            <section class="panel configuration" aria-labelledby="configuration-title">
                <h2 id="configuration-title">{wording.say("page.configuration.title")}</h2>
                {empty}
                {part("page.configuration.risks", "warnings", risks)}
                <Hosts report=Arc::clone(&report) />
                {part("page.configuration.settings", "plain", settings)}
                <Counted
                    title="page.configuration.exceptions"
                    rows=exceptions
                    cells=exception_cells
                    head=vec![
                        "page.configuration.entry",
                        "page.configuration.kind",
                        "page.configuration.applies",
                        "page.configuration.file",
                    ]
                    test_id="exception"
                />
                <Counted
                    title="page.configuration.apps"
                    rows=pinned_apps
                    cells=app_cells
                    head=vec![
                        "page.configuration.app",
                        "page.aside.process",
                        "page.configuration.hosts_of_app",
                        "page.configuration.action",
                        "page.configuration.applies",
                    ]
                    test_id="pinned-app"
                />
                {part("page.configuration.files", "plain", files)}
            </section>
            <Device device />
        </div>
    }
}

fn list<Row: IntoView + 'static>(rows: impl Iterator<Item = Row>) -> Option<Vec<Row>> {
    let rows: Vec<Row> = rows.collect();
    (!rows.is_empty()).then_some(rows)
}

fn part<Row: IntoView + 'static>(title: &'static str, class: &'static str, rows: Option<Vec<Row>>) -> impl IntoView {
    let wording = super::page().wording;
    rows.map(|rows| {
        view! {
            <h3>{wording.say(title)}</h3>
            <ul class=class>{rows}</ul>
        }
    })
}

/// Suspects and hosts set aside that an exception meets, or nearly.
#[component]
fn Hosts(report: Arc<Report>) -> impl IntoView {
    let wording = super::page().wording;
    let suspects = report.suspects.iter().map(|suspect| (&suspect.host, &suspect.process, &suspect.configured));
    let aside = report.set_aside.iter().map(|aside| (&aside.host, &aside.process, &aside.configured));
    let excepted = suspects.chain(aside).filter(|(_, _, configured)| !configured.is_empty());
    let rows: Vec<Vec<String>> = excepted
        .map(|(host, process, configured)| {
            vec![host.clone(), process.clone().unwrap_or_default(), configured.join(" ")]
        })
        .collect();
    (!rows.is_empty()).then(|| {
        view! {
            <h3>{wording.say("page.configuration.hosts")}</h3>
            <Rows
                rows=move || rows.clone()
                head=vec!["page.aside.host", "page.aside.process", "page.configuration.configured"]
                test_id="configured-host"
            />
        }
    })
}

/// A list of the configuration under its title, which counts it; nothing where it is empty.
#[component]
fn Counted<Row: Clone + Send + Sync + 'static>(
    title: &'static str,
    rows: Vec<Row>,
    cells: fn(Row, Wording) -> Vec<String>,
    head: Vec<&'static str>,
    test_id: &'static str,
) -> impl IntoView {
    let wording = super::page().wording;
    (!rows.is_empty()).then(|| {
        let count = format::count(rows.len() as u64);
        let rows = move || rows.iter().cloned().map(|row| cells(row, wording)).collect::<Vec<_>>();
        view! {
            <h3>{move || wording.filled(title, &[("count", count.clone())])}</h3>
            <Rows rows head test_id />
        }
    })
}

fn exception_cells(row: ConfiguredException, wording: Wording) -> Vec<String> {
    let kind = wording.text(&format!("page.exception.{}", row.kind));
    let applies = wording.text(&format!("page.applies.{}", row.applies));
    vec![row.entry, kind, applies, row.file.unwrap_or_default()]
}

fn app_cells(row: ConfiguredApp, wording: Wording) -> Vec<String> {
    let applies = wording.text(&format!("page.applies.{}", row.applies));
    let hosts: BTreeSet<String> = row.domains.into_iter().chain(row.tunnel_domains).collect();
    let hosts: Vec<String> = hosts.into_iter().collect();
    let acts = match row.mode.filter(|mode| !mode.is_empty()) {
        Some(mode) => {
            let parts = [("action", row.action_says), ("mode", wording.word("mode", &mode))];
            wording.filled("page.configuration.in_mode", &parts)
        }
        None => row.action_says,
    };
    vec![row.app, row.process, hosts.join(", "), acts, applies]
}

/// A table with a filter, whose rows are made as they are asked for.
#[component]
fn Rows(
    /// Read again when the language changes.
    rows: impl Fn() -> Vec<Vec<String>> + Send + Sync + 'static,
    head: Vec<&'static str>,
    test_id: &'static str,
) -> impl IntoView {
    let rows = Memo::new(move |_| rows());
    let long = rows.with_untracked(Vec::len) > PORTION / 2;
    let filter = RwSignal::new(String::new());
    let limit = RwSignal::new(PORTION);
    let matching = Memo::new(move |_| {
        let filter = filter.get();
        rows.with(|rows| {
            let fits =
                |row: &Vec<String>| format::matches(&filter, &row.iter().map(String::as_str).collect::<Vec<_>>());
            (0..rows.len()).filter(|number| fits(&rows[*number])).collect::<Vec<_>>()
        })
    });
    let cells = move || {
        matching.with(|numbers| {
            rows.with(|rows| {
                let shown = numbers.iter().take(limit.get()).filter_map(|number| rows.get(*number).cloned());
                shown
                    .map(|row| {
                        let mut cells = row.into_iter();
                        let first = cells.next();
                        view! {
                            <tr data-testid=test_id>
                                <th scope="row" class="host">
                                    {first}
                                </th>
                                {cells.map(|cell| view! { <td>{cell}</td> }).collect_view()}
                            </tr>
                        }
                    })
                    .collect_view()
            })
        })
    };
    let label = head.first().copied().unwrap_or_default();
    let head = head.into_iter().map(Column::Text).collect();
    view! {
        <Show when=move || long>
            <SearchField
                label="page.configuration.filter"
                test_id="configuration-filter"
                text=filter
                typed=move |text| filter.set(text)
            />
        </Show>
        <Table label head>
            <tbody>{cells}</tbody>
        </Table>
        <More limit portion=PORTION rows=Signal::derive(move || matching.with(Vec::len)) />
    }
}
