//! The promise, checked: the page asks for nothing, could not if it tried, and has no errors.

use std::sync::PoisonError;

use anyhow::{Result, ensure};
use serde_json::Value;

use crate::engine::Engine;
use crate::server::Origin;
use crate::visit::Visit;

/// A host that nobody else asks for. The requests planted by `try_to_leave` carry it.
const PLANTED: &str = "planted.steerscope.example";

pub(crate) async fn check(visit: &Visit) -> Result<()> {
    // First what the page did by itself: the planted requests below leave traces of their own.
    let said = complaints(visit).await?;
    ensure!(said.is_empty(), "the page complained on its console:\n{}", said.join("\n"));
    let loaded = visit.object(LOADED).await?;
    ensure!(loaded["names"] == Value::Array(Vec::new()), "the page loaded {}", loaded["names"]);

    let tried = visit.object(&TRY_TO_LEAVE.replace("PLANTED", PLANTED)).await?;
    for way in ["fetch", "image", "beacon", "socket"] {
        ensure!(tried["refused"][way] == Value::Bool(true), "a planted request by {way} was not refused: {tried:?}");
    }
    for way in ["connect-src", "img-src"] {
        let violated = tried["violations"].as_array().is_some_and(|all| all.iter().any(|violation| violation == way));
        ensure!(violated, "no violation of {way} was reported for a planted request: {tried:?}");
    }

    let asked = visit.server.asked();
    let expected: &[&str] = if visit.origin == Origin::Http { &["GET /"] } else { &[] };
    ensure!(asked == expected, "the page's server was asked {asked:?}, expected {expected:?}");
    // Browsers have questions of their own; none may be the page's.
    let left: Vec<String> = visit.proxy.asked().into_iter().filter(|line| line.contains(PLANTED)).collect();
    ensure!(left.is_empty(), "requests left the page: {left:?}");
    Ok(())
}

/// What the page's own performance record lists; blob and data addresses stay inside the browser.
const LOADED: &str = "
    const names = performance.getEntriesByType('resource').map((entry) => entry.name);
    done({ names: names.filter((name) => !/^(blob|data):/.test(name)) });";

const TRY_TO_LEAVE: &str = "
    const violations = [];
    document.addEventListener('securitypolicyviolation', (event) => violations.push(event.effectiveDirective));
    const refused = {};
    const attempts = [
        fetch('https://PLANTED/fetch').then(() => { refused.fetch = false; }, () => { refused.fetch = true; }),
        new Promise((resolve) => {
            const image = new Image();
            image.onload = () => { refused.image = false; resolve(); };
            image.onerror = () => { refused.image = true; resolve(); };
            image.src = 'https://PLANTED/image';
        }),
        new Promise((resolve) => {
            try {
                const socket = new WebSocket('wss://PLANTED/socket');
                socket.onopen = () => { refused.socket = false; resolve(); };
                socket.onerror = () => { refused.socket = true; resolve(); };
            } catch { refused.socket = true; resolve(); }
        }),
    ];
    // A beacon may be taken and refused later: what counts is that it never arrives.
    try { navigator.sendBeacon('https://PLANTED/beacon', 'x'); } catch {}
    refused.beacon = true;
    Promise.all(attempts).then(() => setTimeout(() => done({ refused, violations }), 300));";

/// Errors and warnings on the page's console so far. Chromium and Firefox tell them all, from the first moment and from
/// the worker too; `WebKit` under automation tells none, so there only what came after `LISTEN` is known.
pub(crate) async fn complaints(visit: &Visit) -> Result<Vec<String>> {
    let mut complaints = match visit.engine {
        Engine::Chromium => {
            let entries = visit.page.browser_log().await?;
            let mut heard = visit.heard.lock().unwrap_or_else(PoisonError::into_inner);
            heard.extend(entries.into_iter().filter(|entry| entry.level != "INFO").map(|entry| entry.message));
            heard.clone()
        }
        Engine::Firefox => {
            // A page's own words are quoted; most of the browser's begin with the name of one of its parts, or tell it.
            let of_the_page = |line: &&str| {
                ["console.error: \"", "console.warn: \"", "JavaScript error: file:", "JavaScript error: http"]
                    .iter()
                    .any(|mark| line.starts_with(mark))
                    && !["resource://", "chrome://"].iter().any(|part| line.contains(part))
            };
            visit.processes.said().lines().filter(of_the_page).map(str::to_owned).collect()
        }
        Engine::WebKit => Vec::new(),
    };
    let heard = visit.run("return document.documentElement.dataset.heard ?? ''", Value::Null).await?;
    complaints.extend(heard.as_str().unwrap_or_default().lines().map(str::to_owned));
    Ok(complaints)
}

/// Run once the page is up. Kept in the document, since Firefox gives each script of a driver a world of its own.
pub(crate) const LISTEN: &str = "
    const kept = document.documentElement.dataset;
    kept.heard = '';
    const hear = (...words) => { kept.heard += `${words.join(' ')}\n`; };
    for (const kind of ['error', 'warn']) {
        const usual = console[kind];
        console[kind] = (...words) => { hear(...words); usual.apply(console, words); };
    }
    addEventListener('error', (event) => hear(event.message));
    addEventListener('unhandledrejection', (event) => hear(event.reason));
    document.addEventListener('securitypolicyviolation', (event) => hear(event.effectiveDirective, event.blockedURI));";
