//! What a good engineer asks before blaming a host: one small story for each finding.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on must fail")]

#[path = "support/story.rs"]
mod story;

use steerscope::language::Language;
use story::{Story, empty_story, story};

fn broken() -> Story {
    story().at("15:34:00").retries("drive.exe", "api.drive.example").broke_at("15:34")
}

#[test]
fn tunnel_down() {
    let story = broken()
        .at("15:33:30")
        .says("nsTunnel DTLS disconnecting nsTunnel, context = NSTUNNEL_DISCONNECTED_ERROR")
        .at("15:35:10")
        .says(
            "nsTunnel DTLS SSL connected to the gslbgw server: gateway-nrt1.example.com(192.0.2.35):443 successfully",
        );
    assert_eq!(story.finding("tunnel_down").severity, "error");
    let timeline = story.report().timeline;
    assert_eq!((timeline.sessions.len(), timeline.outages.len()), (2, 1));
    assert_eq!(timeline.outages[0].seconds, 100);
    assert_eq!(timeline.sessions[0].ended_by.as_deref(), Some("NSTUNNEL_DISCONNECTED_ERROR"));
    assert!(timeline.sessions[0].ended_by_says.is_some());
}

#[test]
fn tunnel_flapping() {
    let mut story = broken();
    for minute in [20, 25, 30] {
        story = story
            .at(&format!("15:{minute}:00"))
            .says("nsTunnel DTLS disconnecting nsTunnel, context = NSTUNNEL_DISCONNECTED_ERROR")
            .at(&format!("15:{minute}:20"))
            .says("nsTunnel DTLS SSL connected to the gslbgw server: gateway-nrt1.example.com(192.0.2.35):443 successfully");
    }
    assert!(story.has_finding("tunnel_flapping"));
}

#[test]
fn tunnel_never_up() {
    let mut story = empty_story().broke_at("15:05");
    for minute in 0..12 {
        story = story
            .at(&format!("15:{minute:02}:00"))
            .says("nsTunnel TLS Connecting to gateway.example.com")
            .says("nsTunnel TLS nsssl_connect failed, err: -1");
    }
    assert_eq!(story.finding("tunnel_never_up").severity, "error");
    assert!(!broken().has_finding("tunnel_never_up"));
}

/// Each documented event that leaves the client off names its own cause.
#[test]
fn client_disabled() {
    for (event, title) in [
        ("User Disabled", "The user had disabled"),
        ("Admin Disabled", "An administrator had disabled"),
        ("Tunnel down due to Secure Forwarder", "Secure Forwarder found"),
        ("Tunnel down due to GRE", "GRE tunnel found"),
        ("Tunnel down due to Data Plane on-premises", "on-premises data plane"),
        ("Tunnel down due to config error", "missing or broken"),
        ("Tunnel down due to error", "because of an error"),
        ("Fail close", "because of an error"),
        ("Uninstalled", "uninstalled"),
    ] {
        let story = empty_story()
            .at("15:00:00")
            .steers("mail.exe", "mail.example.net")
            .at("15:20:00")
            .reports_status(event)
            .at("15:50:00")
            .says("nsUtils Pref src ip 192.0.2.7, iface 21")
            .broke_at("15:21");
        let finding = story.finding("client_disabled");
        assert!(finding.title.contains(title), "{event}: {}", finding.title);
        let steps = story.report().first_steps;
        let on = steps.iter().find(|step| step.id == "client_on").unwrap();
        assert_eq!(on.state, "answered_no", "{event}");
    }
    let enabled = broken().at("15:20:00").reports_status("User Disabled").reports_status("User Enabled");
    assert!(!enabled.has_finding("client_disabled"));
}

/// “Does it work with Netskope off?” is what everybody tries next.
#[test]
fn a_client_that_was_turned_off_after_the_fault_explains_nothing() {
    let soon_after = broken().at("15:35:30").reports_status("User Disabled");
    assert_eq!(soon_after.finding("client_disabled").severity, "warning");
    let later = broken().at("15:37:00").reports_status("User Disabled");
    assert!(!later.has_finding("client_disabled"));
    let at_the_end = story().at("15:34:00").retries("drive.exe", "api.drive.example");
    let without_a_time = at_the_end.at("15:59:50").reports_status("User Disabled");
    assert_eq!(without_a_time.finding("client_disabled").severity, "warning");
    for story in [soon_after, later, without_a_time] {
        let report = story.report();
        assert_eq!(report.suggestions[0].remedy, "do_not_decrypt");
        let off_test = report.first_steps.into_iter().find(|step| step.id == "client_off_test").unwrap();
        assert_eq!(off_test.state, "open", "{}", off_test.why);
    }
}

