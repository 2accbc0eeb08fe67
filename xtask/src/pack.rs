//! One html with everything inside, that asks for nothing: what Trunk built, the loader of `www/loader`, the example, and
//! the policy that enforces it. The same input gives the same bytes.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::Path;

use anyhow::{Context as _, Result, bail, ensure};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use flate2::Compression;
use flate2::write::DeflateEncoder;
use sha2::{Digest as _, Sha256};

pub(crate) struct Packed {
    pub(crate) html: String,
    /// Sizes, policy and hash, for people and release notes.
    pub(crate) facts: String,
}

/// `built` is Trunk's output, `sources` is `www`.
pub(crate) fn pack(built: &Path, sources: &Path) -> Result<Packed> {
    let page_wasm = bytes(&built.join("app_bg.wasm"))?;
    let worker_wasm = bytes(&built.join("worker_bg.wasm"))?;
    let script = format!("{}\n{}", glue(&built.join("app.js"))?, text(&sources.join("loader/page.js"))?);
    let painted = text(&sources.join("loader/painted.js"))?;
    let worker_glue = format!("{}\n{}", glue(&built.join("worker.js"))?, text(&sources.join("loader/worker.js"))?);
    let style = text(&built.join("styles.css"))?;
    let icon = BASE64_STANDARD.encode(bytes(&built.join("favicon.svg"))?);
    let inlined = [
        ("first script", &painted),
        ("page script", &script),
        ("worker script", &worker_glue),
        ("style sheet", &style),
    ];
    for (name, inlined) in inlined {
        ensure!(
            !inlined.to_ascii_lowercase().contains("</s"),
            "the {name} would end its own element: it contains `</s`"
        );
        ensure!(!inlined.contains("<!--"), "the {name} contains `<!--`, which html reads in a way of its own");
    }

    let policy = policy(&[&painted, &script], &style);
    let head = format!(
        "<meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n\
         <link rel=\"icon\" href=\"data:image/svg+xml;base64,{icon}\">\n\
         <style>{style}</style>\n"
    );
    let mut tail = format!("<script>{painted}</script>\n");
    tail += &data_block("worker-glue", &worker_glue);
    // It takes what follows, which is most of the file, while the browser still reads it.
    let _ = writeln!(tail, "<script type=\"module\" async>{script}</script>");
    for piece in pieces(&deflated_base64(&page_wasm)?) {
        let _ = writeln!(tail, "<script type=\"text/plain\" class=\"page-wasm\">{piece}</script>");
    }
    tail += &data_block("worker-wasm", &deflated_base64(&worker_wasm)?);
    let example = sources.join("demo.zip");
    if example.exists() {
        tail += &data_block("example", &BASE64_STANDARD.encode(bytes(&example)?));
    }

    let page = without_scripts_and_links(&text(&built.join("index.html"))?)?;
    let html = inserted_after(&inserted_before(&page, "</body>", &tail)?, "<head>", &format!("\n{CHARSET}\n{head}"))?;

    let mut facts = String::new();
    for (name, wasm) in [("page", &page_wasm), ("worker", &worker_wasm)] {
        let _ = writeln!(facts, "{name} wasm: {} bytes, {} deflated", wasm.len(), deflated(wasm)?.len());
    }
    let _ = writeln!(facts, "html: {} bytes, {} deflated", html.len(), deflated(html.as_bytes())?.len());
    let _ = writeln!(facts, "html sha256: {}", hexadecimal(&Sha256::digest(&html)));
    let _ = write!(facts, "policy: {policy}");
    Ok(Packed { html, facts })
}

/// First in the head, as it must be; the one of `www/index.html` may follow and says the same.
const CHARSET: &str = "<meta charset=\"utf-8\">";

/// No request of any kind, only the scripts and styles packed here, and markup only through the loader's policies.
/// A meta element cannot close navigation, `window.open` and `RTCPeerConnection`.
fn policy(scripts: &[&str], style: &str) -> String {
    let hash = |inlined: &str| format!("'sha256-{}'", BASE64_STANDARD.encode(Sha256::digest(inlined)));
    let scripts: Vec<String> = scripts.iter().map(|script| hash(script)).collect();
    [
        "default-src 'none'".to_owned(),
        format!("script-src {} 'wasm-unsafe-eval'", scripts.join(" ")),
        "worker-src blob:".to_owned(),
        format!("style-src {}", hash(style)),
        "img-src data: blob:".to_owned(),
        "connect-src 'none'".to_owned(),
        "form-action 'none'".to_owned(),
        "base-uri 'none'".to_owned(),
        "require-trusted-types-for 'script'".to_owned(),
        "trusted-types default steerscope".to_owned(),
    ]
    .join("; ")
}

