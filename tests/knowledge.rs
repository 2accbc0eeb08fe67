//! The catalogue as a whole: every row has a reference, ids are unique and sorted, every file on disk is built in.

#![expect(clippy::unwrap_used, reason = "what is missing here fails the test")]

use std::path::{Path, PathBuf};

use steerscope::host::is_public_suffix;
use steerscope::knowledge::catalogue::process_key;
use steerscope::knowledge::errors::Errors;
use steerscope::knowledge::tools::Tools;
use steerscope::knowledge::vendors::{Use, VendorPattern, Vendors};

#[test]
fn the_built_in_catalogues_are_accepted() {
    assert!(Vendors::built_in().unwrap().rows().len() > 300);
    assert!(Tools::built_in().unwrap().rows().len() > 60);
    assert!(Errors::built_in().unwrap().rows().len() > 150);
}

#[test]
fn every_data_file_is_built_in() {
    for kind in ["vendors", "errors"] {
        let source = text(&folder().join(kind).with_extension("rs"));
        for file in files(kind) {
            let name = file.file_name().unwrap().to_str().unwrap();
            assert!(source.contains(&format!("include_str!(\"{kind}/{name}\")")), "{name}");
        }
    }
}

#[test]
fn ids_are_sorted_within_their_table() {
    for file in files("vendors") {
        let mut last = String::new();
        for line in text(&file).lines() {
            let id = line.split(" = ").next().unwrap_or_default();
            if line.starts_with('[') {
                last.clear();
            } else if line.contains(" = \"") && id.contains('_') {
                assert!(*last < *id, "{}: {id} after {last}", file.display());
                id.clone_into(&mut last);
            }
        }
    }
    let rows = files("errors").into_iter().chain([folder().join("tools.toml")]);
    for file in rows {
        let text = text(&file);
        let ids: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("id = ")).collect();
        assert!(ids.is_sorted_by(|one, next| one < next), "{}", file.display());
    }
}

#[test]
fn customer_domains_are_sorted_and_each_has_a_reference() {
    let text = text(&folder().join("customer_domains.dat"));
    let rows: Vec<(&str, &str)> =
        text.lines().filter(|line| !line.starts_with('#')).map(|line| line.split_once(' ').unwrap()).collect();
    assert!(rows.is_sorted_by(|(one, _), (next, _)| one < next));
    for (domain, reference) in rows {
        assert!(reference.starts_with("https://") && !is_public_suffix(domain), "{domain}");
        assert!(!domain.starts_with(['*', '.']), "{domain}");
    }
}

#[test]
fn no_row_that_covers_a_public_suffix_is_ever_matched() {
    let vendors = Vendors::built_in().unwrap();
    let never: Vec<_> = vendors.rows().iter().filter(|row| row.proposal == Use::Never).collect();
    assert!(!never.is_empty());
    for row in never {
        let host = match &row.pattern {
            VendorPattern::Host(host) => host.clone(),
            VendorPattern::Suffix(suffix) => format!("any.{suffix}"),
            _ => continue,
        };
        assert!(vendors.of_host(&host).iter().all(|found| found.proposal != Use::Never), "{}", row.id);
    }
    for row in vendors.rows().iter().filter(|row| row.proposal == Use::Entry) {
        if let VendorPattern::Suffix(name) | VendorPattern::Host(name) = &row.pattern {
            assert!(!is_public_suffix(name), "{}", row.id);
        }
    }
}

#[test]
fn every_row_is_found_from_its_own_pattern_and_processes() {
    let vendors = Vendors::built_in().unwrap();
    for row in vendors.rows().iter().filter(|row| row.proposal != Use::Never) {
        let found = match &row.pattern {
            VendorPattern::Host(host) => vendors.of_host(host),
            VendorPattern::Suffix(suffix) => vendors.of_host(&format!("deep.er.{suffix}")),
            VendorPattern::Addresses(block) => vendors.of_host(&block.address.to_string()),
            VendorPattern::App(app) => vendors.of_app(app),
        };
        assert!(found.iter().any(|other| other.id == row.id), "{}", row.id);
        for process in &row.processes {
            assert!(vendors.of_process(process).iter().any(|other| other.id == row.id), "{} {process}", row.id);
        }
    }
    let tools = Tools::built_in().unwrap();
    for tool in tools.rows() {
        for process in &tool.processes {
            let process = process_key(process).replace('*', "11");
            assert!(tools.of_process(&process).iter().any(|other| other.id == tool.id), "{} {process}", tool.id);
        }
    }
}

#[test]
fn every_text_is_written_in_both_languages() {
    let vendors = Vendors::built_in().unwrap();
    for row in vendors.rows() {
        let texts = [Some(&row.service), row.note.as_ref(), row.unverified.as_ref()];
        assert!(texts.into_iter().flatten().all(|text| !text.is_empty()), "{}", row.id);
    }
    let tools = Tools::built_in().unwrap();
    for tool in tools.rows() {
        let own = [Some(&tool.name), tool.store.as_ref(), tool.note.as_ref(), tool.unverified.as_ref()];
        let texts = own.into_iter().chain(tool.fix.iter().map(|fix| fix.says.as_ref()));
        assert!(texts.flatten().all(|text| !text.is_empty()), "{}", tool.id);
    }
    let errors = Errors::built_in().unwrap();
    for row in errors.rows() {
        assert!(row.cause.english.is_ascii() && row.remedy.english.is_ascii(), "{}", row.id);
        assert!(!row.cause.japanese.is_ascii() && !row.remedy.japanese.is_ascii(), "{}", row.id);
    }
}

