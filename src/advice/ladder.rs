//! The rungs that fit a group of suspects: trust the CA, do not decrypt, certificate-pinned app, domain exception.

use super::scope;
use crate::host::{address, is_below, is_shared_hosting};
use crate::knowledge::Knowledge;
use crate::knowledge::catalogue::Platform;
use crate::knowledge::remedies::{ClientRow, HostSyntax, Remedy};
use crate::knowledge::tools::{OwnStore, Tool};
use crate::knowledge::vendors::VendorReason;
use crate::ranking::Suspect;
use crate::timeline::Timeline;

/// What to set, before it is known what else it frees.
pub struct Rung {
    pub remedy: Remedy,
    pub process: Option<String>,
    pub platforms: Vec<Platform>,
    pub entries: Vec<String>,
    pub steps: Vec<Step>,
    pub warnings: Vec<Step>,
    pub reference: Option<String>,
}

/// A sentence by its key, or a line to run as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub key: String,
    pub arguments: Vec<(&'static str, String)>,
    /// Shown after the sentence, word for word.
    pub command: Option<String>,
}

impl Step {
    pub(super) fn new(key: impl Into<String>) -> Self {
        Self { key: key.into(), arguments: Vec::new(), command: None }
    }

    pub(super) fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.arguments.push((name, value.to_string()));
        self
    }
}

/// The group as the rungs see it.
struct Case<'a> {
    hosts: Vec<String>,
    process: Option<String>,
    platform: Option<Platform>,
    timeline: &'a Timeline,
    knowledge: &'a Knowledge,
}

impl<'a> Case<'a> {
    fn client(&self) -> Option<&'a ClientRow> {
        self.knowledge.remedies.client(self.platform)
    }

    /// Whether other steered hosts of the log are `parent` or below it.
    fn frees_others(&self, parent: &str) -> bool {
        let mut hosts = self.timeline.steered_to(parent).map(|(_, host)| host);
        hosts.any(|host| (host == parent || is_below(&host, parent)) && !self.hosts.iter().any(|known| *known == host))
    }
}

pub(super) fn rungs(group: &[usize], suspects: &[Suspect], timeline: &Timeline, knowledge: &Knowledge) -> Vec<Rung> {
    let candidates = || group.iter().map(|position| &suspects[*position].candidate);
    let hosts: Vec<String> = candidates().map(|candidate| candidate.host_name.to_string()).collect();
    let process = candidates().find_map(|candidate| candidate.process_name.as_deref().map(str::to_owned));
    let case = Case { hosts, process, platform: timeline.device.platform, timeline, knowledge };
    let rungs =
        [trust_netskope_ca(&case), Some(do_not_decrypt(&case)), pinned_app_exception(&case), domain_exception(&case)];
    rungs.into_iter().flatten().collect()
}

/// How to go on after each rung: to the next one, or, from the last, to the question whether Netskope is the cause at all.
pub(super) fn with_way_on(rungs: &mut [Rung]) {
    let Some((last, others)) = rungs.split_last_mut() else { return };
    for rung in others {
        let retry = if rung.remedy == Remedy::TrustNetskopeCa { "step.try_again" } else { "step.verify" };
        rung.steps.push(Step::new(retry));
    }
    last.steps.push(Step::new("step.verify_last"));
}

/// Nothing is lost: the tool is told to trust the CA that signs inspected traffic.
fn trust_netskope_ca(case: &Case<'_>) -> Option<Rung> {
    let process = case.process.as_deref()?;
    if case.knowledge.processes.is_browser(process) {
        return None;
    }
    let tools: Vec<&Tool> = case
        .knowledge
        .tools
        .of_process(process)
        .into_iter()
        .filter(|tool| matches!(tool.own_store, Some(OwnStore::Yes | OwnStore::Partly)))
        .collect();
    let first = tools.first()?;
    let mut steps = Vec::new();
    if tools.iter().any(|tool| tool.needs_bundle()) {
        steps.push(Step::new("step.combined_bundle"));
    }
    for tool in tools.iter().take(TOOLS) {
        steps.push(Step::new("step.tool").with("tool", &tool.id));
    }
    let mut warnings = Vec::new();
    if tools.len() > 1 {
        warnings.push(Step::new("warning.several_tools").with("process", process));
    }
    Some(Rung {
        remedy: Remedy::TrustNetskopeCa,
        process: case.process.clone(),
        platforms: case.platform.into_iter().collect(),
        entries: Vec::new(),
        steps,
        warnings,
        reference: first.references.first().cloned(),
    })
}

