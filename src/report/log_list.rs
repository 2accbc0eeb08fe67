//! The lines of all logs as one list in time order: filtered by level and source file, searched, asked for piece by piece.
//!
//! A search looks at one stretch of text at a time, so that whoever asked can change the question between two of them.

use std::collections::BTreeMap;

use regex::bytes::{Regex, RegexBuilder};
use serde::{Deserialize, Serialize};

use crate::analysis::Analysis;
use crate::bundle::text::shown;
use crate::incident::When;
use crate::provenance::Provenance;
use crate::record::time::Timestamp;
use crate::record::{Ledger, Level};
use crate::timeline::window::settle;

/// Which lines.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LogQuestion {
    /// As the report names levels; all without any.
    pub levels: Vec<String>,
    /// Names of source files; all without any.
    pub sources: Vec<String>,
    /// Case makes no difference to Latin letters.
    pub text: String,
    /// `text` is a regular expression.
    pub pattern: bool,
    /// Only the lines that hold it.
    pub only_matches: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogSelection {
    /// Lines that are listed.
    pub total: u32,
    /// Of them, those that hold the text.
    pub matches: u32,
    /// Matches in equal steps from the first line to the last; empty without any.
    pub map: Vec<u32>,
    /// Levels and source files with their counts over all lines, most frequent first.
    pub levels: Counts,
    pub sources: Counts,
    /// Lines beyond the limit of memory.
    pub left_out: u64,
    /// Why the expression could not be read.
    pub refused: Option<PatternRefusal>,
}

/// Pairs of a name and how often it occurs.
pub type Counts = Vec<(String, u64)>;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PatternRefusal {
    /// A class in brackets holds this character; only ASCII may stand there.
    InClass(char),
    /// What the parser of expressions says, over several lines.
    Unreadable(String),
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogRow {
    pub at: String,
    pub level: String,
    pub member: String,
    pub line: u32,
    pub text: String,
    /// Bytes of `text` before the first match, and of the match.
    pub found: Option<(u32, u32)>,
}

/// A place in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LogPlace {
    /// The first line at or after a time, written as for an incident.
    At(String),
    Line {
        member: String,
        line: u32,
    },
    /// The next match after a place, or the one before it, round the ends.
    Match {
        from: Option<u32>,
        backwards: bool,
    },
}

const MOST_ROWS: usize = 500;
const STEPS_OF_MAP: usize = 200;
/// More source files are found by the search.
const SHOWN_SOURCES: usize = 60;
/// A regular expression that needs more memory is refused.
const LARGEST_PATTERN: usize = 1 << 20;
/// Blocks that are searched at a time: some megabytes of text.
const BLOCKS_AT_A_TIME: usize = 24;
/// Bytes of a line that are listed; its very long rest is searched too.
const SHOWN: usize = 4096;

/// The lines that a question selects.
#[derive(Default)]
pub struct LogList {
    filter: Filter,
    search: Option<Regex>,
    only_matches: bool,
    /// By the number of the record.
    matched: Vec<bool>,
    next_block: usize,
    numbers: Vec<u32>,
    /// Positions in `numbers`.
    matches: Vec<u32>,
    pub selection: LogSelection,
}

impl LogList {
    /// Begins to select; the rows are there once [`LogList::go_on`] has nothing left to do.
    #[must_use]
    pub fn begin(ledger: &Ledger, question: &LogQuestion) -> Self {
        let (levels, sources) = counts(ledger);
        let mut selection = LogSelection { levels, sources, left_out: ledger.left_out, ..LogSelection::default() };
        let search = match compile(question) {
            Ok(search) => search,
            Err(refusal) => {
                selection.refused = Some(refusal);
                None
            }
        };
        let matched = if search.is_some() { vec![false; ledger.rows().len()] } else { Vec::new() };
        Self {
            filter: Filter::of(ledger, question),
            only_matches: question.only_matches && search.is_some(),
            search,
            matched,
            selection,
            ..Self::default()
        }
    }