/// Glue must not import: a packed page has nothing to import from.
fn glue(path: &Path) -> Result<String> {
    let glue = text(path)?;
    if let Some(line) = glue.lines().find(|line| line.starts_with("import ")) {
        bail!("{} imports ({line}); code called from wasm belongs into www/loader", path.display());
    }
    Ok(glue)
}

fn data_block(id: &str, content: &str) -> String {
    format!("<script type=\"text/plain\" id=\"{id}\">{content}</script>\n")
}

/// As much of it as a browser reads of a file at once: the next one is taken while it reads on. Each is base64 by itself.
const PIECE: usize = 64 * 1024;

fn pieces(base64: &str) -> impl Iterator<Item = &str> {
    (0..base64.len()).step_by(PIECE).map(|start| &base64[start..base64.len().min(start + PIECE)])
}

/// Trunk's references to files, and what serves development only.
fn without_scripts_and_links(html: &str) -> Result<String> {
    let mut kept = String::new();
    let mut rest = html;
    while let Some(start) = [rest.find("<script"), rest.find("<link")].into_iter().flatten().min() {
        let end = if rest[start..].starts_with("<script") { "</script>" } else { ">" };
        let length = rest[start..].find(end).with_context(|| format!("Trunk's index.html lacks `{end}`"))?;
        kept += rest[..start].trim_end_matches([' ', '\t']);
        rest = rest[start + length + end.len()..].trim_start_matches(['\r', '\n']);
    }
    Ok(kept + rest)
}

fn inserted_before(html: &str, mark: &str, piece: &str) -> Result<String> {
    let at = html.rfind(mark).with_context(|| format!("Trunk's index.html lacks `{mark}`"))?;
    Ok(format!("{}{piece}{}", &html[..at], &html[at..]))
}

fn inserted_after(html: &str, mark: &str, piece: &str) -> Result<String> {
    let at = html.find(mark).with_context(|| format!("Trunk's index.html lacks `{mark}`"))? + mark.len();
    Ok(format!("{}{piece}{}", &html[..at], &html[at..]))
}

fn deflated(data: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(data)?;
    Ok(encoder.finish()?)
}

fn deflated_base64(data: &[u8]) -> Result<String> {
    Ok(BASE64_STANDARD.encode(deflated(data)?))
}

fn hexadecimal(data: &[u8]) -> String {
    data.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn bytes(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

fn text(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::{PIECE, inserted_after, inserted_before, pieces, policy, without_scripts_and_links};

    #[test]
    fn references_to_files_go_and_the_rest_stays() {
        let html = "<head>\n  <link rel=\"modulepreload\" href=\"./app.js\">\n  <title>t</title>\n  \
                    <script type=\"module\">\nimport init from './app.js';</script>\n</head><body><p>kept</p></body>";
        assert_eq!(
            without_scripts_and_links(html).unwrap(),
            "<head>\n  <title>t</title>\n</head><body><p>kept</p></body>"
        );
    }

    #[test]
    fn an_unclosed_script_is_an_error() {
        assert!(without_scripts_and_links("<head><script>").is_err());
    }

    #[test]
    fn pieces_go_where_they_belong() {
        let html = inserted_after("<head></head><body></body>", "<head>", "A").unwrap();
        assert_eq!(inserted_before(&html, "</body>", "Z").unwrap(), "<head>A</head><body>Z</body>");
    }

    #[test]
    fn wasm_goes_in_pieces_that_can_be_decoded_alone() {
        let base64 = "A".repeat(2 * PIECE + 8);
        assert_eq!(pieces(&base64).map(str::len).collect::<Vec<_>>(), [PIECE, PIECE, 8]);
        assert_eq!(PIECE % 4, 0);
    }

    #[test]
    fn the_policy_names_the_scripts_by_their_hash() {
        // The SHA-256 of nothing, as the empty script.
        let empty = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='";
        let policy = policy(&["", ""], "");
        assert!(policy.contains(&format!("script-src {empty} {empty} 'wasm-unsafe-eval';")));
        assert!(policy.contains("connect-src 'none'"));
    }
}
