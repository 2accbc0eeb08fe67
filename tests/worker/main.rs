//! What of the worker needs a browser, in a worker of one; one program, since each takes minutes to link.
#![cfg(target_arch = "wasm32")]

mod file_source;
mod protocol;

use wasm_bindgen_test::wasm_bindgen_test_configure;

wasm_bindgen_test_configure!(run_in_dedicated_worker);
