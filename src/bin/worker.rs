//! Entry of the page's worker.

fn main() {
    steerscope::web::worker::listen();
}