    /// Searches some more. Blocks that were searched, and of how many, while there are any left.
    pub fn go_on(&mut self, ledger: &Ledger) -> Option<(usize, usize)> {
        if let Some(search) = &self.search {
            let until = ledger.blocks().min(self.next_block + BLOCKS_AT_A_TIME);
            for block in self.next_block..until {
                let wanted = |number: u32| self.filter.accepts(ledger, number);
                let matched = &mut self.matched;
                ledger.read_block(block, wanted, |number, text| matched[number as usize] = search.is_match(text));
            }
            self.next_block = until;
            if until < ledger.blocks() {
                return Some((until, ledger.blocks()));
            }
        }
        let is_match = |number: u32| self.matched.get(number as usize).copied().unwrap_or(false);
        let in_time = ledger.in_time().iter().copied();
        let listed =
            in_time.filter(|number| self.filter.accepts(ledger, *number) && (!self.only_matches || is_match(*number)));
        self.numbers = listed.collect();
        let positions = (0..).zip(&self.numbers);
        self.matches = positions.filter(|(_, number)| is_match(**number)).map(|(position, _)| position).collect();
        self.selection.total = self.numbers.len() as u32;
        self.selection.matches = self.matches.len() as u32;
        self.selection.map = map(&self.matches, self.numbers.len());
        None
    }

    #[must_use]
    pub fn rows(&self, ledger: &Ledger, analysis: &Analysis, first: usize, count: usize) -> Vec<LogRow> {
        let numbers: Vec<u32> = self.numbers.iter().skip(first).take(count.min(MOST_ROWS)).copied().collect();
        let mut by_block: BTreeMap<usize, Vec<u32>> = BTreeMap::new();
        for number in &numbers {
            by_block.entry(ledger.block_of(*number)).or_default().push(*number);
        }
        let mut rows: BTreeMap<u32, LogRow> = BTreeMap::new();
        for (block, numbers) in by_block {
            ledger.read_block(
                block,
                |number| numbers.contains(&number),
                |number, text| {
                    let row = ledger.rows()[number as usize];
                    let (text, found) = self.shown(text);
                    let row = LogRow {
                        at: row.at.to_string(),
                        level: row.level.id().to_owned(),
                        member: analysis.path(row.provenance.member),
                        line: row.provenance.line,
                        text,
                        found,
                    };
                    rows.insert(number, row);
                },
            );
        }
        numbers.iter().filter_map(|number| rows.remove(number)).collect()
    }

    /// Safe to show, with the first match.
    fn shown(&self, text: &[u8]) -> (String, Option<(u32, u32)>) {
        // A match of bytes may end inside a character.
        let begins = |place: &usize| text.get(*place).is_none_or(|byte| byte & 0xC0 != 0x80);
        let before = |place: usize| (0..=place).rev().find(begins).unwrap_or(0);
        let after = |place: usize| (place..=text.len()).find(begins).unwrap_or(text.len());
        let end = before(text.len().min(SHOWN));
        let found = self.search.as_ref().and_then(|search| search.find(text));
        let (from, to) =
            found.map_or((end, end), |found| (before(found.start()).min(end), after(found.end()).min(end)));
        let mut safe = shown(&text[..from], true);
        let start = safe.len();
        safe.push_str(&shown(&text[from..to], true));
        let length = safe.len() - start;
        safe.push_str(&shown(&text[to..end], true));
        if end < text.len() {
            safe.push('…');
        }
        (safe, found.map(|_| (start as u32, length as u32)))
    }

    /// The position of what is looked for, if it is listed.
    #[must_use]
    pub fn position(&self, ledger: &Ledger, analysis: &Analysis, place: &LogPlace) -> Option<u32> {
        match place {
            LogPlace::At(text) => {
                let at = moment(text, analysis)?;
                let after = self.numbers.partition_point(|number| ledger.rows()[*number as usize].at < at);
                Some((after as u32).min(self.selection.total.checked_sub(1)?))
            }
            LogPlace::Line { member, line } => {
                let members = analysis.bundles.iter().flat_map(|bundle| &bundle.members).map(|read| read.member.id);
                let member = members.into_iter().find(|id| analysis.path(*id) == *member)?;
                let wanted = Provenance { member, line: *line };
                let found = self.numbers.iter().position(|number| ledger.rows()[*number as usize].provenance == wanted);
                found.map(|position| position as u32)
            }
            LogPlace::Match { from, backwards } => self.next_match(*from, *backwards),
        }
    }

    fn next_match(&self, from: Option<u32>, backwards: bool) -> Option<u32> {
        let passed = |position: u32| self.matches.partition_point(|matched| *matched < position);
        let next = match (from, backwards) {
            (None, false) => 0,
            (Some(from), false) => passed(from.saturating_add(1)) % self.matches.len().max(1),
            (from, true) => {
                let before = from.map_or(0, passed);
                before.checked_sub(1).or(self.matches.len().checked_sub(1))?
            }
        };
        self.matches.get(next).copied()
    }
}

/// By level and by number of the source file.
#[derive(Default)]
struct Filter {
    levels: Vec<Level>,
    sources: Option<Vec<bool>>,
}

