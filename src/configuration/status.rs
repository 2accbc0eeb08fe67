//! The output of `nsdiag -f`: the fields of the client's Configuration window as text, one `Name:: value.` a line.

use super::{Configuration, Source};
use crate::provenance::MemberId;

/// Labels without case and blanks, and the name of the fact. The user's address stands there too and is not in this list.
const LABELS: [(&str, &str); 13] = [
    ("orgname", "organization"),
    ("tenanturl", "tenant"),
    ("gateway", "gateway"),
    ("gatewayip", "gateway_address"),
    ("config", "client_configuration"),
    ("steeringconfig", "steering_configuration"),
    ("tunnelstatus", "tunnel_status"),
    ("clientstatus", "client_status"),
    ("onpremdetection", "on_premises_check"),
    ("tunnelprotocol", "tunnel_protocol"),
    ("trafficmode", "traffic_mode"),
    ("clientversion", "client_version"),
    ("explicitproxy", "explicit_proxy"),
];

impl Configuration {
    pub(super) fn add_status(&mut self, member: MemberId, bytes: &[u8]) -> Option<&'static str> {
        const LONGEST: usize = 256;
        let text = crate::bundle::text::text_of(bytes);
        let mut found = false;
        for line in String::from_utf8_lossy(&text).lines() {
            let Some((label, value)) = line.split_once("::") else { continue };
            let label: String = label.to_lowercase().split_whitespace().collect();
            let value = value.trim().trim_end_matches('.');
            let fact = LABELS.iter().find(|(known, _)| *known == label).map(|(_, fact)| *fact);
            if let Some(fact) = fact.filter(|_| !value.is_empty() && value.len() <= LONGEST && !value.contains('@')) {
                self.facts.status.retain(|(known, _)| *known != fact);
                self.facts.status.push((fact, value.to_owned()));
                found = true;
            }
        }
        if !found {
            return Some("configuration_unknown");
        }
        self.sources.push(Source { member, kinds: vec!["nsdiag -f"] });
        None
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::configured;

    #[test]
    fn labels_are_read_in_every_spelling() {
        let text = "Orgname:: Example.\nTENANT URL :: example.example.com.\nSteering Config:: Default tenant config.\n\
                    Email:: someone@example.com.\nTunnel status:: NSTUNNEL_CONNECTED.\nClient status:: enable.\nTraffic Mode:: All Web Traffic.\n";
        let (configuration, notices) = configured(&[("state.txt", text)]);
        let status = |key: &str| configuration.facts.status(key).map(str::to_owned);
        assert_eq!(status("tenant").as_deref(), Some("example.example.com"));
        assert_eq!(status("steering_configuration").as_deref(), Some("Default tenant config"));
        assert_eq!(status("traffic_mode").as_deref(), Some("All Web Traffic"));
        assert_eq!(configuration.facts.status.len(), 6);
        assert!(notices.is_empty());
    }
}
