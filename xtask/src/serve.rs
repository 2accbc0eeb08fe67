//! The packed file over http, on this machine only.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, anyhow};
use tiny_http::{Header, Method, Response, Server};

use crate::command::{answer, command};

/// Serves the file at `/` until the process is interrupted.
pub(crate) fn until_interrupted(page: &Path, open: bool) -> Result<()> {
    let listen = |address: &str| Server::http(address).map_err(|error| anyhow!("cannot listen on {address}: {error}"));
    // The usual port if it is free, so that a reload after a restart works.
    let server = listen("127.0.0.1:8080").or_else(|_| listen("127.0.0.1:0"))?;
    let address = format!("http://{}/", server.server_addr());
    println!("page: {address}\nCtrl-C ends it.");
    if open && !opened(&address) {
        println!("No program here opens a browser; please open {address} yourself.");
    }
    for request in server.incoming_requests() {
        // Read anew each time: a reload shows what was packed since.
        let outcome = if request.method() == &Method::Get && matches!(request.url(), "/" | "/steerscope.html") {
            let html = fs::read(page).with_context(|| format!("cannot read {}", page.display()))?;
            let mut response = Response::from_data(html);
            for (name, value) in [
                ("Content-Type", "text/html; charset=utf-8"),
                ("Cache-Control", "no-store"),
                ("X-Content-Type-Options", "nosniff"),
                ("Cross-Origin-Opener-Policy", "same-origin"),
            ] {
                response.add_header(Header::from_bytes(name, value).map_err(|()| anyhow!("{name} is no header"))?);
            }
            request.respond(response)
        } else {
            request.respond(Response::from_string("nothing here").with_status_code(404))
        };
        if let Err(error) = outcome {
            eprintln!("  a browser left before its answer: {error}");
        }
    }
    Ok(())
}

fn opened(address: &str) -> bool {
    ["xdg-open", "open", "wslview"].iter().any(|program| answer(command(program).arg(address)).is_some())
}
