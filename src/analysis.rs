//! Runs the line once over the bundles and keeps what the report is made of, so that another time or language needs no second reading.

use std::collections::{BTreeMap, BTreeSet};

use crate::bundle::{Bundle, Extent, Member, MemberKind};
use crate::configuration::{self, Configuration};
use crate::event::Events;
use crate::knowledge::Knowledge;
use crate::notice::Notice;
use crate::provenance::MemberId;
use crate::record::{self, MemberReading, Progress};
use crate::timeline::{self, Timeline};

/// Everything read from the bundles.
pub struct Analysis {
    pub bundles: Vec<ReadBundle>,
    pub timeline: Timeline,
    pub configuration: Configuration,
    pub notices: Vec<Notice>,
}

/// One bundle with what came of its members.
pub struct ReadBundle {
    pub name: String,
    pub members: Vec<ReadMember>,
}

pub struct ReadMember {
    pub member: Member,
    /// Logs only.
    pub reading: Option<MemberReading>,
    /// Why a member that could be of use was not read.
    pub unread: Option<Notice>,
}

impl Analysis {
    #[must_use]
    pub fn member(&self, id: MemberId) -> Option<&ReadMember> {
        self.bundles.iter().flat_map(|bundle| &bundle.members).find(|read| read.member.id == id)
    }

    /// The member's path, with the bundle's name in front where there are several bundles.
    #[must_use]
    pub fn path(&self, id: MemberId) -> String {
        let owner = self.bundles.iter().find(|bundle| bundle.members.iter().any(|read| read.member.id == id));
        match (self.member(id), owner) {
            (Some(read), Some(bundle)) if self.bundles.len() > 1 && bundle.name != read.member.path => {
                format!("{}!/{}", bundle.name, read.member.path)
            }
            (Some(read), _) => read.member.path.clone(),
            (None, _) => String::new(),
        }
    }
}

/// Reads all logs and configuration files of `bundles`. Never fails: what could not be read is told by notices.
pub fn analyze(bundles: &mut [Bundle], knowledge: &Knowledge, progress: &mut dyn FnMut(Progress)) -> Analysis {
    let mut members: Vec<Events> = Vec::new();
    let mut read_bundles = Vec::new();
    let mut notices = Vec::new();
    for bundle in bundles.iter_mut() {
        let mut by_member: BTreeMap<MemberId, Events> = BTreeMap::new();
        let reading = record::read(
            bundle,
            &mut |member, record| by_member.entry(member.id).or_default().interpret(&record, &knowledge.shapes),
            progress,
        );
        members.extend(by_member.into_values().map(|mut events| {
            events.finish();
            events
        }));
        notices.append(&mut bundle.notices.clone());
        notices.extend(reading.notices);
        read_bundles.push(joined(bundle, reading.members));
    }
    let logs = read_bundles.iter().flat_map(|bundle| &bundle.members).filter(|read| read.reading.is_some()).count();
    if logs == 0 {
        notices.push(Notice::new("no_client_log"));
    }
    if read_bundles.iter().flat_map(|bundle| &bundle.members).any(|read| read.member.kind == MemberKind::Secret) {
        notices.push(Notice::new("secret_in_bundle"));
    }
    let (configuration, told) = configuration::read(bundles);
    notices.extend(told);
    let timeline = timeline::build(members, &knowledge.processes);
    Analysis { bundles: read_bundles, timeline, configuration, notices }
}

fn joined(bundle: &Bundle, readings: Vec<MemberReading>) -> ReadBundle {
    let mut readings: BTreeMap<MemberId, MemberReading> =
        readings.into_iter().map(|reading| (reading.member, reading)).collect();
    let members = bundle
        .members
        .iter()
        .map(|member| ReadMember {
            reading: readings.remove(&member.id),
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
        (None, notice) => ("not", notice.as_ref()),
    }
}

/// Fetches the log lines at `wanted` by a second pass over the members concerned.
pub fn lines(bundles: &mut [Bundle], wanted: &BTreeMap<MemberId, BTreeSet<u32>>) -> BTreeMap<(MemberId, u32), String> {
    bundles.iter_mut().flat_map(|bundle| record::lines(bundle, wanted)).collect()
}
