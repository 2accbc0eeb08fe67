//! What stands around the browser: a server for the page, and a proxy that refuses and remembers everything else.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use anyhow::{Context as _, Result, anyhow};
use tiny_http::{Header, Response, Server};

/// Where the page is opened from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    File,
    Http,
}

impl Origin {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Http => "http",
        }
    }
}

/// The packed page: `$STEERSCOPE_PAGE`, else the checkout's `dist/steerscope.html`.
pub(crate) fn page() -> Result<PathBuf> {
    let path = std::env::var_os("STEERSCOPE_PAGE")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../dist/steerscope.html"), PathBuf::from);
    path.canonicalize().with_context(|| format!("{} is missing; `cargo xtask pack` makes it", path.display()))
}

/// Answers on a port of its own and remembers what it was asked.
pub(crate) struct Listener {
    pub(crate) address: String,
    asked: Arc<Mutex<Vec<String>>>,
    server: Arc<Server>,
}

impl Listener {
    /// Serves the page at `/`.
    pub(crate) fn serving(page: &Path) -> Result<Self> {
        let html = fs::read(page).with_context(|| format!("cannot read {}", page.display()))?;
        Self::start(move |url| if url == "/" { Some(html.clone()) } else { None })
    }

    /// Refuses everything: a proxy for what should never be asked.
    pub(crate) fn refusing() -> Result<Self> {
        Self::start(|_| None)
    }

    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn start(answer: impl Fn(&str) -> Option<Vec<u8>> + Send + 'static) -> Result<Self> {
        let server = Arc::new(Server::http("127.0.0.1:0").map_err(|error| anyhow!("cannot listen: {error}"))?);
        let address = server.server_addr().to_string();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (listening, remembering) = (Arc::clone(&server), Arc::clone(&asked));
        thread::spawn(move || {
            for request in listening.incoming_requests() {
                let line = format!("{} {}", request.method(), request.url());
                remembering.lock().unwrap_or_else(PoisonError::into_inner).push(line);
                let html = Header::from_bytes("Content-Type", "text/html; charset=utf-8").ok();
                // A browser that left before its answer is no failure of the page.
                let _ = match (answer(request.url()), html) {
                    (Some(body), Some(html)) => request.respond(Response::from_data(body).with_header(html)),
                    _ => request.respond(Response::empty(403)),
                };
            }
        });
        Ok(Self { address, asked, server })
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.server.unblock();
    }
}
