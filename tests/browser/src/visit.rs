//! One page opened in one browser, and what a person can do with it.

use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use futures_util::FutureExt as _;
use serde_json::{Map, Value, json};
use thirtyfour::prelude::{By, ElementQueryable as _, Key, WebDriver, WebElement};
use thirtyfour::{Capabilities, TypingData};
use tokio::time::{Instant, sleep, timeout};
use url::Url;

use crate::driver::Driver;
use crate::engine::{Engine, Look};
use crate::memory;
use crate::quiet;
use crate::server::{self, Listener, Origin};

/// How long a person would wait.
const PATIENCE: Duration = Duration::from_secs(20);

pub struct Visit {
    pub engine: Engine,
    pub origin: Origin,
    pub look: Look,
    /// For what the methods below do not cover.
    pub page: WebDriver,
    pub(crate) processes: Driver,
    pub(crate) server: Listener,
    pub(crate) proxy: Listener,
    /// Chromium tells each complaint once.
    pub(crate) heard: Mutex<Vec<String>>,
}

/// As `visit`, then checks that the page was quiet: nothing on its console, no request.
///
/// The picture at the end is `target/screenshots/<name>-<engine>-<origin>-<language>-<theme>.png`.
pub async fn quiet_visit(
    name: &str,
    engine: Engine,
    origin: Origin,
    look: Look,
    story: impl AsyncFnOnce(&Visit) -> Result<()>,
) -> Result<()> {
    let story = async |visit: &Visit| {
        story(visit).await?;
        visit.screenshot(name).await?;
        quiet::check(visit).await
    };
    visit(name, engine, origin, look, story).await
}

/// As `quiet_visit`, for what the engines do alike, or only one of them allows.
pub async fn quiet_visit_in_chromium(name: &str, story: impl AsyncFnOnce(&Visit) -> Result<()>) -> Result<()> {
    quiet_visit(name, Engine::Chromium, Origin::File, Look::default(), story).await
}

/// Opens the page and tells the story; when that fails, says what driver and browser printed and takes a picture.
pub async fn visit(
    name: &str,
    engine: Engine,
    origin: Origin,
    look: Look,
    story: impl AsyncFnOnce(&Visit) -> Result<()>,
) -> Result<()> {
    visit_after(Duration::ZERO, name, engine, origin, look, story).await
}

/// As `visit`, where the browser has been up for so long before the page is opened: a browser that starts is busy with itself.
pub async fn visit_after(
    pause: Duration,
    name: &str,
    engine: Engine,
    origin: Origin,
    look: Look,
    story: impl AsyncFnOnce(&Visit) -> Result<()>,
) -> Result<()> {
    let visit = Visit::open(pause, engine, origin, look).await?;
    let told = AssertUnwindSafe(story(&visit)).catch_unwind().await;
    if !matches!(told, Ok(Ok(()))) {
        let _ = visit.screenshot(&format!("{name}-failed")).await;
    }
    let said = visit.processes.said();
    let _ = visit.page.clone().quit().await;
    match told {
        Ok(outcome) => outcome.with_context(|| {
            let said: Vec<&str> = said.lines().rev().take(15).collect();
            let said: Vec<&str> = said.into_iter().rev().collect();
            format!(
                "{name} in {} from {}://; driver and browser said:\n{}\n",
                engine.name(),
                origin.name(),
                said.join("\n")
            )
        }),
        Err(panic) => std::panic::resume_unwind(panic),
    }
}

/// A driver with a browser that answers. A busy machine may be too slow for the first try, and the driver of `WebKit` waits
/// for ever when its browser ends at once, as some do; the page has no part in that.
async fn session(engine: Engine, look: Look, proxy: &str) -> Result<(Driver, WebDriver)> {
    const TRIES: usize = 4;
    const ENOUGH: Duration = Duration::from_secs(25);
    let mut tried = 1;
    loop {
        let processes = Driver::start(engine, look)?;
        let mut capabilities = Capabilities::new();
        if let Value::Object(wanted) = engine.capabilities(look, proxy) {
            for (name, value) in wanted {
                capabilities.set(name, value)?;
            }
        }
        let answer = timeout(ENOUGH, WebDriver::new(&processes.address, capabilities)).await;
        match answer.context("it gave no answer").and_then(|session| Ok(session?)) {
            Ok(page) => return Ok((processes, page)),
            Err(_) if tried < TRIES => tried += 1,
            Err(error) => {
                let said = format!("no session with {}; it said: {}", engine.name(), processes.said());
                return Err(error).context(said);
            }
        }
    }
}

