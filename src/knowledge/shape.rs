//! Message shapes: templates that read like the log line and name its fields.
//!
//! `… process: {process} to host: {host}, addr: {destination} to nsProxy` compiles to literals that are searched in
//! order; what lies between them are the fields. Rules of a template:
//!
//! - its start may lie anywhere in the message (tags vary), unless it opens with `^`;
//! - it ends with the message, unless its last part is a field, which then takes the rest;
//! - `{name}` takes the shortest text up to the next literal, blanks trimmed; it may be empty;
//! - `{name:TLS|DTLS}` takes one of the listed words; `{}` takes anything and keeps nothing.
//!
//! The few shapes that need one use a regular expression with named groups (`pattern`) and `literals`, of which every
//! message that it matches holds one. So literals decide first, and the rest is tried on what they leave: the shapes at
//! the start of the catalogue, which most lines of a log have, by a search for each text that several of them share; all
//! others by one search for all their literals.
//! Stops at named fields: what they mean is the business of `event`.

use std::ops::Range;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use memchr::{memchr, memmem};
use serde::Deserialize;

use super::catalogue::KnowledgeError;
use super::event_kind::EventKind;

/// All shapes, in the order in which they are tried: a more specific shape stands before a more general one.
pub struct Shapes {
    all: Vec<Shape>,
    leads: Vec<Lead>,
    anchors: AhoCorasick,
    /// The shape of each literal in `anchors`.
    anchored: Vec<usize>,
}

/// Neighbours in the catalogue that share a literal.
struct Lead {
    literal: memmem::Finder<'static>,
    shapes: Range<usize>,
}

/// One message shape as its data file tells it.
#[derive(Clone, Debug)]
pub struct Shape {
    pub name: String,
    pub event: EventKind,
    /// Fields that the shape implies without the message saying so (`decision = "tunnel"`).
    pub set: Vec<(String, String)>,
    /// How well the shape is known: `R` seen with its header, `F` seen as a fragment, `P` from a parser, `V` from documentation.
    pub grade: String,
    pub sample: String,
    /// Fields that the sample must give.
    pub expect: Vec<(String, String)>,
    pub reference: String,
    /// Fields that the message gives.
    names: Vec<String>,
    matcher: Matcher,
}

#[derive(Clone, Debug)]
enum Matcher {
    Template(Template),
    Pattern { regex: regex::bytes::Regex, literals: Vec<String> },
}

#[derive(Clone, Debug)]
struct Template {
    at_start: bool,
    parts: Vec<Part>,
}

#[derive(Clone, Debug)]
enum Part {
    Literal(String),
    /// An empty name keeps nothing; empty choices allow any text.
    Field {
        name: String,
        choices: Vec<String>,
    },
}

/// Where a field's value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot {
    /// From the message: position among the names of the shape.
    Read(usize),
    /// From what the shape sets.
    Set(usize),
}

impl Shape {
    /// Where the value of the field `name` comes from: the message before what the shape sets.
    #[must_use]
    pub fn slot(&self, name: &str) -> Option<Slot> {
        let read = self.names.iter().position(|field| field == name).map(Slot::Read);
        read.or_else(|| self.set.iter().position(|(field, _)| field == name).map(Slot::Set))
    }

    /// What the shape sets for the field `name`, whatever the message.
    #[must_use]
    pub fn always(&self, name: &str) -> Option<&str> {
        match self.slot(name)? {
            Slot::Set(position) => Some(&self.set[position].1),
            Slot::Read(_) => None,
        }
    }
}

/// More fields no shape may have: they are kept without an allocation.
const FIELD_LIMIT: usize = 8;

/// Texts of the fields, in the order of the shape's names.
type Values<'m> = [&'m [u8]; FIELD_LIMIT];

/// A matched shape with its fields, borrowed from the message.
#[derive(Debug)]
pub struct Match<'s, 'm> {
    /// Position of the shape in the catalogue.
    pub index: usize,
    pub shape: &'s Shape,
    values: Values<'m>,
}

