//! A walk through every view: the whole story by keyboard, in both languages, light and dark, with a picture of each; and
//! what can be done in each view.

use anyhow::{Result, ensure};
use browser_tests::{
    CULPRIT, Engine, Look, Origin, Theme, Visit, example, in_every_engine, quiet_visit, quiet_visit_in_chromium, visit,
};
use serde_json::json;
use thirtyfour::prelude::{By, ElementQueryable as _, Key};

/// The views in the order of their tabs, with an element that stands there once the view has its content.
const VIEWS: [(&str, &str); 9] = [
    ("answer", "suspect-row"),
    ("first-steps", "first-step"),
    ("timeline", "timeline-row"),
    ("flows", "virtual-row"),
    ("log", "log-line"),
    ("configuration", "configured-host"),
    ("coverage", "member"),
    ("lookup", "lookup-text"),
    ("knowledge", "unknown-message"),
];

/// By the page's own choice: the third engine's driver cannot set a language.
async fn choose_language(visit: &Visit, code: &str) -> Result<()> {
    let choose = "const language = document.querySelector(`[data-testid='language']`); if (language.value !== given) {
        language.value = given; language.dispatchEvent(new Event('change', { bubbles: true })); }";
    visit.run(choose, json!(code)).await?;
    Ok(())
}

/// The day of the example as the page writes it in the look's language.
fn day(visit: &Visit) -> &'static str {
    if visit.look.language == "ja" { "2025/11/06" } else { "Nov 6, 2025" }
}

/// A window for pictures, and the look's language.
async fn the_look_is_taken(visit: &Visit) -> Result<()> {
    // Tall enough to see a view whole; the display of the third engine is not.
    if visit.engine != Engine::WebKit {
        visit.page.set_window_rect(0, 0, 1280, 1700).await?;
    }
    choose_language(visit, visit.look.language).await?;
    let spoken = "return document.documentElement.lang";
    ensure!(visit.run(spoken, json!({})).await? == json!(visit.look.language), "the page speaks another language");
    Ok(())
}

/// From the first screen to the saved report, by keyboard alone, with a picture of each view.
async fn the_whole_story(visit: &Visit) -> Result<()> {
    the_look_is_taken(visit).await?;
    visit.screenshot("view-first").await?;
    let mut faults = does_not_fit(visit, "first").await?;
    faults.extend(shuts_out(visit, "first").await?);
    visit.press("?").await?;
    visit.find("shortcuts-dialog-close").await?;
    visit.screenshot("view-keys").await?;
    faults.extend(shuts_out(visit, "keys").await?);
    faults.extend(does_not_fit(visit, "keys").await?);
    visit.press(Key::Escape + "").await?;
    visit.tab_to("example").await?;
    visit.press(Key::Enter + "").await?;
    visit.everything_is_read().await?;
    visit.tab_to("incident-at").await?;
    visit.press("15:35").await?;
    visit.text_where("incident-window", |text| text.contains(&format!("{} 15:33:00", day(visit)))).await?;
    visit.text_where("suspect-host", |text| text == CULPRIT).await?;
    visit.tab_to("suspect-row").await?;
    visit.press(Key::Down + "").await?;
    visit.text_where("suspect-host", |text| text != CULPRIT).await?;
    visit.press(Key::Up + "").await?;
    visit.text_where("suspect-host", |text| text == CULPRIT).await?;
    visit.tab_to("incident-brush").await?;
    for key in [Key::Right, Key::Left, Key::Enter] {
        visit.press(key + "").await?;
    }
    visit.text_where("incident-window", |text| text.contains(&format!("{} 15:33:00", day(visit)))).await?;
    visit.text_where("suspect-host", |text| text == CULPRIT).await?;
    visit.tab_to("evidence-summary").await?;
    // Those of the weightiest factor stand open: they are shut, and opened again.
    for open in [false, true] {
        visit.press(Key::Enter + "").await?;
        let is_open = "return document.querySelector(\"[data-testid='evidence']\").open";
        visit
            .until("lines are opened and shut", async || Ok(visit.run(is_open, json!({})).await? == json!(open)))
            .await?;
    }
    visit.text_where("place", |text| text.contains(".log:")).await?;
    visit.tab_to("copy").await?;
    visit.press(Key::Enter + "").await?;
    visit.content_where("announcement", |text| text.contains("copied") || text.contains("コピーしました")).await?;
    visit.tab_to("tab-answer").await?;
    for (name, content) in VIEWS {
        if name != "answer" {
            visit.press(Key::Right + "").await?;
        }
        visit.find(&format!("view-{name}")).await?;
        visit.find(content).await?;
        let hash = visit.run("return location.hash", json!({})).await?;
        ensure!(name == "answer" || hash == json!(format!("#{name}")), "the address of {name} ends in {hash}");
        visit.screenshot(&format!("view-{name}")).await?;
        faults.extend(shuts_out(visit, name).await?);
        faults.extend(does_not_fit(visit, name).await?);
        what_the_view_is_for(visit, name).await?;
    }
    visit.tab_to("export").await?;
    visit.press(Key::Enter + "").await?;
    visit.find("replacement").await?;
    visit.screenshot("view-export").await?;
    faults.extend(shuts_out(visit, "export").await?);
    faults.extend(does_not_fit(visit, "export").await?);
    visit.tab_to("export-json").await?;
    visit.press(Key::Enter + "").await?;
    visit.content_where("announcement", |text| text.contains("steerscope-report.json")).await?;
    visit.press(Key::Escape + "").await?;
    ensure!(faults.is_empty(), "{}", faults.join("\n"));
    Ok(())
}