impl Visit {
    async fn open(pause: Duration, engine: Engine, origin: Origin, look: Look) -> Result<Self> {
        let page = server::page()?;
        let server = Listener::serving(&page)?;
        let proxy = Listener::refusing()?;
        let page_address = match origin {
            Origin::File => Url::from_file_path(&page).ok().context("the page's path is no address")?.to_string(),
            Origin::Http => format!("http://{}/", server.address),
        };
        let (processes, page) = session(engine, look, &proxy.address).await?;
        page.set_window_rect(0, 0, 1280, 900).await?;
        sleep(pause).await;
        page.goto(&page_address).await?;
        let visit = Self { engine, origin, look, page, processes, server, proxy, heard: Mutex::default() };
        visit.until("the page has started", async || Ok(visit.ready_after().await?.is_some())).await?;
        visit.run(quiet::LISTEN, Value::Null).await?;
        Ok(visit)
    }

    /// Milliseconds from opening to the page being up.
    pub async fn ready_after(&self) -> Result<Option<f64>> {
        let script = "return performance.getEntriesByName('steerscope-ready')[0]?.startTime ?? null";
        Ok(self.run(script, json!({})).await?.as_f64())
    }

    /// The first element of that `data-testid`, once it is there.
    pub async fn find(&self, test_id: &str) -> Result<WebElement> {
        let by = By::Css(format!("[data-testid='{test_id}']"));
        self.page
            .query(by)
            .wait(PATIENCE, Duration::from_millis(50))
            .first()
            .await
            .with_context(|| format!("no element with data-testid `{test_id}`"))
    }

    /// Clicks the element; one that is just being replaced under the pointer is looked for again.
    pub async fn click(&self, test_id: &str) -> Result<()> {
        let started = Instant::now();
        loop {
            match self.find(test_id).await?.click().await {
                Err(_) if started.elapsed() <= PATIENCE => sleep(Duration::from_millis(50)).await,
                clicked => return clicked.with_context(|| format!("`{test_id}` cannot be clicked")),
            }
        }
    }

    /// Opens the first `details` of that selector, once it is there.
    pub async fn unfold(&self, selector: &str) -> Result<()> {
        let open = "const part = document.querySelector(given); if (part) part.open = true; return part !== null";
        let is_open = async || Ok(self.run(open, json!(selector)).await? == json!(true));
        self.until(&format!("{selector} is there"), is_open).await
    }

    pub async fn text(&self, test_id: &str) -> Result<String> {
        Ok(self.find(test_id).await?.text().await?)
    }

    /// Waits until the element's text satisfies `wanted`.
    pub async fn text_where(&self, test_id: &str, wanted: impl Fn(&str) -> bool) -> Result<String> {
        let started = Instant::now();
        loop {
            let text = self.text(test_id).await.unwrap_or_default();
            if wanted(&text) {
                return Ok(text);
            }
            if started.elapsed() > PATIENCE {
                bail!("`{test_id}` still says `{text}`");
            }
            sleep(Duration::from_millis(50)).await;
        }
    }

