//! What the log says about the device and its client.

use leptos::prelude::*;

use super::facts::fact_list;
use crate::report::DeviceSummary;
use crate::web::format;

#[component]
pub(super) fn Device(device: DeviceSummary) -> impl IntoView {
    let wording = super::page().wording;
    let unknown = device == DeviceSummary::default();
    let facts = move || {
        let device = device.clone();
        vec![
            ("page.device.platform", device.platform.map(|id| wording.word("platform", &id))),
            ("page.device.os", device.os),
            ("page.device.client_version", device.client_version),
            ("page.device.steering_configuration", device.steering_configuration),
            ("page.device.traffic_mode", device.traffic_mode.map(|id| wording.word("traffic", &id))),
            ("page.device.tunnel_protocol", device.tunnel_protocol),
            ("page.device.gateway", device.gateway),
            ("page.device.gateway_address", device.gateway_address),
            ("page.device.pop", device.pop),
            ("page.device.organization", device.organization),
            ("page.device.client_configuration", device.client_configuration),
            ("page.device.classification", device.device_classification),
            ("page.device.private_access", device.private_access),
            ("page.device.private_access_gateway", device.private_access_gateway),
            ("page.device.on_premises", device.on_premises_check.map(|id| wording.word("location", &id))),
            ("page.device.updated", device.configuration_updated.as_deref().map(format::time)),
            ("page.device.update_status", device.configuration_status.map(|id| wording.word("update", &id))),
        ]
    };
    let none = unknown.then(|| view! { <p class="empty">{wording.say("page.device.none")}</p> });
    view! {
        <section class="device" aria-labelledby="device-title" data-testid="device">
            <h2 id="device-title">{wording.say("page.device.title")}</h2>
            {none}
            {fact_list(wording, facts)}
        </section>
    }
}
