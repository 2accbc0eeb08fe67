//! The wall clock of the device, as its log writes it.

/// Seconds since the midnight at which the day begins; fractions matter.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Clock(pub f64);

/// The day on which every scenario begins. It may run past midnight.
const DAY: (u32, u32, u32) = (2025, 11, 6);

impl Clock {
    /// `2025/11/06 15:34:38.421958`, with `digits` of fraction.
    #[must_use]
    pub fn stamp(self, digits: usize) -> String {
        let (days, second) = ((self.0 / 86_400.0).floor(), self.0.rem_euclid(86_400.0));
        let whole = second.floor();
        let fraction = ((second - whole) * 1_000_000.0).floor();
        let (hour, minute, second) = (whole / 3600.0, whole / 60.0 % 60.0, whole % 60.0);
        let date = format!("{:04}/{:02}/{:02}", DAY.0, DAY.1, DAY.2 + days as u32);
        let fraction: String = format!("{fraction:06.0}").chars().take(digits).collect();
        format!("{date} {:02.0}:{:02.0}:{:02.0}.{fraction}", hour.floor(), minute.floor(), second.floor())
    }

    /// To the minute, as a person tells it.
    #[must_use]
    pub fn told(self) -> String {
        self.stamp(0)[..16].replace('/', "-")
    }
}
