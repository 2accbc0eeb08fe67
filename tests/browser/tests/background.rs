//! What stands behind the answer: the device and the bundle's own configuration, what the log covers, and the knowledge in
//! use, to which files are added.

use anyhow::{Result, ensure};
use browser_tests::{Bundle, Visit, file, in_chromium, in_every_engine};
use serde_json::json;

/// The facts below a title, as name and value.
async fn facts(visit: &Visit, part: &str) -> Result<Vec<(String, String)>> {
    let script = "return [...document.querySelectorAll(`[data-testid='${given}'] dl.facts > div`)].map(
        (fact) => [fact.querySelector('dt').textContent, fact.querySelector('dd').textContent])";
    Ok(serde_json::from_value(visit.run(script, json!(part)).await?)?)
}

fn hold(facts: &[(String, String)], wanted: &[(&str, &str)]) -> Result<()> {
    for (name, value) in wanted {
        let is_said = facts.iter().any(|(known, said)| known == name && said == value);
        ensure!(is_said, "{name} is not `{value}`: {facts:?}");
    }
    Ok(())
}

/// The example's device and configuration, as its log and its files say them.
async fn the_device_is_described(visit: &Visit) -> Result<()> {
    visit.read_example().await?;
    visit.click("tab-configuration").await?;
    visit.find("configured-host").await?;
    let device = facts(visit, "device").await?;
    hold(
        &device,
        &[
            ("Platform", "Windows"),
            ("Operating system", "Windows NT 11.0 x64"),
            ("Client version", "126.0.0.2400"),
            ("Steering configuration", "Example steering"),
            ("Tunnel protocol", "DTLS"),
            ("Gateway", "gateway-nrt1.example.com"),
            ("POP", "JP-TYO1"),
            ("On-premises check", "Off-premises (remote)"),
            ("Configuration fetched", "Nov 6, 2025 16:32:48"),
            ("Last fetch", "Updated"),
        ],
    )?;
    let exceptions = visit.contents("[data-testid='exception']").await?;
    let wanted =
        ["media.meeting.exampleDomaineverywherensexception.json", "*.meeting.exampleDomaineverywherensexception.json"];
    ensure!(exceptions == wanted, "exceptions: {exceptions:?}");
    let apps = visit.contents("[data-testid='pinned-app']").await?;
    ensure!(
        apps == ["[Messenger]messenger.exemedia.messenger.exampleBypass (tunnel)everywhere"],
        "certificate-pinned apps: {apps:?}"
    );
    let text = visit.text("view-configuration").await?;
    for title in ["Exceptions (2)", "Certificate-pinned apps (1)", "Read from", "nsbypass.json", "nsexception.json"] {
        ensure!(text.contains(title), "`{title}` is missing: {text}");
    }
    ensure!(!text.contains("Entries that reach far"), "there are no risks in the example: {text}");
    let met = visit.contents("[data-testid='configured-host']").await?;
    let neighbour = "Neighbour excepted: certificate-pinned app “[Messenger]”";
    ensure!(met.iter().any(|row| row.contains("edge-003.messenger") && row.contains(neighbour)), "met: {met:?}");
    Ok(())
}

