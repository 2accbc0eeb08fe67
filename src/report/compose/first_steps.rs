//! The first steps of an investigation, ticked off by what the log answers, and how to take a better log.
//!
//! Only what the log says ticks a step off; what it is silent about stays open.

use super::Writer;
use crate::event::EventKind;
use crate::finding::{Finding, Scene, Severity};
use crate::incident::Incident;
use crate::knowledge::catalogue::Platform;
use crate::report::model::FirstStep;

/// What the steps need to know besides the findings.
#[allow(clippy::struct_excessive_bools, reason = "each is the answer to a question of yes or no")]
pub(super) struct Answers {
    time_given: bool,
    what_given: bool,
    /// Connections by IPv6 around the incident.
    ipv6: usize,
    flows: usize,
    steered: bool,
    configuration_updated: bool,
    judged: bool,
}

impl Answers {
    pub(super) fn of(scene: &Scene<'_>, incident: &Incident) -> Self {
        let timeline = scene.timeline;
        let around = scene.window.map(|window| window.widened(crate::ranking::weights::MARGIN));
        let flows = scene.flows();
        let end = around.map(|window| window.to);
        let updated = timeline
            .events
            .iter()
            .any(|event| event.kind == EventKind::ConfigurationUpdated && end.is_none_or(|end| event.at <= end));
        Self {
            time_given: incident.when.is_some(),
            what_given: !incident.hints.is_empty(),
            ipv6: scene.ipv6_flows().len(),
            flows: flows.len(),
            steered: flows.iter().any(|flow| flow.decision == crate::event::Decision::Tunnel),
            configuration_updated: updated,
            judged: around.is_some() && !flows.is_empty(),
        }
    }
}

#[derive(Clone, Copy)]
enum State {
    Open,
    Yes,
    No,
}

impl Writer<'_> {
    pub(super) fn first_steps(&self, answers: &Answers, findings: &[Finding]) -> Vec<FirstStep> {
        let has = |id: &str| findings.iter().any(|finding| finding.id == id);
        let off = ["client_disabled", "tunnel_down", "tunnel_never_up", "fail_close", "not_steered"];
        // A warning is about another time of the log, or says nothing for sure.
        let certain = |id: &str| findings.iter().any(|finding| finding.id == id && finding.severity == Severity::Error);
        let client_on = match (off.into_iter().any(certain), answers.judged && answers.steered) {
            (true, _) => State::No,
            (false, true) => State::Yes,
            (false, false) => State::Open,
        };
        let yes_or_open = |yes: bool| if yes { State::Yes } else { State::Open };
        let no_or = |no: bool, yes: bool| if no { State::No } else { yes_or_open(yes) };
        let good = |faults: &[&str]| no_or(faults.iter().copied().any(has), answers.judged);
        let fresh = no_or(has("configuration_stale"), answers.configuration_updated);
        let trusted = if has("ca_missing") { State::No } else { State::Open };
        let ipv6 = match (answers.judged, answers.ipv6) {
            (true, 0) => State::Yes,
            _ => State::Open,
        };
        let steps = [
            self.step_of("ask_time", false, yes_or_open(answers.time_given)),
            self.step_of("ask_what", false, yes_or_open(answers.what_given)),
            self.step_of("log_covers", false, good(&["outside_span", "log_gap", "no_flows"])),
            self.step_of("log_level", false, self.level_state()),
            self.step_of("log_quiet", false, good(&["log_noise"])),
            self.step_of("client_on", false, client_on),
            self.step_of("client_off_test", true, yes_or_open(certain("client_disabled"))),
            self.step_of("authority_trusted", false, trusted),
            self.step_of("configuration_fresh", false, fresh),
            self.step_of("already_excepted", false, yes_or_open(has("already_excepted"))),
            self.step_of("ipv6_off", true, ipv6),
        ];
        let counts = [
            ("ipv6", answers.ipv6.to_string()),
            ("flows", answers.flows.to_string()),
            ("looked_at", crate::finding::SUSPECTS_LOOKED_AT.to_string()),
        ];
        steps.into_iter().map(|step| step(&counts)).collect()
    }

    /// A step with its text; where it depends on the platform, that of the device, or of all platforms if it is not known.
    fn step_of(&self, id: &'static str, by_platform: bool, state: State) -> impl Fn(&[(&str, String)]) -> FirstStep {
        let (state, why) = match state {
            State::Open => ("open", "open"),
            State::Yes => ("answered_yes", "yes"),
            State::No => ("answered_no", "no"),
        };
        let mut text = self.texts.get(&format!("first_step.{id}.text"), &[]);
        let platforms: Vec<&str> = match self.analysis.timeline.device.platform {
            Some(platform) => vec![platform.id()],
            None => vec!["windows", "macos", "linux", "ios", "android", "chromeos"],
        };
        let ways = platforms.into_iter().filter(|_| by_platform).map(|platform| format!("first_step.{id}.{platform}"));
        for way in ways.filter(|way| self.texts.has(way)) {
            text.push(' ');
            text.push_str(&self.texts.get(&way, &[]));
        }
        let why = format!("first_step.{id}.why_{why}");
        let texts = self.texts;
        move |counts| FirstStep {
            id: id.to_owned(),
            text: text.clone(),
            state: state.to_owned(),
            why: texts.get(&why, counts),
        }
    }

    fn level_state(&self) -> State {
        use crate::record::Level;
        match self.analysis.timeline.coverage.level {
            None | Some(Level::Unknown) => State::Open,
            Some(Level::Info) => State::Yes,
            Some(_) => State::No,
        }
    }

    /// How to take the log once more, for the device's platform; nothing where this log is good enough.
    pub(super) fn collect_again(&self, findings: &[Finding]) -> Vec<String> {
        let span = self.analysis.timeline.coverage.span;
        if span.is_some() && !findings.iter().any(|finding| finding.blinds) {
            return Vec::new();
        }
        let on_device: &[&str] = match self.analysis.timeline.device.platform {
            Some(Platform::Windows | Platform::Macos) => &["tray", "nsdiag"],
            Some(Platform::Linux) => &["nsdiag"],
            Some(Platform::Ios) => &["ios"],
            Some(Platform::Android | Platform::Chromeos) => &[],
            None => &["tray", "nsdiag", "ios"],
        };
        let keys =
            ["level", "quiet", "reproduce"].iter().chain(on_device).chain(&["console", "early_download", "open"]);
        keys.map(|key| self.texts.get(&format!("collect_again.{key}"), &[])).collect()
    }
}
