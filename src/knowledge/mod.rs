//! What is known beforehand, each as a data file with a sample or a reference: message shapes, vendors, tools, remedies, texts.
//!
//! Built in, and extended by files of the same format. Code elsewhere is general; what is true of a product stands here.

pub mod catalogue;
pub mod errors;
pub mod event_kind;
pub mod inspectors;
pub mod processes;
pub mod remedies;
pub mod shape;
pub mod texts;
pub mod tools;
pub mod vendors;

use catalogue::KnowledgeError;
use errors::Errors;
use inspectors::Inspectors;
use processes::Processes;
use remedies::Remedies;
use shape::Shapes;
use texts::Texts;
use tools::Tools;
use vendors::Vendors;

use crate::language::Language;

pub struct Knowledge {
    pub shapes: Shapes,
    pub vendors: Vendors,
    pub tools: Tools,
    pub errors: Errors,
    pub processes: Processes,
    pub inspectors: Inspectors,
    pub remedies: Remedies,
    english: Texts,
    japanese: Texts,
}

/// Files of message shapes. Shapes are tried in this order: what is written loosely stands in the last ones.
const MESSAGES: &[(&str, &str)] = &[
    ("messages/steering.toml", include_str!("messages/steering.toml")),
    ("messages/tunnel.toml", include_str!("messages/tunnel.toml")),
    ("messages/resolution.toml", include_str!("messages/resolution.toml")),
    ("messages/client.toml", include_str!("messages/client.toml")),
    ("messages/private_access.toml", include_str!("messages/private_access.toml")),
    ("messages/failure.toml", include_str!("messages/failure.toml")),
];

impl Knowledge {
    /// The catalogue that ships with the program.
    pub fn built_in() -> Result<Self, KnowledgeError> {
        Ok(Self {
            shapes: Shapes::parse(MESSAGES.iter().copied())?,
            vendors: Vendors::built_in()?,
            tools: Tools::built_in()?,
            errors: Errors::built_in()?,
            processes: Processes::built_in()?,
            inspectors: Inspectors::built_in()?,
            remedies: Remedies::built_in()?,
            english: Texts::built_in(Language::English)?,
            japanese: Texts::built_in(Language::Japanese)?,
        })
    }

    /// Adds a file of the built-in format: its first table tells whether it holds messages, vendors, tools or errors.
    pub fn extend(&mut self, file: &str, text: &str) -> Result<(), KnowledgeError> {
        let table: toml::Table = toml::from_str(text).map_err(|error| KnowledgeError::in_file(file, error))?;
        let added = if table.contains_key("message") {
            self.shapes = self.shapes.extended(file, text)?;
            Ok(())
        } else if table.contains_key("tool") {
            self.tools.extend(text)
        } else if table.contains_key("error") {
            self.errors.extend(text)
        } else if table.contains_key("listing") {
            self.vendors.extend(text)
        } else {
            return Err(KnowledgeError::in_file(
                file,
                "holds no [[message]], [[tool]], [[error]] or [[listing]]; look at the built-in files for the format",
            ));
        };
        added.map_err(|error| match error {
            KnowledgeError::File { .. } => error,
            other => KnowledgeError::in_file(file, other),
        })
    }

    #[must_use]
    pub fn texts(&self, language: Language) -> &Texts {
        match language {
            Language::English => &self.english,
            Language::Japanese => &self.japanese,
        }
    }
}
