//! The watch is no dummy: what a page could do wrong is noticed in every engine.

use anyhow::{Result, ensure};
use browser_tests::{Engine, Look, Origin, Visit, visit};
use serde_json::json;

async fn complaints_are_noticed(visit: &Visit) -> Result<()> {
    ensure!(visit.complaints().await?.is_empty(), "complaints before any");
    visit.run("console.error('complaint one'); console.warn('complaint two');", json!({})).await?;
    visit.run("setTimeout(() => { throw new Error('complaint three'); });", json!({})).await?;
    visit.run("fetch('https://planted.steerscope.example/').catch(() => {});", json!({})).await?;
    // `WebKit` hides the words of an error that a driver's own script throws.
    let thrown = if visit.engine == Engine::WebKit { "Script error" } else { "complaint three" };
    for mark in ["complaint one", "complaint two", thrown, "planted.steerscope.example"] {
        let is_there = async || Ok(visit.complaints().await?.iter().any(|line| line.contains(mark)));
        visit.until(&format!("`{mark}` is noticed"), is_there).await?;
    }
    Ok(())
}

/// Going to an address is a request that no policy of a page closes: it must reach the proxy.
async fn requests_are_noticed(visit: &Visit) -> Result<()> {
    // The refusal may be an error of the navigation.
    let _ = visit.page.goto("http://planted.steerscope.example/left").await;
    let left = async || Ok(visit.left().iter().any(|line| line.contains("planted.steerscope.example/left")));
    visit.until("the proxy was asked", left).await
}

macro_rules! in_every_engine {
    ($($story:ident)*) => { $(
        mod $story {
            use super::*;

            #[tokio::test]
            async fn chromium() -> Result<()> {
                visit(stringify!($story), Engine::Chromium, Origin::File, Look::default(), super::$story).await
            }

            #[tokio::test]
            async fn firefox() -> Result<()> {
                visit(stringify!($story), Engine::Firefox, Origin::File, Look::default(), super::$story).await
            }

            #[tokio::test]
            async fn webkit() -> Result<()> {
                visit(stringify!($story), Engine::WebKit, Origin::File, Look::default(), super::$story).await
            }
        }
    )* };
}

in_every_engine! { complaints_are_noticed requests_are_noticed }