impl<'m, 's: 'm> Match<'s, 'm> {
    /// A field of the message, or what the shape sets; `None` if neither names it or the text is empty.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&'m [u8]> {
        self.value(self.shape.slot(name)?)
    }

    /// The value at a place that [`Shape::slot`] of this shape gave; `None` if it is empty.
    #[must_use]
    pub fn value(&self, slot: Slot) -> Option<&'m [u8]> {
        let value = match slot {
            Slot::Read(position) => self.values.get(position).copied(),
            Slot::Set(position) => self.shape.set.get(position).map(|(_, value)| value.as_bytes()),
        };
        value.filter(|value| !value.is_empty())
    }

    /// Every field with a value, those of the message first.
    pub fn fields(&self) -> impl Iterator<Item = (&'s str, &'m [u8])> {
        let read = self.shape.names.iter().map(String::as_str).zip(self.values);
        let set = self.shape.set.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
        read.chain(set).filter(|(_, value)| !value.is_empty())
    }
}

/// Many times what the client is known to write; keeps the search free of allocations.
const SHAPE_LIMIT: usize = 1024;
/// Texts that are searched for one after the other, before all others are in one go.
const LEADS: usize = 12;
/// A shorter text stands in too many messages to lead.
const LEADING: usize = 6;

impl Shapes {
    /// Reads data files of `[[message]]` tables; files and tables keep their order.
    pub fn parse<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, KnowledgeError> {
        let mut shapes = Vec::new();
        for (file, text) in files {
            shapes.extend(parse_file(file, text)?);
        }
        Self::build(shapes)
    }

    /// The same catalogue with the shapes of one more file tried first, so that an addition can refine a built-in shape.
    pub fn extended(&self, file: &str, text: &str) -> Result<Self, KnowledgeError> {
        let mut shapes = parse_file(file, text)?;
        shapes.extend(self.all.iter().cloned());
        Self::build(shapes)
    }

    /// The first shape, in catalogue order, that `message` has.
    #[must_use]
    pub fn find<'m, 's: 'm>(&'s self, message: &'m [u8]) -> Option<Match<'s, 'm>> {
        for lead in &self.leads {
            if let Some(position) = lead.literal.find(message)
                && let Some(found) = lead.shapes.clone().find_map(|index| self.has(index, message, position))
            {
                return Some(found);
            }
        }
        // One bit a shape: set bits in ascending order are the candidates in catalogue order.
        let mut candidates = [0_u64; SHAPE_LIMIT / 64];
        for found in self.anchors.find_overlapping_iter(message) {
            let index = self.anchored[found.pattern().as_usize()];
            candidates[index / 64] |= 1 << (index % 64);
        }
        candidates.iter().enumerate().find_map(|(word, bits)| {
            let mut bits = *bits;
            while bits != 0 {
                let index = word * 64 + bits.trailing_zeros() as usize;
                bits &= bits - 1;
                if let Some(found) = self.has(index, message, 0) {
                    return Some(found);
                }
            }
            None
        })
    }

    /// Whether `message`, in which the first literal of a template does not stand before `from`, has this shape.
    fn has<'m, 's: 'm>(&'s self, index: usize, message: &'m [u8], from: usize) -> Option<Match<'s, 'm>> {
        let shape = &self.all[index];
        let values = shape.matcher.values(message, from)?;
        Some(Match { index, shape, values })
    }

    #[must_use]
    pub fn all(&self) -> &[Shape] {
        &self.all
    }

    fn build(shapes: Vec<Shape>) -> Result<Self, KnowledgeError> {
        if shapes.len() > SHAPE_LIMIT {
            return Err(KnowledgeError::in_file("message shapes", format!("more than {SHAPE_LIMIT} of them")));
        }
        let leads = leads(&shapes);
        let led = leads.last().map_or(0, |lead| lead.shapes.end);
        let literals: Vec<(usize, &str)> = (shapes.iter().enumerate().skip(led))
            .flat_map(|(index, shape)| shape.matcher.literals().into_iter().map(move |literal| (index, literal)))
            .collect();
        let anchors = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::Standard)
            .kind(Some(AhoCorasickKind::DFA))
            .build(literals.iter().map(|(_, literal)| literal))
            .map_err(|error| KnowledgeError::in_file("message shapes", error))?;
        let anchored = literals.into_iter().map(|(index, _)| index).collect();
        Ok(Self { all: shapes, leads, anchors, anchored })
    }
}

