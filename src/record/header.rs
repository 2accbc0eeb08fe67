//! The fixed head of a record, on bytes: `2024/04/28 11:02:28.409 stAgentSvc p17fc tb44 info tunnel.cpp:878 `.
//!
//! Written by hand because it runs once per line of a log of gigabytes: no allocation, and the date is only computed
//! when it differs from that of the line before. The private access log has a grammar of its own, see [`private`].
//! Stops at the message; its tag cannot be told from its text by grammar.

use std::ops::Range;

use jiff::civil::Date;
use memchr::memchr;

use super::Level;
use super::time::{HOUR, MINUTE, SECOND, Timestamp};

/// No header is longer than this many bytes. What is longer is text, however much it looks like a header; so a reader
/// that has this many bytes of a line at hand never decides differently when more arrive.
pub(super) const LONGEST: usize = 512;

/// Words that the process column may hold: `stAgentSvc`, `Netskope Client Helper`.
const PROCESS_WORDS: usize = 4;

/// Where the fields lie, in bytes from the start of the header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) at: Timestamp,
    pub(super) process: Range<usize>,
    pub(super) process_id: Range<usize>,
    pub(super) thread_id: Range<usize>,
    pub(super) level: Level,
    pub(super) source_file: Range<usize>,
    pub(super) source_line: u32,
    pub(super) message: usize,
}

/// What stands at the start of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Head {
    Record(Header),
    /// A time stamp as of a record, but the rest of the header is unknown.
    Unrecognised,
    /// Anything else: it continues the record above.
    Text,
}

/// Midnight of the date last seen: almost every line of a log repeats it.
#[derive(Clone, Debug, Default)]
pub(super) struct Calendar {
    date: [u8; 10],
    midnight: Option<i64>,
}

impl Calendar {
    /// `YYYY/MM/DD` or `YYYY-MM-DD`; the separator is the caller's business. `None` for a date that no calendar has.
    fn midnight(&mut self, date: &[u8; 10]) -> Option<i64> {
        if *date != self.date {
            self.date = *date;
            self.midnight = midnight_of(date);
        }
        self.midnight
    }
}

fn midnight_of(date: &[u8; 10]) -> Option<i64> {
    let year = two_digits(&date[..2])? * 100 + two_digits(&date[2..4])?;
    let (month, day) = (two_digits(&date[5..7])?, two_digits(&date[8..])?);
    let date = Date::new(year.try_into().ok()?, month.try_into().ok()?, day.try_into().ok()?).ok()?;
    Some(Timestamp::from_civil(date.at(0, 0, 0, 0)).0)
}

/// Reads the head of `line`. `whole` says that `line` ends where the line ends, not where the bytes at hand end.
pub(super) fn head(line: &[u8], whole: bool, calendar: &mut Calendar) -> Head {
    let (line, whole) = bounded(line, whole);
    match line.first() {
        Some(b'0'..=b'9') => match time(line, b'/', calendar) {
            None => Head::Text,
            Some((at, after)) => client(line, at, after, whole).map_or(Head::Unrecognised, Head::Record),
        },
        Some(b'[') => private(line, calendar).map_or(Head::Text, Head::Record),
        _ => Head::Text,
    }
}

/// The first whole header of a client log inside `line`, from `from` on and starting before `until`: mail clients join
/// lines, and files of the old Macintosh end lines by CR alone.
pub(super) fn embedded(
    line: &[u8],
    from: usize,
    until: usize,
    whole: bool,
    calendar: &mut Calendar,
) -> Option<(usize, Header)> {
    // The first slash of a date is its fifth byte.
    let mut slash = from + 4;
    let last = (until + 4).min(line.len());
    while slash < last {
        slash += memchr(b'/', &line[slash..last])?;
        let start = slash - 4;
        if line.get(slash + 3) == Some(&b'/') && line[start].is_ascii_digit() {
            let (rest, whole) = bounded(&line[start..], whole);
            if let Some((at, after)) = time(rest, b'/', calendar)
                && let Some(header) = client(rest, at, after, whole)
            {
                return Some((start, header));
            }
        }
        slash += 1;
    }
    None
}

