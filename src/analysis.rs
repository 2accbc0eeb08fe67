//! Runs the line once over the bundles and keeps what the report is made of, so that another time or language needs no second reading.

pub mod share;

use std::collections::{BTreeMap, BTreeSet};

use crate::bundle::{Bundle, Extent, Member, MemberKind};
use crate::capture::{self, Capture};
use crate::configuration::{self, Configuration};
use crate::event::{Events, Meanings, NameId};
use crate::host;
use crate::knowledge::Knowledge;
use crate::notice::Notice;
use crate::provenance::MemberId;
use crate::ranking::{Baseline, Devices, Index, Sources};
use crate::record::{self, MemberReading, Part, Progress, Reading, Record, Repeat, Repeats};
use crate::timeline::{self, Pair, Timeline};

/// Everything read from the bundles.
#[derive(Default)]
pub struct Analysis {
    pub bundles: Vec<ReadBundle>,
    pub timeline: Timeline,
    pub configuration: Configuration,
    pub capture: Capture,
    /// What every ranking needs of the timeline.
    pub index: Index,
    /// A healthy log to compare with, see [`Analysis::compare_with`].
    pub baseline: Option<HealthyLog>,
    pub notices: Vec<Notice>,
}

/// What is kept of a log that was taken while things worked.
#[derive(Clone)]
pub struct HealthyLog {
    pub name: String,
    pub habits: Baseline,
    pub device: timeline::Device,
    pub span: Option<timeline::TimeWindow>,
    pub configuration: Configuration,
    /// As [`Analysis::inner_hosts`].
    pub inner_hosts: Vec<String>,
}

/// One bundle with what came of its members.
#[derive(Clone)]
pub struct ReadBundle {
    pub name: String,
    pub members: Vec<ReadMember>,
}

#[derive(Clone)]
pub struct ReadMember {
    pub member: Member,
    /// Logs only.
    pub reading: Option<MemberReading>,
    /// A file of another kind that was understood at least in part.
    pub understood: bool,
    /// Why a member was not read, or not whole.
    pub unread: Option<Notice>,
}

impl Analysis {
    /// Hosts that tell whose device it is: of private access, at private addresses, and those of the client's own traffic.
    #[must_use]
    pub fn inner_hosts(&self) -> Vec<String> {
        let timeline = &self.timeline;
        let is_inner = |number: usize, pair: &Pair| {
            self.index.is_own(number)
                || timeline.flows_of(pair).next().is_some_and(|flow| {
                    let address = timeline.names.text(flow.destination).and_then(|address| host::address(&address));
                    address.is_some_and(host::is_private)
                })
        };
        let pairs = timeline.pairs.rows().iter().enumerate();
        let inner = pairs.filter(|(number, pair)| is_inner(*number, pair)).map(|(_, pair)| pair.host);
        let hosts: BTreeSet<NameId> = timeline.private_hosts.iter().copied().chain(inner).collect();
        let names = hosts.into_iter().filter_map(|host| timeline.name(host));
        names.filter(|name| host::address(name).is_none()).collect()
    }

    /// Takes `healthy` as the log of a time when things worked. It tells habits; nothing of it is a suspect.
    pub fn compare_with(&mut self, healthy: Self) {
        self.baseline = Some(HealthyLog {
            inner_hosts: healthy.inner_hosts(),
            name: healthy.bundles.iter().map(|bundle| bundle.name.as_str()).collect::<Vec<_>>().join(", "),
            habits: Baseline::of(&healthy.timeline),
            device: healthy.timeline.device,
            span: healthy.timeline.coverage.span,
            configuration: healthy.configuration,
        });
    }

    /// What a ranking rests on.
    #[must_use]
    pub fn sources<'a>(&'a self, knowledge: &'a Knowledge) -> Sources<'a> {
        Sources {
            timeline: &self.timeline,
            index: &self.index,
            capture: &self.capture,
            baseline: self.baseline.as_ref().map(|healthy| &healthy.habits),
            knowledge,
        }
    }

    #[must_use]
    pub fn member(&self, id: MemberId) -> Option<&ReadMember> {
        self.bundles.iter().flat_map(|bundle| &bundle.members).find(|read| read.member.id == id)
    }

    /// The member's path, with the bundle's name in front where there are several bundles.
    #[must_use]
    pub fn path(&self, id: MemberId) -> String {
        let owner = self.bundles.iter().find(|bundle| bundle.members.iter().any(|read| read.member.id == id));
        match (self.member(id), owner) {
            (Some(read), Some(bundle)) => path_in(&bundle.name, &read.member, self.bundles.len() > 1),
            _ => String::new(),
        }
    }
}

