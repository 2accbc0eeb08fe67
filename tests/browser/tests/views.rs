//! A walk through every view, by keyboard: what each shows, in both languages, light and dark; with a picture of each.

use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};
use browser_tests::{Engine, Look, Origin, Theme, Visit, quiet_visit};
use serde_json::json;
use thirtyfour::prelude::Key;

/// The bundle behind “Try an example”, in which this host is broken.
fn example() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../www/demo.zip")
}

const CULPRIT: &str = "edge-003.messenger.example";

async fn the_example_is_read(visit: &Visit) -> Result<()> {
    visit.choose("file-input", &example()).await?;
    // With everything read, not the first log alone.
    let read = "return document.querySelector(\"[data-testid='suspect-row']\") && !document.querySelector(\"[data-testid='progress']\")";
    visit.until("everything is read", async || Ok(visit.run(read, json!({})).await? == true)).await?;
    Ok(())
}

/// The views in the order of their tabs, with an element that stands there once the view has its content.
const VIEWS: [(&str, &str); 8] = [
    ("answer", "suspect-row"),
    ("first-steps", "first-step"),
    ("timeline", "timeline-row"),
    ("flows", "virtual-row"),
    ("configuration", "configured-host"),
    ("coverage", "member"),
    ("lookup", "lookup-text"),
    ("knowledge", "unknown-message"),
];

async fn every_view(visit: &Visit) -> Result<()> {
    the_example_is_read(visit).await?;
    visit.run("document.querySelector('[role=tab][aria-selected=true]').focus()", json!({})).await?;
    for (name, content) in VIEWS {
        if name != "answer" {
            visit.press(Key::Right + "").await?;
        }
        visit.find(&format!("view-{name}")).await?;
        visit.find(content).await?;
        let hash = visit.run("return location.hash", json!({})).await?;
        ensure!(name == "answer" || hash == json!(format!("#{name}")), "the address of {name} ends in {hash}");
        visit.screenshot(&format!("view-{name}")).await?;
        if visit.engine == Engine::Chromium {
            let barriers = visit.barriers().await?;
            ensure!(barriers.is_empty(), "{name}:\n{}", barriers.join("\n"));
        }
    }
    Ok(())
}

/// Back and forward lead through the views, as through pages.
async fn history_leads_through_the_views(visit: &Visit) -> Result<()> {
    the_example_is_read(visit).await?;
    visit.find("tab-timeline").await?.click().await?;
    visit.find("view-timeline").await?;
    visit.find("tab-coverage").await?.click().await?;
    visit.find("view-coverage").await?;
    visit.run("history.back()", json!({})).await?;
    visit.find("view-timeline").await?;
    visit.run("history.forward()", json!({})).await?;
    visit.find("view-coverage").await?;
    Ok(())
}

/// A span that is marked in the chart is the incident, and a suspect's own entry frees it and nothing else.
async fn the_chart_sets_the_incident_and_entries_are_tried(visit: &Visit) -> Result<()> {
    the_example_is_read(visit).await?;
    visit.find("incident-brush").await?.focus().await?;
    visit.press(Key::Right + "").await?;
    visit.content_where("announcement", |text| text.contains("Marked")).await?;
    visit.press(Key::Left + "").await?;
    visit.press(Key::Enter + "").await?;
    visit.text_where("incident-window", |text| text.starts_with("Looked at 2025-11-06 15:2")).await?;
    visit.text_where("suspect-host", |text| text == CULPRIT).await?;
    visit.run("document.querySelector('[data-testid=what-if]').open = true", json!({})).await?;
    visit.find("what-if-offer").await?.click().await?;
    let changes = visit.text_where("what-if-answer", |text| text.contains(CULPRIT)).await?;
    ensure!(changes.contains("steered, not decrypted"), "{changes}");
    ensure!(!changes.contains("nothing speaks against"), "{changes}");
    Ok(())
}

/// Connections are counted, chosen by a facet and by words, and sorted; the rows come as they are scrolled to.
async fn connections_are_searched(visit: &Visit) -> Result<()> {
    the_example_is_read(visit).await?;
    visit.find("tab-flows").await?.click().await?;
    visit.text_where("flows-total", |text| text.contains("7,121")).await?;
    visit.find("flows-table").await?.focus().await?;
    visit.press(Key::End + "").await?;
    visit.content_where("flows-table", |text| text.contains("2025-11-06 16:59")).await?;
    visit.find("flows-filter").await?.send_keys(CULPRIT).await?;
    visit.text_where("flows-total", |text| text == "44 connections").await?;
    visit.content_where("virtual-row", |text| text.contains(CULPRIT)).await?;
    visit.find("flows-window").await?.click().await?;
    visit.text_where("flows-total", |text| text == "8 connections").await?;
    visit.find("facet-exclude").await?.click().await?;
    visit.text_where("flows-total", |text| text == "0 connections").await?;
    Ok(())
}

/// Error texts are explained without a log, and a list of messages is counted.
async fn error_texts_are_explained(visit: &Visit) -> Result<()> {
    visit.find("tab-lookup").await?.click().await?;
    visit.find("lookup-text").await?.send_keys("curl: (60) SSL certificate problem").await?;
    visit.text_where("lookup-answers", |text| text.contains("curl 60")).await?;
    let mut list = tempfile::Builder::new().suffix(".csv").tempfile()?;
    std::io::Write::write_all(&mut list, b"time,message\n1,curl: (60) SSL certificate problem\n2,curl: (60) SSL certificate problem\n3,no such thing as this\n")?;
    visit.choose("lookup-file", list.path()).await?;
    visit.text_where("lookup-triage", |text| text.contains("3 messages, 1 of them unknown")).await?;
    Ok(())
}

