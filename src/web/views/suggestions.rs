//! The ladder of settings, least loss first: the first rung open, the next ones a click away.

use leptos::prelude::*;

use super::copy_button::CopyButton;
use super::fold::Fold;
use crate::report::{Automation, Suggestion};

/// What frees the suspect of this rank, of whom little is known or enough to try it.
#[component]
pub(super) fn SuggestionsFor(rank: u32, is_weak: bool, suggestions: Vec<Suggestion>) -> impl IntoView {
    let wording = super::page().wording;
    let none = suggestions.is_empty().then(|| view! { <p class="empty">{wording.say("page.suggestions.none")}</p> });
    view! {
        <section class="fix" aria-labelledby="fix-title" data-testid="suggestions">
            <h3 id="fix-title">{wording.say("page.suggestions.title")}</h3>
            {none}
            {ladder(suggestions, Some(rank), is_weak)}
        </section>
    }
}

/// What to do apart from any suspect.
#[component]
pub(super) fn GeneralSuggestions(suggestions: Vec<Suggestion>) -> impl IntoView {
    let wording = super::page().wording;
    (!suggestions.is_empty()).then(|| {
        view! {
            <section class="fix general" aria-labelledby="general-title" data-testid="general-suggestions">
                <h3 id="general-title">{wording.say("page.suggestions.general")}</h3>
                {ladder(suggestions, None, false)}
            </section>
        }
    })
}

fn ladder(suggestions: Vec<Suggestion>, rank: Option<u32>, is_weak: bool) -> impl IntoView {
    let wording = super::page().wording;
    let mut rungs = suggestions.into_iter();
    let first = rungs.next().map(|suggestion| {
        let title = suggestion.title.clone();
        let marked = suggestion.try_first;
        let mark = if is_weak { "page.suggestions.with_evidence" } else { "page.suggestions.try_first" };
        view! {
            <article class="rung" class:try-first=marked class:doubtful=is_weak data-testid="suggestion">
                <Show when=move || marked>
                    <p class="mark">{wording.say(mark)}</p>
                </Show>
                <h4>{title}</h4>
                <Rung suggestion rank />
            </article>
        }
    });
    let rest = rungs
        .map(|suggestion| {
            let title = suggestion.title.clone();
            let loses = suggestion.loses.clone();
            let id = format!("suggestion {} {}", suggestion.remedy, suggestion.entries.join(" "));
            let summary = move || {
                view! {
                    <h4>{title.clone()}</h4>
                    <span class="loses">{loses.clone()}</span>
                }
            };
            view! {
                <Fold id class="rung" test_id="suggestion" summary>
                    <Rung suggestion=suggestion.clone() rank />
                </Fold>
            }
        })
        .collect::<Vec<_>>();
    let next = (!rest.is_empty()).then(|| view! { <p class="next">{wording.say("page.suggestions.next")}</p> });
    view! {
        {first}
        {next}
        {rest}
    }
}

#[component]
fn Rung(suggestion: Suggestion, rank: Option<u32>) -> impl IntoView {
    let wording = super::page().wording;
    let others: Vec<String> =
        suggestion.suspects.iter().filter(|other| Some(**other) != rank).map(ToString::to_string).collect();
    let limits = [
        suggestion.process.clone().map(|process| ("page.suggestions.process", "process", vec![process])),
        some(suggestion.platforms).map(|platforms| ("page.suggestions.platforms", "platform", platforms)),
        some(others).map(|ranks| ("page.suggestions.also_for", "ranks", ranks)),
    ];
    let limits = limits.into_iter().flatten().map(|(key, name, values)| {
        let words = move || {
            let words = values.iter().map(|value| wording.word(name, value)).collect::<Vec<_>>();
            wording.filled(key, &[(name, words.join(", "))])
        };
        view! { <li>{words}</li> }
    });
    let frees = match suggestion.also_frees.as_slice() {
        [] => None,
        hosts => Some(hosts.to_vec()),
    };
    let has_entries = !suggestion.entries.is_empty();
    let reference = suggestion.reference.map(|address| {
        view! {
            <p class="reference">
                <a href=address target="_blank" rel="noreferrer noopener">
                    {wording.say("page.suggestions.reference")}
                </a>
            </p>
        }
    });
    view! {
        {part("page.suggestions.loses", Some(view! { <p class="loses">{suggestion.loses}</p> }))}
        <ul class="limits">{limits.collect_view()}</ul>
        {part("page.suggestions.entries", entries(suggestion.entries, suggestion.paste))}
        {part(
            "page.suggestions.also_frees",
            has_entries
                .then(|| match frees {
                    Some(hosts) => {
                        hosts.into_iter().map(|host| view! { <li class="host">{host}</li> }).collect_view().into_any()
                    }
                    None => view! { <li>{wording.say("page.suggestions.also_frees_none")}</li> }.into_any(),
                })
                .map(|hosts| view! { <ul class="frees">{hosts}</ul> }),
        )}
        {part("page.suggestions.console", suggestion.console.map(|path| view! { <p class="console">{path}</p> }))}
        {part("page.suggestions.url_list", suggestion.automation.map(url_list))}
        {part("page.suggestions.steps", listed(suggestion.steps).map(|steps| view! { <ol>{steps}</ol> }))}
        {part(
            "page.suggestions.warnings",
            listed(suggestion.warnings).map(|warnings| view! { <ul class="warnings">{warnings}</ul> }),
        )}
        {reference}
    }
}

/// A part with its name, left out where there is nothing to say.
fn part(name: &'static str, content: Option<impl IntoView + 'static>) -> impl IntoView {
    let wording = super::page().wording;
    content.map(|content| {
        view! {
            <div class="part">
                <h5>{wording.say(name)}</h5>
                {content}
            </div>
        }
    })
}

fn entries(entries: Vec<String>, paste: String) -> Option<impl IntoView> {
    let wording = super::page().wording;
    let several = entries.len() > 1;
    (!entries.is_empty()).then(|| {
        let rows = entries
            .into_iter()
            .map(|entry| {
                view! {
                    <li>
                        <code data-testid="entry">{entry.clone()}</code>
                        <CopyButton text=entry />
                    </li>
                }
            })
            .collect_view();
        let paste = several.then(|| {
            view! {
                <div class="paste">
                    <p>{wording.say("page.suggestions.paste")}</p>
                    <code data-testid="paste">{paste.clone()}</code>
                    <CopyButton text=paste />
                </div>
            }
        });
        view! {
            <ul class="entries">{rows}</ul>
            {paste}
        }
    })
}

/// For those who keep their exceptions by program.
fn url_list(automation: Automation) -> impl IntoView {
    let Automation { call, body, deploy, says } = automation;
    view! {
        <div class="paste">
            <p>{says}</p>
            <code class="whole">{call}</code>
            <code data-testid="url-list">{body.clone()}</code>
            <CopyButton text=body />
            <code class="whole">{deploy}</code>
        </div>
    }
}

fn listed(sentences: Vec<String>) -> Option<impl IntoView> {
    (!sentences.is_empty()).then(|| sentences.into_iter().map(|sentence| view! { <li>{sentence}</li> }).collect_view())
}

fn some(values: Vec<String>) -> Option<Vec<String>> {
    (!values.is_empty()).then_some(values)
}