/// The first shapes, joined by the text they begin with, up to one that begins with a field or is a pattern.
fn leads(shapes: &[Shape]) -> Vec<Lead> {
    let mut leads: Vec<Lead> = Vec::new();
    for (index, shape) in shapes.iter().enumerate() {
        let Some(literal) = shape.matcher.leading() else { break };
        if let Some(last) = leads.last_mut().filter(|last| last.literal.needle() == literal) {
            last.shapes.end = index + 1;
            continue;
        }
        if leads.len() == LEADS {
            break;
        }
        leads.push(Lead { literal: memmem::Finder::new(literal).into_owned(), shapes: index..index + 1 });
    }
    leads
}

impl Matcher {
    /// Every matching message holds one of these texts, in upper or lower case.
    fn literals(&self) -> Vec<&str> {
        match self {
            Self::Pattern { literals, .. } => literals.iter().map(String::as_str).collect(),
            Self::Template(template) => template.literals().max_by_key(|literal| literal.len()).into_iter().collect(),
        }
    }

    /// The text that opens a template, where it is long enough to lead.
    fn leading(&self) -> Option<&[u8]> {
        match self {
            Self::Template(Template { parts, .. }) => match parts.first() {
                Some(Part::Literal(literal)) if literal.len() >= LEADING => Some(literal.as_bytes()),
                _ => None,
            },
            Self::Pattern { .. } => None,
        }
    }

    /// The names of the fields, in the order in which [`Self::values`] gives their texts.
    fn names(&self) -> Vec<String> {
        match self {
            Self::Template(template) => {
                let names = template.parts.iter().filter_map(|part| match part {
                    Part::Field { name, .. } if !name.is_empty() => Some(name.clone()),
                    _ => None,
                });
                names.collect()
            }
            Self::Pattern { regex, .. } => regex.capture_names().flatten().map(str::to_owned).collect(),
        }
    }

    fn values<'m>(&self, message: &'m [u8], from: usize) -> Option<Values<'m>> {
        match self {
            Self::Template(template) => template.values(message, from),
            Self::Pattern { regex, .. } if regex.captures_len() == 1 => {
                regex.is_match(message).then_some(Values::default())
            }
            Self::Pattern { regex, .. } => {
                let captures = regex.captures(message)?;
                let mut values = Values::default();
                for (value, name) in values.iter_mut().zip(regex.capture_names().flatten()) {
                    *value = captures.name(name).map_or(&b""[..], |text| text.as_bytes());
                }
                Some(values)
            }
        }
    }
}

impl Template {
    fn parse(text: &str) -> Result<Self, String> {
        let (at_start, mut rest) = text.strip_prefix('^').map_or((false, text), |rest| (true, rest));
        let mut parts = Vec::new();
        while !rest.is_empty() {
            let (literal, after) = rest.split_once('{').map_or((rest, None), |(before, after)| (before, Some(after)));
            if !literal.is_empty() {
                parts.push(Part::Literal(literal.to_owned()));
            }
            let Some(after) = after else { break };
            let (field, after) = after.split_once('}').ok_or("a “{” has no “}”")?;
            if matches!(parts.last(), Some(Part::Field { .. })) {
                return Err("two fields stand side by side; put text between them".to_owned());
            }
            let (name, choices) = field.split_once(':').unwrap_or((field, ""));
            let choices = choices.split('|').filter(|word| !word.is_empty()).map(str::to_owned).collect();
            parts.push(Part::Field { name: name.to_owned(), choices });
            rest = after;
        }
        let template = Self { at_start, parts };
        if template.literals().map(str::len).max().unwrap_or_default() < 4 {
            return Err("no literal of four characters or more to find the line by".to_owned());
        }
        Ok(template)
    }

