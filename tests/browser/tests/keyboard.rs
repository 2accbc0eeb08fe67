//! Where the keyboard is and goes on: from row to row of the long tables, and when the element that had the focus leaves.

use anyhow::{Result, ensure};
use browser_tests::{Visit, example, in_every_engine};
use serde_json::json;
use thirtyfour::prelude::Key;

/// What has the focus: its test id, else its `id`, else its name; and the number of its row.
async fn focus_is(visit: &Visit, wanted: impl Fn(&str, u64) -> bool) -> Result<(String, u64)> {
    let script = "
        const here = document.activeElement;
        const row = here.closest('[aria-rowindex]')?.getAttribute('aria-rowindex') ?? 0;
        return [here.dataset.testid || here.id || here.tagName, Number(row)];";
    let focus = async || Ok::<_, anyhow::Error>(serde_json::from_value(visit.run(script, json!({})).await?)?);
    let found = visit
        .until("the focus is where it belongs", async || {
            let (name, row): (String, u64) = focus().await?;
            Ok(wanted(&name, row))
        })
        .await;
    let there: (String, u64) = focus().await?;
    found.map_err(|error| error.context(format!("it is on {there:?}")))?;
    Ok(there)
}

/// Into the rows of a long table, from one to the next over the edge of what is in sight, and to both ends.
async fn rows_are_walked(visit: &Visit) -> Result<()> {
    visit.read_example().await?;
    for (tab, table, button, last) in
        [("tab-log", "log-table", "log-line", 8708), ("tab-flows", "flows-table", "place", 7122)]
    {
        visit.click(tab).await?;
        visit.find(button).await?;
        visit.find(table).await?.focus().await?;
        visit.press(Key::Enter + "").await?;
        let (_, first) = focus_is(visit, |name, _| name == button).await?;
        // More than are in sight.
        for row in first + 1..first + 30 {
            visit.press(Key::Down + "").await?;
            focus_is(visit, |name, at| name == button && at == row).await?;
        }
        visit.press(Key::Up + "").await?;
        focus_is(visit, |name, at| name == button && at == first + 28).await?;
        // Rows that are still to be fetched have nothing to press: the table itself keeps the focus meanwhile.
        visit.press(Key::Home + "").await?;
        focus_is(visit, |name, at| name == table || (name == button && at == 2)).await?;
        visit.press(Key::End + "").await?;
        focus_is(visit, |name, at| name == table || (name == button && at == last)).await?;
    }
    Ok(())
}

/// Enter on a row of the log shows its line whole.
async fn a_line_is_opened(visit: &Visit) -> Result<()> {
    visit.read_example().await?;
    visit.click("tab-log").await?;
    visit.find("log-line").await?;
    visit.tab_to("log-table").await?;
    visit.press(Key::Enter + "").await?;
    focus_is(visit, |name, _| name == "log-line").await?;
    visit.press(Key::Down + "").await?;
    visit.press(Key::Enter + "").await?;
    visit.text_where("log-chosen", |text| text.contains("nsdebuglog.log:")).await?;
    focus_is(visit, |name, _| name == "log-line").await?;
    Ok(())
}

/// Nothing that is pressed throws the focus back to the page's beginning.
async fn the_focus_goes_on(visit: &Visit) -> Result<()> {
    visit.tab_to("example").await?;
    visit.press(Key::Enter + "").await?;
    visit.everything_is_read().await?;
    focus_is(visit, |name, _| name != "BODY").await?;
    visit.unfold("[data-testid='candidate-moments']").await?;
    visit.tab_to("candidate-moment").await?;
    visit.press(Key::Enter + "").await?;
    focus_is(visit, |name, _| name == "incident-at").await?;
    visit.click("tab-flows").await?;
    visit.tab_to("facet-include").await?;
    visit.press(Key::Enter + "").await?;
    visit.text_where("flows-total", |text| !text.starts_with("7,121")).await?;
    focus_is(visit, |name, _| name == "facet-include").await?;
    visit.tab_to("facet-exclude").await?;
    visit.press(Key::Enter + "").await?;
    focus_is(visit, |name, _| name == "flow-condition").await?;
    visit.press(Key::Enter + "").await?;
    focus_is(visit, |name, _| name == "flow-condition" || name == "flows-filter").await?;
    Ok(())
}

/// A view that needs a log waits behind the first one, whose tab is chosen and reached meanwhile; `?` works in a chart.
async fn tabs_and_charts_are_left_by_keys(visit: &Visit) -> Result<()> {
    visit.run("location.hash = '#log'", json!({})).await?;
    visit.tab_to("tab-answer").await?;
    visit.choose("file-input", &example()).await?;
    visit.find("log-line").await?;
    visit.click("tab-answer").await?;
    visit.find("incident-brush").await?.focus().await?;
    visit.press("?").await?;
    visit.find("shortcuts-dialog-close").await?;
    let is_open = "return document.querySelector('dialog[open]') !== null";
    ensure!(visit.run(is_open, json!({})).await? == true, "the list of keys does not open");
    visit.press(Key::Escape + "").await?;
    Ok(())
}

in_every_engine! {
    rows_are_walked
    a_line_is_opened
    the_focus_goes_on
    tabs_and_charts_are_left_by_keys
}
