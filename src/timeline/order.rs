//! Puts rows of a log into order of time in place: they are almost in order, and a copy of a million of them is dear.

/// Orders `rows` by `key`; rows of one key keep their order.
///
/// Threads write past each other by a few lines, so most rows stand still and the others move a little. Where the clock
/// was set, or two logs interleave, that would take long: then it is sorted as anything else.
pub(super) fn settle<Row, Key: Ord>(rows: &mut [Row], key: impl Fn(&Row) -> Key) {
    let mut moves = 0;
    for place in 1..rows.len() {
        let wanted = key(&rows[place]);
        if key(&rows[place - 1]) <= wanted {
            continue;
        }
        let near = place.saturating_sub(NEAR);
        let from = near + rows[near..place].partition_point(|row| key(row) <= wanted);
        moves += place - from;
        if from == near || moves > rows.len() {
            return rows.sort_by_key(key);
        }
        rows[from..=place].rotate_right(1);
    }
}

/// Farther back than this no thread falls behind.
const NEAR: usize = 4096;

#[cfg(test)]
mod tests {
    use super::settle;

    #[track_caller]
    fn check(keys: impl Iterator<Item = u32>) {
        let mut rows: Vec<(u32, usize)> = keys.enumerate().map(|(number, key)| (key, number)).collect();
        let mut expected = rows.clone();
        expected.sort_by_key(|row| row.0);
        settle(&mut rows, |row| row.0);
        assert_eq!(rows, expected);
    }

    #[test]
    fn rows_come_into_order_and_equal_ones_stay() {
        check([].into_iter());
        check((0..100).map(|number| number / 3));
        check((0..10_000).map(|number| (number / 7) ^ (number % 5)));
        check((0..10_000).map(|number| number % 5_000));
        check((0..10_000).rev());
        check((0..9_000).map(|number| if number == 8_500 { 0 } else { number }));
        check((0..9_000_u32).map(|number| number.wrapping_mul(2_654_435_761) >> 8));
    }
}
