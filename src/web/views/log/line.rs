//! One line: in the table as far as it fits, and whole once it is chosen.

use leptos::prelude::*;

use super::Log;
use crate::report::log_list::LogRow;
use crate::web::views::copy_button::CopyButton;

#[component]
pub(super) fn LineCells(log: Log, number: u32, row: LogRow, rests: bool) -> impl IntoView {
    let wording = log.page.wording;
    let chosen = move || log.chosen.get() == Some(number);
    let matched = row.found.is_some();
    let LogRow { level, member, line, text, found, .. } = row;
    let class = format!("level {level}");
    let title = move || if rests { wording.text("page.log.evidence") } else { String::new() };
    view! {
        <span role="cell" class="place">
            {format!("{member}:{line}")}
        </span>
        <span role="cell" class=class>
            {move || wording.word("level", &level)}
        </span>
        <span role="cell" class:evidence-line=rests class:matched=matched class:picked-line=chosen title=title>
            <button
                type="button"
                class="line"
                data-testid="log-line"
                aria-pressed=move || chosen().to_string()
                on:click=move |_| log.chosen.set(Some(number))
            >
                <span>{first_line(&text, found)}</span>
            </button>
            <Show when=move || rests>
                <span class="visually-hidden">{wording.say("page.log.evidence")}</span>
            </Show>
        </span>
    }
}

/// With the match marked, as far as it stands there. Of what comes before it only the time and some words are shown
/// where all of it would push the match out of sight.
fn first_line(text: &str, found: Option<(u32, u32)>) -> impl IntoView + use<> {
    const TIME: usize = 24;
    const BEFORE: usize = 60;
    // What the two lines of a row hold on a narrow screen.
    const IN_SIGHT: usize = 190;
    let end = text.find('\n').unwrap_or(text.len());
    let (start, stop) = found.map_or((end, end), |(start, length)| {
        let start = start as usize;
        (start.min(end), (start + length as usize).min(end))
    });
    let piece = |from: usize, to: usize| text.get(from..to).unwrap_or_default().to_owned();
    let (time, from) = (text.ceil_char_boundary(TIME), text.floor_char_boundary(start.saturating_sub(BEFORE)));
    let before = if start < stop && stop > IN_SIGHT && from > time {
        format!("{}… {}", piece(0, time), piece(from, start))
    } else {
        piece(0, start)
    };
    let marked = (start < stop).then(|| view! { <mark>{piece(start, stop)}</mark> });
    let more = (end < text.len()).then_some(" ⏎");
    view! {
        {before}
        {marked}
        {piece(stop, end)}
        {more}
    }
}

/// The chosen line, whole, to be copied with its place.
#[component]
pub(super) fn ChosenLine(log: Log) -> impl IntoView {
    let wording = log.page.wording;
    // The row may not have been fetched yet, and may go again while others are looked at.
    let row = Memo::new(move |before: Option<&Option<(u32, LogRow)>>| {
        let chosen = log.chosen.get()?;
        let known = before.and_then(Option::as_ref).filter(|(number, _)| *number == chosen);
        log.pieces.row(chosen).map(|row| (chosen, row)).or_else(|| known.cloned())
    });
    move || {
        let (_, row) = row.get()?;
        let place = format!("{}:{}", row.member, row.line);
        let copied = format!("{place}\n{}", row.text);
        Some(view! {
            <div class="picked" role="region" aria-label=wording.say("page.log.chosen") data-testid="log-chosen">
                <p class="view-head">
                    <span class="place">{place}</span>
                    <CopyButton text=copied />
                </p>
                <pre tabindex="0">{row.text}</pre>
            </div>
        })
    }
}
