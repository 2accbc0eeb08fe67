//! Which rows of a long table are in sight, by how far the box is scrolled that is as tall as all of them.
//!
//! Browsers cap the height of a box (Firefox at 16 million pixels), so in a very long table a pixel stands for more than one
//! row.

/// Pixels.
const TALLEST: f64 = 8_000_000.0;

/// How tall a row is, and how many are in sight; the style sheet knows both too.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct RowSize {
    height: f64,
    pub(super) in_sight: u32,
}

/// `--row` and `--rows` of the style sheet.
pub(super) const ONE_LINE: RowSize = RowSize { height: 28.0, in_sight: 22 };
/// The same on a narrow screen.
pub(super) const THREE_LINES: RowSize = RowSize { height: 56.0, in_sight: 10 };
/// Those of `.log-view`.
pub(super) const TWO_LINES: RowSize = RowSize { height: 36.0, in_sight: 18 };
/// The same on a narrow screen, where a line takes more of them.
pub(super) const FIVE_LINES: RowSize = RowSize { height: 87.0, in_sight: 8 };

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct RowScroll {
    pub(super) size: RowSize,
    pub(super) total: u32,
}

impl RowScroll {
    /// Of the box, in pixels.
    pub(super) fn height(self) -> f64 {
        (f64::from(self.total) * self.size.height).min(TALLEST)
    }

    /// The topmost row where the table is scrolled to its end.
    pub(super) fn last(self) -> u32 {
        self.total.saturating_sub(self.size.in_sight)
    }

    /// How far the box is scrolled where `row` is the topmost one.
    pub(super) fn place(self, row: u32) -> f64 {
        self.way() * f64::from(row.min(self.last())) / f64::from(self.last().max(1))
    }

    /// The topmost row where the box is scrolled to `top`.
    #[expect(clippy::cast_sign_loss, reason = "a place is not negative; `as` would make it zero")]
    pub(super) fn row_at(self, top: f64) -> u32 {
        let row = (top / self.way() * f64::from(self.last())).round() as u32;
        row.min(self.last())
    }

    /// A pixel stands for more than it would where rows are as tall as they are.
    pub(super) fn passes_over_rows(self) -> bool {
        f64::from(self.total) * self.size.height > TALLEST
    }

    /// The topmost row after a wheel was turned by so much from `row` on, and what of the turn is no whole row yet.
    /// `mode` is that of the browser's event: pixels, lines or pages.
    #[expect(clippy::cast_sign_loss, reason = "cut to the table before")]
    pub(super) fn turned(self, row: u32, by: f64, mode: u32) -> (u32, f64) {
        let of_row = match mode {
            0 => self.size.height,
            1 => 1.0,
            _ => 1.0 / f64::from(self.size.in_sight),
        };
        let rows = (by / of_row).trunc();
        let next = i64::from(row).saturating_add(rows as i64).clamp(0, i64::from(self.last()));
        (next as u32, by - rows * of_row)
    }

    /// How far the box scrolls.
    fn way(self) -> f64 {
        (self.height() - f64::from(self.size.in_sight) * self.size.height).max(1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(total: u32) -> [RowScroll; 2] {
        [ONE_LINE, TWO_LINES].map(|size| RowScroll { size, total })
    }

    #[test]
    fn no_table_is_taller_than_a_browser_allows() {
        for scroll in [0, 1, 400_000, 10_000_000, u32::MAX].into_iter().flat_map(of) {
            assert!(scroll.height() < 16_000_000.0, "{scroll:?}");
        }
    }

    #[test]
    #[expect(clippy::float_cmp, reason = "whole numbers, which are exact")]
    fn a_row_is_as_tall_as_it_is_while_the_table_is_not_too_tall() {
        let [scroll, _] = of(1000);
        assert_eq!(scroll.height(), 28_000.0);
        assert_eq!(scroll.place(10), 280.0);
        assert_eq!(scroll.row_at(280.0), 10);
    }

    #[test]
    fn both_ends_are_reached_however_long_the_table() {
        for scroll in [23, 1000, 1_000_000, 10_000_000, u32::MAX].into_iter().flat_map(of) {
            let bottom = scroll.height() - f64::from(scroll.size.in_sight) * scroll.size.height;
            assert_eq!(scroll.row_at(0.0), 0);
            assert_eq!(scroll.row_at(bottom), scroll.last());
            assert_eq!(scroll.last() + scroll.size.in_sight, scroll.total);
            assert!((scroll.place(scroll.last()) - bottom).abs() < 1.0, "{scroll:?}");
        }
    }

    /// A box takes whole pixels; a row that is gone to is not left again because of that.
    #[test]
    fn a_pixel_off_is_hardly_another_row() {
        for scroll in [1000, 1_000_000, 10_000_000].into_iter().flat_map(of) {
            let rows_in_a_pixel = f64::from(scroll.total) / scroll.height();
            for row in [0, 1, scroll.total / 3, scroll.last()] {
                let back = scroll.row_at(scroll.place(row).floor());
                assert!(f64::from(back.abs_diff(row)) <= rows_in_a_pixel.ceil(), "{scroll:?}: {row} became {back}");
            }
        }
    }

    #[test]
    fn a_wheel_passes_over_no_row() {
        let [scroll, _] = of(1_000_000);
        assert!(scroll.passes_over_rows() && !of(1000)[0].passes_over_rows());
        assert_eq!(scroll.turned(500, 100.0, 0), (503, 16.0));
        assert_eq!(scroll.turned(500, -100.0, 0), (497, -16.0));
        assert_eq!(scroll.turned(500, 3.0, 1), (503, 0.0));
        assert_eq!(scroll.turned(500, 1.0, 2).0, 522);
        assert_eq!((scroll.turned(0, -1e300, 0).0, scroll.turned(500, 1e300, 0).0), (0, scroll.last()));
    }

    #[test]
    fn a_short_table_does_not_scroll() {
        for scroll in [0, 1, 18].into_iter().flat_map(of) {
            assert_eq!((scroll.last(), scroll.row_at(500.0), scroll.place(7)), (0, 0, 0.0));
        }
    }
}