/// Whether `text` holds a whole header of either grammar at a line start, or one of a client log anywhere.
pub(crate) fn found_in(text: &[u8]) -> Option<Grammar> {
    let mut calendar = Calendar::default();
    for line in text.split(|byte| *byte == b'\n') {
        if line.first() == Some(&b'[') && private(bounded(line, true).0, &mut calendar).is_some() {
            return Some(Grammar::PrivateAccess);
        }
        if embedded(line, 0, line.len(), true, &mut calendar).is_some() {
            return Some(Grammar::Client);
        }
    }
    None
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Grammar {
    Client,
    PrivateAccess,
}

fn bounded(line: &[u8], whole: bool) -> (&[u8], bool) {
    if line.len() > LONGEST { (&line[..LONGEST], false) } else { (line, whole) }
}

/// `YYYY/MM/DD HH:MM:SS[.fraction]` at the start of `line`, and where it ends.
fn time(line: &[u8], separator: u8, calendar: &mut Calendar) -> Option<(Timestamp, usize)> {
    if line.len() < 19 || line[4] != separator || line[7] != separator || !matches!(line[10], b' ' | b'T') {
        return None;
    }
    let midnight = calendar.midnight(line.first_chunk()?)?;
    if line[13] != b':' || line[16] != b':' {
        return None;
    }
    let (hour, minute, second) = (two_digits(&line[11..13])?, two_digits(&line[14..16])?, two_digits(&line[17..19])?);
    // 60 is a leap second.
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let mut after = 19;
    let mut fraction = 0;
    if matches!(line.get(19), Some(b'.' | b',')) {
        let digits = line[20..].iter().take(10).take_while(|byte| byte.is_ascii_digit()).count();
        if !(1..=9).contains(&digits) {
            return None;
        }
        for place in 0..6 {
            let digit = if place < digits { line[20 + place] - b'0' } else { 0 };
            fraction = fraction * 10 + i64::from(digit);
        }
        after = 20 + digits;
    }
    Some((Timestamp(midnight + hour * HOUR + minute * MINUTE + second * SECOND + fraction), after))
}

fn two_digits(digits: &[u8]) -> Option<i64> {
    let &[tens, ones] = digits else { return None };
    (tens.is_ascii_digit() && ones.is_ascii_digit()).then(|| i64::from((tens - b'0') * 10 + (ones - b'0')))
}

/// Everything behind the time: process, `p` and `t` numbers, level, `file:line`.
fn client(line: &[u8], at: Timestamp, after: usize, whole: bool) -> Option<Header> {
    let mut words = Words { line, position: after };
    let process_start = words.next_word()?.start;
    let mut process_end = words.position;
    let mut process_id = None;
    for _ in 0..PROCESS_WORDS {
        let word = words.next_word()?;
        if is_number(&line[word.clone()], b'p') {
            process_id = Some(word);
            break;
        }
        process_end = word.end;
    }
    let process_id = process_id?;
    let thread_id = words.next_word().filter(|word| is_number(&line[word.clone()], b't'))?;
    let level_word = words.next_word()?;
    let level = level(&line[level_word])?;
    let source = words.next_word()?;
    let (file, number) = source_place(&line[source.clone()])?;
    // At the end of the bytes at hand the number may go on.
    if source.end == line.len() && !whole {
        return None;
    }
    let message = source.end + blanks(&line[source.end..]);
    Some(Header {
        at,
        process: process_start..process_end,
        process_id: process_id.start + 1..process_id.end,
        thread_id: thread_id.start + 1..thread_id.end,
        level,
        source_file: source.start..source.start + file,
        source_line: number,
        message,
    })
}

struct Words<'a> {
    line: &'a [u8],
    position: usize,
}

impl Words<'_> {
    /// The next run of bytes between blanks; at least one blank must stand before it.
    fn next_word(&mut self) -> Option<Range<usize>> {
        let rest = self.line.get(self.position..)?;
        let blanks = blanks(rest);
        let word = &rest[blanks..];
        // One comparison settles most bytes.
        let ends = |byte: &u8| *byte <= b' ' && matches!(byte, b' ' | b'\t' | b'\r');
        let length = word.iter().position(ends).unwrap_or(word.len());
        if blanks == 0 || length == 0 {
            return None;
        }
        let start = self.position + blanks;
        self.position = start + length;
        Some(start..self.position)
    }
}

/// How many blanks stand at the start.
fn blanks(text: &[u8]) -> usize {
    text.iter().position(|byte| !matches!(byte, b' ' | b'\t')).unwrap_or(text.len())
}

