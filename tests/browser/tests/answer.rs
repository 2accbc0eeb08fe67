//! What the answer holds beside the ranking: findings above it, what to do apart from any suspect, the ladder of settings,
//! and the hosts that are no candidates.

use anyhow::{Result, ensure};
use browser_tests::{Bundle, Visit, in_chromium, in_every_engine};
use serde_json::json;
use thirtyfour::prelude::{By, ElementQueryable as _, Key};

/// Chooses the suspect of that name.
async fn choose(visit: &Visit, host: &str) -> Result<()> {
    let click = "const row = [...document.querySelectorAll(\"[data-testid='suspect-row']\")]
        .find((row) => row.querySelector('.host').textContent === given); row?.click(); return Boolean(row)";
    visit.until(&format!("{host} is chosen"), async || Ok(visit.run(click, json!(host)).await? == true)).await?;
    visit.text_where("suspect-host", |text| text == host).await?;
    Ok(())
}

/// Presses Enter on the first element of that selector, as somebody who came there by Tab.
async fn enter(visit: &Visit, selector: &str) -> Result<()> {
    let script = "document.querySelector(given)?.focus(); return document.activeElement?.matches(given) ?? false";
    let is_focused = async || Ok(visit.run(script, json!(selector)).await? == true);
    visit.until(&format!("{selector} has the focus"), is_focused).await?;
    visit.press(Key::Enter + "").await
}

/// What explains the fault, and what to do then, comes before anybody is suspected.
async fn findings_stand_above_the_suspects(visit: &Visit) -> Result<()> {
    let _log = visit.read_broken(&Bundle::of_a_troubled_hour()).await?;
    let blocked =
        visit.text_where("finding", |text| text.contains("Connections were blocked by configuration")).await?;
    for part in [
        "Explains the fault",
        "6 connections of drive.exe to api.drive.example were dropped on the device.",
        "Nov 6, 2025 15:34:03 – 15:34:33",
        "What to do: Look for the app in Steering Configuration > Exceptions: its action is Block.",
    ] {
        ensure!(blocked.contains(part), "the finding does not say `{part}`: {blocked}");
    }
    let titles = visit.contents("[data-testid='finding'] h3").await?;
    ensure!(titles == ["Connections were blocked by configuration", "Everything retried at once"], "found: {titles:?}");
    let general = visit.text("general-suggestions").await?;
    for part in ["What to do first", "No exception: do this instead", "Change the action if the app is allowed."] {
        ensure!(general.contains(part), "in general nothing says `{part}`: {general}");
    }
    let order = "const parts = ['finding', 'general-suggestions', 'suspect-row', 'set-aside', 'notices'].map(
            (name) => document.querySelector(`[data-testid='${name}']`)?.getBoundingClientRect().top);
        return parts.every((top, index) => index === 0 || top > parts[index - 1])";
    visit.until("findings stand first", async || Ok(visit.run(order, json!({})).await? == true)).await?;
    enter(visit, "[data-testid='finding'] [data-testid='evidence'] summary").await?;
    visit.text_where("finding", |text| text.contains("Dropping connection from process: drive.exe")).await?;
    Ok(())
}

/// Where nothing explains the fault, the page says so and gives no advice apart from the suspects.
async fn without_findings_the_page_says_so(visit: &Visit) -> Result<()> {
    visit.read_example().await?;
    visit
        .text_where("findings", |text| text.contains("Nothing on the device explains the incident by itself."))
        .await?;
    let general = visit.contents("[data-testid='general-suggestions']").await?;
    ensure!(general.is_empty(), "advice without a finding: {general:?}");
    Ok(())
}

/// Who misses a host opens the list of those that are no candidates, by the keyboard, and finds it with its reason.
async fn hosts_set_aside_say_why(visit: &Visit) -> Result<()> {
    let _log = visit.read_broken(&Bundle::of_a_troubled_hour()).await?;
    visit.text_where("set-aside", |text| text.contains("Hosts that are no candidates: 2")).await?;
    let rows = "[data-testid='set-aside-row']";
    ensure!(visit.contents(rows).await?.is_empty(), "the list stands open before anybody asks");
    enter(visit, "[data-testid='set-aside'] summary").await?;
    let hosts = visit.contents_where(rows, |rows| rows.len() == 2).await?;
    for (host, process, reason) in [
        ("api.drive.example", "drive.exe", "Blocked on the device (certificate-pinned app)"),
        ("media.meeting.example", "meeting.exe", "Did not go through Netskope (domain exception)."),
    ] {
        let is_said = hosts.iter().any(|row| [host, process, reason].iter().all(|part| row.contains(part)));
        ensure!(is_said, "{host} of {process} is not set aside for `{reason}`: {hosts:?}");
    }
    visit.find("aside-filter").await?.send_keys("MEETING bypass").await?;
    visit.contents_where(rows, <[String]>::is_empty).await?;
    visit.text_where("set-aside", |text| text.contains("No host matches.")).await?;
    visit.find("aside-filter").await?.clear().await?;
    visit.find("aside-filter").await?.send_keys("MEETING exception").await?;
    visit.contents_where(rows, |rows| rows.len() == 1 && rows[0].contains("media.meeting.example")).await?;
    Ok(())
}