/// A process that runs many tools gets the most telling ones; the rest stands in `lookup`.
const TOOLS: usize = 4;

fn do_not_decrypt(case: &Case<'_>) -> Rung {
    let by_address = case.hosts.iter().any(|host| address(host).is_some());
    let mut steps = vec![Step::new("step.do_not_decrypt.add")];
    steps.push(Step::new(if by_address { "step.do_not_decrypt.destination" } else { "step.do_not_decrypt.domains" }));
    steps.extend(["step.do_not_decrypt.action", "step.do_not_decrypt.apply"].map(Step::new));
    let mut warnings = shared_warnings(case);
    if by_address {
        warnings.push(Step::new("warning.no_host_name"));
    }
    warnings.push(Step::new("warning.detour_stays"));
    warnings.extend(source_address_warning(case));
    warnings.extend(default_rule_warning(case));
    Rung { steps, warnings, ..rung(Remedy::DoNotDecrypt, case) }
}

/// Needs a process to match, unless the platform's client knows none.
fn pinned_app_exception(case: &Case<'_>) -> Option<Rung> {
    if case.hosts.iter().all(|host| address(host).is_some()) {
        return None;
    }
    let client = case.client()?;
    let process = case.process.clone().filter(|_| client.matches_process);
    if process.is_none() && client.matches_process {
        return None;
    }
    let named = process.as_deref().unwrap_or_default();
    let told =
        |keys: &[String]| -> Vec<Step> { keys.iter().map(|key| Step::new(key).with("process", named)).collect() };
    let mut steps = told(&client.pinned_app_steps);
    steps.push(Step::new(&client.refresh));
    let mut warnings = shared_warnings(case);
    warnings.extend(told(&client.pinned_app_warnings));
    if case.knowledge.processes.is_browser(named) {
        warnings.push(Step::new("warning.browser_process"));
    }
    warnings.push(Step::new("warning.sub_domain_depth"));
    Some(Rung { process, steps, warnings, ..rung(Remedy::PinnedAppException, case) })
}

fn domain_exception(case: &Case<'_>) -> Option<Rung> {
    if case.hosts.iter().all(|host| address(host).is_some()) {
        return None;
    }
    let steps = vec![Step::new("step.domain_exception.add"), Step::new(&case.client()?.refresh)];
    let mut warnings = shared_warnings(case);
    warnings.push(Step::new("warning.every_process"));
    Some(Rung { steps, warnings, ..rung(Remedy::DomainException, case) })
}

fn rung(remedy: Remedy, case: &Case<'_>) -> Rung {
    let row = case.knowledge.remedies.of(remedy);
    let syntax = row.map_or(HostSyntax::None, |row| row.syntax);
    let named: Vec<String> = case.hosts.iter().filter(|host| address(host).is_none()).cloned().collect();
    let hosts = if remedy == Remedy::DoNotDecrypt { &case.hosts } else { &named };
    Rung {
        remedy,
        process: None,
        platforms: case.platform.into_iter().collect(),
        entries: scope::entries(hosts, syntax, |entry| case.frees_others(entry)),
        steps: Vec::new(),
        warnings: Vec::new(),
        reference: row.map(|row| row.reference.clone()),
    }
}

fn shared_warnings(case: &Case<'_>) -> Vec<Step> {
    let shared: Vec<&str> = case.hosts.iter().map(String::as_str).filter(|host| is_shared_hosting(host)).collect();
    if shared.is_empty() {
        return Vec::new();
    }
    vec![Step::new("warning.shared_hosting").with("hosts", shared.join(", "))]
}

/// Sign-in that checks the source address is not cured by not decrypting alone, nor by going direct.
fn source_address_warning(case: &Case<'_>) -> Option<Step> {
    let checks =
        |host: &String| case.knowledge.vendors.of_host(host).iter().any(|row| row.reason == VendorReason::SourceIp);
    case.hosts.iter().find(|host| checks(host)).map(|host| Step::new("warning.source_address").with("host", host))
}

/// A rule that tenants start with may leave the host undecrypted already.
fn default_rule_warning(case: &Case<'_>) -> Option<Step> {
    let mut warnings = case.hosts.iter().filter_map(|host| {
        let row = case.knowledge.vendors.with_default_rule(host)?;
        Some(Step::new("warning.default_rule").with("host", host).with("vendor", &row.vendor))
    });
    warnings.next()
}