impl Filter {
    fn of(ledger: &Ledger, question: &LogQuestion) -> Self {
        let levels = Level::ALL.into_iter();
        Self {
            levels: levels.filter(|level| question.levels.iter().any(|id| id == level.id())).collect(),
            sources: (!question.sources.is_empty())
                .then(|| ledger.sources.iter().map(|source| question.sources.contains(source)).collect()),
        }
    }

    fn accepts(&self, ledger: &Ledger, number: u32) -> bool {
        let row = &ledger.rows()[number as usize];
        (self.levels.is_empty() || self.levels.contains(&row.level))
            && self.sources.as_ref().is_none_or(|wanted| wanted.get(usize::from(row.source)).copied().unwrap_or(false))
    }
}

fn moment(text: &str, analysis: &Analysis) -> Option<Timestamp> {
    let when = When::parse(text, None, Some("0s")).ok()?;
    Some(settle(when, &analysis.timeline.coverage)?.from)
}

/// Without the tables of Unicode, which the program does not carry: letters beyond ASCII are matched as their bytes.
fn compile(question: &LogQuestion) -> Result<Option<Regex>, PatternRefusal> {
    if question.text.is_empty() {
        return Ok(None);
    }
    let pattern = if question.pattern { question.text.clone() } else { regex::escape(&question.text) };
    let pattern = in_bytes(&pattern)?;
    let mut builder = RegexBuilder::new(&pattern);
    builder.unicode(false).case_insensitive(true).multi_line(true).size_limit(LARGEST_PATTERN);
    builder.build().map(Some).map_err(|error| PatternRefusal::Unreadable(error.to_string()))
}

/// Each character beyond ASCII as a group of its bytes.
fn in_bytes(pattern: &str) -> Result<String, PatternRefusal> {
    let mut bytes = String::with_capacity(pattern.len());
    let (mut escaped, mut in_class) = (false, false);
    for character in pattern.chars() {
        match character {
            _ if !character.is_ascii() && in_class => return Err(PatternRefusal::InClass(character)),
            _ if !character.is_ascii() => {
                // What is escaped needlessly stands for itself.
                if escaped {
                    bytes.pop();
                }
                let mut buffer = [0; 4];
                let encoded = character.encode_utf8(&mut buffer).bytes();
                bytes.push_str(&format!("(?:{})", encoded.map(|byte| format!("\\x{byte:02X}")).collect::<String>()));
            }
            character => {
                match character {
                    '[' if !escaped => in_class = true,
                    ']' if !escaped => in_class = false,
                    _ => {}
                }
                bytes.push(character);
            }
        }
        escaped = character == '\\' && !escaped;
    }
    Ok(bytes)
}

fn map(matches: &[u32], total: usize) -> Vec<u32> {
    let mut map = vec![0; if matches.is_empty() { 0 } else { STEPS_OF_MAP }];
    for matched in matches {
        // A million lines by two hundred steps is more than 32 bits hold.
        let step = u64::from(*matched) * STEPS_OF_MAP as u64 / total.max(1) as u64;
        map[step as usize] += 1;
    }
    map
}

