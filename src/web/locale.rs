//! Numbers and times as the reader's browser writes them in the page's language: by its `Intl`.
//!
//! The hours are those of the log, of 24, so that a time can be compared with its lines; the incident form reads what is written
//! here.

use std::cell::RefCell;
use std::collections::BTreeMap;

use js_sys::Intl::{DateTimeFormat, NumberFormat};
use js_sys::{Array, Function, Number, Object, Reflect};
use leptos::prelude::window;
use wasm_bindgen::JsValue;

use super::scale;
use crate::language::Language;

thread_local! {
    static SPOKEN: RefCell<Spoken> = RefCell::new(Spoken::new(Language::default()));
}

struct Spoken {
    language: Language,
    tag: String,
    /// A format takes longer to make than to use.
    formats: BTreeMap<Format, Function>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Format {
    /// With so many digits after the mark.
    Decimal(usize),
    Date,
    DateAndWeekday,
    DayOfYear,
    Minute,
    Second,
    Millisecond,
}

/// From now on as in `language`: in the reader's own kind of it, such as `en-IN`.
pub(super) fn speak(language: Language) {
    SPOKEN.set(Spoken::new(language));
}

/// The first number and the first time that a browser writes take it up to 90 ms: they are written before anybody waits for one.
pub(super) const WARM_UPS: [fn(); 2] = [
    || {
        count(1000);
        decimal(1.0, 1);
    },
    || {
        date("1970-01-01T00:00:00");
        minute("1970-01-01T00:00:00");
    },
];

/// `1234567` → `1,234,567`.
pub(super) fn count(number: u64) -> String {
    SPOKEN.with_borrow(|spoken| Number::from(number as f64).to_locale_string(&spoken.tag).into())
}

/// `14.25` → `14.3`, with so many digits after the mark.
pub(super) fn decimal(number: f64, digits: usize) -> String {
    // Rounded as the saved report rounds it.
    let rounded = format!("{number:.digits$}");
    let number = rounded.parse::<f64>().unwrap_or(number);
    written(Format::Decimal(digits), number).unwrap_or(rounded)
}

/// `2025-11-06T15:34:38.421958` → `Nov 6, 2025`.
pub(super) fn date(time: &str) -> String {
    time_as(Format::Date, time)
}

/// `2025-11-06` → `Thu, Nov 6, 2025`.
pub(super) fn date_and_weekday(date: &str) -> String {
    written_time(Format::DateAndWeekday, &format!("{date} 00:00")).unwrap_or_else(|| date.to_owned())
}

/// `2025-11-06T15:34:38.421958` → `Nov 6`.
pub(super) fn day_of_year(time: &str) -> String {
    time_as(Format::DayOfYear, time)
}

/// `2025-11-06T15:34:38.421958` → `15:34`.
pub(super) fn minute(time: &str) -> String {
    time_as(Format::Minute, time)
}

/// `2025-11-06T15:34:38.421958` → `15:34:38`.
pub(super) fn second(time: &str) -> String {
    time_as(Format::Second, time)
}

/// `2025-11-06T15:34:38.421958` → `15:34:38.421`.
pub(super) fn millisecond(time: &str) -> String {
    time_as(Format::Millisecond, time)
}

/// Of a time as the report writes it; what no calendar holds stays as it is.
fn time_as(format: Format, time: &str) -> String {
    written_time(format, time).unwrap_or_else(|| time.to_owned())
}

fn written_time(format: Format, time: &str) -> Option<String> {
    let milliseconds = scale::microseconds(time)?.div_euclid(1000) as f64;
    written(format, milliseconds)
}

fn written(format: Format, value: f64) -> Option<String> {
    SPOKEN.with_borrow_mut(|Spoken { language, tag, formats }| {
        let format = formats.entry(format).or_insert_with(|| format.function(*language, tag));
        format.call1(&JsValue::UNDEFINED, &value.into()).ok()?.as_string()
    })
}

impl Spoken {
    fn new(language: Language) -> Self {
        let code = language.code();
        let tags = window().navigator().languages().iter().filter_map(|tag| tag.as_string()).collect::<Vec<_>>();
        let own = tags.into_iter().find(|tag| tag.split('-').next() == Some(code));
        Self { language, tag: own.unwrap_or_else(|| code.to_owned()), formats: BTreeMap::new() }
    }
}

type Property = (&'static str, &'static str);

/// The log's clock has no zone, and none is added.
const CLOCK_OF_THE_LOG: &[Property] = &[("timeZone", "UTC"), ("calendar", "gregory"), ("numberingSystem", "latn")];
const YEAR: &[Property] = &[("year", "numeric")];
const WEEKDAY: &[Property] = &[("weekday", "short")];
/// In English the sixth of November is 11/6 or 6/11 by country; with its name it is one day everywhere.
const DAY_IN_ENGLISH: &[Property] = &[("month", "short"), ("day", "numeric")];
const DAY_IN_JAPANESE: &[Property] = &[("month", "2-digit"), ("day", "2-digit")];
const MINUTE: &[Property] = &[("hourCycle", "h23"), ("hour", "2-digit"), ("minute", "2-digit")];
const SECOND: &[Property] = &[("second", "2-digit")];
const MILLISECOND: &[Property] = &[("fractionalSecondDigits", "3")];

impl Format {
    fn function(self, language: Language, tag: &str) -> Function {
        let tags = Array::of1(&tag.into());
        let options = Object::new();
        let set = |name: &str, value: &JsValue| {
            // A new object takes any property.
            let _ = Reflect::set(&options, &name.into(), value);
        };
        let day = match language {
            Language::English => DAY_IN_ENGLISH,
            Language::Japanese => DAY_IN_JAPANESE,
        };
        let parts: &[&[Property]] = match self {
            Format::Decimal(digits) => {
                let digits = JsValue::from(digits as u32);
                set("minimumFractionDigits", &digits);
                set("maximumFractionDigits", &digits);
                set("useGrouping", &false.into());
                return NumberFormat::new(&tags, &options).format();
            }
            Format::Date => &[YEAR, day],
            Format::DateAndWeekday => &[YEAR, day, WEEKDAY],
            Format::DayOfYear => &[day],
            Format::Minute => &[MINUTE],
            Format::Second => &[MINUTE, SECOND],
            Format::Millisecond => &[MINUTE, SECOND, MILLISECOND],
        };
        for (name, value) in parts.iter().copied().flatten().chain(CLOCK_OF_THE_LOG) {
            set(name, &(*value).into());
        }
        DateTimeFormat::new(&tags, &options).format()
    }
}