/// By keyboard, and back to the view's tab.
async fn what_the_view_is_for(visit: &Visit, name: &str) -> Result<()> {
    match name {
        "first-steps" => {
            visit.tab_to("step-tick").await?;
            visit.press(" ").await?;
            ensure!(visit.find("step-tick").await?.is_selected().await?, "the step is not ticked off");
        }
        "timeline" => {
            let whole = visit.text("timeline-span").await?;
            visit.tab_to("timeline-surface").await?;
            visit.press("+").await?;
            visit.text_where("timeline-span", |text| text != whole).await?;
            visit.press("0").await?;
            visit.text_where("timeline-span", |text| text == whole).await?;
        }
        "flows" => {
            let all = visit.text("flows-total").await?;
            visit.tab_to("facet-include").await?;
            visit.press(Key::Enter + "").await?;
            visit.text_where("flows-total", |text| text != all).await?;
            visit.tab_to("flow-condition").await?;
            visit.press(Key::Enter + "").await?;
            visit.text_where("flows-total", |text| text == all).await?;
        }
        "log" => {
            visit.tab_to("log-search").await?;
            visit.press(CULPRIT).await?;
            visit.text_where("log-chosen", |text| text.contains(CULPRIT)).await?;
            let first = visit.text("log-chosen").await?;
            visit.press(Key::Enter + "").await?;
            visit.text_where("log-chosen", |text| text.contains(CULPRIT) && text != first).await?;
        }
        "lookup" => {
            visit.tab_to("lookup-text").await?;
            visit.press("curl: (60)").await?;
            visit.text_where("lookup-answers", |text| text.contains("60")).await?;
            visit.screenshot("view-lookup-answer").await?;
        }
        _ => {}
    }
    visit.tab_to(&format!("tab-{name}")).await
}

/// What the rules of accessibility say against what is in sight.
async fn shuts_out(visit: &Visit, name: &str) -> Result<Vec<String>> {
    if visit.engine != Engine::Chromium {
        return Ok(Vec::new());
    }
    Ok(visit.barriers().await?.into_iter().map(|barrier| format!("{name}: {barrier}")).collect())
}

/// What is cut off, or makes the page scroll two ways, on 320 pixels: as wide as 1280 are at 400 %, and narrower than a
/// telephone. And what moves although the reader wants no motion.
async fn does_not_fit(visit: &Visit, name: &str) -> Result<Vec<String>> {
    if visit.engine != Engine::Chromium || visit.look.theme != Theme::Light {
        return Ok(Vec::new());
    }
    let tools = visit.page.cdp();
    let narrow = json!({ "width": 320, "height": 800, "deviceScaleFactor": 1, "mobile": false });
    tools.send_raw("Emulation.setDeviceMetricsOverride", narrow).await?;
    let still = json!({ "features": [{ "name": "prefers-reduced-motion", "value": "reduce" }] });
    tools.send_raw("Emulation.setEmulatedMedia", still).await?;
    let found = visit
        .run(
            "const root = document.documentElement;
            const scrolls = (element) => element && element !== root && (getComputedStyle(element).overflowX !== 'visible'
                || scrolls(element.parentElement));
            const cut = [...document.body.querySelectorAll('*')].filter((element) => {
                const box = element.getBoundingClientRect();
                return box.width > 1 && (box.right > root.clientWidth + 1 || box.left < -1)
                    && !element.closest('.skip-link') && !scrolls(element);
            }).concat([...document.querySelectorAll('dialog')].filter((box) => box.scrollWidth > box.clientWidth));
            const moves = [...document.querySelectorAll('button')].filter(
                (element) => getComputedStyle(element).transitionDuration !== '0s');
            return [root.scrollWidth > root.clientWidth ? [`wide: ${root.scrollWidth}`] : [],
                cut.slice(0, 5).map((element) => element.outerHTML.slice(0, 200)),
                moves.slice(0, 1).map((element) => `moves: ${element.outerHTML}`)].flat();",
            json!({}),
        )
        .await?;
    let long = json!({ "width": 320, "height": 2400, "deviceScaleFactor": 1, "mobile": false });
    tools.send_raw("Emulation.setDeviceMetricsOverride", long).await?;
    visit.screenshot(&format!("narrow-{name}")).await?;
    tools.send_raw("Emulation.clearDeviceMetricsOverride", json!({})).await?;
    tools.send_raw("Emulation.setEmulatedMedia", json!({ "features": [] })).await?;
    let found = found.as_array().into_iter().flatten().filter_map(|fault| fault.as_str());
    Ok(found.map(|fault| format!("{name} on 320 pixels: {fault}")).collect())
}

