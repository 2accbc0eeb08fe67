//! How far the reading is, and a way to stop it.

use leptos::prelude::*;

use crate::web::format;
use crate::web::page::Stage;
use crate::web::protocol::Progress;

#[component]
pub(super) fn Reading() -> impl IntoView {
    let page = super::page();
    let reading = Memo::new(move |_| page.stage.with(|stage| matches!(stage, Stage::Reading(_))));
    view! {
        <Show when=move || reading.get()>
            <ReadingNow />
        </Show>
    }
}

#[component]
fn ReadingNow() -> impl IntoView {
    let page = super::page();
    let wording = page.wording;
    let progress = move || match page.stage.get() {
        Stage::Reading(progress) => progress,
        Stage::First | Stage::Shown | Stage::Failed(_) | Stage::Locked(_) => Progress::default(),
    };
    let sentence = move || {
        let progress = progress();
        let records = ("records", format::count(progress.records));
        let bytes = ("bytes", format::bytes(progress.bytes));
        match progress.total {
            _ if progress.ranking => wording.filled("page.reading.ranking", &[records]),
            _ if progress.bytes == 0 => {
                wording.filled("page.reading.preparing", &[("names", page.file_names.get().join(", "))])
            }
            Some(total) => wording.filled("page.reading.share", &[bytes, ("total", format::bytes(total)), records]),
            None => wording.filled("page.reading.amount", &[bytes, records]),
        }
    };
    let member = move || {
        progress().member.filter(|member| member.of > 1).map(|member| {
            let known = [
                ("name", format::visible(&member.path)),
                ("number", member.number.to_string()),
                ("of", member.of.to_string()),
                ("bytes", format::bytes(member.bytes)),
                ("records", format::count(member.records)),
            ];
            match member.total {
                Some(total) => {
                    let known: Vec<_> = known.into_iter().chain([("total", format::bytes(total))]).collect();
                    wording.filled("page.reading.member_share", &known)
                }
                None => wording.filled("page.reading.member", &known),
            }
        })
    };
    let left = move || {
        let (key, count) = format::time_left(progress().seconds_left?);
        Some(wording.filled(key, &[("count", format::count(count))]))
    };
    let partial = move || page.partial.get() && page.report.with(Option::is_some);
    // Without a known size the bar moves without an end, as it does when it has no value.
    let share = move || {
        let progress = progress();
        let total = progress.total.filter(|total| *total > 0 && !progress.ranking)?;
        Some(format!("{:.3}", progress.bytes as f64 / total as f64))
    };

    view! {
        <section class="panel reading" aria-labelledby="reading-title" data-testid="progress">
            <h2 id="reading-title">{wording.say("page.reading.title")}</h2>
            <progress aria-labelledby="reading-title" value=share></progress>
            <p>
                {sentence}
                {move || progress().seconds_left.map(|_| " · ")}
                <span data-testid="time-left">{left}</span>
            </p>
            {move || member().map(|member| view! { <p data-testid="member-progress">{member}</p> })}
            <Show when=partial>
                <p data-testid="partial"><strong>{wording.say("page.reading.partial")}</strong></p>
            </Show>
            <button type="button" data-testid="cancel" on:click=move |_| page.cancel()>
                {wording.say("page.reading.cancel")}
            </button>
        </section>
    }
}