    fn literals(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Literal(text) => Some(text.as_str()),
            Part::Field { .. } => None,
        })
    }

    /// The texts of the named fields of `message`, in which the first literal does not stand before `from`.
    fn values<'m>(&self, message: &'m [u8], from: usize) -> Option<Values<'m>> {
        // What differs between neighbours of the catalogue is their end.
        if let Some(Part::Literal(end)) = self.parts.last()
            && !message.ends_with(end.as_bytes())
        {
            return None;
        }
        let mut values = Values::default();
        let mut taken = 0;
        let mut open: Option<(&str, &[String])> = None;
        let mut close = |open: Option<(&str, &[String])>, text: &'m [u8]| {
            let Some((name, choices)) = open else { return Some(()) };
            let text = text.trim_ascii();
            if !choices.is_empty() && !choices.iter().any(|choice| choice.as_bytes() == text) {
                return None;
            }
            if !name.is_empty() {
                *values.get_mut(taken)? = text;
                taken += 1;
            }
            Some(())
        };
        let mut at = 0;
        for (index, part) in self.parts.iter().enumerate() {
            match part {
                Part::Field { name, choices } => open = Some((name, choices)),
                Part::Literal(literal) => {
                    let literal = literal.as_bytes();
                    let last = index + 1 == self.parts.len();
                    let anchored = index == 0 && self.at_start;
                    let rest = &message[at..];
                    let position = match (last, anchored) {
                        (true, true) => (rest == literal).then_some(0),
                        (true, false) => rest.ends_with(literal).then(|| rest.len() - literal.len()),
                        (false, true) => rest.starts_with(literal).then_some(0),
                        (false, false) if index == 0 => position(&rest[from..], literal).map(|found| from + found),
                        (false, false) => position(rest, literal),
                    }?;
                    close(open.take(), &rest[..position])?;
                    at += position + literal.len();
                }
            }
        }
        close(open, &message[at..])?;
        Some(values)
    }
}

