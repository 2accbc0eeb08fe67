//! What the log says about the device and its client.

use leptos::prelude::*;

use super::facts::fact_list;
use crate::report::DeviceSummary;

#[component]
pub(super) fn Device(device: DeviceSummary) -> impl IntoView {
    let wording = super::page().wording;
    let unknown = device == DeviceSummary::default();
    let facts = vec![
        ("page.device.platform", device.platform),
        ("page.device.os", device.os),
        ("page.device.client_version", device.client_version),
        ("page.device.steering_configuration", device.steering_configuration),
        ("page.device.traffic_mode", device.traffic_mode),
        ("page.device.tunnel_protocol", device.tunnel_protocol),
        ("page.device.gateway", device.gateway),
        ("page.device.pop", device.pop),
    ];
    let none = unknown.then(|| view! { <p class="empty">{wording.say("page.device.none")}</p> });
    view! {
        <section class="device" aria-labelledby="device-title" data-testid="device">
            <h2 id="device-title">{wording.say("page.device.title")}</h2>
            {none}
            {fact_list(wording, facts)}
        </section>
    }
}
