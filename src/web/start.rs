//! What the loader around the wasm offers to the page: `www/loader/page.js` in the packed file, `www/loader/develop.js`
//! under `trunk serve`.

use js_sys::Promise;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::Worker;

#[wasm_bindgen]
extern "C" {
    /// A fresh worker that runs `src/bin/worker.rs`. Requests may be posted to it at once; they wait until it has started.
    ///
    /// To stop what it does, or after it died (its `error` event), call `terminate()` and ask for the next one: the
    /// module is compiled once and shared, so another worker costs some milliseconds.
    #[wasm_bindgen(js_name = steerscopeWorker)]
    pub fn start_worker() -> Worker;

    /// The built-in example bundle: a promise of an `ArrayBuffer`, or of undefined in a build without `www/demo.zip`.
    #[wasm_bindgen(js_name = steerscopeExample)]
    pub fn example_bundle() -> Promise;
}
