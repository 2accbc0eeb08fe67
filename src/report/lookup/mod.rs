//! What an error text means: finds the rows of the error catalogue that a pasted text contains, or else those it resembles.
//!
//! Knows nothing about the log at hand; a text stands for itself, in either language, in one line or many.

mod code;
mod near;
mod text;
mod triage;

use std::cmp::Reverse;
use std::collections::BTreeSet;

use aho_corasick::AhoCorasick;
use serde::{Deserialize, Serialize};

use crate::knowledge::errors::{ErrorRow, Errors};
use crate::knowledge::tools::{BUNDLE, COMBINED_BUNDLE, Tools};
use crate::language::Language;
use code::{Certainty, find_codes};
use near::Neighbours;
use text::{Message, Squeezed, normalise};
pub use triage::{MessageCount, MessageTriage, UnknownMessage};

/// How many neighbours are offered for an unknown text.
const MOST_NEIGHBOURS: usize = 5;

/// A neighbour this much less alike than the best one is left out.
const RELATIVE_LEAST: f64 = 0.7;

/// A doubtful code counts as much as a message of this length.
const WEIGHT_OF_WEAK_CODE: usize = 8;

/// The longest text that is looked at, in bytes; longer ones are cut.
const LONGEST_TEXT: usize = 64 * 1024;

/// One row of the catalogue in the language asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    pub id: String,
    pub title: String,
    pub family: String,
    pub integration: Option<String>,
    pub cause: String,
    pub remedy: String,
    pub code: Option<String>,
    #[serde(rename = "match")]
    pub matched: Match,
    pub actor: Option<String>,
    pub status: Option<String>,
    /// What to know about every message of the family, such as where the console tells more.
    pub hint: Option<String>,
    /// How single tools are cured, one line each.
    pub fixes: Vec<String>,
    /// What no source confirmed.
    pub unverified: Option<String>,
    pub reference: String,
    pub more_references: Vec<String>,
}

/// A text with its answers, best first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextAnswers {
    pub text: String,
    pub answers: Vec<Answer>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Match {
    /// The text contains the message or the code.
    Exact,
    /// The text resembles the message.
    Near,
}

/// Explains one pasted text, best answer first. A message that several integrations share gives the general answer before theirs.
#[must_use]
pub fn lookup(text: &str, errors: &Errors, tools: &Tools, language: Language) -> Vec<Answer> {
    Lookup::new(errors, tools, language).answers(text)
}

/// The catalogue prepared for more than one question.
pub struct Lookup<'knowledge> {
    errors: &'knowledge Errors,
    tools: &'knowledge Tools,
    language: Language,
    messages: Vec<(usize, Message)>,
    /// Finds the first parts of all messages in one go.
    first_parts: Option<AhoCorasick>,
    neighbours: Neighbours,
}

/// A row that the text contains, and why it deserves its place.
struct Hit {
    row: usize,
    code: Option<(String, Certainty)>,
    /// Where the message stands in the squeezed text.
    span: Option<(usize, usize)>,
    length: usize,
}

impl<'knowledge> Lookup<'knowledge> {
    #[must_use]
    pub fn new(errors: &'knowledge Errors, tools: &'knowledge Tools, language: Language) -> Self {
        let texts =
            || errors.rows().iter().enumerate().flat_map(|(row, error)| wordings(error).map(move |text| (row, text)));
        let messages: Vec<(usize, Message)> =
            texts().filter_map(|(row, text)| Some((row, Message::new(text)?))).collect();
        let neighbours = Neighbours::new(texts().map(|(row, text)| (row, without_time(text))));
        // Building fails for gigabytes of patterns only; without the searcher no message would be found.
        let first_parts = AhoCorasick::new(messages.iter().map(|(_, message)| message.first_part()));
        Self { errors, tools, language, messages, first_parts: first_parts.ok(), neighbours }
    }

    #[must_use]
    pub fn answers(&self, text: &str) -> Vec<Answer> {
        let text = &text[..text.floor_char_boundary(LONGEST_TEXT)];
        let exact = self.exact(text);
        if exact.is_empty() { self.near(text) } else { exact }
    }

    /// Answers for several texts, each with its text.
    #[must_use]
    pub fn all(&self, texts: &[&str]) -> Vec<TextAnswers> {
        texts.iter().map(|text| TextAnswers { text: (*text).to_owned(), answers: self.answers(text) }).collect()
    }

    /// Rows whose message or code the text contains.
    fn exact(&self, text: &str) -> Vec<Answer> {
        let normalised = normalise(text);
        let squeezed = Squeezed::new(&normalised);
        let mut hits: Vec<Hit> = Vec::new();
        for (row, digits, certainty) in find_codes(&normalised, self.errors.rows()) {
            match hits.iter_mut().find(|hit| hit.row == row) {
                Some(hit) if hit.code.as_ref().is_some_and(|(_, known)| *known >= certainty) => {}
                Some(hit) => hit.code = Some((digits, certainty)),
                None => hits.push(Hit { row, code: Some((digits, certainty)), span: None, length: 0 }),
            }
        }
        for (row, message) in self.possible_messages(&squeezed.text) {
            let Some(span) = message.find_in(&squeezed) else { continue };
            let length = message.length();
            match hits.iter_mut().find(|hit| hit.row == *row) {
                Some(hit) if hit.length >= length => {}
                Some(hit) => (hit.span, hit.length) = (Some(span), length),
                None => hits.push(Hit { row: *row, code: None, span: Some(span), length }),
            }
        }
        let hits = without_contained(hits);
        let hits = self.in_order(hits, &squeezed);
        let answer = |hit: Hit| self.answer(&self.errors.rows()[hit.row], hit.code.map(|(code, _)| code), Match::Exact);
        hits.into_iter().map(answer).collect()
    }