#[test]
fn fail_close() {
    let story = broken().at("15:33:50").says("CTunnelMgr tunnel could not be established, entering Fail Close mode");
    assert!(story.has_finding("fail_close"));
    assert!(broken().at("15:33:50").reports_status("Fail close").has_finding("fail_close"));
}

#[test]
fn ca_missing() {
    let story = broken().at("15:10:00").says("cert system ca cert is not installed");
    assert!(story.has_finding("ca_missing"));
    let trusted = story.report().first_steps.into_iter().find(|step| step.id == "authority_trusted").unwrap();
    assert_eq!(trusted.state, "answered_no");
}

#[test]
fn other_tls_inspection() {
    let story = broken()
        .at("15:10:00")
        .says("nsssl TLS peer cert verify err: 19, errMsg: self-signed certificate in certificate chain");
    assert!(story.has_finding("other_tls_inspection"));
    let event = story.report().timeline.events.into_iter().find(|event| event.kind == "certificate_rejected").unwrap();
    assert!(event.says.contains("openssl verify 19: "), "{}", event.says);
}

#[test]
fn configuration_stale() {
    let story = broken()
        .at("15:10:00")
        .says("restapi Failed to download steering config, Error: -2")
        .at("15:20:00")
        .says("restapi Failed to download steering config, Error: -2");
    assert!(story.has_finding("configuration_stale"));
    assert_eq!(story.report().device.configuration_status.as_deref(), Some("failed"));
    let fresh = story.at("15:25:00").says("restapi steering config downloaded successfully");
    assert!(!fresh.has_finding("configuration_stale"));
    let report = fresh.report();
    assert_eq!(report.device.configuration_updated.as_deref().map(|at| &at[11..16]), Some("15:25"));
    let step = report.first_steps.iter().find(|step| step.id == "configuration_fresh").unwrap();
    assert_eq!(step.state, "answered_yes");
}

#[test]
fn all_hosts_storm() {
    let mut story = story().broke_at("15:34");
    for app in 0..12 {
        for second in 0..6 {
            story = story
                .at(&format!("15:34:{:02}", second * 9))
                .steers(&format!("app{app}.exe"), &format!("api.app{app}.example"));
        }
    }
    assert!(story.has_finding("all_hosts_storm"));
}

#[test]
fn blocked_by_configuration() {
    let story = story()
        .at("15:34:00")
        .says("BypassAppMgr Dropping connection from process: drive.exe, host: api.drive.example")
        .broke_at("15:34");
    assert!(story.finding("blocked_by_configuration").next_step.unwrap().contains("View Blocked Events"));
}

#[test]
fn quic_blocked() {
    let quic = |process: &str| {
        let line = format!(
            "BypassAppMgr Blocking UDP connection from process: {process}, dest IP:198.51.100.4:443, src IP 192.0.2.7:50127"
        );
        broken().at("15:34:10").says(&line).finding("quic_blocked")
    };
    assert_eq!(quic("chrome.exe").severity, "note");
    assert_eq!(quic("drive.exe").severity, "warning");
}

#[test]
fn not_steered() {
    let story = empty_story()
        .at("15:00:00")
        .says("CTunnelMgr dynamic steering enhancement: Dynamic Web Mode = 0, Firewall Mode = 0, DNS Mode = 0, steeringNone = true")
        .at("15:40:00")
        .says("BypassAppMgr bypassing flow to exception host: a.example, process: a.exe")
        .broke_at("15:34");
    assert!(story.has_finding("not_steered"));
    assert!(story.report().timeline.steering[0].says.contains("nothing is steered"));
}

#[test]
fn firewall_only() {
    let flow = "nsTunnel TLS [sessId 1] Tunneling flow from addr: 192.0.2.7:50123, process: sync.exe to host: sync.example, addr: 198.51.100.4:5228 to app-fw";
    let story = story().at("15:34:00").says(flow).broke_at("15:34").hint("sync.example");
    assert!(story.has_finding("firewall_only"));
}