/// Reads all logs and configuration files of `bundles`. Never fails: what could not be read is told by notices.
///
/// A record that stands in two copies of a log counts once, where it was read first.
pub fn analyze(bundles: &mut [Bundle], knowledge: &Knowledge, progress: &mut dyn FnMut(Progress)) -> Analysis {
    analyze_in_parts(bundles, knowledge, progress, &mut |_| {})
}

/// As [`analyze`], for front ends that show something early: `early` is called at most once, with what the first logs
/// give, when at least as much is still to be read. It lacks the other logs and the configuration.
pub fn analyze_in_parts(
    bundles: &mut [Bundle],
    knowledge: &Knowledge,
    progress: &mut dyn FnMut(Progress),
    early: &mut dyn FnMut(&Analysis),
) -> Analysis {
    let (logs, declared) = declared(bundles);
    let expected = if declared.len() == logs.len() { declared.values().sum() } else { 0 };
    let mut desk = Interpreter {
        knowledge,
        meanings: Meanings::of(&knowledge.shapes),
        members: Vec::new(),
        present: None,
        // A single log has nothing to be compared with.
        repeats: (logs.len() > 1).then(Repeats::default),
        readings: Vec::new(),
        bytes: 0,
        expected,
        declared,
        listed: bundles.iter().map(|bundle| joined(bundle, Vec::new())).collect(),
        early: Some(early),
    };
    let readings = bundles.iter_mut().map(|bundle| record::read_with(bundle, &mut desk, progress)).collect();
    let repeats = desk.repeats.map(Repeats::finish).unwrap_or_default();
    concluded(bundles, readings, desk.members, repeats, knowledge)
}

/// All logs that can be read, and the decompressed bytes of each as far as the archive says; they may be wrong.
fn declared(bundles: &[Bundle]) -> (BTreeSet<MemberId>, BTreeMap<MemberId, u64>) {
    let lengths = bundles
        .iter()
        .flat_map(|bundle| record::logs(bundle).into_iter().map(|log| (log, bundle.declared_length(log))));
    let lengths: BTreeMap<MemberId, Option<u64>> = lengths.collect();
    let declared = lengths.iter().filter_map(|(log, bytes)| Some((*log, (*bytes)?))).collect();
    (lengths.into_keys().collect(), declared)
}

/// What follows when all logs are read: `readings` has one row a bundle.
fn concluded(
    bundles: &mut [Bundle],
    readings: Vec<Reading>,
    members: Vec<Events>,
    repeats: Vec<Repeat>,
    knowledge: &Knowledge,
) -> Analysis {
    let mut analysis = Analysis::default();
    for (bundle, reading) in bundles.iter().zip(readings) {
        analysis.notices.extend(bundle.notices.iter().cloned());
        analysis.notices.extend(reading.notices);
        analysis.bundles.push(joined(bundle, reading.members));
    }
    let repeats = repeats.into_iter().map(|repeat| (repeat.member, repeat)).collect();
    analysis.note_order(&repeats);
    analysis.note_repeats(&repeats);
    analysis.timeline = timeline::build(members, &knowledge.processes);
    let (capture, told) = capture::read(bundles, &analysis.timeline);
    analysis.capture = capture;
    analysis.note_captures(&told);
    analysis.notices.extend(told);
    analysis.index = Index::new(&analysis.timeline, analysis.devices(), knowledge);
    analysis.note_contents();
    let (configuration, told) = configuration::read(bundles);
    analysis.configuration = configuration;
    analysis.note_configuration(&told);
    analysis.notices.extend(told);
    analysis.put_in_order();
    analysis
}

/// Interprets records as they are read; what a member means is kept apart until all are read.
struct Interpreter<'a> {
    knowledge: &'a Knowledge,
    meanings: Meanings<'a>,
    members: Vec<Events>,
    present: Option<Events>,
    repeats: Option<Repeats>,
    readings: Vec<MemberReading>,
    /// Decompressed, of the members that are read.
    bytes: u64,
    /// Of all logs; 0 where the archive does not say.
    expected: u64,
    /// Decompressed bytes of each log, as far as the archive says; they may be wrong.
    declared: BTreeMap<MemberId, u64>,
    listed: Vec<ReadBundle>,
    early: Option<&'a mut dyn FnMut(&Analysis)>,
}

impl record::Visitor for Interpreter<'_> {
    fn record(&mut self, member: &Member, record: Record<'_>) {
        if self.repeats.as_mut().is_some_and(|repeats| repeats.is_repeated(&record)) {
            return;
        }
        let present = self.present.get_or_insert_with(|| {
            let mut events = Events::default();
            events.expect(self.declared.get(&member.id).copied().unwrap_or(0));
            events
        });
        present.interpret(&record, &self.meanings);
    }

    fn end(&mut self, _: &Member, reading: &MemberReading) {
        // A member that holds nothing new is no member.
        if let Some(mut events) = self.present.take() {
            events.close();
            self.members.push(events);
        }
        self.bytes = self.bytes.saturating_add(reading.bytes);
        self.readings.push(reading.clone());
        self.tell_early();
    }
}

