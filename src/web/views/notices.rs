//! What the reader should know about the input: skipped, cut off, repaired, not understood.

use leptos::prelude::*;

use crate::report::Notice;
use crate::web::format;

#[component]
pub(super) fn Notices(notices: Vec<Notice>) -> impl IntoView {
    let wording = super::page().wording;
    (!notices.is_empty()).then(|| {
        let notices = notices.into_iter().map(|notice| view! { <NoticeRow notice /> }).collect_view();
        view! {
            <section class="notices" aria-labelledby="notices-title" data-testid="notices">
                <h2 id="notices-title">{wording.say("page.notices.title")}</h2>
                <ul>{notices}</ul>
            </section>
        }
    })
}

#[component]
fn NoticeRow(notice: Notice) -> impl IntoView {
    let wording = super::page().wording;
    let place = notice.member.map(|member| {
        let place = move || match notice.line {
            Some(line) => {
                wording.filled("page.notices.place", &[("member", member.clone()), ("line", line.to_string())])
            }
            None => member.clone(),
        };
        view! { <span class="place">{place}</span> }
    });
    view! { <li data-testid="notice">{format::sentence(&notice.text)} " " {place}</li> }
}
