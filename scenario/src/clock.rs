//! The wall clock of the device, as its log writes it.

/// Seconds since the midnight at which the first day begins; fractions matter.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Clock(pub f64);

/// The day on which every scenario begins, in days since 1970: 2025-11-06.
const FIRST_DAY: i64 = 20_398;

impl Clock {
    /// `2025/11/06 15:34:38.421958`, with `digits` of fraction.
    #[must_use]
    pub fn stamp(self, digits: usize) -> String {
        let microseconds = (self.0 * 1_000_000.0).floor() as i64;
        let (seconds, fraction) = (microseconds.div_euclid(1_000_000), microseconds.rem_euclid(1_000_000));
        let (year, month, day) = date(FIRST_DAY + seconds.div_euclid(86_400));
        let second = seconds.rem_euclid(86_400);
        let fraction = format!("{fraction:06}");
        format!(
            "{year:04}/{month:02}/{day:02} {:02}:{:02}:{:02}.{}",
            second / 3600,
            second / 60 % 60,
            second % 60,
            &fraction[..digits.min(6)]
        )
    }

    /// To the minute, as a person tells it.
    #[must_use]
    pub fn told(self) -> String {
        self.stamp(0)[..16].replace('/', "-")
    }
}

/// Year, month and day of a number of days since 1970; years counted from March, so that the leap day comes last.
fn date(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_on_past_midnight_and_new_year() {
        assert_eq!(Clock(0.0).stamp(3), "2025/11/06 00:00:00.000");
        assert_eq!(Clock(15.0 * 3600.0 + 34.0 * 60.0 + 38.25).stamp(6), "2025/11/06 15:34:38.250000");
        assert_eq!(Clock(26.0 * 86_400.0).told(), "2025-12-02 00:00");
        assert_eq!(Clock((25.0 + 31.0 + 31.0 + 28.0) * 86_400.0).told(), "2026-03-01 00:00");
    }
}