#[test]
fn already_excepted() {
    let flow = "BypassAppMgr Bypassing connection from process: sync.exe, host: sync.example";
    let story = story().at("15:34:00").says(flow).broke_at("15:34").hint("sync.example");
    assert!(story.has_finding("already_excepted"));
    let step = story.report().first_steps.into_iter().find(|step| step.id == "already_excepted").unwrap();
    assert_eq!(step.state, "answered_yes");
}

#[test]
fn host_names_missing() {
    let mut story = story().broke_at("15:34");
    for second in 0..8 {
        story =
            story.at(&format!("15:34:{:02}", second * 5)).steers("chrome.exe", &format!("198.51.100.{}", second + 1));
    }
    assert!(story.has_finding("host_names_missing"));
}

const IPV6: &str = "nsTunnel TLS [sessId 1] Tunneling flow from addr: 2001:db8::7:59136, process: chrome.exe to host: www.example.org, addr: 198.51.100.9:443 to nsProxy";

#[test]
fn ipv6_private_access() {
    let plain = broken().at("15:34:10").says(IPV6);
    assert_eq!(plain.finding("ipv6_private_access").severity, "note");
    let private =
        plain.at("15:02:00").says("CNpaTunnelMgr Set NPA (current) status from [NPA_IS_STARTING] to [NPA_IS_STARTED]");
    let finding = private.finding("ipv6_private_access");
    assert_eq!(finding.severity, "warning");
    assert!(finding.detail.contains("does not support IPv6"));
    assert_eq!(private.report().device.private_access.as_deref(), Some("NPA_IS_STARTED"));
    assert!(!broken().has_finding("ipv6_private_access"));
}

#[test]
fn private_access_down() {
    let down = broken()
        .at("15:20:00")
        .says("CNpaTunnelMgr NPA tunnel is already down, need to restart NPA client after re-auth");
    assert!(down.has_finding("private_access_down"));
    let again =
        down.at("15:25:00").says("CNpaTunnelMgr Set NPA (current) status from [NPA_IS_STARTING] to [NPA_IS_STARTED]");
    assert!(!again.has_finding("private_access_down"));
}

#[test]
fn network_changed() {
    let story =
        broken().at("15:33:50").says("nsDnsMgr Uplink DNS 192.0.2.53 OIF wlp2s0/4 -> eth0/6; rebuilding socket");
    assert_eq!(story.finding("network_changed").severity, "note");
    assert!(broken().at("15:33:50").reports_status("Change in network").has_finding("network_changed"));
    let same_address = "CTunnelMgr Primary tunnel source IP: 192.0.2.126";
    assert!(!broken().at("15:33:50").says(same_address).says(same_address).has_finding("network_changed"));
}

#[test]
fn device_slept() {
    assert!(broken().at("15:33:50").says("deviceId posture changed by System wake up").has_finding("device_slept"));
    assert!(broken().at("15:33:50").reports_status("System powerup").has_finding("device_slept"));
}

#[test]
fn captive_portal() {
    assert!(broken().at("15:33:50").says("CTunnelMgr Captive portal detected").has_finding("captive_portal"));
}

#[test]
fn pop_changed() {
    let stays = "gslb [NSClient] pops fetched end curPop:JP-TYO1 best:JP-TYO1 (not modified)";
    let moves = "gslb [NSClient] pops fetched end curPop:JP-OSA1 best:JP-OSA1 (modified)";
    assert!(!broken().at("15:33:50").says(stays).has_finding("pop_changed"));
    let story = broken().at("15:33:50").says(moves);
    assert!(story.finding("pop_changed").title.contains("JP-OSA1"));
    assert_eq!(story.report().device.pop.as_deref(), Some("JP-OSA1"));
}

/// DNS over HTTPS fails, ordinary DNS answers: the older client's way, and no incident.
#[test]
fn gateway_unresolved() {
    let failed = broken()
        .at("15:33:50")
        .says("downloader curl_easy_perform failed, code 28, error Timeout was reached")
        .says("restapi Failed to download SSL resolve EDNS, Error: -2")
        .says("dnsResolver Failed to resolve [gateway.example.com] by EDNS");
    let resolved = "dnsResolver Hostname [gateway.example.com] resolved by LDNS";
    assert!(failed.has_finding("gateway_unresolved"));
    assert!(!failed.at("15:33:52").says(resolved).has_finding("gateway_unresolved"));
}