/// Back and forward lead through the views, as through pages.
async fn history_leads_through_the_views(visit: &Visit) -> Result<()> {
    visit.read_example().await?;
    visit.click("tab-timeline").await?;
    visit.find("view-timeline").await?;
    visit.click("tab-coverage").await?;
    visit.find("view-coverage").await?;
    visit.run("history.back()", json!({})).await?;
    visit.find("view-timeline").await?;
    visit.run("history.forward()", json!({})).await?;
    visit.find("view-coverage").await?;
    Ok(())
}

/// A span that is marked in the chart is the incident, and a suspect's own entry frees it and nothing else.
async fn the_chart_sets_the_incident_and_entries_are_tried(visit: &Visit) -> Result<()> {
    visit.read_example().await?;
    visit.find("incident-brush").await?.focus().await?;
    visit.press(Key::Right + "").await?;
    visit.content_where("announcement", |text| text.contains("Marked")).await?;
    visit.press(Key::Left + "").await?;
    visit.press(Key::Enter + "").await?;
    visit.text_where("incident-window", |text| text.starts_with("Incident window: Nov 6, 2025 15:2")).await?;
    visit.text_where("suspect-host", |text| text == CULPRIT).await?;
    // The new answer may just be taking the place of the earlier one, under the pointer.
    visit
        .until("an entry is tried", async || {
            visit.unfold("[data-testid='what-if']").await?;
            if let Ok(offer) = visit.page.find(By::Css("[data-testid='what-if-offer']")).await {
                let _ = offer.click().await;
            }
            let tried = "return Boolean(document.getElementById('what-if-text')?.value)";
            Ok(visit.run(tried, json!({})).await? == json!(true))
        })
        .await?;
    let changes = visit.text_where("what-if-answer", |text| text.contains(CULPRIT)).await?;
    ensure!(changes.contains("not decrypted"), "{changes}");
    ensure!(!changes.contains("nothing speaks against"), "{changes}");
    let brush = visit.find("incident-brush").await?;
    brush.scroll_into_view().await?;
    let drag = visit.page.action_chain().move_to_element_center(&brush).click_and_hold().move_by_offset(40, 0);
    drag.release().perform().await?;
    visit.text_where("incident-window", |text| text.starts_with("Incident window: Nov 6, 2025 12:")).await?;
    Ok(())
}

/// The timeline is brought closer, moved, and shown whole again; its table follows, and a row opens its lines.
async fn the_timeline_is_zoomed(visit: &Visit) -> Result<()> {
    visit.read_example().await?;
    visit.click("tab-timeline").await?;
    let rows = async |wanted: &dyn Fn(usize) -> bool| {
        let count = "return Number(document.querySelector(\"[data-testid='timeline-table'] summary\").textContent.match(/\\d+/)[0])";
        let right = async || Ok(wanted(visit.run(count, json!({})).await?.as_u64().unwrap_or_default() as usize));
        visit.until("the table follows the timeline", right).await
    };
    visit.text_where("timeline-span", |text| text == "Nov 6, 2025 08:00:00 – 16:59:55").await?;
    rows(&|rows| rows == 17).await?;
    let whole = visit.text("timeline-legend").await?;
    visit.click("timeline-in").await?;
    visit.text_where("timeline-legend", |text| text != whole).await?;
    for (language, begins) in [("ja", "2025/11/06 10:"), ("en", "Nov 6, 2025 10:")] {
        choose_language(visit, language).await?;
        visit.text_where("timeline-span", |text| text.starts_with(begins)).await?;
    }
    rows(&|rows| rows < 17).await?;
    visit.find("timeline-surface").await?.focus().await?;
    visit.press(Key::PageDown + "").await?;
    visit.text_where("timeline-span", |text| text.ends_with("16:59:55")).await?;
    visit.press("0").await?;
    visit.text_where("timeline-span", |text| text == "Nov 6, 2025 08:00:00 – 16:59:55").await?;
    visit.click("timeline-incident").await?;
    visit.text_where("timeline-span", |text| text.starts_with("Nov 6, 2025 15:2")).await?;
    visit.unfold("[data-testid='timeline-row'] [data-testid='evidence']").await?;
    visit.text_where("timeline-row", |text| text.contains(".log:")).await?;
    Ok(())
}

