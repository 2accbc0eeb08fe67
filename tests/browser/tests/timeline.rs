//! What is done on the charts: a mark is picked, a span becomes the incident, the timeline is brought closer and moved, by
//! pointer and by keys; and the table that says the same.

use anyhow::{Result, ensure};
use browser_tests::{Bundle, Visit, in_chromium, in_every_engine};
use serde_json::json;
use tempfile::NamedTempFile;
use thirtyfour::prelude::Key;

const WHOLE: &str = "Nov 6, 2025 15:00:00 – 15:59:30";

async fn the_timeline_is_open(visit: &Visit) -> Result<NamedTempFile> {
    let log = visit.read_broken(&Bundle::of_a_troubled_hour()).await?;
    visit.click("tab-timeline").await?;
    visit.text_where("timeline-span", |text| text == WHOLE).await?;
    Ok(log)
}

/// Moves the pointer to a share of the chart's width, in its lower half where no mark stands, and on by pixels.
async fn drag(visit: &Visit, chart: &str, from: f64, by: i64, held: Option<Key>) -> Result<()> {
    let element = visit.find(chart).await?;
    element.scroll_into_view().await?;
    let frame = element.rect().await?;
    let (across, down) = ((frame.width * (from - 0.5)) as i64, (frame.height * 0.45) as i64);
    let keys = visit.page.action_chain();
    let keys = match &held {
        Some(key) => keys.key_down(key.clone()),
        None => keys,
    };
    let keys =
        keys.move_to_element_with_offset(&element, across, down).click_and_hold().move_by_offset(by, 0).release();
    let keys = match held {
        Some(key) => keys.key_up(key),
        None => keys,
    };
    keys.perform().await?;
    Ok(())
}

/// The whole span that is shown for a chart, as the page writes it: minutes and seconds of the hour.
fn clocks(span: &str) -> Vec<String> {
    let times = span.split([' ', '.']).filter(|word| word.len() == 8 && word.contains(':'));
    times.map(str::to_owned).collect()
}