#[test]
fn outside_span_and_how_to_collect_again() {
    let story = story().broke_at("18:00");
    assert!(story.has_finding("outside_span"));
    let again = story.report().collect_again;
    assert!(again.iter().any(|line| line.contains("Log bundle created!")), "{again:?}");
    assert!(again.iter().any(|line| line.contains("Collect Log")), "{again:?}");
    assert!(!again.iter().any(|line| line.contains("Share Log")), "{again:?}");
    assert!(broken().report().collect_again.is_empty());
}

#[test]
fn log_level() {
    let story = empty_story()
        .at("15:00:00")
        .says_at_level("warning", "nsUtils something is odd")
        .at("15:50:00")
        .says_at_level("error", "nsUtils something failed")
        .broke_at("15:34");
    assert!(story.has_finding("log_level"));
    let report = story.report();
    assert_eq!(report.coverage.judgement, "cannot_judge");
    let step = report.first_steps.iter().find(|step| step.id == "log_level").unwrap();
    assert_eq!(step.state, "answered_no");
    // The platform is not known: every way is told.
    assert!(report.collect_again.iter().any(|line| line.contains("Share Log")));
}

#[test]
fn log_gap() {
    let story = empty_story()
        .at("15:00:00")
        .steers("mail.exe", "mail.example.net")
        .at("16:00:00")
        .steers("mail.exe", "mail.example.net")
        .broke_at("15:34");
    assert!(story.has_finding("log_gap"));
}

#[test]
fn log_noise() {
    let mut story = story().broke_at("15:34");
    for number in 0..70 {
        story = story.at(&format!("15:34:{:02}", number % 60)).steers("chrome.exe", &format!("h{number}.many.example"));
    }
    assert!(story.finding("log_noise").detail.contains("chrome.exe"));
}

#[test]
fn no_flows() {
    let story = empty_story().at("15:00:00").says("nsUtils Pref src ip 192.0.2.7, iface 21");
    assert!(story.has_finding("no_flows"));
}

#[test]
fn a_device_is_described_as_its_own_window_does() {
    let report = broken()
        .at("15:02:00")
        .says("BypassAppMgr device classification status: managed")
        .says("CNpaTunnelMgr NPA tunnel remote address is 192.0.2.69:443")
        .says("CTunnelMgr Client location is on-prem and traffic mode is 3, DNS 1")
        .with_file("state.txt", "Orgname:: Example.\nConfig:: Laptops.\nSteering Config:: Office.\nEmail:: someone@example.com.\nTraffic Mode:: All Web Traffic.\n")
        .report();
    let device = report.device;
    assert_eq!(device.platform.as_deref(), Some("windows"));
    assert_eq!(device.organization.as_deref(), Some("Example"));
    assert_eq!(device.client_configuration.as_deref(), Some("Laptops"));
    assert_eq!(device.steering_configuration.as_deref(), Some("Office"));
    assert_eq!(device.traffic_mode.as_deref(), Some("All Web Traffic"));
    assert_eq!(device.device_classification.as_deref(), Some("managed"));
    assert_eq!(device.private_access_gateway.as_deref(), Some("192.0.2.69:443"));
    assert_eq!(device.on_premises_check.as_deref(), Some("on-prem"));
    assert_eq!(device.gateway_address.as_deref(), Some("192.0.2.35"));
    assert_eq!(device.tunnel_protocol.as_deref(), Some("DTLS"));
}

#[test]
fn first_steps_speak_of_this_device() {
    let steps = broken().hint("drive").report().first_steps;
    let step = |id: &str| steps.iter().find(|step| step.id == id).unwrap();
    assert_eq!(step("ask_time").state, "answered_yes");
    assert_eq!(step("ask_what").state, "answered_yes");
    assert_eq!(step("client_on").state, "answered_yes");
    assert_eq!(step("client_off_test").state, "open");
    assert!(step("client_off_test").text.contains("Enable All Client Services"));
    assert!(step("ipv6_off").text.contains("Internet Protocol Version 6"));
    assert!(!step("ipv6_off").text.contains("networksetup"));
    assert_eq!(step("ipv6_off").state, "answered_yes");
    let asked = empty_story().at("15:00:00").steers("mail", "mail.example.net").report().first_steps;
    let ipv6 = asked.iter().find(|step| step.id == "ipv6_off").unwrap();
    assert!(ipv6.text.contains("networksetup -setv6Automatic Wi-Fi") && ipv6.state == "open");
}