fn counts(ledger: &Ledger) -> (Counts, Counts) {
    let mut levels = [0_u64; Level::ALL.len()];
    let mut sources = vec![0_u64; ledger.sources.len()];
    for row in ledger.rows() {
        levels[row.level as usize] += 1;
        if let Some(count) = sources.get_mut(usize::from(row.source)) {
            *count += 1;
        }
    }
    let levels = Level::ALL.iter().zip(levels).filter(|(_, count)| *count > 0);
    let levels = levels.map(|(level, count)| (level.id().to_owned(), count)).collect();
    let mut sources: Counts = ledger.sources.iter().cloned().zip(sources).collect();
    sources.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
    sources.truncate(SHOWN_SOURCES);
    (levels, sources)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;
    use crate::analysis::analyze;
    use crate::bundle::{Input, Limits, open};
    use crate::knowledge::Knowledge;
    use crate::provenance::MemberId;
    use crate::record::{Filling, Room};

    fn log(name: &str, lines: &[(u32, &str, &str, &str)]) -> (String, String) {
        let line = |(second, level, source, message): &(u32, &str, &str, &str)| {
            format!("2025/11/06 15:00:{second:02}.000 stAgentSvc p17fc tb44 {level} {source}:1 {message}\n")
        };
        (name.to_owned(), lines.iter().map(line).collect())
    }

    /// Two logs that interleave.
    fn logs() -> Vec<(String, String)> {
        let client = [
            (1, "info", "tunnel.cpp", "tunnel up"),
            (3, "error", "tunnel.cpp", "tunnel DOWN: 接続に失敗しました"),
            (5, "info", "config.cpp", "config [a] read"),
        ];
        let private =
            [(2, "info", "npa.cpp", "private tunnel"), (4, "warning", "npa.cpp", "slow\nHost: down.example.com")];
        vec![log("nsdebuglog.log", &client), log("npadebuglog.log", &private)]
    }

    struct Desk {
        analysis: Analysis,
        ledger: Ledger,
    }

    impl Desk {
        fn with(logs: Vec<(String, String)>) -> Self {
            let inputs = logs.into_iter();
            let inputs = inputs.map(|(name, text)| Input { name, source: Box::new(Cursor::new(text.into_bytes())) });
            let mut bundles = [open("logs", inputs.collect(), &Limits::default(), MemberId(0)).unwrap()];
            let analysis = analyze(&mut bundles, &Knowledge::built_in().unwrap(), &mut |_| {});
            let mut filling = Filling::new(&bundles, Room::default());
            let ledger = std::iter::repeat_with(|| filling.go_on(&mut bundles)).find_map(|ledger| ledger).unwrap();
            Self { analysis, ledger }
        }

        fn list(&self, question: &LogQuestion) -> LogList {
            let mut list = LogList::begin(&self.ledger, question);
            while list.go_on(&self.ledger).is_some() {}
            list
        }

        fn rows(&self, question: &LogQuestion) -> Vec<String> {
            let rows = self.list(question).rows(&self.ledger, &self.analysis, 0, 100);
            let row = |row: LogRow| {
                let end = row.text.split_once(":1 ").map(|(_, message)| message).unwrap_or_default();
                let found = row.found.map(|(start, length)| &row.text[start as usize..(start + length) as usize]);
                let found = found.map(|found| format!(" <{found}>")).unwrap_or_default();
                format!("{}:{} {} {end}{found}", row.member, row.line, row.level)
            };
            rows.into_iter().map(row).collect()
        }
    }

    fn searched(text: &str, pattern: bool) -> LogQuestion {
        LogQuestion { text: text.to_owned(), pattern, only_matches: true, ..LogQuestion::default() }
    }

    #[track_caller]
    fn check(question: &LogQuestion, expected: &[&str]) {
        assert_eq!(Desk::with(logs()).rows(question), expected);
    }

    #[test]
    fn lines_of_all_logs_stand_in_time_order() {
        check(
            &LogQuestion::default(),
            &[
                "nsdebuglog.log:1 info tunnel up",
                "npadebuglog.log:1 info private tunnel",
                "nsdebuglog.log:2 error tunnel DOWN: 接続に失敗しました",
                "npadebuglog.log:2 warning slow\nHost: down.example.com",
                "nsdebuglog.log:3 info config [a] read",
            ],
        );
    }

    #[test]
    fn levels_and_sources_are_chosen() {
        let levels = vec!["error".to_owned(), "warning".to_owned()];
        let question = LogQuestion { levels, ..LogQuestion::default() };
        let (error, warning) = (
            "nsdebuglog.log:2 error tunnel DOWN: 接続に失敗しました",
            "npadebuglog.log:2 warning slow\nHost: down.example.com",
        );
        check(&question, &[error, warning]);
        check(&LogQuestion { sources: vec!["npa.cpp".to_owned()], ..question }, &[warning]);
        check(&LogQuestion { sources: vec!["other.cpp".to_owned()], ..LogQuestion::default() }, &[]);
        let selection = Desk::with(logs()).list(&LogQuestion::default()).selection;
        let counts = |counts: &Counts| counts.iter().map(|(name, count)| format!("{name} {count}")).collect::<Vec<_>>();
        assert_eq!(counts(&selection.levels), ["error 1", "warning 1", "info 3"]);
        assert_eq!(counts(&selection.sources), ["npa.cpp 2", "tunnel.cpp 2", "config.cpp 1"]);
    }

    #[test]
    fn text_is_found_without_regard_to_case_in_any_script() {
        let error = "nsdebuglog.log:2 error tunnel DOWN: 接続に失敗しました";
        check(&searched("tunnel down", false), &[&format!("{error} <tunnel DOWN>")]);
        check(&searched("接続に失敗", false), &[&format!("{error} <接続に失敗>")]);
        check(&searched("down: 接.*失", true), &[&format!("{error} <DOWN: 接続に失>")]);
        check(&searched("config [A]", false), &["nsdebuglog.log:3 info config [a] read <config [a]>"]);
        check(&searched("^host: \\w+", true), &["npadebuglog.log:2 warning slow\nHost: down.example.com <Host: down>"]);
        // A match of bytes that ends inside a character shows the whole of it.
        check(&searched("DOWN: .", true), &[&format!("{error} <DOWN: 接>")]);
        check(&searched("nowhere", false), &[]);
    }

    #[test]
    fn what_cannot_be_searched_is_said() {
        let refused = |text| Desk::with(logs()).list(&searched(text, true)).selection;
        assert!(matches!(refused("(").refused, Some(PatternRefusal::Unreadable(_))));
        assert!(matches!(refused("\\p{Greek}").refused, Some(PatternRefusal::Unreadable(_))));
        assert!(matches!(refused("(a{1000}){1000}").refused, Some(PatternRefusal::Unreadable(_))));
        assert_eq!(refused("[あ-ん]").refused, Some(PatternRefusal::InClass('あ')));
        // The lines stay listed.
        assert_eq!((refused("(").total, refused("(").matches), (5, 0));
        assert_eq!(refused("[ab]あ").refused, None);
    }

    #[test]
    fn matches_are_walked_round_the_ends() {
        let desk = Desk::with(logs());
        let list = desk.list(&LogQuestion { only_matches: false, ..searched("tunnel", false) });
        let go = |from, backwards| list.position(&desk.ledger, &desk.analysis, &LogPlace::Match { from, backwards });
        assert_eq!((list.selection.total, list.selection.matches), (5, 3));
        assert_eq!([go(None, false), go(Some(0), false), go(Some(2), false)], [Some(0), Some(1), Some(0)]);
        assert_eq!([go(None, true), go(Some(0), true), go(Some(4), true)], [Some(2), Some(2), Some(2)]);
        let nothing = desk.list(&searched("nowhere", false));
        assert_eq!(nothing.next_match(None, false), None);
        assert_eq!(nothing.next_match(Some(3), true), None);
        let map = &list.selection.map;
        assert_eq!((map.len(), map.iter().sum::<u32>(), map[0], map[40], map[80]), (STEPS_OF_MAP, 3, 1, 1, 1));
    }

    #[test]
    fn times_and_lines_have_their_place() {
        let desk = Desk::with(logs());
        let list = desk.list(&LogQuestion::default());
        let at = |text: &str| list.position(&desk.ledger, &desk.analysis, &LogPlace::At(text.to_owned()));
        assert_eq!([at("15:00:03"), at("2025-11-06 15:00:04"), at("15:00")], [Some(2), Some(3), Some(0)]);
        assert_eq!([at("2026-01-01 00:00"), at("soon")], [Some(4), None]);
        let line = |member: &str, line| {
            list.position(&desk.ledger, &desk.analysis, &LogPlace::Line { member: member.to_owned(), line })
        };
        assert_eq!([line("npadebuglog.log", 2), line("npadebuglog.log", 9), line("x", 2)], [Some(3), None, None]);
    }

    #[test]
    fn a_long_log_is_searched_in_steps() {
        let lines: Vec<_> = (0..60_000)
            .map(|second| (second % 60, "info", "a.cpp", "a line of usual length, and so on and on"))
            .collect();
        let desk = Desk::with(vec![log("nsdebuglog.log", &lines)]);
        let mut list = LogList::begin(&desk.ledger, &searched("of usual", false));
        let blocks = desk.ledger.blocks();
        assert_eq!(list.go_on(&desk.ledger), (blocks > BLOCKS_AT_A_TIME).then_some((BLOCKS_AT_A_TIME, blocks)));
        while list.go_on(&desk.ledger).is_some() {}
        assert_eq!((list.selection.total, list.selection.matches), (60_000, 60_000));
        assert_eq!(list.rows(&desk.ledger, &desk.analysis, 59_990, 100).len(), 10);
        assert_eq!(list.rows(&desk.ledger, &desk.analysis, 0, 100_000).len(), MOST_ROWS);
    }

    #[test]
    fn a_very_long_line_is_cut_and_deceiving_characters_are_written_out() {
        let long = format!("a\u{202e}b{}end", "あ".repeat(3000));
        let desk = Desk::with(vec![log("nsdebuglog.log", &[(1, "info", "a.cpp", &long)])]);
        let rows = desk.list(&searched("あend", false)).rows(&desk.ledger, &desk.analysis, 0, 1);
        assert!(rows[0].text.contains("a\\u{202e}bあ") && rows[0].text.ends_with("あ…"), "{}", rows[0].text);
        assert!(rows[0].found.is_some_and(|(start, length)| length == 0 && start as usize <= rows[0].text.len()));
    }
}