/// `p17fc`, `t24651`: the letter, then hexadecimal or decimal digits.
fn is_number(word: &[u8], letter: u8) -> bool {
    matches!(word, [first, digits @ ..] if *first == letter && !digits.is_empty() && digits.iter().all(u8::is_ascii_hexdigit))
}

/// Numbers until about 2020, names since. `None` when the word can be no level.
fn level(word: &[u8]) -> Option<Level> {
    Some(match word {
        b"info" | b"4" => Level::Info,
        b"debug" | b"5" => Level::Debug,
        b"warning" | b"warn" | b"3" => Level::Warning,
        b"error" | b"err" | b"2" => Level::Error,
        b"critical" | b"crit" | b"1" => Level::Critical,
        [b'0'..=b'9'] => Level::Unknown,
        _ if word.iter().all(u8::is_ascii_alphabetic) => match word.to_ascii_lowercase().as_slice() {
            b"info" | b"information" | b"notice" => Level::Info,
            b"debug" | b"trace" | b"verbose" | b"dump" => Level::Debug,
            b"warning" | b"warn" => Level::Warning,
            b"error" | b"err" => Level::Error,
            b"critical" | b"crit" | b"fatal" => Level::Critical,
            _ => Level::Unknown,
        },
        _ => return None,
    })
}

/// `tunnel.cpp:878` → length of the file name, number.
fn source_place(word: &[u8]) -> Option<(usize, u32)> {
    let colon = memchr(b':', word).filter(|colon| *colon > 0)?;
    decimal(&word[colon + 1..]).map(|number| (colon, number))
}

fn decimal(digits: &[u8]) -> Option<u32> {
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    // A number that no compiler would write still marks a record.
    Some(digits.iter().fold(0_u32, |number, digit| number.saturating_mul(10).saturating_add(u32::from(digit - b'0'))))
}

/// `[<host>:YYYY-MM-DD HH:MM:SS.ffffff +HH:MM] … [err] … <file>.cpp:<n>:<function>(): message`.
///
/// The wall clock is taken as it stands, since the other logs of the device have nothing else. Process and numbers are
/// not written there and stay empty; without a place in the source the message is all that follows the bracket.
fn private(line: &[u8], calendar: &mut Calendar) -> Option<Header> {
    let bracket = memchr(b']', line)?;
    let (at, _) = (1..bracket.saturating_sub(19))
        .filter(|start| line[start - 1] == b':' || *start == 1)
        .find_map(|start| time(&line[start..bracket], b'-', calendar))?;
    let mut found = Level::Unknown;
    let mut source = None;
    let mut words = Words { line, position: bracket + 1 };
    // The bracket may touch what follows it.
    if line.get(bracket + 1).is_some_and(|byte| !matches!(byte, b' ' | b'\t')) {
        words.position = bracket + 1;
        found = bracketed_level(&line[bracket + 1..]).unwrap_or(found);
    }
    while let Some(word) = words.next_word() {
        if found == Level::Unknown
            && let Some(level) = bracketed_level(&line[word.clone()])
        {
            found = level;
            continue;
        }
        let text = &line[word.clone()];
        if let Some(first) = memchr(b':', text)
            && let Some(second) = memchr(b':', &text[first + 1..])
            && let Some(number) = decimal(&text[first + 1..first + 1 + second])
            && first > 0
        {
            source = Some((word.start..word.start + first, number, word.start + first + 1 + second + 1));
            break;
        }
    }
    let (source_file, source_line, function) = source.unwrap_or((0..0, 0, bracket + 1));
    let rest = &line[function..];
    let message = match memchr::memmem::find(rest, b"(): ") {
        Some(end) if source_line > 0 => function + end + 4,
        _ => function + blanks(rest),
    };
    Some(Header {
        at,
        process: 0..0,
        process_id: 0..0,
        thread_id: 0..0,
        level: found,
        source_file,
        source_line,
        message,
    })
}