#[test]
fn status_events_say_who_and_what_it_means() {
    let story = broken().at("15:40:00").reports_status("Admin Disabled").at("15:41:00").reports_status("Something new");
    let events = story.report().timeline.events;
    let says: Vec<&str> =
        events.iter().filter(|event| event.kind == "client_status").map(|event| event.says.as_str()).collect();
    assert!(says[0].contains("Admin Disabled (actor Admin, status Disabled)"), "{says:?}");
    assert!(says[1].contains("does not list this event"), "{says:?}");
}

#[test]
fn equal_events_in_a_row_are_one_row() {
    let mut story = broken();
    for second in 0..5 {
        story = story.at(&format!("15:10:0{second}")).says("CTunnelMgr Captive portal detected");
    }
    let events = story.report().timeline.events;
    let portal = events.iter().find(|event| event.kind == "captive_portal").unwrap();
    assert_eq!((portal.times, portal.evidence.len()), (5, 1));
    assert!(portal.evidence[0].text.as_deref().unwrap().contains("Captive portal"));
}

/// A gateway's name is asked for all day: a row before, around and after the incident, and one after each other event.
#[test]
fn routine_is_one_row_while_nothing_else_happens() {
    let mut story = broken();
    for minute in ["14:10", "14:20", "14:40", "15:34", "15:50", "15:55"] {
        story = story
            .at(&format!("{minute}:00"))
            .says("dnsResolver Hostname [gateway-nrt1.example.com] resolved by EDNS")
            .at(&format!("{minute}:30"))
            .reports_status("Admin Disabled");
    }
    let story = story.at("14:30:00").says("nsTunnel DTLS [sessId 1] DTLS tunnel disconnected");
    let events = story.report().timeline.events;
    let of = |kind: &str| -> Vec<(String, u64)> {
        let rows = events.iter().filter(|event| event.kind == kind);
        rows.map(|event| (event.at[11..16].to_owned(), event.times)).collect()
    };
    let row = |at: &str, times| (at.to_owned(), times);
    assert_eq!(
        of("name_resolved"),
        [row("14:10", 2), row("14:40", 1), row("15:34", 1), row("15:50", 2)],
        "{events:#?}"
    );
    // What is no routine is folded only where nothing comes between.
    assert_eq!(of("client_status").len(), 6);
}

#[test]
fn unknown_messages_are_grouped() {
    let report = broken().at("15:10:00").says("nsThing did 1 new thing").says("nsThing did 2 new thing").report();
    let unknown = &report.unknown_messages[0];
    assert_eq!((unknown.template.as_str(), unknown.count), ("nsThing did * new thing", 2));
    assert_eq!(unknown.source_file, "source.cpp");
    assert!(unknown.first.text.as_deref().unwrap().contains("did 1 new"));
}

/// A key that shows instead of its sentence is a text that nobody wrote.
#[test]
fn every_sentence_is_written_in_both_languages() {
    let stories = [
        broken().at("15:34:10").says(IPV6).reports_status("Change in network"),
        story().broke_at("18:00"),
        empty_story().at("15:00:00").says("nsUtils Pref src ip 192.0.2.7, iface 21"),
    ];
    for language in Language::ALL {
        for story in &stories {
            let report = story.report_in(language);
            let steps = report.first_steps.iter().flat_map(|step| [&step.text, &step.why]);
            let events = report.timeline.events.iter().map(|event| &event.says);
            let findings = report.findings.iter().flat_map(|finding| [&finding.title, &finding.detail]);
            for text in steps.chain(events).chain(findings).chain(&report.collect_again) {
                let keys = ["first_step.", "timeline.", "finding.", "collect_again."];
                assert!(!keys.iter().any(|key| text.contains(key)) && !text.contains('{'), "{text}");
            }
        }
    }
}
