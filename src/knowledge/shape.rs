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
//! The few shapes that need one use a regular expression with named groups (`pattern`) and a `literal` that is
//! implied by it. Every shape has a required literal, so that one search over the message finds its candidates.
//! Stops at named fields: what they mean is the business of `event`.

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use memchr::memmem;
use serde::Deserialize;

use super::catalogue::KnowledgeError;

/// All shapes, in the order in which they are tried: a more specific shape stands before a more general one.
pub struct Shapes {
    shapes: Vec<Shape>,
    anchors: AhoCorasick,
}

/// One message shape as its data file tells it.
#[derive(Clone, Debug)]
pub struct Shape {
    pub name: String,
    /// What the message means; one of the kinds that `event` knows.
    pub event: String,
    /// Fields that the shape implies without the message saying so (`decision = "tunnel"`).
    pub set: Vec<(String, String)>,
    /// How well the shape is known: `R` seen with its header, `F` seen as a fragment, `P` from a parser, `V` from documentation.
    pub grade: String,
    pub sample: String,
    /// Fields that the sample must give.
    pub expect: Vec<(String, String)>,
    pub reference: String,
    matcher: Matcher,
}

#[derive(Clone, Debug)]
enum Matcher {
    Template(Template),
    Pattern { regex: regex::bytes::Regex, literal: String },
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

/// A matched shape with its fields, borrowed from the message.
#[derive(Debug)]
pub struct Match<'s, 'm> {
    /// Position of the shape in the catalogue.
    pub index: usize,
    pub shape: &'s Shape,
    fields: Vec<(&'s str, &'m [u8])>,
}

impl Match<'_, '_> {
    /// A field of the message, or what the shape sets; `None` if neither names it or the text is empty.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&[u8]> {
        let read = self.fields.iter().find(|(field, _)| *field == name).map(|(_, value)| *value);
        let value =
            read.or_else(|| self.shape.set.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_bytes()))?;
        (!value.is_empty()).then_some(value)
    }

    /// Every field with a value, those of the message first.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &[u8])> {
        let set = self.shape.set.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
        self.fields.iter().copied().chain(set).filter(|(_, value)| !value.is_empty())
    }
}

/// Many times what the client is known to write; keeps the search free of allocations.
const SHAPE_LIMIT: usize = 1024;

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
        shapes.extend(self.shapes.iter().cloned());
        Self::build(shapes)
    }

    /// The first shape, in catalogue order, that `message` has.
    #[must_use]
    pub fn find<'s, 'm>(&'s self, message: &'m [u8]) -> Option<Match<'s, 'm>> {
        // One bit a shape: set bits in ascending order are the candidates in catalogue order.
        let mut candidates = [0_u64; SHAPE_LIMIT / 64];
        for found in self.anchors.find_overlapping_iter(message) {
            let index = found.pattern().as_usize();
            candidates[index / 64] |= 1 << (index % 64);
        }
        candidates.iter().enumerate().find_map(|(word, bits)| {
            let mut bits = *bits;
            while bits != 0 {
                let index = word * 64 + bits.trailing_zeros() as usize;
                bits &= bits - 1;
                let shape = &self.shapes[index];
                if let Some(fields) = shape.matcher.fields(message) {
                    return Some(Match { index, shape, fields });
                }
            }
            None
        })
    }

    #[must_use]
    pub fn all(&self) -> &[Shape] {
        &self.shapes
    }

    fn build(shapes: Vec<Shape>) -> Result<Self, KnowledgeError> {
        if shapes.len() > SHAPE_LIMIT {
            return Err(KnowledgeError::in_file("message shapes", format!("more than {SHAPE_LIMIT} of them")));
        }
        let literals: Vec<&str> = shapes.iter().map(|shape| shape.matcher.literal()).collect();
        let anchors = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::Standard)
            .kind(Some(AhoCorasickKind::DFA))
            .build(&literals)
            .map_err(|error| KnowledgeError::in_file("message shapes", error))?;
        Ok(Self { shapes, anchors })
    }
}

