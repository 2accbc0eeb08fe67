//! The lines of the logs, for whoever wants to read them: taken from the bundles when they are first asked for, then
//! selected. Both in steps: an answer tells how far it is, and the page asks to go on, so that other questions come between.

use crate::analysis::Analysis;
use crate::bundle::Bundle;
use crate::record::{Filling, Ledger, Room};
use crate::report::log_list::{LogList, LogPlace, LogQuestion, LogRow};
use crate::web::inquiry::{Answer, LogStep};

#[derive(Default)]
pub(super) struct LogLines {
    filling: Option<Filling>,
    ledger: Option<Ledger>,
    asked: Option<LogQuestion>,
    selecting: Option<LogList>,
    /// What was selected last, wholly.
    list: LogList,
}

impl LogLines {
    /// Another question takes the place of one that is not answered yet.
    pub(super) fn ask(&mut self, question: LogQuestion, bundles: &mut [Bundle]) -> Answer {
        self.selecting = None;
        self.asked = Some(question);
        self.go_on(bundles)
    }

    pub(super) fn go_on(&mut self, bundles: &mut [Bundle]) -> Answer {
        let Some(ledger) = &self.ledger else {
            let filling = self.filling.get_or_insert_with(|| Filling::new(bundles, Room::default()));
            self.ledger = filling.go_on(bundles);
            let (done, of) = filling.progress();
            if self.ledger.is_some() {
                self.filling = None;
            }
            return Answer::LogUnderway(LogStep { searching: false, done, of });
        };
        if let Some(question) = self.asked.take() {
            self.selecting = Some(LogList::begin(ledger, &question));
        }
        if let Some(mut selecting) = self.selecting.take() {
            if let Some((done, of)) = selecting.go_on(ledger) {
                self.selecting = Some(selecting);
                return Answer::LogUnderway(LogStep { searching: true, done, of });
            }
            self.list = selecting;
        }
        Answer::Log(self.list.selection.clone())
    }

    pub(super) fn rows(&self, analysis: &Analysis, first: u32, count: u32) -> Vec<LogRow> {
        let ledger = self.ledger.as_ref();
        ledger.map(|ledger| self.list.rows(ledger, analysis, first as usize, count as usize)).unwrap_or_default()
    }

    pub(super) fn position(&self, analysis: &Analysis, place: &LogPlace) -> Option<u32> {
        self.list.position(self.ledger.as_ref()?, analysis, place)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;
    use crate::bundle::{Input, Limits, open};
    use crate::provenance::MemberId;

    #[test]
    fn reading_and_searching_take_steps_and_the_last_question_counts() {
        let log = "2025/11/06 15:00:01.000 stAgentSvc p1 t1 info a.cpp:1 nsTunnel up\n";
        let inputs = ["nsdebuglog.log", "npadebuglog.log"].map(|name| {
            let text = log.replace("up", name);
            Input { name: name.to_owned(), source: Box::new(Cursor::new(text.into_bytes())) }
        });
        let mut bundles = [open("logs", inputs.into(), &Limits::default(), MemberId(0)).unwrap()];
        let mut lines = LogLines::default();
        let question = |text: &str| LogQuestion { text: text.to_owned(), ..LogQuestion::default() };
        let step = |done| Answer::LogUnderway(LogStep { searching: false, done, of: 2 });
        assert_eq!(lines.ask(question("npa"), &mut bundles), step(1));
        assert_eq!(lines.ask(question("ns"), &mut bundles), step(2));
        assert!(lines.rows(&Analysis::default(), 0, 9).is_empty());
        let Answer::Log(selection) = lines.go_on(&mut bundles) else { panic!("not selected") };
        assert_eq!((selection.total, selection.matches), (2, 2));
        let Answer::Log(selection) = lines.ask(question("npa"), &mut bundles) else { panic!("not selected") };
        assert_eq!((selection.total, selection.matches), (2, 1));
        assert_eq!(lines.rows(&Analysis::default(), 0, 9).len(), 2);
    }
}