/// Where `literal` stands first. What is searched for is near: a search that takes no preparation is the quickest.
fn position(text: &[u8], literal: &[u8]) -> Option<usize> {
    let first = *literal.first()?;
    let mut from = 0;
    loop {
        from += memchr(first, &text[from..])?;
        if text[from..].starts_with(literal) {
            return Some(from);
        }
        from += 1;
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    message: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    name: String,
    event: String,
    shape: Option<String>,
    pattern: Option<String>,
    literals: Option<Vec<String>>,
    #[serde(default)]
    set: toml::Table,
    grade: String,
    sample: String,
    #[serde(default)]
    expect: toml::Table,
    reference: String,
}

fn parse_file(file: &str, text: &str) -> Result<Vec<Shape>, KnowledgeError> {
    let rows: File = toml::from_str(text).map_err(|error| KnowledgeError::in_file(file, error))?;
    rows.message
        .into_iter()
        .map(|row| {
            let name = row.name.clone();
            compile(row).map_err(|problem| KnowledgeError::in_file(file, format!("message “{name}”: {problem}")))
        })
        .collect()
}

fn compile(row: Row) -> Result<Shape, String> {
    let matcher = match (row.shape, row.pattern, row.literals) {
        (Some(shape), None, None) => Matcher::Template(Template::parse(&shape)?),
        (None, Some(pattern), Some(literals))
            if !literals.is_empty() && literals.iter().all(|literal| literal.len() >= 4) =>
        {
            let regex = regex::bytes::RegexBuilder::new(&pattern)
                .unicode(false)
                .case_insensitive(true)
                .size_limit(1 << 20)
                .build()
                .map_err(|error| error.to_string())?;
            Matcher::Pattern { regex, literals }
        }
        _ => return Err("give either “shape”, or “pattern” with “literals” of four characters or more".to_owned()),
    };
    let names = matcher.names();
    if names.len() > FIELD_LIMIT {
        return Err(format!("more than {FIELD_LIMIT} fields"));
    }
    let shape = Shape {
        name: row.name,
        event: EventKind::from_name(&row.event)?,
        set: words(row.set)?,
        grade: row.grade,
        sample: row.sample,
        expect: words(row.expect)?,
        reference: row.reference,
        names,
        matcher,
    };
    if shape.matcher.values(shape.sample.as_bytes(), 0).is_none() {
        return Err("its own sample does not have this shape".to_owned());
    }
    Ok(shape)
}

fn words(table: toml::Table) -> Result<Vec<(String, String)>, String> {
    table
        .into_iter()
        .map(|(name, value)| match value {
            toml::Value::String(text) => Ok((name, text)),
            other => Err(format!("“{name}” must be a text in quotes, found a {}", other.type_str())),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use regex_syntax::hir::{Hir, HirKind};

    use super::*;

    fn fields(shape: &str, message: &str) -> Option<Vec<String>> {
        let matcher = Matcher::Template(Template::parse(shape).unwrap());
        let values = matcher.values(message.as_bytes(), 0)?;
        let fields = matcher.names().into_iter().zip(values);
        Some(fields.map(|(name, value)| format!("{name}={}", String::from_utf8_lossy(value))).collect())
    }

    #[test]
    fn names_what_lies_between_literals() {
        let shape = "process: {process} to host:{host}, addr:{destination} to nsProxy";
        let message =
            "nsTunnel TLS process: google chrome helper to host: app.example.com, addr: 192.0.2.1:443 to nsProxy";
        let expected = ["process=google chrome helper", "host=app.example.com", "destination=192.0.2.1:443"];
        assert_eq!(fields(shape, message).unwrap(), expected);
        assert_eq!(fields(shape, &message.replace("nsProxy", "app-fw")), None);
    }

    #[test]
    fn choices_anchors_and_tails() {
        assert_eq!(
            fields("nsTunnel {t:TLS|DTLS} Connecting to{gateway}", "nsTunnel DTLS Connecting to"),
            Some(vec!["t=DTLS".into(), "gateway=".into()])
        );
        assert_eq!(fields("nsTunnel {t:TLS|DTLS} Connecting to{gateway}", "nsTunnel UDP Connecting to x"), None);
        assert_eq!(fields("^gslb [{kind}]", "gslb [NPA]"), Some(vec!["kind=NPA".into()]));
        assert_eq!(fields("^gslb [{kind}]", "old gslb [NPA]"), None);
        assert_eq!(fields("begin {}", "begin anything"), Some(vec![]));
    }

    fn built_in() -> Shapes {
        crate::knowledge::Knowledge::built_in().unwrap().shapes
    }

    #[test]
    fn literals_find_what_trying_every_shape_finds() {
        let shapes = built_in();
        assert!(shapes.leads.len() > 4 && shapes.anchored.len() > 50);
        let samples: Vec<&str> = shapes.all().iter().map(|shape| shape.sample.as_str()).collect();
        let cut = samples.iter().flat_map(|sample| {
            (1..4).map(|part| sample[..sample.floor_char_boundary(sample.len() * part / 4)].to_owned())
        });
        let joined = samples.iter().enumerate().flat_map(|(number, one)| {
            (samples.iter().skip(number % 7).step_by(7)).map(move |other| format!("{one} {other}"))
        });
        for message in samples.iter().map(|sample| sample.to_uppercase()).chain(cut).chain(joined) {
            let tried = shapes.all().iter().position(|shape| shape.matcher.values(message.as_bytes(), 0).is_some());
            assert_eq!(shapes.find(message.as_bytes()).map(|found| found.index), tried, "{message}");
        }
    }

    /// Does every text that the pattern matches hold one of `literals`?
    fn implies(pattern: &Hir, literals: &[String]) -> bool {
        match pattern.kind() {
            HirKind::Literal(text) => {
                let text = String::from_utf8_lossy(&text.0).to_lowercase();
                literals.iter().any(|literal| text.contains(&literal.to_lowercase()))
            }
            HirKind::Capture(group) => implies(&group.sub, literals),
            HirKind::Repetition(repeated) => repeated.min > 0 && implies(&repeated.sub, literals),
            HirKind::Concat(parts) => parts.iter().any(|part| implies(part, literals)),
            HirKind::Alternation(choices) => choices.iter().all(|choice| implies(choice, literals)),
            HirKind::Empty | HirKind::Class(_) | HirKind::Look(_) => false,
        }
    }

    #[test]
    fn patterns_imply_their_literals() {
        let shapes = built_in();
        let mut patterns = 0;
        for shape in shapes.all() {
            if let Matcher::Pattern { regex, literals } = &shape.matcher {
                let pattern = regex_syntax::parse(regex.as_str()).unwrap();
                assert!(implies(&pattern, literals), "{}: {literals:?} is not implied", shape.name);
                patterns += 1;
            }
        }
        assert!(patterns > 3);
        let pattern = regex_syntax::parse("(one|two) (three )?four").unwrap();
        assert!(implies(&pattern, &["one".to_owned(), "two".to_owned()]));
        assert!(!implies(&pattern, &["one".to_owned(), "three".to_owned()]));
    }

    #[test]
    fn refuses_shapes_that_cannot_be_found() {
        for shape in ["{a}", "{a} {b}", "abc{a", "{a}{b} long literal"] {
            assert!(Template::parse(shape).is_err(), "{shape}");
        }
    }
}