impl Matcher {
    /// The text that every matching message holds.
    fn literal(&self) -> &str {
        match self {
            Self::Pattern { literal, .. } => literal,
            Self::Template(template) => template.literals().max_by_key(|literal| literal.len()).unwrap_or_default(),
        }
    }

    fn fields<'s, 'm>(&'s self, message: &'m [u8]) -> Option<Vec<(&'s str, &'m [u8])>> {
        match self {
            Self::Template(template) => template.fields(message),
            Self::Pattern { regex, .. } => {
                let captures = regex.captures(message)?;
                let named = regex.capture_names().flatten();
                Some(named.filter_map(|name| Some((name, captures.name(name)?.as_bytes()))).collect())
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

    fn fields<'s, 'm>(&'s self, message: &'m [u8]) -> Option<Vec<(&'s str, &'m [u8])>> {
        let mut fields = Vec::with_capacity(self.parts.len() / 2 + 1);
        let mut open: Option<(&str, &[String])> = None;
        let mut rest = message;
        for (index, part) in self.parts.iter().enumerate() {
            match part {
                Part::Field { name, choices } => open = Some((name, choices)),
                Part::Literal(literal) => {
                    let literal = literal.as_bytes();
                    let last = index + 1 == self.parts.len();
                    let anchored = index == 0 && self.at_start;
                    let position = match (last, anchored) {
                        (true, true) => (rest == literal).then_some(0),
                        (true, false) => rest.ends_with(literal).then(|| rest.len() - literal.len()),
                        (false, true) => rest.starts_with(literal).then_some(0),
                        (false, false) => memmem::find(rest, literal),
                    }?;
                    close(open.take(), &rest[..position], &mut fields)?;
                    rest = &rest[position + literal.len()..];
                }
            }
        }
        close(open, rest, &mut fields)?;
        Some(fields)
    }
}

/// Ends an open field with its text; `None` if the text is none of the field's choices.
fn close<'s, 'm>(
    open: Option<(&'s str, &'s [String])>,
    text: &'m [u8],
    fields: &mut Vec<(&'s str, &'m [u8])>,
) -> Option<()> {
    if let Some((name, choices)) = open {
        let text = text.trim_ascii();
        if !choices.is_empty() && !choices.iter().any(|choice| choice.as_bytes() == text) {
            return None;
        }
        if !name.is_empty() {
            fields.push((name, text));
        }
    }
    Some(())
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
    literal: Option<String>,
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
    let matcher = match (row.shape, row.pattern, row.literal) {
        (Some(shape), None, None) => Matcher::Template(Template::parse(&shape)?),
        (None, Some(pattern), Some(literal)) if literal.len() >= 4 => {
            let regex = regex::bytes::RegexBuilder::new(&pattern)
                .unicode(false)
                .case_insensitive(true)
                .size_limit(1 << 20)
                .build()
                .map_err(|error| error.to_string())?;
            Matcher::Pattern { regex, literal }
        }
        _ => return Err("give either “shape”, or “pattern” with a “literal” of four characters or more".to_owned()),
    };
    let shape = Shape {
        name: row.name,
        event: row.event,
        set: words(row.set)?,
        grade: row.grade,
        sample: row.sample,
        expect: words(row.expect)?,
        reference: row.reference,
        matcher,
    };
    if shape.matcher.fields(shape.sample.as_bytes()).is_none() {
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
    use super::*;

    fn fields(shape: &str, message: &str) -> Option<Vec<String>> {
        let template = Template::parse(shape).unwrap();
        let fields = template.fields(message.as_bytes())?;
        Some(fields.iter().map(|(name, value)| format!("{name}={}", String::from_utf8_lossy(value))).collect())
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

    #[test]
    fn refuses_shapes_that_cannot_be_found() {
        for shape in ["{a}", "{a} {b}", "abc{a", "{a}{b} long literal"] {
            assert!(Template::parse(shape).is_err(), "{shape}");
        }
    }
}