/// A host of a known service is called by it, in the list and in the detail.
async fn services_have_names(visit: &Visit) -> Result<()> {
    let _log = visit.read_broken(&Bundle::of_a_troubled_hour()).await?;
    choose(visit, "wss-primary.slack.com").await?;
    let about = "[data-testid='suspect-row'][aria-selected='true'] .about";
    let is_named =
        |about: &[String]| about.iter().any(|about| about.starts_with("Slack") && about.ends_with("slack.exe"));
    visit.contents_where(about, is_named).await?;
    visit.text_where("suspect-detail", |text| text.contains("Service") && text.contains("Slack – messaging")).await?;
    visit.text_where("signals", |text| text.contains("its vendor asks not to inspect it")).await?;
    Ok(())
}

/// The mildest setting is open, with what to enter; the next ones are a step away, with what else they free.
async fn the_ladder_is_climbed(visit: &Visit) -> Result<()> {
    let _log = visit.read_broken(&Bundle::of_a_troubled_hour()).await?;
    choose(visit, "api.chat.example").await?;
    let detail = "[data-testid='suspect-detail'] [data-testid='suggestion']";
    let rungs = visit.contents_where(&format!("{detail} h4"), |rungs| rungs.len() == 3).await?;
    ensure!(
        rungs == ["SSL Decryption policy: Do Not Decrypt", "Certificate-pinned app exception", "Domain exception"],
        "the rungs are {rungs:?}"
    );
    let first = visit.page.query(By::Css(detail)).first().await?.text().await?;
    for part in
        ["Try this first", "Also frees the suspects 3, 4", "No other host of this log.", "Policies > SSL Decryption"]
    {
        ensure!(first.contains(part), "the first rung does not say `{part}`: {first}");
    }
    let entries = visit.contents(&format!("{detail} [data-testid='entry']")).await?;
    ensure!(entries == ["api.chat.example", "chat.example", "ws.chat.example"], "to be entered: {entries:?}");
    visit.text_where("paste", |text| text == "api.chat.example,chat.example,ws.chat.example").await?;
    ensure!(!first.contains("files.chat.example"), "the next rungs stand open: {first}");
    let folded = "[data-testid='suspect-detail'] details[data-testid='suggestion']";
    enter(visit, &format!("{folded} summary")).await?;
    let next = visit
        .contents_where(&format!("{folded}[open]"), |rungs| rungs.len() == 1 && rungs[0].contains("Would also free"))
        .await?;
    for part in [
        "What it gives upInspection of this process to these hosts.",
        "Only for the process chat.exe",
        "Would also freefiles.chat.exampleimg.chat.example",
        "NoteThe process is recognised by its name alone (chat.exe)",
    ] {
        ensure!(next[0].contains(part), "the next rung does not say `{part}`: {next:?}");
    }
    Ok(())
}

/// What is to be entered in the console is copied by its button and can be pasted.
async fn entries_are_copied(visit: &Visit) -> Result<()> {
    let _log = visit.read_broken(&Bundle::of_a_troubled_hour()).await?;
    choose(visit, "api.chat.example").await?;
    visit.contents_where("[data-testid='paste']", |paste| !paste.is_empty()).await?;
    enter(visit, "[data-testid='suspect-detail'] .entries li:nth-child(2) [data-testid='copy']").await?;
    visit.content_where("announcement", |text| text == "chat.example copied.").await?;
    visit.find("incident-hint").await?.send_keys(Key::Control + "v").await?;
    visit
        .until("what was copied is pasted", async || Ok(visit.value("incident-hint").await? == "chat.example"))
        .await?;
    enter(visit, "[data-testid='suspect-detail'] .fix .paste [data-testid='copy']").await?;
    visit.content_where("announcement", |text| text == "api.chat.example,chat.example,ws.chat.example copied.").await?;
    Ok(())
}

in_every_engine! {
    findings_stand_above_the_suspects
    hosts_set_aside_say_why
    the_ladder_is_climbed
    entries_are_copied
}

in_chromium! {
    without_findings_the_page_says_so
    services_have_names
}
