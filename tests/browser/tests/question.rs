//! The question's form: times that cannot be read, moments to choose from, and how sure the time is.

use anyhow::{Result, ensure};
use browser_tests::{Bundle, CULPRIT, Visit, in_chromium, in_every_engine};
use thirtyfour::prelude::{By, ElementQueryable as _};

const FIELD: &str = "[data-testid='incident-at']";

async fn type_time(visit: &Visit, text: &str) -> Result<()> {
    let field = visit.find("incident-at").await?;
    field.clear().await?;
    field.send_keys(text).await?;
    Ok(())
}

/// What is no time is told at the field, which screen readers know as wrong; the answer stays until it is one.
async fn unreadable_times_are_told(visit: &Visit) -> Result<()> {
    visit.read_example().await?;
    visit.attribute_is(FIELD, "aria-invalid", "false").await?;
    type_time(visit, "15:34").await?;
    let window = visit.text_where("incident-window", |text| text.contains("15:32:00 – 15:36:00")).await?;
    for (typed, told) in [
        ("after lunch", "“after lunch” is no time the log's clock can show."),
        ("25:70", "“25:70” is no time the log's clock can show."),
        (
            "2025-11-06 15:50 – 2025-11-06 15:34",
            "The interval ends (2025-11-06 15:34) before it begins (2025-11-06 15:50). Write the earlier time first.",
        ),
    ] {
        type_time(visit, typed).await?;
        visit.text_where("incident-error", |text| text.starts_with(told)).await?;
        visit.attribute_is(FIELD, "aria-invalid", "true").await?;
    }
    let described = visit.attribute(FIELD, "aria-describedby").await?;
    let id = visit.attribute("[data-testid='incident-error']", "id").await?;
    let names = described.as_str().unwrap_or_default().split(' ').any(|name| id == name);
    ensure!(names, "the field is described by {described}, the message is {id}");
    ensure!(visit.text("incident-window").await? == window, "what cannot be read changed the answer");
    visit.text_where("suspect-host", |text| text == CULPRIT).await?;
    type_time(visit, "15:30 – 15:40").await?;
    visit.text_where("incident-window", |text| text.ends_with("15:28:00 – 15:42:00")).await?;
    visit.attribute_is(FIELD, "aria-invalid", "false").await?;
    visit.until("nothing is told", async || Ok(visit.text("incident-error").await?.is_empty())).await
}

/// Where nobody said when, what stands out in the log is offered, and a choice asks for it.
async fn moments_are_chosen(visit: &Visit) -> Result<()> {
    visit.read_example().await?;
    let suggested = "No time was given. The log suggests Nov 6, 2025 15:29:25 – 15:32:06";
    visit.text_where("incident-window", |text| text.starts_with(suggested)).await?;
    visit.unfold("[data-testid='candidate-moments']").await?;
    let moments = visit.contents_where("[data-testid='candidate-moments'] li", |moments| moments.len() == 5).await?;
    let told = format!("15:32:06 {CULPRIT} messenger.exe tried {CULPRIT} 7 times within a minute.");
    ensure!(moments[0].ends_with(&told), "the first moment is {moments:?}");
    let other = "Nov 6, 2025 08:41:37 – 08:44:36";
    ensure!(
        moments[1].starts_with(other) && moments[1].contains("content.storage.example"),
        "the second is {moments:?}"
    );
    let buttons = visit.page.query(By::Css("[data-testid='candidate-moment']")).all_from_selector().await?;
    buttons[1].click().await?;
    visit.text_where("incident-window", |text| text == format!("Incident window: {other}")).await?;
    visit.text_where("suspect-host", |text| text == "content.storage.example").await?;
    ensure!(visit.value("incident-at").await?.contains("08:41:37"), "the field does not say the moment");
    // The question has an answer now.
    visit
        .until("no moments are offered", async || {
            Ok(visit.contents("[data-testid='candidate-moments']").await?.is_empty())
        })
        .await
}

/// How sure the time is widens the window, and is chosen from a list.
async fn the_window_is_chosen(visit: &Visit) -> Result<()> {
    let _log = visit.read_broken(&Bundle::of_a_troubled_hour()).await?;
    for (choice, window) in
        [("30s", "15:33:30 – 15:34:30"), ("15m", "15:19:00 – 15:49:00"), ("1m", "15:33:00 – 15:35:00")]
    {
        let option = format!("[data-testid='incident-within'] option[value='{choice}']");
        visit.page.query(By::Css(&option)).first().await?.click().await?;
        visit.text_where("incident-window", |text| text.ends_with(window)).await?;
    }
    Ok(())
}

in_every_engine! {
    unreadable_times_are_told
}

in_chromium! {
    moments_are_chosen
    the_window_is_chosen
}
