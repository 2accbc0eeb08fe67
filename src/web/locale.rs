//! Numbers and days of the week as the reader's browser writes them in the page's language: by its `Intl`.
//!
//! Times keep the order of the log and of the incident form, in every language: they are compared with both and typed again.

use std::cell::RefCell;

use js_sys::{Date, Number, Object, Reflect};
use leptos::prelude::window;
use wasm_bindgen::JsValue;

use crate::language::Language;

thread_local! {
    static TAG: RefCell<String> = RefCell::new(Language::default().code().to_owned());
}

/// From now on as in `language`: in the reader's own kind of it, such as `en-IN`.
pub(super) fn speak(language: Language) {
    let code = language.code();
    let tags = window().navigator().languages().iter().filter_map(|tag| tag.as_string()).collect::<Vec<_>>();
    let own = tags.into_iter().find(|tag| tag.split('-').next() == Some(code));
    TAG.set(own.unwrap_or_else(|| code.to_owned()));
}

/// The first number that a browser writes takes it up to 90 ms: it is written before anybody waits for one.
pub(super) fn warm_up() {
    count(1000);
}

/// `1234567` → `1,234,567`.
pub(super) fn count(number: u64) -> String {
    TAG.with_borrow(|tag| Number::from(number as f64).to_locale_string(tag).into())
}

/// `2025-11-06` → `2025-11-06 (Thu)`.
pub(super) fn day(date: &str) -> String {
    let options = Object::new();
    for (name, value) in [("weekday", "short"), ("timeZone", "UTC")] {
        // A new object takes any property.
        let _ = Reflect::set(&options, &name.into(), &value.into());
    }
    let at = Date::new(&JsValue::from_str(date));
    let weekday = TAG.with_borrow(|tag| String::from(at.to_locale_date_string(tag, &options)));
    format!("{date} ({weekday})")
}
