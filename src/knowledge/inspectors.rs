//! Products that inspect TLS, by the issuer of the certificates that they show.

use serde::Deserialize;

use super::catalogue::{KnowledgeError, check_row, parse};

#[derive(Clone, Debug)]
pub struct Inspectors {
    rows: Vec<Inspector>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inspector {
    pub name: String,
    /// The product whose logs are read here.
    #[serde(default)]
    pub own: bool,
    words: Vec<String>,
    pub references: Vec<String>,
}

impl Inspectors {
    pub fn built_in() -> Result<Self, KnowledgeError> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct File {
            inspector: Vec<Inspector>,
        }
        let File { inspector } = parse(include_str!("inspectors.toml"))?;
        for row in &inspector {
            check_row("inspector", &row.references)?;
        }
        Ok(Self { rows: inspector })
    }

    /// The product that signs with an issuer of these names.
    #[must_use]
    pub fn of_issuer<'t>(&self, names: impl Iterator<Item = &'t str>) -> Option<&Inspector> {
        let names: Vec<String> = names.map(str::to_lowercase).collect();
        let signs = |row: &&Inspector| row.words.iter().any(|word| names.iter().any(|name| name.contains(word)));
        self.rows.iter().find(signs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_names_its_product() {
        let inspectors = Inspectors::built_in().unwrap();
        let name = |issuer: &str| inspectors.of_issuer([issuer].into_iter()).map(|row| row.name.clone());
        assert_eq!(name("ca.example.goskope.com").as_deref(), Some("Netskope"));
        assert_eq!(name("Zscaler Root CA").as_deref(), Some("Zscaler"));
        assert_eq!(name("Example Public CA"), None);
    }
}