fn bracketed_level(word: &[u8]) -> Option<Level> {
    let inner = word.strip_prefix(b"[")?;
    let inner = &inner[..memchr(b']', inner)?];
    level(inner).filter(|level| *level != Level::Unknown && inner.len() > 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn read(line: &str) -> String {
        match head(line.as_bytes(), true, &mut Calendar::default()) {
            Head::Text => "text".into(),
            Head::Unrecognised => "unrecognised".into(),
            Head::Record(header) => {
                let field = |range: Range<usize>| &line[range];
                format!(
                    "{} | {} | {} | {} | {:?} | {} | {} | {}",
                    header.at,
                    field(header.process.clone()),
                    field(header.process_id.clone()),
                    field(header.thread_id.clone()),
                    header.level,
                    field(header.source_file.clone()),
                    header.source_line,
                    &line[header.message..]
                )
            }
        }
    }

    #[test]
    fn reads_every_variant_of_the_client_header() {
        for (line, expected) in [
            (
                "2024/04/28 11:02:28.409 stAgentSvc p17fc tb44 info tunnel.cpp:878 nsTunnel DTLS up",
                "2024-04-28T11:02:28.409000 | stAgentSvc | 17fc | b44 | Info | tunnel.cpp | 878 | nsTunnel DTLS up",
            ),
            (
                "2025/11/05 12:40:29.981215 stAgentNE p2469 t24651 debug Tunnel.mm:1148 nsTunnel TLS x",
                "2025-11-05T12:40:29.981215 | stAgentNE | 2469 | 24651 | Debug | Tunnel.mm | 1148 | nsTunnel TLS x",
            ),
            (
                "2019/10/14 11:40:49 nsclientlib p1244 t2980 2 A.java:372 downloader failed",
                "2019-10-14T11:40:49.000000 | nsclientlib | 1244 | 2980 | Error | A.java | 372 | downloader failed",
            ),
            (
                "2019/10/14 11:40:49.123456789\tNetskope Client  p1 tA WARN x.m:1",
                "2019-10-14T11:40:49.123456 | Netskope Client | 1 | A | Warning | x.m | 1 | ",
            ),
            (
                "2019/10/14 11:40:49.1 p1 p2 t3 9 main:1 x",
                "2019-10-14T11:40:49.100000 | p1 | 2 | 3 | Unknown | main | 1 | x",
            ),
        ] {
            assert_eq!(read(line), expected);
        }
    }

    #[test]
    fn refuses_what_only_resembles_a_header() {
        for line in [
            "2024/04/28 11:02:28.409 stAgentSvc p17fc tb44 info tunnel.cpp up",
            "2024/04/28 11:02:28.409 stAgentSvc 17fc tb44 info tunnel.cpp:1 up",
            "2024/04/28 11:02:28.409 nsTunnel DTLS disconnecting",
        ] {
            assert_eq!(read(line), "unrecognised", "{line}");
        }
        for line in [
            "",
            "  \"key\": 1",
            " 2024/04/28 11:02:28.409 stAgentSvc p17fc tb44 info tunnel.cpp:878 x",
            "2024/13/28 11:02:28.409 stAgentSvc p17fc tb44 info tunnel.cpp:878 x",
            "2023/02/29 11:02:28.409 stAgentSvc p17fc tb44 info tunnel.cpp:878 x",
            "2024/04/28 24:02:28.409 stAgentSvc p17fc tb44 info tunnel.cpp:878 x",
            "10:18:46  neClientTransportHandler.cpp:69   keepAlive fails",
        ] {
            assert_eq!(read(line), "text", "{line}");
        }
    }

    #[test]
    fn reads_the_private_access_log() {
        assert_eq!(
            read("[pc-1:2025-11-05 12:40:29.981215 +09:00] [77] [warning] policy.cpp:12:buildImpl(): Adding Host Rule"),
            "2025-11-05T12:40:29.981215 |  |  |  | Warning | policy.cpp | 12 | Adding Host Rule"
        );
        assert_eq!(
            read("[pc-1:2025-11-05 12:40:29.981215 +09:00] GW FQDN = gateway.example.com, IP = 192.0.2.1"),
            "2025-11-05T12:40:29.981215 |  |  |  | Unknown |  | 0 | GW FQDN = gateway.example.com, IP = 192.0.2.1"
        );
        assert_eq!(read("[2025] no"), "text");
    }

    #[test]
    fn finds_a_header_inside_a_line() {
        let line = b"> a/b 2024/01/01 no 2024/04/28 11:02:28.409 stAgentSvc p17fc tb44 info tunnel.cpp:878 x";
        let mut calendar = Calendar::default();
        let found = embedded(line, 0, line.len(), true, &mut calendar).map(|(start, _)| start);
        assert_eq!(found, Some(20));
        assert_eq!(embedded(line, 21, line.len(), true, &mut calendar), None);
        assert_eq!(found_in(line), Some(Grammar::Client));
    }
}
