//! Entry of the page.

fn main() {
    steerscope::web::mount();
}
