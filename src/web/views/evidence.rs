//! The log lines behind a statement, opened in place.

use leptos::html;
use leptos::prelude::*;

use super::fold::Fold;
use super::place::Place;
use crate::report::Evidence;
use crate::web::lines::Line;
use crate::web::protocol::Role;
use crate::web::{focus, format};

/// The first lines of a burst tell what the others would repeat.
const SHOWN_AT_FIRST: usize = 3;

#[component]
pub(super) fn EvidenceLines(
    evidence: Vec<Evidence>,
    /// What they are the evidence of; otherwise the first line tells it from others.
    #[prop(optional)]
    id: String,
    #[prop(optional)] open: bool,
    /// One line of many that are alike.
    #[prop(optional)]
    sample: bool,
    /// The log that the lines are of.
    #[prop(default = Role::Incident)]
    of: Role,
) -> impl IntoView {
    let wording = super::page().wording;
    let number = evidence.len() as u64;
    let label = move || match number {
        _ if sample => wording.text("page.evidence.sample"),
        1 => wording.text("page.evidence.show_one"),
        _ => wording.filled("page.evidence.show", &[("count", format::count(number))]),
    };
    let first = evidence.first().map(|first| format!("{}:{}", first.member, first.line));
    first.map(|first| {
        let id = format!("evidence {of:?} {}", if id.is_empty() { format!("{first} {number}") } else { id });
        view! {
            <Fold id open class="evidence" test_id="evidence" summary=label>
                <Lines evidence=evidence.clone() of />
            </Fold>
        }
    })
}

#[component]
fn Lines(evidence: Vec<Evidence>, of: Role) -> impl IntoView {
    let page = super::page();
    let wording = page.wording;
    let number = evidence.len() as u64;
    let all = RwSignal::new(evidence.len() <= SHOWN_AT_FIRST);
    let list = NodeRef::<html::Ul>::new();
    let show_all = move |_| {
        all.set(true);
        // The button leaves.
        if let Some(list) = list.get_untracked() {
            focus::on(&list);
        }
    };
    let lines = evidence
        .into_iter()
        .enumerate()
        .map(|(index, evidence)| {
            // Of a capture the report tells what it saw, and another log is not listed.
            let in_log = of == Role::Incident && evidence.text.is_none();
            let (member, number) = (evidence.member.clone(), evidence.line);
            let line = Memo::new(move |_| page.lines.with(|lines| lines.line(of, &evidence)));
            let text = move || match line.get() {
                Line::Text(text) => text,
                Line::Pending => wording.text("page.evidence.pending"),
                Line::Missing => wording.text("page.evidence.missing"),
            };
            let waiting = move || !line.with(|line| matches!(line, Line::Text(_)));
            let folded = move || index >= SHOWN_AT_FIRST && !all.get();
            view! {
                <li class:folded=folded>
                    <Place member line=number in_log />
                    <code class:waiting=waiting>{text}</code>
                </li>
            }
        })
        .collect_view();
    view! {
        <ul node_ref=list tabindex="-1">
            {lines}
        </ul>
        <Show when=move || !all.get()>
            <button type="button" on:click=show_all>
                {move || wording.filled("page.evidence.all", &[("count", format::count(number))])}
            </button>
        </Show>
    }
}
