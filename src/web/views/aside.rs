//! Hosts that are no candidates, each with its reason; closed until somebody misses a host.

use leptos::prelude::*;

use super::evidence::EvidenceLines;
use super::fold::Fold;
use super::search_field::SearchField;
use super::table::{Column, More, Table};
use crate::report::SetAside;
use crate::web::format;

/// Rows added at a time: a busy log sets thousands aside.
const PORTION: usize = 50;

#[component]
pub(super) fn SetAsideHosts(hosts: Vec<SetAside>) -> impl IntoView {
    let wording = super::page().wording;
    let number = hosts.len();
    let hosts = StoredValue::new(hosts);
    (number > 0).then(|| {
        view! {
            <section class="aside" aria-labelledby="aside-title" data-testid="set-aside">
                <h2 id="aside-title">{wording.say("page.aside.title")}</h2>
                <Fold
                    id="aside".to_owned()
                    summary=move || wording.filled("page.aside.summary", &[("count", format::count(number as u64))])
                >
                    <Rows hosts />
                </Fold>
            </section>
        }
    })
}

#[component]
fn Rows(hosts: StoredValue<Vec<SetAside>>) -> impl IntoView {
    let wording = super::page().wording;
    // A new answer leaves what was typed.
    let filter = super::page().aside_filter;
    let limit = RwSignal::new(PORTION);
    let matching = Memo::new(move |_| {
        let filter = filter.get();
        hosts.with_value(|hosts| {
            let fits = |host: &&SetAside| {
                format::matches(&filter, &[&host.host, host.process.as_deref().unwrap_or_default(), &host.says])
            };
            hosts.iter().filter(fits).cloned().collect::<Vec<_>>()
        })
    });
    let rows = move || {
        matching.with(|hosts| hosts.iter().take(limit.get()).cloned().map(|host| view! { <Row host /> }).collect_view())
    };
    let head = vec![
        Column::Text("page.aside.host"),
        Column::Text("page.aside.process"),
        Column::Text("page.aside.reason"),
        Column::Number("page.aside.flows"),
    ];
    view! {
        <SearchField label="page.aside.filter" test_id="aside-filter" text=filter typed=move |text| filter.set(text) />
        <Table label="page.aside.list" head>
            <tbody>{rows}</tbody>
        </Table>
        <Show when=move || matching.with(Vec::is_empty)>
            <p class="empty">{wording.say("page.aside.none_match")}</p>
        </Show>
        <More limit portion=PORTION rows=Signal::derive(move || matching.with(Vec::len)) />
    }
}

#[component]
fn Row(host: SetAside) -> impl IntoView {
    view! {
        <tr data-testid="set-aside-row">
            <th scope="row" class="host">{host.host}</th>
            <td>{host.process}</td>
            <td>
                {host.says}
                {host.configured.into_iter().map(|sentence| view! { <p class="quiet">{sentence}</p> }).collect_view()}
                <EvidenceLines evidence=host.evidence />
            </td>
            <td class="number">{format::count(host.flows)}</td>
        </tr>
    }
}