#[test]
fn errors_name_tools_that_exist_and_no_code_twice() {
    let tools = Tools::built_in().unwrap();
    let errors = Errors::built_in().unwrap();
    for row in errors.rows() {
        for tool in &row.tools {
            assert!(tools.by_id(tool).is_some(), "{} names {tool}", row.id);
        }
        for code in &row.codes {
            assert_eq!(errors.of_code(&row.family, code).unwrap().id, row.id);
        }
    }
    for symptom in tools.rows().iter().flat_map(|tool| &tool.symptoms) {
        assert!(errors.rows().iter().any(|row| row.title.english == *symptom), "{symptom}");
    }
}

/// Proves that no row of the tables the catalogue was made from was lost. The tables are not part of the repository.
#[test]
fn no_row_of_the_reference_tables_is_missing() {
    let Some(vendor_table) = table("vendors.tsv") else { return };
    let vendors = Vendors::built_in().unwrap();
    for wanted in &vendor_table {
        let row =
            vendors.rows().iter().find(|row| row.id == wanted["id"]).unwrap_or_else(|| panic!("{}", wanted["id"]));
        assert_eq!(row.vendor, wanted["vendor"]);
        assert_eq!(row.service.english, wanted["service"]);
        assert_eq!(row.reason.id(), wanted["reason"].replace('-', "_"));
        assert_eq!(row.processes.join(", "), wanted["processes"]);
        assert_eq!(row.references.join(" ; "), wanted["source_url"]);
        assert_eq!(row.note.as_ref().map_or("", |text| &text.english), wanted["note"]);
        assert_eq!(row.unverified.as_ref().map_or("", |text| &text.english), wanted["unverified"]);
        let platforms: Vec<_> = row.platforms.iter().map(|platform| platform.id()).collect();
        assert_eq!(if platforms.is_empty() { "all".to_owned() } else { platforms.join(",") }, wanted["platforms"]);
        let (kind, pattern) = match &row.pattern {
            VendorPattern::Host(host) => ("host", host.clone()),
            VendorPattern::Suffix(suffix) => ("suffix", format!("*.{suffix}")),
            VendorPattern::Addresses(block) => ("cidr", format!("{}/{}", block.address, block.prefix)),
            VendorPattern::App(app) => ("app", app.clone()),
        };
        assert_eq!((kind, pattern.as_str()), (wanted["match"].as_str(), wanted["pattern"].as_str()));
        let proposal = match row.proposal {
            Use::Entry => "entry",
            Use::Evidence => "evidence",
            Use::Never => "never",
        };
        assert_eq!(proposal, wanted["use"]);
    }
    assert_eq!(vendors.rows().len(), vendor_table.len());
    let Some(tool_table) = table("cli-ca.tsv") else { return };
    let tools = Tools::built_in().unwrap();
    for wanted in &tool_table {
        let tool = tools.by_id(&wanted["id"]).unwrap_or_else(|| panic!("{}", wanted["id"]));
        assert_eq!(tool.processes.join(", "), wanted["processes"]);
        assert_eq!(tool.own_store.map_or("-", |own| own.id()), wanted["own_store"]);
        assert_eq!(tool.references.join(" ; "), wanted["source_url"]);
        assert_eq!(tool.unverified.as_ref().map_or("", |text| &text.english), wanted["unverified"]);
        assert_eq!(tool.symptoms.join(""), wanted["symptom"]);
    }
    assert_eq!(tools.rows().len(), tool_table.len());
    let Some(error_table) = table("sophos-errors.tsv") else { return };
    let errors = Errors::built_in().unwrap();
    for wanted in &error_table {
        let row = errors.by_id(&wanted["id"]).unwrap_or_else(|| panic!("{}", wanted["id"]));
        assert_eq!((&row.title.english, &row.title.japanese), (&wanted["error_en"], &wanted["error_ja"]));
        assert_eq!((&row.cause.english, &row.remedy.english), (&wanted["cause_en"], &wanted["remedy_en"]));
        assert_eq!((&row.remedy.japanese, &row.family), (&wanted["advice_ja"], &wanted["family"]));
        assert_eq!(row.integration.as_deref().unwrap_or("general"), wanted["integration"]);
        assert_eq!(row.codes.join(""), wanted["code"]);
        assert_eq!(row.references.join(" ; "), wanted["source_url"]);
        assert_eq!(row.unverified.as_ref().map_or("", |text| &text.english), wanted["unverified"]);
        let copied = [&wanted["cause_ja"], &wanted["remedy_ja"]];
        assert!(copied.into_iter().all(|text| text.is_empty() || *text != row.cause.japanese), "{}", row.id);
    }
}

type Row = std::collections::BTreeMap<String, String>;

fn table(name: &str) -> Option<Vec<Row>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/reference").join(name);
    if !path.exists() {
        return None;
    }
    let text = text(&path);
    let mut lines = text.lines().map(|line| line.split('\t').map(str::to_owned).collect::<Vec<_>>());
    let head = lines.next()?;
    Some(lines.map(|cells| head.iter().cloned().zip(cells).collect()).collect())
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/knowledge")
}

fn files(kind: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder().join(kind)).unwrap();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

#[expect(clippy::disallowed_methods, reason = "a test reads the data files the library includes")]
fn text(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}
