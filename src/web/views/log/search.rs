//! What is listed and looked for: text, levels, source files; and ways to a time.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

use super::Log;
use crate::incident::Moment;
use crate::record::time::SECOND;
use crate::report::log_list::{Counts, LogPlace, LogQuestion, LogSelection, PatternRefusal};
use crate::web::format;
use crate::web::incident_words::split_interval;
use crate::web::scale::{self, Scale};
use crate::web::views::fold::Fold;
use crate::web::views::search_field::SearchField;
use crate::web::wording::Wording;

#[component]
pub(super) fn Search(log: Log) -> impl IntoView {
    let wording = log.page.wording;
    let question = log.question;
    let on_key = move |event: KeyboardEvent| {
        if event.key() == "Enter" && !event.is_composing() {
            log.go_to_match(event.shift_key());
        }
    };
    let elsewhere = RwSignal::new(None::<Elsewhere>);
    let jump = move |event| {
        let typed = event_target_value(&event);
        // A span leads to where it begins.
        let text = split_interval(&typed).0.trim().to_owned();
        let problem = (!text.trim().is_empty()).then(|| log.elsewhere(&text)).flatten();
        if !text.trim().is_empty() && !matches!(problem, Some(Elsewhere::NoTime(_))) {
            log.go_to(LogPlace::At(text), true);
        }
        elsewhere.set(problem);
    };
    let told = move || Some(elsewhere.get()?.told(wording));
    view! {
        <div class="filters">
            <SearchField
                label="page.log.search"
                test_id="log-search"
                text=Signal::derive(move || question.with(|question| question.text.clone()))
                typed=move |text| question.update(|question| question.text = text)
                error="log-search-error"
                on_key
            />
            <div class="steps">
                <button type="button" data-testid="log-previous" on:click=move |_| log.go_to_match(true)>
                    {wording.say("page.log.previous")}
                </button>
                <button type="button" data-testid="log-next" on:click=move |_| log.go_to_match(false)>
                    {wording.say("page.log.next")}
                </button>
            </div>
            <Choice
                log
                label="page.log.pattern"
                test_id="log-pattern"
                chosen=|question| question.pattern
                choose=|question, chosen| question.pattern = chosen
            />
            <Choice
                log
                label="page.log.only"
                test_id="log-only"
                chosen=|question| question.only_matches
                choose=|question, chosen| question.only_matches = chosen
            />
        </div>
        <div id="log-search-error" role="alert">
            <Refusal log />
        </div>
        <div class="filters">
            <label class="filter">
                <span>{wording.say("page.log.jump")}</span>
                <input
                    type="text"
                    placeholder="2025-11-06 15:34"
                    spellcheck="false"
                    autocomplete="off"
                    data-testid="log-jump"
                    aria-describedby="log-jump-error"
                    aria-invalid=move || matches!(elsewhere.get(), Some(Elsewhere::NoTime(_))).to_string()
                    on:change=jump
                />
            </label>
            <button type="button" on:click=move |_| log.go_to_incident()>
                {wording.say("page.timeline.to_incident")}
            </button>
            <Toggles
                log
                label="page.log.level"
                test_id="log-level"
                offered=|selection| &selection.levels
                chosen=|question| &mut question.levels
                named=move |level| wording.word("level", level)
            />
        </div>
        <div id="log-jump-error" role="alert" data-testid="log-jump-error">
            {move || told().map(|sentence| view! { <p class="field-error">{sentence}</p> })}
        </div>
        <Fold id="log-sources".to_owned() summary=wording.say("page.log.sources")>
            <Toggles
                log
                label="page.log.sources"
                test_id="log-source"
                offered=|selection| &selection.sources
                chosen=|question| &mut question.sources
                named=|source| source.to_owned()
            />
        </Fold>
    }
}

/// Why no line of the time that was asked for is shown.
#[derive(Clone)]
enum Elsewhere {
    NoTime(String),
    /// The time that the log covers.
    NotCovered(Scale),
}

impl Elsewhere {
    fn told(self, wording: Wording) -> String {
        match self {
            Elsewhere::NoTime(text) => wording.filled("page.incident.bad_time", &[("text", text)]),
            Elsewhere::NotCovered(whole) => {
                let time = |at: i64| format::time(&scale::written(at));
                wording.filled("page.log.not_covered", &[("from", time(whole.from)), ("to", time(whole.to))])
            }
        }
    }
}

impl Log {
    fn elsewhere(self, text: &str) -> Option<Elsewhere> {
        let Ok(moment) = Moment::parse(text) else { return Some(Elsewhere::NoTime(text.trim().to_owned())) };
        let Moment::Exact(at) = moment else { return None };
        let whole = untrack(|| self.page.whole())?;
        // The last line's own second is covered.
        (whole.percent(at.0, at.0 + SECOND).is_none()).then_some(Elsewhere::NotCovered(whole))
    }
}

#[component]
fn Choice(
    log: Log,
    label: &'static str,
    test_id: &'static str,
    chosen: fn(&LogQuestion) -> bool,
    choose: fn(&mut LogQuestion, bool),
) -> impl IntoView {
    view! {
        <label class="check">
            <input
                type="checkbox"
                data-testid=test_id
                prop:checked=move || log.question.with(chosen)
                on:change=move |event| log.question.update(|question| choose(question, event_target_checked(&event)))
            />
            <span>{log.page.wording.say(label)}</span>
        </label>
    }
}

/// Values of which any number may be chosen; without a choice all count.
#[component]
fn Toggles(
    log: Log,
    label: &'static str,
    test_id: &'static str,
    offered: fn(&LogSelection) -> &Counts,
    chosen: fn(&mut LogQuestion) -> &mut Vec<String>,
    named: impl Fn(&str) -> String + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let values = Memo::new(move |_| log.selection.with(|selection| offered(selection).clone()));
    let toggle = move |value: &str| {
        log.question.update(|question| {
            let values = chosen(question);
            match values.iter().position(|known| known == value) {
                Some(position) => drop(values.remove(position)),
                None => values.push(value.to_owned()),
            }
        });
    };
    let buttons = move || {
        let values = values.get().into_iter();
        values
            .map(|(value, count)| {
                let (id, known, count) = (format!("{test_id}-{value}"), value.clone(), format::count(count));
                let pressed = {
                    let value = value.clone();
                    move || chosen(&mut log.question.get()).contains(&value).to_string()
                };
                view! {
                    <button
                        type="button"
                        class="toggle"
                        aria-pressed=pressed
                        data-testid=id
                        on:click=move |_| toggle(&value)
                    >
                        {move || named(&known)}
                        <span class="count">{count}</span>
                    </button>
                }
            })
            .collect_view()
    };
    view! {
        <div class="toggles" role="group" aria-label=log.page.wording.say(label)>
            {buttons}
        </div>
    }
}

/// Why an expression cannot be searched for.
#[component]
fn Refusal(log: Log) -> impl IntoView {
    let wording = log.page.wording;
    move || {
        let refusal = log.selection.with(|selection| selection.refused.clone())?;
        let sentence = match &refusal {
            PatternRefusal::InClass(character) => {
                wording.filled("page.log.in_class", &[("character", character.to_string())])
            }
            PatternRefusal::Unreadable(_) => wording.text("page.log.unreadable"),
        };
        let detail = match refusal {
            PatternRefusal::Unreadable(detail) => Some(view! { <pre>{detail}</pre> }),
            PatternRefusal::InClass(_) => None,
        };
        Some(view! {
            <p class="field-error" data-testid="log-refused">
                {sentence}
            </p>
            {detail}
        })
    }
}
