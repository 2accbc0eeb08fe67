//! The whole log at a glance: how busy it was, when it failed, and the incident window, which is marked here.

use std::sync::Arc;

use leptos::prelude::*;

use super::chart::{Axis, Columns};
use super::surface::Surface;
use crate::report::Activity;
use crate::web::format;
use crate::web::scale::Scale;

#[component]
pub(super) fn IncidentBar() -> impl IntoView {
    let page = super::page();
    let wording = page.wording;
    let shown = move || page.activity.with(Option::is_some);
    let scale = Signal::derive(move || {
        page.activity.with(|activity| {
            let activity = activity.as_ref()?;
            Scale::between(&activity.from, &activity.to)
        })
    });
    let columns = move || {
        page.activity.get().map(|activity| {
            let most = activity.flows.iter().max().copied().unwrap_or(0);
            view! {
                <Columns values=activity.flows.clone() most class="flows" />
                <Columns values=activity.retries.clone() most class="retries" />
                <Columns values=activity.errors.clone() most class="errors" />
            }
        })
    };
    view! {
        <Show when=shown>
            <div class="incident-bar" data-testid="incident-bar">
                <Surface scale label="page.bar.label" test_id="incident-brush">
                    {columns}
                </Surface>
                <Axis scale />
                <p class="legend">
                    <Legend activity=page.activity />
                    <span id="incident-brush-help" class="help">{wording.say("page.bar.help")}</span>
                </p>
            </div>
        </Show>
    }
}

/// What the colours of the columns mean, with the number of each in what is shown.
#[component]
pub(super) fn Legend(activity: RwSignal<Option<Arc<Activity>>>) -> impl IntoView {
    let page = super::page();
    let wording = page.wording;
    let sum = move |of: fn(&Activity) -> &Vec<u32>| {
        activity.with(|activity| {
            let sum = activity.as_ref().map_or(0, |activity| of(activity).iter().map(|count| u64::from(*count)).sum());
            format::count(sum)
        })
    };
    view! {
        <span class="key flows">
            {move || wording.filled("page.bar.flows", &[("count", sum(|activity| &activity.flows))])}
        </span>
        <span class="key retries">
            {move || wording.filled("page.bar.retries", &[("count", sum(|activity| &activity.retries))])}
        </span>
        <span class="key errors">
            {move || wording.filled("page.bar.errors", &[("count", sum(|activity| &activity.errors))])}
        </span>
    }
}