/// Chosen as a folder or pasted, a bundle is read as when it is dropped.
async fn folders_and_pasted_files_are_read(visit: &Visit) -> Result<()> {
    let folder = tempfile::tempdir()?;
    std::fs::copy(example(), folder.path().join("demo.zip"))?;
    visit.choose("folder-input", folder.path()).await?;
    visit.everything_is_read().await?;
    visit.text_where("intake", |text| text.contains("/demo.zip")).await?;
    let paste = "
        const clipboardData = new DataTransfer();
        clipboardData.items.add(new File(['twelve bytes'], 'pasted.txt'));
        document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));";
    visit.run(paste, json!({})).await?;
    visit.text_where("notice", |text| text.contains("pasted.txt")).await?;
    Ok(())
}

/// Reading is stopped, and the next log is read as if nothing had been.
async fn reading_is_cancelled(visit: &Visit) -> Result<()> {
    // A worker that hears nothing reads for ever.
    let deaf = "
        globalThis.hearing = steerscopeWorker;
        globalThis.steerscopeWorker = () => Object.assign(hearing(), { postMessage: () => {} });";
    visit.run(deaf, json!({})).await?;
    visit.choose("file-input", &example()).await?;
    visit.text_where("progress", |text| text.contains("demo.zip")).await?;
    visit.run("globalThis.steerscopeWorker = hearing", json!({})).await?;
    visit.click("cancel").await?;
    visit.content_where("announcement", |text| text.contains("cancelled")).await?;
    visit.find("example").await?;
    visit.read_example().await?;
    visit.text_where("suspect-host", |text| text == CULPRIT).await?;
    Ok(())
}

/// The page tries a request itself and shows that it was blocked.
async fn the_page_proves_its_promise(visit: &Visit) -> Result<()> {
    visit.click("self-check").await?;
    visit.text_where("self-check-result", |text| text.contains("blocked by the page's policy")).await?;
    Ok(())
}

/// Connections are counted, chosen by a facet and by words, and sorted; the rows come as they are scrolled to.
async fn connections_are_searched(visit: &Visit) -> Result<()> {
    visit.read_example().await?;
    visit.click("tab-flows").await?;
    visit.text_where("flows-total", |text| text.contains("7,121")).await?;
    visit.find("flows-table").await?.focus().await?;
    visit.press(Key::End + "").await?;
    for (language, day) in [("ja", "2025/11/06 16:59"), ("en", "Nov 6, 2025 16:59")] {
        choose_language(visit, language).await?;
        visit.content_where("flows-table", |text| text.contains(day)).await?;
    }
    visit.find("flows-filter").await?.send_keys(CULPRIT).await?;
    visit.text_where("flows-total", |text| text == "44 connections").await?;
    visit.content_where("virtual-row", |text| text.contains(CULPRIT)).await?;
    visit.click("flows-window").await?;
    visit.text_where("flows-total", |text| text == "8 connections").await?;
    visit.click("facet-include").await?;
    visit.text_where("flows-total", |text| text == "8 connections").await?;
    // The facets come after the rows: a click may be lost while they take the place of the earlier ones. Each click asks
    // anew, so its answer is waited for before the next.
    visit
        .until("nothing is left", async || {
            visit.click("facet-exclude").await?;
            for _ in 0..40 {
                if visit.text("flows-total").await.is_ok_and(|text| text == "0 connections") {
                    return Ok(true);
                }
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            }
            Ok(false)
        })
        .await?;
    Ok(())
}

