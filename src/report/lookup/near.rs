//! How alike two texts are, for Japanese and English: shared words, and shared pieces of words, the rarer the weightier.

use std::collections::BTreeMap;

/// Below this two texts have nothing to do with each other.
const LEAST: f64 = 0.33;

/// What a text consists of, each piece as its hash, ascending.
type Features = Vec<u64>;

/// Texts to compare with, each belonging to a row.
pub(super) struct Neighbours {
    texts: Vec<Text>,
    /// Every feature with its weight, ascending.
    weights: Vec<(u64, f64)>,
    /// Weight of a feature that no text has.
    unknown: f64,
}

struct Text {
    row: usize,
    features: Features,
    weight: f64,
}

impl Neighbours {
    /// `texts` are normalised, each with the number of its row.
    pub(super) fn new(texts: impl Iterator<Item = (usize, String)>) -> Self {
        let texts: Vec<(usize, Features)> = texts.map(|(row, text)| (row, features(&text))).collect();
        let mut all: Features = texts.iter().flat_map(|(_, features)| features.iter().copied()).collect();
        all.sort_unstable();
        let unknown = (1.0 + texts.len() as f64).ln();
        let same = all.chunk_by(|one, other| one == other);
        let weights = same.map(|same| (same[0], unknown - (same.len() as f64).ln())).collect();
        let mut neighbours = Self { texts: Vec::new(), weights, unknown };
        for (row, features) in texts {
            let weight = neighbours.weight_of(&features);
            neighbours.texts.push(Text { row, features, weight });
        }
        neighbours
    }

    /// Rows alike to the normalised text, the most alike first, then in the order of the rows.
    pub(super) fn of(&self, normalised: &str) -> Vec<(usize, f64)> {
        let asked = features(normalised);
        let own_weight = self.weight_of(&asked);
        let mut best: BTreeMap<usize, f64> = BTreeMap::new();
        for text in &self.texts {
            let shared = asked.iter().filter(|feature| text.features.binary_search(feature).is_ok());
            let likeness = shared.map(|feature| self.weight(*feature)).sum::<f64>() / (own_weight * text.weight).sqrt();
            if likeness >= LEAST {
                let so_far = best.entry(text.row).or_default();
                *so_far = so_far.max(likeness);
            }
        }
        let mut rows: Vec<(usize, f64)> = best.into_iter().collect();
        rows.sort_by(|one, other| other.1.total_cmp(&one.1).then(one.0.cmp(&other.0)));
        rows
    }

    fn weight(&self, feature: u64) -> f64 {
        let place = self.weights.binary_search_by_key(&feature, |(known, _)| *known);
        place.map_or(self.unknown, |place| self.weights[place].1)
    }

    fn weight_of(&self, features: &[u64]) -> f64 {
        features.iter().map(|feature| self.weight(*feature)).sum()
    }
}

/// Latin words and their three-letter pieces, Japanese pairs; numbers tell nothing.
fn features(normalised: &str) -> Features {
    let mut features = Features::new();
    let mut word: Vec<char> = Vec::new();
    for character in normalised.chars().chain([' ']) {
        let goes_on =
            character.is_alphabetic() && word.last().is_none_or(|last| last.is_ascii() == character.is_ascii());
        if !goes_on {
            add_word(&word, &mut features);
            word.clear();
        }
        if character.is_alphabetic() {
            word.push(character);
        }
    }
    features.sort_unstable();
    features.dedup();
    features
}

fn add_word(word: &[char], features: &mut Features) {
    if word.len() < 2 {
        return;
    }
    let is_latin = word[0].is_ascii();
    if is_latin {
        features.push(hash(word));
    }
    features.extend(word.windows(if is_latin { 3 } else { 2 }).map(hash));
}

/// FNV-1a: the same on every machine, so that ties fall the same way.
fn hash(piece: &[char]) -> u64 {
    let mix = |hash: u64, character: &char| (hash ^ u64::from(u32::from(*character))).wrapping_mul(0x0100_0000_01b3);
    piece.iter().fold(0xcbf2_9ce4_8422_2325, mix)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn best(text: &str) -> Option<usize> {
        let texts = ["the credentials are invalid", "the certificate is invalid", "証明書が無効なため失敗しました"];
        let texts = texts.iter().enumerate().map(|(row, text)| (row, (*text).to_owned()));
        Neighbours::new(texts).of(text).first().map(|(row, _)| *row)
    }

    #[test]
    fn the_text_with_the_rarer_words_in_common_is_nearer() {
        assert_eq!(best("invalid credential"), Some(0));
        assert_eq!(best("certificates invalid"), Some(1));
        assert_eq!(best("証明書は無効、失敗"), Some(2));
    }

    #[test]
    fn nonsense_is_near_to_nothing() {
        assert_eq!(best("qwertz uiop"), None);
        assert_eq!(best("12345 !"), None);
        assert_eq!(best("本日は晴天なり"), None);
    }
}