/// A mark that is pointed at is told below, with its lines; the table holds it too.
async fn a_mark_is_picked(visit: &Visit) -> Result<()> {
    let _log = the_timeline_is_open(visit).await?;
    let told = visit.contents("[data-testid='timeline-picked']").await?;
    ensure!(told.is_empty(), "something is picked at first: {told:?}");
    let blocked = "Connections were blocked by configuration";
    // Seconds of an hour are a pixel.
    visit.click("timeline-incident").await?;
    visit.text_where("timeline-span", |text| text != WHOLE).await?;
    let point = "
        const lane = [...document.querySelectorAll(\"[data-testid='timeline-surface'] svg.lane\")].at(-1);
        const mark = [...lane?.querySelectorAll('[data-item]') ?? []].at(-1);
        if (!mark) return null;
        mark.scrollIntoView({ block: 'center' });
        const [here, ground] = [mark, document.querySelector(\"[data-testid='timeline-surface']\")]
            .map((element) => element.getBoundingClientRect());
        const middle = (box) => [box.left + box.width / 2, box.top + box.height / 2];
        return [0, 1].map((side) => Math.round(middle(here)[side] - middle(ground)[side]));";
    let surface = visit.find("timeline-surface").await?;
    let picked = async || {
        let Ok((across, down)) = serde_json::from_value(visit.run(point, json!({})).await?) else { return Ok(false) };
        let keys = visit.page.action_chain();
        keys.move_to_element_with_offset(&surface, across, down).click().perform().await?;
        Ok(visit.text("timeline-picked").await?.contains(blocked))
    };
    visit.until("the finding is picked", picked).await?;
    let told = visit.text_where("timeline-picked", |text| text.contains("process: drive.exe")).await?;
    ensure!(told.starts_with("Nov 6, 2025 15:34:03 – 15:34:33"), "told is {told}");
    visit.contents_where("[data-testid='timeline-surface'] .chosen", |chosen| chosen.len() == 1).await?;
    // Pointing at a mark is not pointing at a moment.
    let window = visit.contents("[data-testid='question-line'] p").await?;
    ensure!(window.iter().all(|window| window.contains("15:32:00 – 15:36:00")), "the incident is now {window:?}");
    let row = "[data-testid='timeline-row']";
    visit.contents_where(row, |rows| rows.iter().any(|row| row.contains(blocked))).await?;
    Ok(())
}

/// The table counts its rows and has them all, in the order of time; of what is not in sight it has none.
async fn the_table_says_the_same(visit: &Visit) -> Result<()> {
    let _log = the_timeline_is_open(visit).await?;
    let summary = "[data-testid='timeline-table'] > summary";
    let rows = visit.contents_where("[data-testid='timeline-row'] .time", |rows| !rows.is_empty()).await?;
    let counted = format!("The same as a table: {} rows", rows.len());
    visit.contents_where(summary, |summary| summary == [counted.clone()]).await?;
    ensure!(rows.is_sorted(), "the rows are not in the order of time: {rows:?}");
    let marks = "return document.querySelectorAll(\"[data-testid='timeline-surface'] [data-item]\").length";
    ensure!(visit.run(marks, json!({})).await? == rows.len(), "as many marks as rows are to be drawn");
    let all = visit.contents("[data-testid='timeline-row']").await?;
    for part in ["Tunnel up: DTLS, gateway gateway-nrt1.example.com", "Everything retried at once"] {
        ensure!(all.iter().any(|row| row.contains(part)), "no row says `{part}`: {all:?}");
    }
    visit.find("timeline-surface").await?.focus().await?;
    visit.press("+").await?;
    visit.press("+").await?;
    visit.press("+").await?;
    visit.press("+").await?;
    visit.press(Key::Home + "").await?;
    visit.text_where("timeline-span", |text| text.starts_with("Nov 6, 2025 15:00:00 – 15:0")).await?;
    let early = visit.contents_where("[data-testid='timeline-row']", |seen| seen.len() < all.len()).await?;
    ensure!(early.iter().all(|row| !row.contains("retried at once")), "what comes later is listed: {early:?}");
    visit.contents_where(summary, |summary| summary == [format!("The same as a table: {} rows", early.len())]).await?;
    Ok(())
}

/// Keys zoom around the incident, move by half of what is in sight and to both ends, and show everything again.
async fn the_timeline_is_moved_by_keys(visit: &Visit) -> Result<()> {
    let _log = the_timeline_is_open(visit).await?;
    visit.tab_to("timeline-surface").await?;
    let span = async |pressed: Key, before: &str| -> Result<String> {
        visit.press(pressed + "").await?;
        visit.text_where("timeline-span", |text| text != before).await
    };
    visit.press("+").await?;
    let near = visit.text_where("timeline-span", |text| text != WHOLE).await?;
    visit.press("+").await?;
    let nearer = visit.text_where("timeline-span", |text| *text != near).await?;
    ensure!(clocks(&nearer)[0].as_str() < "15:34:00" && clocks(&nearer)[1].as_str() > "15:34:00", "in sight: {nearer}");
    let earlier = span(Key::PageUp, &nearer).await?;
    ensure!(clocks(&earlier)[0] < clocks(&nearer)[0], "PageUp led from {nearer} to {earlier}");
    let later = span(Key::PageDown, &earlier).await?;
    ensure!(later == nearer, "PageDown led from {earlier} to {later}");
    let last = span(Key::End, &later).await?;
    ensure!(last.ends_with("15:59:30") && !last.contains("15:00:00"), "End led to {last}");
    let first = span(Key::Home, &last).await?;
    ensure!(first.starts_with("Nov 6, 2025 15:00:00"), "Home led to {first}");
    visit.press("-").await?;
    let wider = visit.text_where("timeline-span", |text| *text != first).await?;
    ensure!(clocks(&wider)[1] > clocks(&first)[1], "minus led from {first} to {wider}");
    visit.press("0").await?;
    visit.text_where("timeline-span", |text| text == WHOLE).await?;
    Ok(())
}

/// A span is marked by the pointer, a moment by a click; with Shift the pointer moves what is in sight and marks nothing.
async fn the_timeline_sets_the_incident(visit: &Visit) -> Result<()> {
    let _log = the_timeline_is_open(visit).await?;
    let question = async |wanted: &dyn Fn(&[String]) -> bool| {
        visit.contents_where("[data-testid='question-line'] p", wanted).await.map(|windows| windows.join(""))
    };
    drag(visit, "timeline-surface", 0.25, 80, None).await?;
    let marked = question(&|windows| windows.iter().any(|window| window.contains("Nov 6, 2025 15:1"))).await?;
    ensure!(clocks(&marked)[0] < clocks(&marked)[1], "the marked span is {marked}");
    visit.click("timeline-in").await?;
    let near = visit.text_where("timeline-span", |text| text != WHOLE).await?;
    drag(visit, "timeline-surface", 0.5, -120, Some(Key::Shift)).await?;
    let moved = visit.text_where("timeline-span", |text| *text != near).await?;
    ensure!(clocks(&moved)[0] > clocks(&near)[0], "what was drawn to the left shows {moved}, not later than {near}");
    ensure!(question(&|_| true).await? == marked, "moving the timeline set the incident");
    drag(visit, "timeline-surface", 0.5, 0, None).await?;
    question(&|windows| windows.iter().all(|window| *window != marked)).await?;
    Ok(())
}

/// In the chart of the whole log a span is marked, lengthened, dropped, and made the incident by keys, or by a click.
async fn the_busy_chart_sets_the_incident(visit: &Visit) -> Result<()> {
    let _log = visit.read_broken(&Bundle::of_a_troubled_hour()).await?;
    visit.tab_to("incident-brush").await?;
    let marked = async |wanted: &dyn Fn(&[String]) -> bool| {
        let told = |text: &str| text.starts_with("Marked: ") && wanted(&clocks(text));
        visit.content_where("announcement", told).await.map(|text| clocks(&text))
    };
    visit.press(Key::Right + "").await?;
    // A hundredth of the hour, from the window that was asked for.
    let first = marked(&|clocks| clocks.first().is_some_and(|clock| clock.starts_with("15:32:3"))).await?;
    visit.press(Key::Shift + Key::Right).await?;
    let longer = marked(&|clocks| clocks[1] > first[1]).await?;
    ensure!(longer[0] == first[0], "with Shift the beginning moved from {first:?} to {longer:?}");
    let selection =
        "const mark = document.querySelector(\"[data-testid='incident-brush'] .selection\"); return mark.hidden";
    ensure!(visit.run(selection, json!({})).await? == false, "the marked span is not shown");
    visit.press(Key::Escape + "").await?;
    visit.until("the mark is dropped", async || Ok(visit.run(selection, json!({})).await? == true)).await?;
    visit.press(Key::Enter + "").await?;
    ensure!(visit.value("incident-at").await? == "15:34", "Enter without a mark set the incident");
    visit.press(Key::Left + "").await?;
    let last = marked(&|clocks| clocks.first().is_some_and(|clock| clock.starts_with("15:31:2"))).await?;
    visit.press(Key::Enter + "").await?;
    let asked = format!("{} – {}", last[0], last[1]);
    visit.text_where("incident-window", |text| text.contains(&asked)).await?;
    visit.until("the field says it", async || Ok(visit.value("incident-at").await?.contains(&last[0]))).await?;
    ensure!(visit.value("incident-within").await? == "0s", "what was marked is exact");
    drag(visit, "incident-brush", 0.25, 0, None).await?;
    visit
        .text_where("incident-window", |text| clocks(text).first().is_some_and(|from| from.starts_with("15:1")))
        .await?;
    ensure!(visit.value("incident-within").await? == "2m", "a moment that was pointed at is not exact");
    Ok(())
}

in_every_engine! {
    a_mark_is_picked
    the_timeline_is_moved_by_keys
    the_timeline_sets_the_incident
    the_busy_chart_sets_the_incident
}

in_chromium! {
    the_table_says_the_same
}
