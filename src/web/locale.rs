//! Numbers and days of the week as the reader's browser writes them in the page's language: by its `Intl`.
//!
//! Times keep the order of the log and of the incident form, in every language: they are compared with both and typed again.

use std::cell::RefCell;
use std::collections::BTreeMap;

use js_sys::Intl::NumberFormat;
use js_sys::{Array, Date, Function, Number, Object, Reflect};
use leptos::prelude::window;
use wasm_bindgen::JsValue;

use crate::language::Language;

thread_local! {
    static TAG: RefCell<String> = RefCell::new(Language::default().code().to_owned());
    /// By their digits after the mark: a format takes longer to make than to use.
    static DECIMALS: RefCell<BTreeMap<usize, Function>> = const { RefCell::new(BTreeMap::new()) };
}

/// From now on as in `language`: in the reader's own kind of it, such as `en-IN`.
pub(super) fn speak(language: Language) {
    let code = language.code();
    let tags = window().navigator().languages().iter().filter_map(|tag| tag.as_string()).collect::<Vec<_>>();
    let own = tags.into_iter().find(|tag| tag.split('-').next() == Some(code));
    TAG.set(own.unwrap_or_else(|| code.to_owned()));
    DECIMALS.take();
}

/// The first number that a browser writes takes it up to 90 ms: it is written before anybody waits for one.
pub(super) fn warm_up() {
    count(1000);
    decimal(1.0, 1);
}

/// `1234567` → `1,234,567`.
pub(super) fn count(number: u64) -> String {
    TAG.with_borrow(|tag| Number::from(number as f64).to_locale_string(tag).into())
}

/// `14.25` → `14.3`, with so many digits after the mark.
pub(super) fn decimal(number: f64, digits: usize) -> String {
    // Rounded as the saved report rounds it.
    let rounded = format!("{number:.digits$}");
    let written = DECIMALS.with_borrow_mut(|formats| {
        let format = formats.entry(digits).or_insert_with(|| {
            let options = options([
                ("minimumFractionDigits", (digits as u32).into()),
                ("maximumFractionDigits", (digits as u32).into()),
                ("useGrouping", false.into()),
            ]);
            let tag = TAG.with_borrow(|tag| Array::of1(&tag.as_str().into()));
            NumberFormat::new(&tag, &options).format()
        });
        let number = rounded.parse::<f64>().unwrap_or(number);
        format.call1(&JsValue::UNDEFINED, &number.into()).ok()?.as_string()
    });
    written.unwrap_or(rounded)
}

fn options<const N: usize>(properties: [(&str, JsValue); N]) -> Object {
    let options = Object::new();
    for (name, value) in properties {
        // A new object takes any property.
        let _ = Reflect::set(&options, &name.into(), &value);
    }
    options
}

/// `2025-11-06` → `2025-11-06 (Thu)`.
pub(super) fn day(date: &str) -> String {
    let options = options([("weekday", "short".into()), ("timeZone", "UTC".into())]);
    let at = Date::new(&JsValue::from_str(date));
    let weekday = TAG.with_borrow(|tag| String::from(at.to_locale_date_string(tag, &options)));
    format!("{date} ({weekday})")
}