/// A shape that is added is known from then on, and the log is read again with it.
async fn a_shape_is_added(visit: &Visit) -> Result<()> {
    the_example_is_read(visit).await?;
    visit.find("tab-knowledge").await?.click().await?;
    visit.text_where("view-knowledge", |text| text.contains("ipc client connected")).await?;
    let mut file = tempfile::Builder::new().suffix(".toml").tempfile()?;
    let shape = "[[message]]\nname = \"client_connected\"\nevent = \"context\"\nshape = \"ipc client connected, slot {}\"\n\
                 grade = \"R\"\nsample = \"ipc client connected, slot 1 protocol version 2\"\nreference = \"https://example.com/\"\n";
    std::io::Write::write_all(&mut file, shape.as_bytes())?;
    visit.choose("knowledge-file", file.path()).await?;
    visit.text_where("shape", |text| text.contains("client_connected") || text.contains("flow_tunneled")).await?;
    let known =
        |text: &str| text.contains("fileWatch.cpp") && !text.contains("ipc.cpp") && text.contains("client_connected");
    visit.text_where("view-knowledge", known).await?;
    Ok(())
}

/// Names are replaced before a report is saved, and the preview says by what.
async fn a_redaction_is_previewed(visit: &Visit) -> Result<()> {
    the_example_is_read(visit).await?;
    visit.find("export").await?.click().await?;
    visit.find("redact").await?.click().await?;
    visit.text_where("redaction", |text| text.contains("192.0.2.7") && text.contains("address-1")).await?;
    for format in ["markdown", "html", "json", "suspects_csv", "flows_csv"] {
        visit.find(&format!("export-{format}")).await?;
    }
    visit.press(Key::Escape + "").await?;
    visit
        .until("the box is closed", async || {
            Ok(visit.page.find_all(thirtyfour::By::Css("dialog[open]")).await?.is_empty())
        })
        .await
}

/// Other logs are read beside the opened one, and taken away again.
async fn other_logs_are_compared(visit: &Visit) -> Result<()> {
    the_example_is_read(visit).await?;
    visit.choose("baseline-input", &example()).await?;
    visit.content_where("baseline", |text| text.contains("demo.zip")).await?;
    visit.choose("after-input", &example()).await?;
    let verified = visit.content_where("verification", |text| text.contains("demo.zip")).await?;
    ensure!(verified.len() > "After the change: demo.zip".len(), "the verification says nothing");
    visit.content_where("baseline", |text| text.contains("demo.zip")).await?;
    let remove = "document.querySelector(\"[data-testid='comparison'] button ~ button\").click()";
    visit.run(remove, json!({})).await?;
    visit.until("the baseline is gone", async || {
        let script = "return !!document.querySelector(\"[data-testid='verification']\") && !document.querySelector(\"[data-testid='baseline']\")";
        Ok(visit.run(script, json!({})).await? == true)
    })
    .await
}

macro_rules! in_every_engine {
    ($($story:ident)*) => { $(
        mod $story {
            use super::*;

            #[tokio::test]
            async fn chromium() -> Result<()> {
                quiet_visit(stringify!($story), Engine::Chromium, Origin::File, Look::default(), super::$story).await
            }

            #[tokio::test]
            async fn firefox() -> Result<()> {
                quiet_visit(stringify!($story), Engine::Firefox, Origin::File, Look::default(), super::$story).await
            }

            #[tokio::test]
            async fn webkit() -> Result<()> {
                quiet_visit(stringify!($story), Engine::WebKit, Origin::File, Look::default(), super::$story).await
            }
        }
    )* };
}

in_every_engine! {
    history_leads_through_the_views
    the_chart_sets_the_incident_and_entries_are_tried
    connections_are_searched
    other_logs_are_compared
}

/// What the engines do alike is tried in one of them.
mod in_chromium {
    use super::*;

    async fn told(name: &str, story: impl AsyncFnOnce(&Visit) -> Result<()>) -> Result<()> {
        quiet_visit(name, Engine::Chromium, Origin::File, Look::default(), story).await
    }

    #[tokio::test]
    async fn error_texts() -> Result<()> {
        told("error_texts", error_texts_are_explained).await
    }

    #[tokio::test]
    async fn shapes() -> Result<()> {
        told("shapes", a_shape_is_added).await
    }

    #[tokio::test]
    async fn redaction() -> Result<()> {
        told("redaction", a_redaction_is_previewed).await
    }
}

/// Both languages, light and dark, in each engine.
mod looks {
    use super::*;

    async fn pictures(engine: Engine) -> Result<()> {
        for language in ["en", "ja"] {
            for theme in [Theme::Light, Theme::Dark] {
                quiet_visit("look", engine, Origin::File, Look { language, theme }, every_view).await?;
            }
        }
        Ok(())
    }

    #[tokio::test]
    async fn chromium() -> Result<()> {
        pictures(Engine::Chromium).await
    }

    #[tokio::test]
    async fn firefox() -> Result<()> {
        pictures(Engine::Firefox).await
    }

    #[tokio::test]
    async fn webkit() -> Result<()> {
        pictures(Engine::WebKit).await
    }
}