/// A column's head sorts by it, and the other way round when it is pressed again; screen readers are told.
async fn connections_are_sorted(visit: &Visit) -> Result<()> {
    visit.read_example().await?;
    visit.click("tab-flows").await?;
    visit.text_where("flows-total", |text| text.contains("7,121")).await?;
    let sorted = async |by: &str, column: u32, order: &str, in_order: &dyn Fn(&[String]) -> bool| {
        let cells = format!(
            "const order = document.querySelector(`[data-testid='${{given}}']`).parentElement.ariaSort;
            return [order, ...[...document.querySelectorAll(\"[data-testid='virtual-row'] > :nth-child({column})\")]
                .map((cell) => cell.textContent)];"
        );
        let right = async || {
            let cells: Vec<String> = serde_json::from_value(visit.run(&cells, json!(by)).await?)?;
            Ok(
                matches!(cells.split_first(), Some((said, cells)) if said == order && cells.len() > 20 && in_order(cells)),
            )
        };
        visit.until(&format!("{by} is {order}"), right).await
    };
    sorted("sort-at", 1, "ascending", &|times| times[0].starts_with("Nov 6, 2025 08:00") && times.is_sorted()).await?;
    visit.find("sort-at").await?.send_keys(Key::Enter + "").await?;
    let latest = |times: &[String]| times[0].starts_with("Nov 6, 2025 16:59") && times.iter().rev().is_sorted();
    sorted("sort-at", 1, "descending", &latest).await?;
    visit.find("sort-host").await?.send_keys(Key::Enter + "").await?;
    sorted("sort-host", 5, "ascending", &|hosts| hosts[0].starts_with("203.0.113.") && hosts.is_sorted()).await?;
    // The focus stays where it was, so that the same key turns the order round.
    visit.press(Key::Enter + "").await?;
    sorted("sort-host", 5, "descending", &|hosts| hosts[0].starts_with("www.") && hosts.iter().rev().is_sorted())
        .await?;
    sorted("sort-at", 1, "none", &|_| true).await
}

/// Beside the lines stands where matches are; a click goes there.
async fn the_map_of_matches_leads(visit: &Visit) -> Result<()> {
    visit.read_example().await?;
    visit.click("tab-log").await?;
    visit.text_where("log-total", |text| text == "8,707 lines").await?;
    let marks =
        "return document.querySelector(\"[data-testid='log-map'] path\")?.getAttribute('d').split('M').length - 1";
    let marked = async |wanted: &dyn Fn(u64) -> bool| {
        let right = async || Ok(visit.run(marks, json!({})).await?.as_u64().is_some_and(wanted));
        visit.until("the map follows the search", right).await
    };
    marked(&|marks| marks == 0).await?;
    visit.find("log-search").await?.send_keys(CULPRIT).await?;
    // It failed in one hour of nine.
    marked(&|marks| (1..40).contains(&marks)).await?;
    visit.find("log-search").await?.clear().await?;
    visit.find("log-search").await?.send_keys("Tunneling").await?;
    marked(&|marks| marks > 100).await?;
    // What stands at the window's edge keeps the map from being wholly in sight in a low one: its ends are shown one by one.
    let end = "const map = document.querySelector(\"[data-testid='log-map']\");
        map.scrollIntoView({ behavior: 'instant', block: given });
        const { left, width, top, bottom } = map.getBoundingClientRect();
        return [left + width / 2, given === 'end' ? bottom - 12 : top + 12].map(Math.round);";
    for (place, time) in [("end", "2025/11/06 16:4"), ("start", "2025/11/06 08:")] {
        visit
            .until(&format!("{time} is shown"), async || {
                let (x, y) = serde_json::from_value(visit.run(end, json!(place)).await?)?;
                visit.page.action_chain().move_to(x, y).click().perform().await?;
                let lines = "return document.querySelector(\"[data-testid='log-table']\").textContent";
                Ok(visit.run(lines, json!({})).await?.as_str().is_some_and(|lines| lines.contains(time)))
            })
            .await?;
    }
    Ok(())
}

/// How sure the time is, and what was used, are part of the question.
async fn the_ranking_follows_the_question(visit: &Visit) -> Result<()> {
    visit.read_example().await?;
    visit.find("incident-at").await?.send_keys("15:35").await?;
    visit.text_where("incident-window", |text| text.contains("Nov 6, 2025 15:33:00 – 15:37:00")).await?;
    let choose = "const within = document.querySelector(\"[data-testid='incident-within']\"); within.value = given;
        within.dispatchEvent(new Event('change', { bubbles: true }));";
    visit.run(choose, json!("10m")).await?;
    visit.text_where("incident-window", |text| text.contains("Nov 6, 2025 15:25:00 – 15:45:00")).await?;
    visit.text_where("suspect-host", |text| text == CULPRIT).await?;
    visit.find("incident-hint").await?.send_keys("messenger").await?;
    visit.text_where("signals", |text| text.contains("Fits what was reported: “messenger”")).await?;
    visit.press(Key::Control + "a").await?;
    visit.press(Key::Backspace + "").await?;
    visit.text_where("signals", |text| text.contains("Connections within") && !text.contains("reported")).await?;
    Ok(())
}

/// A new answer leaves open what was opened of the same suspect, and the focus where it was; so does a way through another
/// view.
async fn what_was_opened_stays_open(visit: &Visit) -> Result<()> {
    visit.read_example().await?;
    let second =
        "const second = document.querySelectorAll(\"[data-testid='suspect-detail'] [data-testid='evidence']\")[1];";
    let open = format!(
        "{second} if (second) {{ second.open = true; second.firstElementChild.focus(); }} return Boolean(second)"
    );
    visit.until("lines can be opened", async || Ok(visit.run(&open, json!({})).await? == true)).await?;
    let is_open = async |and: &str| {
        let script =
            format!("{second} return Boolean(second?.open && second.querySelector('code')?.textContent && {and})");
        visit.until("the lines stand open", async || Ok(visit.run(&script, json!({})).await? == true)).await
    };
    let is_focused = "document.activeElement === second.firstElementChild";
    is_open(is_focused).await?;
    let ask = "const at = document.querySelector(\"[data-testid='incident-at']\"); at.value = given;
        at.dispatchEvent(new Event('input', { bubbles: true }));";
    visit.run(ask, json!("15:35")).await?;
    visit.text_where("incident-window", |text| text.contains("Nov 6, 2025 15:33:00")).await?;
    visit.content_where("suspect-detail", |text| text.contains("Nov 6, 2025 15:33:51")).await?;
    is_open(is_focused).await?;
    visit.click("tab-coverage").await?;
    visit.find("view-coverage").await?;
    visit.click("tab-answer").await?;
    is_open("true").await?;
    // Of another suspect nothing was opened.
    visit.find("suspect-row").await?.send_keys(Key::Down + "").await?;
    visit.text_where("suspect-host", |text| text != CULPRIT).await?;
    let shut = format!("{second} return second ? second.open : null");
    ensure!(visit.run(&shut, json!({})).await? == false, "another suspect's lines stand open");
    Ok(())
}

/// How much is read and how long it still takes, as far as the worker knows.
async fn progress_is_told(visit: &Visit) -> Result<()> {
    // Reading the example is over too soon to be watched: this worker says what it is told to say.
    let deaf = "
        const start = steerscopeWorker;
        globalThis.steerscopeWorker = () => (globalThis.started = Object.assign(start(), { postMessage: () => {} }));";
    visit.run(deaf, json!({})).await?;
    visit.choose("file-input", &example()).await?;
    visit.text_where("progress", |text| text.contains("demo.zip")).await?;
    let says = "started.dispatchEvent(new MessageEvent('message', { data: [new Uint8Array(given)] }))";
    // `Progress`: bytes, whether their total is known and which it is, records, no member, seconds left, ranking. Numbers
    // are written in sevens of bits.
    let megabyte = [0x80, 0x80, 0x40];
    let of_four = [1, 0x80, 0x80, 0x80, 2];
    let progress = |left: &[u8]| [&[0], &megabyte[..], &of_four[..], &[0xe8, 7, 0], left, &[0]].concat();
    visit.run(says, json!(progress(&[0]))).await?;
    let told = visit.text_where("progress", |text| text.contains("1.0 MB of 4.0 MB read, 1,000 records")).await?;
    ensure!(!told.contains("left"), "nobody knows yet how long it takes: {told}");
    visit.run(says, json!(progress(&[1, 42]))).await?;
    visit.text_where("time-left", |text| text == "About 42 s left.").await?;
    visit.run(says, json!(progress(&[1, 0xac, 2]))).await?;
    visit.text_where("time-left", |text| text == "About 5 min left.").await?;
    let share = "return document.querySelector(\"[data-testid='progress'] progress\").position";
    ensure!(visit.run(share, json!({})).await? == json!(0.25), "the bar does not stand at a quarter");
    Ok(())
}

/// Lines of all logs stand in one order; they are searched, filtered, gone to by time, and copied with their place.
async fn lines_are_searched(visit: &Visit) -> Result<()> {
    visit.read_example().await?;
    visit.click("tab-log").await?;
    visit.text_where("log-total", |text| text == "8,707 lines").await?;
    // At the incident, not at the beginning.
    visit.content_where("log-table", |text| text.contains("2025/11/06 15:3")).await?;
    visit.find("log-table").await?.focus().await?;
    visit.press(Key::End + "").await?;
    visit.content_where("log-table", |text| text.contains("2025/11/06 16:59")).await?;
    visit.find("log-search").await?.send_keys(CULPRIT).await?;
    visit.text_where("log-total", |text| text.contains("of 8,707 lines match")).await?;
    let chosen = visit.text_where("log-chosen", |text| text.contains(CULPRIT)).await?;
    visit.click("log-next").await?;
    visit.text_where("log-chosen", |text| text.contains(CULPRIT) && *text != chosen).await?;
    visit.click("log-only").await?;
    visit.text_where("log-total", |text| text == "44 of 44 lines match").await?;
    visit.find("log-search").await?.clear().await?;
    visit.find("log-search").await?.send_keys("[あ]").await?;
    visit.click("log-pattern").await?;
    visit.text_where("log-refused", |text| text.contains('あ')).await?;
    visit.find("log-search").await?.clear().await?;
    visit.find("log-search").await?.send_keys("host: *edge-\\d+\\.messenger").await?;
    visit.text_where("log-total", |text| text.contains(" lines match") && !text.starts_with("0 ")).await?;
    visit.find("log-jump").await?.send_keys("15:34:38" + Key::Enter).await?;
    visit.text_where("log-chosen", |text| text.contains("2025/11/06 15:3")).await?;
    let copy = By::Css("[data-testid='log-chosen'] [data-testid='copy']");
    visit.page.query(copy).first().await?.click().await?;
    let copied = |text: &str| text.contains("nsdebuglog.log:") && text.contains("2025/11/06 15:3");
    visit.content_where("announcement", copied).await?;
    Ok(())
}

/// A line of evidence is shown among the lines around it.
async fn evidence_is_shown_in_the_log(visit: &Visit) -> Result<()> {
    visit.read_example().await?;
    visit.unfold("[data-testid='evidence']").await?;
    let place = visit.text_where("place", |text| text.contains(".log:")).await?;
    visit.click("place").await?;
    visit.text_where("log-chosen", |text| text.starts_with(&place)).await?;
    visit.find("view-log").await?;
    Ok(())
}

/// A worker that dies is told of and replaced; the log is read again without being chosen, and what was ticked off stays.
async fn a_dead_worker_is_replaced(visit: &Visit) -> Result<()> {
    let keep = "const start = steerscopeWorker; globalThis.steerscopeWorker = () => (globalThis.started = start());";
    visit.run(keep, json!({})).await?;
    visit.read_example().await?;
    visit.click("tab-first-steps").await?;
    let asks = "const leaving = new Event('beforeunload', { cancelable: true }); dispatchEvent(leaving); return leaving.defaultPrevented";
    ensure!(visit.run(asks, json!({})).await? == false, "leaving asks before anything was ticked off");
    visit.click("step-tick").await?;
    ensure!(visit.run(asks, json!({})).await? == true, "leaving would lose what was ticked off");
    let die = "started.terminate(); started.dispatchEvent(new ErrorEvent('error', { message: 'memory access out of bounds' }))";
    visit.run(die, json!({})).await?;
    visit.text_where("notice", |text| text.contains("memory access out of bounds")).await?;
    visit.click("open-again").await?;
    visit.find("first-step").await?;
    ensure!(visit.find("step-tick").await?.is_selected().await?, "what was ticked off is lost");
    visit.click("tab-answer").await?;
    visit.text_where("suspect-host", |text| text == CULPRIT).await?;
    Ok(())
}

/// Error texts are explained without a log, and a list of messages is counted.
async fn error_texts_are_explained(visit: &Visit) -> Result<()> {
    visit.click("tab-lookup").await?;
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
    visit.read_example().await?;
    visit.click("tab-knowledge").await?;
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
    visit.read_example().await?;
    visit.click("export").await?;
    visit.text_where("redaction", |text| text.contains("192.0.2.7") && text.contains("address-1")).await?;
    for format in ["markdown", "html", "json", "suspects_csv", "flows_csv"] {
        visit.find(&format!("export-{format}")).await?;
    }
    visit.click("redact").await?;
    visit
        .until("nothing is to be replaced", async || {
            Ok(visit.page.find_all(By::Css("[data-testid='redaction']")).await?.is_empty())
        })
        .await?;
    visit.press(Key::Escape + "").await?;
    visit.until("the box is closed", async || Ok(visit.page.find_all(By::Css("dialog[open]")).await?.is_empty())).await
}

/// Other logs are read beside the opened one, and taken away again.
async fn other_logs_are_compared(visit: &Visit) -> Result<()> {
    the_look_is_taken(visit).await?;
    visit.read_example().await?;
    visit.choose("baseline-input", &example()).await?;
    visit.content_where("baseline", |text| text.contains("demo.zip")).await?;
    visit.choose("after-input", &example()).await?;
    let verified = visit.content_where("verification", |text| text.contains("demo.zip")).await?;
    ensure!(verified.len() > "After the change: demo.zip".len(), "the verification says nothing");
    visit.content_where("baseline", |text| text.contains("demo.zip")).await?;
    visit.screenshot("view-comparison").await?;
    visit.click("baseline-remove").await?;
    visit.until("the baseline is gone", async || {
        let script = "return !!document.querySelector(\"[data-testid='verification']\") && !document.querySelector(\"[data-testid='baseline']\")";
        Ok(visit.run(script, json!({})).await? == true)
    })
    .await
}

/// A limit of reading is raised or lowered, and the log read again under it.
async fn a_limit_is_changed(visit: &Visit) -> Result<()> {
    visit.read_example().await?;
    visit.click("tab-coverage").await?;
    for (value, button, told) in [("much", "disabled", "much"), ("4k", "enabled", "")] {
        visit.unfold("[data-testid='reading-limits']").await?;
        let field = visit.find("limit-member-bytes").await?;
        field.send_keys(Key::Control + "a").await?;
        field.send_keys(value + Key::Tab).await?;
        visit.text_where("limit-error", |text| text.contains(told) && text.is_empty() == told.is_empty()).await?;
        let state = if visit.find("read-again").await?.is_enabled().await? { "enabled" } else { "disabled" };
        ensure!(state == button, "with the limit {value} the button is {state}");
    }
    visit.click("read-again").await?;
    visit.text_where("coverage", |text| text.contains("member-bytes") && text.contains("4,096")).await?;
    Ok(())
}

in_every_engine! {
    history_leads_through_the_views
    the_chart_sets_the_incident_and_entries_are_tried
    the_timeline_is_zoomed
    connections_are_searched
    connections_are_sorted
    lines_are_searched
    the_map_of_matches_leads
    the_ranking_follows_the_question
    what_was_opened_stays_open
}

/// What the engines do alike is tried in one of them.
mod in_chromium {
    use super::*;

    #[tokio::test]
    async fn evidence_in_the_log() -> Result<()> {
        quiet_visit_in_chromium("evidence_in_the_log", evidence_is_shown_in_the_log).await
    }

    #[tokio::test]
    async fn folders_and_pasted_files() -> Result<()> {
        quiet_visit_in_chromium("folders_and_pasted_files", folders_and_pasted_files_are_read).await
    }

    #[tokio::test]
    async fn cancelling() -> Result<()> {
        quiet_visit_in_chromium("cancelling", reading_is_cancelled).await
    }

    #[tokio::test]
    async fn progress() -> Result<()> {
        quiet_visit_in_chromium("progress", progress_is_told).await
    }

    #[tokio::test]
    async fn dead_worker() -> Result<()> {
        quiet_visit_in_chromium("dead_worker", a_dead_worker_is_replaced).await
    }

    #[tokio::test]
    async fn error_texts() -> Result<()> {
        quiet_visit_in_chromium("error_texts", error_texts_are_explained).await
    }

    #[tokio::test]
    async fn shapes() -> Result<()> {
        quiet_visit_in_chromium("shapes", a_shape_is_added).await
    }

    #[tokio::test]
    async fn limits() -> Result<()> {
        quiet_visit_in_chromium("a_limit_is_changed", super::a_limit_is_changed).await
    }

    #[tokio::test]
    async fn redaction() -> Result<()> {
        quiet_visit_in_chromium("redaction", a_redaction_is_previewed).await
    }
}

/// Its answer is a refusal on the console, so this visit is not a quiet one.
mod self_check {
    use super::*;

    async fn told(engine: Engine) -> Result<()> {
        visit("self_check", engine, Origin::File, Look::default(), the_page_proves_its_promise).await
    }

    #[tokio::test]
    async fn chromium() -> Result<()> {
        told(Engine::Chromium).await
    }

    #[tokio::test]
    async fn firefox() -> Result<()> {
        told(Engine::Firefox).await
    }

    #[tokio::test]
    async fn webkit() -> Result<()> {
        told(Engine::WebKit).await
    }
}

/// Both languages, light and dark, from both origins, in each engine; and other logs beside the opened one.
mod looks {
    use super::*;

    const LOOKS: [(&str, Theme, Origin); 4] = [
        ("en", Theme::Light, Origin::File),
        ("en", Theme::Dark, Origin::Http),
        ("ja", Theme::Light, Origin::Http),
        ("ja", Theme::Dark, Origin::File),
    ];

    async fn pictures(engine: Engine) -> Result<()> {
        for (language, theme, origin) in LOOKS {
            let look = Look { language, theme };
            quiet_visit("look", engine, origin, look, the_whole_story).await?;
            quiet_visit("comparison", engine, origin, look, other_logs_are_compared).await?;
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