    /// As `text_where`, for what is there for screen readers or only partly in sight.
    pub async fn content_where(&self, test_id: &str, wanted: impl Fn(&str) -> bool) -> Result<String> {
        let script = "return document.querySelector(`[data-testid='${given}']`)?.textContent ?? ''";
        let started = Instant::now();
        loop {
            let content = self.run(script, json!(test_id)).await?;
            let content = content.as_str().unwrap_or_default();
            if wanted(content) {
                return Ok(content.to_owned());
            }
            if started.elapsed() > PATIENCE {
                bail!("`{test_id}` still holds `{content}`");
            }
            sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits until something is so; what is just being replaced while it is asked is asked again.
    pub async fn until(&self, what: &str, is_so: impl AsyncFn() -> Result<bool>) -> Result<()> {
        let started = Instant::now();
        loop {
            let waited = || format!("waited {} s until {what}", PATIENCE.as_secs());
            match is_so().await {
                Ok(true) => return Ok(()),
                Ok(false) | Err(_) if started.elapsed() <= PATIENCE => sleep(Duration::from_millis(50)).await,
                Ok(false) => bail!(waited()),
                Err(error) => return Err(error.context(waited())),
            }
        }
    }

    /// Waits until there is such an element, minutes where a long log is read. The page itself watches: asking it again and
    /// again would take a processor's time.
    pub async fn comes(&self, selector: &str) -> Result<()> {
        const PATIENCE_WITH_A_LONG_LOG: Duration = Duration::from_mins(5);
        // Whether it is there within ten seconds.
        const WATCH_FOR: &str = "
            const is_there = () => document.querySelector(given) !== null;
            if (is_there()) {
                done(true);
                return;
            }
            const watch = new MutationObserver(() => is_there() && end());
            const end = () => {
                watch.disconnect();
                clearTimeout(patience);
                done(is_there());
            };
            const patience = setTimeout(end, 10_000);
            watch.observe(document.documentElement, { childList: true, subtree: true });";
        let started = Instant::now();
        while self.run_async(WATCH_FOR, json!(selector)).await? != true {
            let waited = started.elapsed();
            ensure!(waited < PATIENCE_WITH_A_LONG_LOG, "no {selector} within {} s", waited.as_secs());
        }
        Ok(())
    }

    /// Waits until the report of all logs stands there, not that of the first ones alone.
    pub async fn everything_is_read(&self) -> Result<()> {
        const READ: &str = "return document.querySelector(\"[data-testid='suspect-row']\") && \
                            !document.querySelector(\"[data-testid='progress']\")";
        self.until("everything is read", async || Ok(self.run(READ, json!({})).await? == true)).await
    }

    /// Opens the bundle behind “Try an example” from its file.
    pub async fn read_example(&self) -> Result<()> {
        self.choose("file-input", &crate::example()).await?;
        self.everything_is_read().await
    }

    /// Keeps what is saved from now on; `saved` gives it.
    pub async fn keep_what_is_saved(&self) -> Result<()> {
        const KEEP: &str = "
            const make = URL.createObjectURL;
            URL.createObjectURL = (blob) => {
                blob.text().then((text) => { document.body.dataset.saved = text; });
                return make.call(URL, blob);
            };";
        self.run(KEEP, json!({})).await.map(|_| ())
    }

    /// The text of the file that is saved next.
    pub async fn saved(&self) -> Result<String> {
        const TAKE: &str = "const { saved } = document.body.dataset; return saved ?? null";
        self.until("a file is saved", async || Ok(self.run(TAKE, json!({})).await?.is_string())).await?;
        let saved = self.run(TAKE, json!({})).await?;
        self.run("delete document.body.dataset.saved", json!({})).await?;
        Ok(saved.as_str().unwrap_or_default().to_owned())
    }

    /// Chooses a file as in the dialog of an `input[type=file]`.
    pub async fn choose(&self, test_id: &str, file: &Path) -> Result<()> {
        let path = file.canonicalize().with_context(|| format!("{} is missing", file.display()))?;
        self.find(test_id).await?.send_keys(path.to_string_lossy().as_ref()).await?;
        Ok(())
    }

    /// Drops a file on the element, with the events a browser would fire.
    pub async fn drop_on(&self, selector: &str, file: &Path) -> Result<()> {
        let bytes = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let script = "
            const text = atob(given.base64);
            const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
            const dataTransfer = new DataTransfer();
            dataTransfer.items.add(new File([bytes], given.name));
            const target = document.querySelector(given.selector);
            for (const type of ['dragenter', 'dragover', 'drop']) {
                target.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
            }";
        let given = json!({ "base64": BASE64_STANDARD.encode(bytes), "name": name, "selector": selector });
        self.run(script, given).await.map(|_| ())
    }

    /// Presses keys where the focus is.
    pub async fn press(&self, keys: impl Into<TypingData>) -> Result<()> {
        Ok(self.page.active_element().await?.send_keys(keys).await?)
    }

    /// Presses Tab, or Shift and Tab, until the element has the focus.
    pub async fn tab_to(&self, test_id: &str) -> Result<()> {
        const MOST_STOPS: usize = 80;
        let way = "
            const here = document.activeElement, there = document.querySelector(`[data-testid='${given}']`);
            if (!there) return 'nowhere';
            if (here?.dataset.testid === given) return 'here';
            return here.compareDocumentPosition(there) & Node.DOCUMENT_POSITION_PRECEDING ? 'back' : 'on';";
        self.find(test_id).await?;
        for _ in 0..MOST_STOPS {
            let keys = self.page.action_chain();
            let keys = match self.run(way, json!(test_id)).await?.as_str() {
                Some("here") => return self.focus_is_visible(test_id).await,
                Some("back") => keys.key_down(Key::Shift).send_keys(Key::Tab + "").key_up(Key::Shift),
                _ => keys.send_keys(Key::Tab + ""),
            };
            keys.perform().await?;
        }
        bail!("`{test_id}` is not reached within {MOST_STOPS} presses of Tab")
    }

    async fn focus_is_visible(&self, test_id: &str) -> Result<()> {
        let script = "const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement);
            return outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2";
        ensure!(self.run(script, json!({})).await? == true, "nobody sees that `{test_id}` has the focus");
        Ok(())
    }

    /// What the accessibility rules of axe-core say against the page as it stands, one sentence each.
    pub async fn barriers(&self) -> Result<Vec<String>> {
        let path = std::env::var_os("STEERSCOPE_AXE")
            .context("STEERSCOPE_AXE names no axe.min.js; `cargo xtask test` sets it")?;
        let rules = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        self.run(&format!("if (!globalThis.axe) {{ {rules} }}"), Value::Null).await?;
        let found = self
            .run_async(
                "axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
                    .then((found) => done(found.violations.map((violation) =>
                        `${violation.id}: ${violation.help}: ${violation.nodes.map((node) => node.html).join(' | ').slice(0, 400)}`)),
                        (error) => done([String(error)]));",
                Value::Null,
            )
            .await?;
        Ok(found.as_array().into_iter().flatten().filter_map(|line| line.as_str().map(str::to_owned)).collect())
    }

    /// Runs script in the page; `given` is its input.
    pub async fn run(&self, script: &str, given: Value) -> Result<Value> {
        let answer = self.page.execute(format!("const given = arguments[0];{script}"), vec![given]).await?;
        Ok(answer.json().clone())
    }

    /// Runs script that answers by calling `done`.
    pub async fn run_async(&self, script: &str, given: Value) -> Result<Value> {
        let script = format!("const given = arguments[0], done = arguments[1];{script}");
        let answer = self.page.execute_async(script, vec![given]).await?;
        Ok(answer.json().clone())
    }

    /// Errors and warnings on the page's console so far, its worker's included.
    pub async fn complaints(&self) -> Result<Vec<String>> {
        quiet::complaints(self).await
    }

    /// What the browser asked of anything that is not on this machine.
    #[must_use]
    pub fn left(&self) -> Vec<String> {
        self.proxy.asked()
    }

    /// The most memory, in bytes, that the page's process has needed so far. Not for `WebKit`.
    pub fn peak_memory(&self) -> Result<u64> {
        let driver = self.processes.id().context("the driver has not started")?;
        memory::peak_below(driver, self.engine.page_process())
    }

    pub async fn screenshot(&self, name: &str) -> Result<PathBuf> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/screenshots");
        std::fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
        let Look { language, theme } = self.look;
        let (engine, origin) = (self.engine.name(), self.origin.name());
        let theme = format!("{theme:?}").to_lowercase();
        let path = folder.join(format!("{name}-{engine}-{origin}-{language}-{theme}.png"));
        // What was said last is drawn by the next frame.
        self.run_async("requestAnimationFrame(() => requestAnimationFrame(() => done()));", json!({})).await?;
        let picture = self.page.screenshot_as_png().await?;
        std::fs::write(&path, picture).with_context(|| format!("cannot write {}", path.display()))?;
        Ok(path)
    }

    /// An object of the page, as its own JSON.
    pub(crate) async fn object(&self, script: &str) -> Result<Map<String, Value>> {
        match self.run_async(script, json!({})).await? {
            Value::Object(object) => Ok(object),
            other => bail!("the page answered {other}"),
        }
    }
}
