//! Logs of any size, line by line, for measurements of speed and memory.

use crate::day::{Day, Platform};
use crate::fault::Fault;

/// Lines of one busy device, day after day, until about `bytes` with a line end each; about 200 bytes a line.
///
/// One hour is held in memory at a time. For a bundle of several members, take the lines in portions: they go on in time.
pub fn bulk(seed: u64, bytes: u64) -> impl Iterator<Item = String> {
    let mut left = bytes;
    (0_u64..)
        .flat_map(move |hour| {
            let from = hour as f64;
            Day::new(seed.wrapping_mul(1_000_003).wrapping_add(hour), Platform::Windows, from, from + 1.0)
                .busy()
                .log(Fault::Healthy, from + 0.5)
                .lines
        })
        .take_while(move |line| {
            let length = line.len() as u64 + 1;
            let fits = length <= left;
            left = left.saturating_sub(length);
            fits
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bulk_log_has_its_size_and_goes_on_in_time() {
        let lines: Vec<String> = bulk(1, 3_000_000).collect();
        let bytes: usize = lines.iter().map(|line| line.len() + 1).sum();
        assert!((2_999_000..=3_000_000).contains(&bytes), "{bytes}");
        let average = bytes / lines.len();
        assert!((170..=230).contains(&average), "{average} bytes a line");
        assert!(lines.is_sorted_by_key(|line| line[..19].to_owned()));
        let flows = lines.iter().filter(|line| line.contains("flow")).count();
        assert!(flows * 2 > lines.len() && flows < lines.len(), "{flows} of {}", lines.len());
    }
}
