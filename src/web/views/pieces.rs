//! The rows of a long table that were fetched so far: those in sight and some around them.

use std::collections::BTreeMap;

use leptos::prelude::*;

/// Rows fetched at a time.
pub(super) const PIECE: u32 = 100;
/// Pieces that are kept; the others are fetched again.
const KEPT: usize = 60;

pub(super) struct Pieces<Row: Send + Sync + 'static> {
    rows: RwSignal<BTreeMap<u32, Vec<Row>>>,
    /// Raised when the table has other rows.
    edition: RwSignal<u32>,
}

impl<Row: Clone + Send + Sync + 'static> Pieces<Row> {
    pub(super) fn new() -> Self {
        Self { rows: RwSignal::new(BTreeMap::new()), edition: RwSignal::new(0) }
    }

    /// The table has other rows, of which the `first` are known.
    pub(super) fn renew(self, first: Vec<Row>) {
        let known = (!first.is_empty()).then_some((0, first));
        self.rows.set(known.into_iter().collect());
        self.edition.update(|edition| *edition += 1);
    }

    /// Calls `fetch` with the first row of each piece that comes into sight, and of the one after.
    pub(super) fn follow(self, first: RwSignal<u32>, total: Signal<u32>, fetch: impl Fn(u32) + 'static) {
        Effect::new(move || {
            self.edition.track();
            let (here, number) = (first.get() / PIECE, total.get());
            for piece in [here, here + 1] {
                let known = self.rows.with_untracked(|rows| rows.contains_key(&piece));
                if !known && piece * PIECE < number {
                    fetch(piece * PIECE);
                }
            }
        });
    }

    /// Rows from `first` on.
    pub(super) fn arrived(self, first: u32, rows: Vec<Row>) {
        // The view may have gone meanwhile.
        let _ = self.rows.try_update(|pieces| {
            if pieces.len() >= KEPT {
                pieces.retain(|piece, _| (*piece * PIECE).abs_diff(first) < KEPT as u32 / 2 * PIECE);
            }
            pieces.insert(first / PIECE, rows);
        });
    }

    /// As `row`, told anew only where this row is another.
    pub(super) fn one_row(self, number: u32) -> Memo<Option<Row>>
    where
        Row: PartialEq,
    {
        Memo::new(move |_| self.row(number))
    }

    /// Once it is there.
    pub(super) fn row(self, number: u32) -> Option<Row> {
        self.rows.with(|rows| rows.get(&(number / PIECE))?.get((number % PIECE) as usize).cloned())
    }
}

impl<Row: Send + Sync + 'static> Clone for Pieces<Row> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<Row: Send + Sync + 'static> Copy for Pieces<Row> {}