/// Entries that let too much out are told first, with what they do and where they apply.
async fn far_reaching_entries_are_told(visit: &Visit) -> Result<()> {
    let app = r#"{"action":1,"appName":"Any","app_domains":["*"],"isRegex":"false","mode":"tunnel",
        "processName":"other.exe","rowID":"custom_4","tunnel_domains":["*"]}"#;
    let bundle = Bundle::of_a_troubled_hour()
        .with_file("nsbypass.json", &format!(r#"{{"certPinnedAppList":[{app}],"status":"success"}}"#))
        .with_file("nsexception.json", r#"{"names":["*.co.jp","media.meeting.example"],"ips":[],"fail_close":{}}"#)
        .with_file(
            "nsconfig.json",
            r#"{"clientConfig":{"configurationName":"Laptops","failClose":{"fail_close":"1"}}}"#,
        )
        .with_file("nssteering.json", r#"{"domains":[],"traffic_mode":"web","steering_config_name":"Office"}"#);
    let _log = visit.read_broken(&bundle).await?;
    visit.click("tab-configuration").await?;
    let risks =
        visit.contents_where("[data-testid='view-configuration'] ul.warnings li", |risks| risks.len() == 2).await?;
    for (risk, wanted) in risks.iter().zip([
        "Any (other.exe) Any (other.exe): bypasses any host.",
        "*.co.jp *.co.jp: covers the sites of many owners. Enter the hosts that are needed. everywhere",
    ]) {
        ensure!(risk.starts_with(wanted), "the risks are {risks:?}");
    }
    let text = visit.text("view-configuration").await?;
    ensure!(
        text.contains("Fail close, no traffic without a tunnel: 1. fail_close = 1"),
        "the setting is missing: {text}"
    );
    let device = facts(visit, "device").await?;
    hold(&device, &[("Traffic mode", "Web traffic"), ("Client configuration", "Laptops")])?;
    let met = visit.contents("[data-testid='configured-host']").await?;
    let excepted = "media.meeting.examplemeeting.exeAlready excepted by domain exception media.meeting.example.";
    ensure!(met.iter().any(|row| row == excepted), "met: {met:?}");
    // The same is said as a finding.
    visit.click("tab-answer").await?;
    let findings = visit.contents_where("[data-testid='finding']", |findings| findings.len() > 3).await?;
    ensure!(findings.iter().any(|finding| finding.contains("*.co.jp")), "findings: {findings:?}");
    Ok(())
}

/// Every member of the bundle is a row, with what it is, how far it was read, and the time it covers.
async fn members_are_rows(visit: &Visit) -> Result<()> {
    visit.read_example().await?;
    visit.click("tab-coverage").await?;
    let rows = visit.contents_where("[data-testid='member']", |rows| rows.len() == 4).await?;
    let wanted = [
        "nsdebuglog.1.logClient logwhole 5,2240Nov 6, 2025 08:00:00Nov 6, 2025 13:25:32",
        "nsdebuglog.logClient logwhole 3,4830Nov 6, 2025 13:25:41Nov 6, 2025 16:59:55",
        "nsbypass.jsonConfigurationwhole",
        "nsexception.jsonConfigurationwhole",
    ];
    ensure!(rows == wanted, "the rows are {rows:?}");
    let text = visit.text("coverage").await?;
    ensure!(text.contains("The log can answer the question."), "it says {text}");
    let covered = facts(visit, "coverage").await?;
    hold(&covered, &[("The log covers", "Nov 6, 2025 08:00:00 – 16:59:55"), ("Level", "Info")])?;
    // A log that holds no connections says how to take a better one.
    let silent = Bundle::default().at("15:00:00").says_as("warning", "main.cpp:1", "started").at("15:40:00");
    let silent = silent.says_as("error", "main.cpp:2", "ended").with_file("photo.jpg", "no log");
    let silent = silent.zipped()?;
    visit.click("tab-answer").await?;
    visit.choose("file-input", silent.path()).await?;
    visit.text_where("findings", |text| text.contains("The log level is too low to judge")).await?;
    visit.click("tab-coverage").await?;
    visit.text_where("coverage", |text| text.contains("Cannot judge")).await?;
    visit.text_where("collect-again", |text| text.contains("Set the log level to Info")).await?;
    let rows = visit.contents_where("[data-testid='member']", |rows| rows.len() == 2).await?;
    ensure!(rows[1].starts_with("photo.jpgOther") && rows[1].contains("not "), "the rows are {rows:?}");
    Ok(())
}

const SHAPE: &str = r#"
[[message]]
name = "cache_stale"
event = "context"
shape = "{} is stale"
grade = "R"
sample = "what was kept is stale"
reference = "https://example.com/"
"#;

/// A file that is no knowledge changes nothing and is answered with what is wrong with it; a good one that is dropped is
/// listed, used, and taken away again.
async fn knowledge_is_added_and_refused(visit: &Visit) -> Result<()> {
    let _log = visit.read(&Bundle::of_a_troubled_hour()).await?;
    visit.click("tab-knowledge").await?;
    let unknown = "[data-testid='unknown-message'] code";
    visit.contents_where(unknown, |texts| texts.iter().any(|text| text.ends_with("is stale"))).await?;
    let broken = file(".toml", b"[[message]]\nname = cache_stale\n")?;
    let name =
        |file: &tempfile::NamedTempFile| file.path().file_name().unwrap_or_default().to_string_lossy().into_owned();
    visit.choose("knowledge-file", broken.path()).await?;
    let refused = format!("{} was not added. This is what is wrong with it:", name(&broken));
    // Where it stands: the second line.
    let told = visit.text_where("knowledge-refused", |text| text.starts_with(&refused)).await?;
    ensure!(told.contains("line 2") && told.contains("cache_stale"), "the reason is {told}");
    let unshaped = file(".toml", SHAPE.replace("shape =", "pattern =").as_bytes())?;
    visit.choose("knowledge-file", unshaped.path()).await?;
    visit.text_where("knowledge-refused", |text| text.contains(&name(&unshaped)) && text.contains("shape")).await?;
    let meaningless = file(".toml", SHAPE.replace("event = \"", "event = \"un").as_bytes())?;
    visit.choose("knowledge-file", meaningless.path()).await?;
    visit.text_where("knowledge-refused", |text| text.contains("there is no event “un")).await?;
    let wide = "const { scrollWidth, clientWidth } = document.documentElement; return scrollWidth - clientWidth";
    let wide = visit.run(wide, serde_json::Value::Null).await?;
    ensure!(wide == 0, "the reason makes the page scroll sideways by {wide} pixels");
    let added = "[data-testid='view-knowledge'] ul.plain li code";
    ensure!(visit.contents(added).await?.is_empty(), "what was refused is listed");
    visit.click("tab-answer").await?;
    let good = file(".toml", SHAPE.as_bytes())?;
    visit.drop_on("body", good.path()).await?;
    visit.contents_where(added, |names| names == [name(&good)]).await?;
    visit.text_where("knowledge-refused", str::is_empty).await?;
    visit.find("view-knowledge").await?;
    visit
        .contents_where(unknown, |texts| !texts.is_empty() && texts.iter().all(|text| !text.ends_with("is stale")))
        .await?;
    let shapes = "[data-testid='shape'] th";
    visit.find("shape-filter").await?.send_keys("cache_stale").await?;
    visit.contents_where(shapes, |shapes| shapes == ["cache_stale"]).await?;
    let remove = "document.querySelector(\"[data-testid='view-knowledge'] ul.plain li button\").click()";
    visit.run(remove, json!({})).await?;
    visit.contents_where(added, <[String]>::is_empty).await?;
    visit.contents_where(unknown, |texts| texts.iter().any(|text| text.ends_with("is stale"))).await?;
    Ok(())
}

in_every_engine! {
    knowledge_is_added_and_refused
}

in_chromium! {
    the_device_is_described
    far_reaching_entries_are_told
    members_are_rows
}