    /// Messages whose beginning stands in the text, in their own order.
    fn possible_messages(&self, text: &str) -> impl Iterator<Item = &(usize, Message)> {
        let found = self.first_parts.iter().flat_map(|searcher| searcher.find_overlapping_iter(text));
        let numbers: BTreeSet<usize> = found.map(|found| found.pattern().as_usize()).collect();
        numbers.into_iter().filter_map(|number| self.messages.get(number))
    }

    /// Sure codes first, then the longest message; among equals the general row, then the integration that the text names.
    fn in_order(&self, mut hits: Vec<Hit>, squeezed: &Squeezed) -> Vec<Hit> {
        hits.sort_by_cached_key(|hit| {
            let row = &self.errors.rows()[hit.row];
            let (sure, length) = match hit.code {
                Some((_, Certainty::Weak)) => (false, hit.length.max(WEIGHT_OF_WEAK_CODE)),
                Some(_) => (true, hit.length),
                None => (false, hit.length),
            };
            let kinship = row.integration.as_deref().map_or(0, |name| if names(squeezed, name) { 1 } else { 2 });
            (Reverse((sure, length)), kinship, hit.row)
        });
        hits
    }

    /// Rows that the text, or a sentence of it, resembles.
    fn near(&self, text: &str) -> Vec<Answer> {
        let normalised = normalise(text);
        let mut alike = self.neighbours.of(&normalised);
        for sentence in normalised.split(['\n', '。', '"']).filter(|sentence| sentence.len() < normalised.len()) {
            for (row, likeness) in self.neighbours.of(sentence) {
                match alike.iter_mut().find(|(known, _)| *known == row) {
                    Some((_, known)) => *known = known.max(likeness),
                    None => alike.push((row, likeness)),
                }
            }
        }
        let is_specific = |row: usize| self.errors.rows()[row].integration.is_some();
        alike.sort_by(|one, other| {
            other.1.total_cmp(&one.1).then(is_specific(one.0).cmp(&is_specific(other.0))).then(one.0.cmp(&other.0))
        });
        let least = alike.first().map_or(0.0, |(_, best)| best * RELATIVE_LEAST);
        let kept = alike.into_iter().filter(|(_, likeness)| *likeness >= least).take(MOST_NEIGHBOURS);
        kept.map(|(row, _)| self.answer(&self.errors.rows()[row], None, Match::Near)).collect()
    }

    fn answer(&self, row: &ErrorRow, code: Option<String>, matched: Match) -> Answer {
        let (reference, more_references) = row.references.split_first().unwrap_or((&row.id, &[]));
        Answer {
            id: row.id.clone(),
            title: row.title.in_language(self.language).to_owned(),
            family: row.family.clone(),
            integration: row.integration.clone(),
            cause: row.cause.in_language(self.language).to_owned(),
            remedy: row.remedy.in_language(self.language).to_owned(),
            code: code.or_else(|| (!row.codes.is_empty()).then(|| row.codes.join(", "))),
            matched,
            actor: row.actor.clone(),
            status: row.status.clone(),
            hint: row.hint.as_ref().map(|text| text.in_language(self.language).to_owned()),
            fixes: self.fixes(row),
            unverified: row.unverified.as_ref().map(|text| text.in_language(self.language).to_owned()),
            reference: reference.clone(),
            more_references: more_references.to_vec(),
        }
    }

    /// The first way of each tool, and what its placeholder for the bundle means.
    fn fixes(&self, row: &ErrorRow) -> Vec<String> {
        let first_ways = row.tools.iter().filter_map(|id| self.tools.by_id(id)).filter_map(|tool| {
            let fix = tool.fix.first()?;
            let says = fix.says.as_ref().map(|says| says.in_language(self.language));
            let way = fix.run.as_deref().or(says)?;
            Some(format!("{}: {way}", tool.name.in_language(self.language)))
        });
        let mut fixes: Vec<String> = first_ways.collect();
        if fixes.iter().any(|fix| fix.contains(BUNDLE))
            && let Some(bundle) = self.tools.by_id(COMBINED_BUNDLE)
        {
            fixes.push(format!("{BUNDLE}: {}", bundle.name.in_language(self.language)));
        }
        fixes
    }
}

/// Every wording of a row that a text may contain.
fn wordings(row: &ErrorRow) -> impl Iterator<Item = &str> {
    let titles = [row.title.english.as_str(), row.title.japanese.as_str()];
    let japanese_differs = titles[0] != titles[1];
    titles.into_iter().take(if japanese_differs { 2 } else { 1 }).chain(row.says.iter().map(String::as_str))
}

/// The placeholder would only make texts alike that talk about the same time.
fn without_time(text: &str) -> String {
    normalise(text).replace("<finish time>", " ").replace("finish time", " ")
}

/// A message that stands inside a longer one that was found is no answer of its own.
fn without_contained(hits: Vec<Hit>) -> Vec<Hit> {
    let spans: Vec<(usize, usize)> = hits.iter().filter_map(|hit| hit.span).collect();
    let inside =
        |inner: (usize, usize)| spans.iter().any(|outer| *outer != inner && outer.0 <= inner.0 && inner.1 <= outer.1);
    hits.into_iter().filter(|hit| hit.code.is_some() || hit.span.is_none_or(|span| !inside(span))).collect()
}

fn names(squeezed: &Squeezed, integration: &str) -> bool {
    let words = integration.split_whitespace().map(normalise);
    words.filter(|word| word.len() > 2).any(|word| squeezed.text.contains(&Squeezed::new(&word).text))
}