impl Interpreter<'_> {
    fn tell_early(&mut self) {
        // The copy that this takes must not cost more memory than the rest will.
        if self.members.is_empty() || self.expected.saturating_sub(self.bytes) < self.bytes {
            return;
        }
        let Some(early) = self.early.take() else { return };
        early(&self::early(self.listed.clone(), &self.readings, self.members.clone(), self.knowledge));
    }
}

/// What the logs that were read so far give, of bundles that are only listed.
fn early<'a>(
    mut bundles: Vec<ReadBundle>,
    readings: impl IntoIterator<Item = &'a MemberReading>,
    members: Vec<Events>,
    knowledge: &Knowledge,
) -> Analysis {
    for reading in readings {
        let members = bundles.iter_mut().flat_map(|bundle| &mut bundle.members);
        if let Some(read) = members.into_iter().find(|read| read.member.id == reading.member) {
            read.reading = Some(reading.clone());
        }
    }
    let timeline = timeline::build(members, &knowledge.processes);
    let index = Index::new(&timeline, Devices::default(), knowledge);
    let mut analysis = Analysis { bundles, timeline, index, ..Analysis::default() };
    analysis.put_in_order();
    analysis
}

impl Analysis {
    /// Silences between the parts of a log, and parts that cover the same time.
    fn note_order(&mut self, repeats: &BTreeMap<MemberId, Repeat>) {
        for bundle in &self.bundles {
            let parts: Vec<Part<'_>> = bundle
                .members
                .iter()
                .filter_map(|ReadMember { member, reading, .. }| {
                    let span = &reading.as_ref()?.span;
                    let first = repeats.get(&member.id).map_or(span.first, |repeat| repeat.new_from)?;
                    Some(Part { member, first, last: span.last? })
                })
                .collect();
            self.notices.extend(record::order(&parts));
        }
    }

    /// Copies of what was read before.
    fn note_repeats(&mut self, repeats: &BTreeMap<MemberId, Repeat>) {
        let originals: BTreeSet<MemberId> = repeats.values().map(|repeat| repeat.of).collect();
        let paths: BTreeMap<MemberId, String> = originals.into_iter().map(|id| (id, self.path(id))).collect();
        let several = self.bundles.len() > 1;
        for bundle in &mut self.bundles {
            for read in &mut bundle.members {
                let Some(repeat) = repeats.get(&read.member.id) else { continue };
                let id = if repeat.new_from.is_some() { "log_repeats_start" } else { "log_repeats" };
                let notice = Notice::new(id)
                    .with("path", path_in(&bundle.name, &read.member, several))
                    .with("other", &paths[&repeat.of])
                    .with("count", repeat.records)
                    .in_member(repeat.member);
                if repeat.new_from.is_none() {
                    read.reading = None;
                    read.unread = Some(notice.clone());
                }
                self.notices.push(notice);
            }
        }
    }

    /// Which files of configuration and status were understood, and why not.
    fn note_configuration(&mut self, told: &[Notice]) {
        let why: BTreeMap<MemberId, &Notice> =
            told.iter().filter_map(|notice| Some((notice.member?, notice))).collect();
        for read in self.bundles.iter_mut().flat_map(|bundle| &mut bundle.members) {
            if read.unread.is_none()
                && matches!(read.member.kind, MemberKind::Configuration | MemberKind::DiagnosticText)
            {
                read.unread = why.get(&read.member.id).copied().cloned();
                // The others say that the whole file is of no use.
                read.understood = read
                    .unread
                    .as_ref()
                    .is_none_or(|notice| notice.id.starts_with("member_") || notice.id == "configuration_too_large");
            }
        }
    }

    /// How each capture was read, and whether its clock could be joined with the log's.
    fn note_captures(&mut self, told: &[Notice]) {
        for file in &self.capture.files {
            let partly = told.iter().find(|notice| notice.member == Some(file.member)).cloned();
            let members = self.bundles.iter_mut().flat_map(|bundle| &mut bundle.members);
            let Some(read) = members.into_iter().find(|read| read.member.id == file.member) else { continue };
            read.unread = read.unread.take().or(partly);
            read.understood = file.packets > 0;
            let id = match (file.conversations, file.difference) {
                (0, _) => "capture_without_tls",
                (_, Some(_)) => "capture_joined",
                (_, None) => "capture_unjoined",
            };
            let notice = Notice::new(id)
                .with("path", &read.member.path)
                .with("packets", file.packets)
                .with("connections", file.conversations)
                .with("zone", file.difference.map(capture::zone_text).unwrap_or_default());
            self.notices.push(notice.in_member(file.member));
        }
    }

