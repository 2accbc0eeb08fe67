//! What the configuration of the bundle has already is not proposed again; the reader is told.

use super::{Rung, Step};
use crate::configuration::entry::{PinnedApp, Reach};
use crate::configuration::{Branch, Configuration};
use crate::host::is_below;
use crate::knowledge::remedies::Remedy;

/// The rungs without entries that are there already. A rung of which nothing is left goes, and its warning to the first that stays.
#[must_use]
pub(super) fn without_existing(rungs: Vec<Rung>, configuration: &Configuration, place: Option<Branch>) -> Vec<Rung> {
    let mut left = Vec::new();
    let mut told = Vec::new();
    for mut rung in rungs {
        let (there, new): (Vec<String>, Vec<String>) = std::mem::take(&mut rung.entries)
            .into_iter()
            .partition(|entry| is_there(entry, rung.remedy, rung.process.as_deref(), configuration, place));
        rung.entries = new;
        let mut warnings = Vec::new();
        if !there.is_empty() {
            let key = format!("warning.already_there.{}", rung.remedy.id());
            warnings.push(Step::new(key).with("entries", there.join(", ")));
        }
        if let Some((app, process)) = same_process(&rung, configuration) {
            warnings.push(Step::new("warning.same_app").with("app", app).with("process", process));
        }
        if let Some(app) = other_action(&rung, configuration) {
            let action = app.action.as_deref().unwrap_or_default();
            warnings.push(Step::new("warning.other_action").with("app", &app.name).with("action", action));
        }
        if rung.entries.is_empty() && !there.is_empty() {
            told.extend(warnings);
        } else {
            rung.warnings.splice(0..0, warnings);
            left.push(rung);
        }
    }
    if let Some(first) = left.first_mut() {
        first.warnings.splice(0..0, told);
    }
    left
}

/// Does an entry of the configuration do already what this one would?
pub(super) fn is_there(
    entry: &str,
    remedy: Remedy,
    process: Option<&str>,
    configuration: &Configuration,
    place: Option<Branch>,
) -> bool {
    // Where the place is not known, an entry for one place is no reason to leave the other without.
    let holds = |branch: Branch| branch == Branch::Everywhere || Some(branch) == place;
    match (remedy, process) {
        (Remedy::DomainException, _) => configuration.domains.iter().any(|exception| {
            let wider = |parent: &str| match exception.pattern.strip_prefix("*.") {
                Some(known) => known == parent || is_below(parent, known),
                None => exception.pattern == "*",
            };
            holds(exception.branch)
                && match entry.strip_prefix("*.") {
                    Some(parent) => wider(parent),
                    None => exception.reach(entry) == Reach::Yes,
                }
        }),
        (Remedy::PinnedAppException, Some(process)) => configuration.pinned_apps.iter().any(|app| {
            app.is_bypass() && holds(app.branch) && app.process.fits(process) && app.reach(entry) == Reach::Yes
        }),
        _ => false,
    }
}

/// A pinned app of the same process, to which the domains can be added.
fn same_process<'c>(rung: &Rung, configuration: &'c Configuration) -> Option<(&'c str, String)> {
    let process = rung.process.clone().filter(|_| rung.remedy == Remedy::PinnedAppException)?;
    let app = configuration.pinned_apps.iter().find(|app| app.is_bypass() && app.process.fits(&process))?;
    Some((&app.name, process))
}

/// A pinned app that meets the same process and hosts, and does not let them past.
fn other_action<'c>(rung: &Rung, configuration: &'c Configuration) -> Option<&'c PinnedApp> {
    let process = rung.process.as_deref().filter(|_| rung.remedy == Remedy::PinnedAppException)?;
    let meets = |app: &PinnedApp| rung.entries.iter().any(|entry| app.reach(entry) != Reach::No);
    configuration.pinned_apps.iter().find(|app| !app.is_bypass() && app.process.fits(process) && meets(app))
}