    /// Which bundles tell of the same device: those that name it alike; without a name, those that follow each other.
    fn devices(&self) -> Devices {
        let mut known: Vec<(BTreeSet<String>, Vec<timeline::TimeWindow>)> = Vec::new();
        let mut devices = Devices::default();
        for bundle in &self.bundles {
            let members: BTreeSet<MemberId> = bundle.members.iter().map(|read| read.member.id).collect();
            let spans =
                bundle.members.iter().filter_map(|read| read.reading.as_ref()).filter_map(|reading| {
                    Some(timeline::TimeWindow { from: reading.span.first?, to: reading.span.last? })
                });
            let spans: Vec<timeline::TimeWindow> = spans.collect();
            if spans.is_empty() {
                continue;
            }
            let events = self.timeline.events.iter().filter(|event| members.contains(&event.provenance.member));
            let names: BTreeSet<String> = events.filter_map(timeline::device::host_name).collect();
            let position = known.iter().position(|(known_names, known_spans)| {
                if names.is_empty() || known_names.is_empty() {
                    !known_spans.iter().any(|known| spans.iter().any(|span| known.overlaps(*span)))
                } else {
                    !names.is_disjoint(known_names)
                }
            });
            let position = position.unwrap_or(known.len());
            if position == known.len() {
                known.push((names, spans));
            } else {
                known[position].0.extend(names);
                known[position].1.extend(spans);
            }
            devices.of.extend(members.into_iter().map(|member| (member, position)));
        }
        devices.count = known.len();
        devices
    }

    /// Logs in the order of their records, everything else as the archive has it.
    fn put_in_order(&mut self) {
        for bundle in &mut self.bundles {
            bundle.members.sort_by_key(|read| {
                let first = read.reading.as_ref().and_then(|reading| reading.span.first);
                (first.is_none(), first)
            });
        }
    }

    /// What the bundles hold, or lack, altogether.
    fn note_contents(&mut self) {
        let members = || self.bundles.iter().flat_map(|bundle| &bundle.members);
        let has_log = members().any(|read| read.reading.is_some());
        let has_secret = members().any(|read| read.member.kind == MemberKind::Secret);
        if !has_log {
            self.notices.push(Notice::new("no_client_log"));
        }
        if has_secret {
            self.notices.push(Notice::new("secret_in_bundle"));
        }
        let coverage = &self.timeline.coverage;
        if let Some(span) = coverage.span.filter(|_| coverage.days.len() > 1) {
            let notice = Notice::new("log_days").with("count", coverage.days.len());
            self.notices.push(notice.with("first", span.from.to_second()).with("last", span.to.to_second()));
        }
    }
}

fn path_in(bundle: &str, member: &Member, several: bool) -> String {
    if several && bundle != member.path { format!("{bundle}!/{}", member.path) } else { member.path.clone() }
}

fn joined(bundle: &Bundle, readings: Vec<MemberReading>) -> ReadBundle {
    let mut readings: BTreeMap<MemberId, MemberReading> =
        readings.into_iter().map(|reading| (reading.member, reading)).collect();
    let members = bundle
        .members
        .iter()
        .map(|member| ReadMember {
            reading: readings.remove(&member.id),
            understood: false,
            unread: bundle.unread(member.id),
            member: member.clone(),
        })
        .collect();
    ReadBundle { name: bundle.name.clone(), members }
}

/// How far a member was read: `whole`, `partly` or `not`, and why it was not read whole.
#[must_use]
pub fn extent(read: &ReadMember) -> (&'static str, Option<&Notice>) {
    match (&read.reading, &read.unread) {
        (Some(reading), _) => match &reading.read {
            Extent::Whole => ("whole", None),
            Extent::Partly(notice) => ("partly", Some(notice)),
            Extent::Not(notice) => ("not", Some(notice)),
        },
        (None, Some(notice)) => (if read.understood { "partly" } else { "not" }, Some(notice)),
        (None, None) => (if read.understood { "whole" } else { "not" }, None),
    }
}

/// Fetches the log lines at `wanted` by a second pass over the members concerned.
pub fn lines(bundles: &mut [Bundle], wanted: &BTreeMap<MemberId, BTreeSet<u32>>) -> BTreeMap<(MemberId, u32), String> {
    bundles.iter_mut().flat_map(|bundle| record::lines(bundle, wanted)).collect()
}
