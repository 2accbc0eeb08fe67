//! Finds the known shapes in a JSON file by their telling keys, at any depth and under any file name.

use serde_json::{Map, Value};

use super::json::{self, MOST_VALUES, get, text_of, texts};
use super::{AddressException, Addresses, Branch, Configuration, DomainException, PinnedApp, ProcessPattern, Source};
use crate::provenance::MemberId;

/// Settings of the client that explain what a log shows: key in the file, and the part of the file below which it stands.
const SETTINGS: [(&str, Option<&str>); 16] = [
    ("logLevel", None),
    ("protocol", None),
    ("dynamicSteering", None),
    ("fail_close", Some("failClose")),
    ("blockIPv6", None),
    ("blockDnsTCP", None),
    ("checkSNI", None),
    ("allowClientDisabling", None),
    ("encryptClientConfig", None),
    ("bypassPreferredIPv4macOS", None),
    ("updateIntervalInMin", Some("configUpdate")),
    ("bypass_option", None),
    ("steering_method_none", None),
    ("onprem_steering_method_none", None),
    ("offprem_steering_method_none", None),
    ("enablePerUserConfig", None),
];

/// Hosts that an on-premises check asks for; that one exists says that the place matters.
const ON_PREMISES_CHECK: [&str; 3] = ["onprem_host", "onprem_ip", "onprem_http_host"];

impl Configuration {
    /// Adds what a file says; answers with the id of a notice where that is nothing.
    pub(super) fn add_file(&mut self, member: MemberId, bytes: &[u8]) -> Option<&'static str> {
        let Some(value) = json::parse(bytes) else { return Some("configuration_unreadable") };
        let mut walk = Walk { configuration: self, member, kinds: Vec::new(), left: MOST_VALUES };
        walk.value(&value, Branch::Everywhere);
        let (kinds, complete) = (std::mem::take(&mut walk.kinds), walk.left > 0);
        if kinds.is_empty() {
            return Some("configuration_unknown");
        }
        self.sources.push(Source { member, kinds });
        (!complete).then_some("configuration_too_large")
    }
}

struct Walk<'c> {
    configuration: &'c mut Configuration,
    member: MemberId,
    kinds: Vec<&'static str>,
    left: usize,
}

impl Walk<'_> {
    fn value(&mut self, value: &Value, branch: Branch) {
        if self.left == 0 {
            return;
        }
        self.left -= 1;
        match value {
            Value::Array(values) => values.iter().for_each(|value| self.value(value, branch)),
            Value::Object(object) => {
                self.object(object, branch);
                for (key, value) in object.iter().filter(|(key, _)| key.as_str() != "fail_close") {
                    self.value(value, branch_of(key).unwrap_or(branch));
                }
            }
            _ => {}
        }
    }

    fn object(&mut self, object: &Map<String, Value>, branch: Branch) {
        let has = |key: &str| get(object, key).is_some();
        if let Some(Value::Array(apps)) = get(object, "certPinnedAppList") {
            self.note("nsbypass.json");
            apps.iter().take(MOST_VALUES).filter_map(Value::as_object).for_each(|app| self.pinned_app(app, branch));
        }
        if has("names") && has("ips") {
            self.note("nsexception.json");
            self.exceptions(object, branch);
        }
        if has("domains") && has("traffic_mode") {
            self.note("nssteering.json");
            self.settings(object);
        }
        if let Some(Value::Object(client)) = get(object, "clientConfig") {
            self.note("nsconfig.json");
            self.settings(client);
            let facts = &mut self.configuration.facts;
            facts.client_configuration = text_of(client, "configurationName").or(facts.client_configuration.take());
        }
        if let Some(Value::Object(gateway)) = get(object, "nsgw") {
            self.note("nsconfig.json");
            let facts = &mut self.configuration.facts;
            facts.gateway = text_of(gateway, "host").and_then(|host| domain(&host)).or(facts.gateway.take());
        }
        if let Some(categories) = get(object, "webcat_ids") {
            self.note("nsbypasscat.json");
            let known = &mut self.configuration.categories;
            known.extend(texts(Some(categories)));
            known.sort();
            known.dedup();
        }
        if let Some(Value::Object(user)) = get(object, "nsUserConfig") {
            self.note("nsuserconfig.json");
            self.settings(user);
        }
        // Files without a bearing on a host: known, so that they are not told as unknown.
        for (key, file) in [
            ("overlappingDomainList", "nsoverlap.json"),
            ("tunnelPolicy", "nstunnelpolicy.json"),
            ("device_classification_rules", "nsdeviceid.json"),
            ("deviceClassification", "nsdeviceid.json"),
        ] {
            if has(key) {
                self.note(file);
            }
        }
        if has("steering_config_name") && !self.kinds.is_empty() {
            let facts = &mut self.configuration.facts;
            facts.steering_configuration =
                text_of(object, "steering_config_name").or(facts.steering_configuration.take());
        }
    }

    fn note(&mut self, kind: &'static str) {
        if !self.kinds.contains(&kind) {
            self.kinds.push(kind);
        }
    }

    fn settings(&mut self, object: &Map<String, Value>) {
        let facts = &mut self.configuration.facts;
        facts.traffic_mode = text_of(object, "traffic_mode").or(facts.traffic_mode.take());
        let mut set = |key: &'static str, value: String| {
            facts.settings.retain(|(known, _)| *known != key);
            facts.settings.push((key, value));
        };
        for (key, below) in SETTINGS {
            let place = match below {
                Some(part) => get(object, part).and_then(Value::as_object),
                None => Some(object),
            };
            if let Some(value) = place.and_then(|place| text_of(place, key)) {
                set(key, value);
            }
        }
        let check = get(object, "onpremcheck").and_then(Value::as_object);
        if let Some(check) = check {
            let asked = ON_PREMISES_CHECK.iter().any(|key| text_of(check, key).is_some());
            set("onpremcheck", asked.to_string());
        }
        if let Some(private) = get(object, "dnstcp_enabled")
            .or_else(|| get(object, "npa").and_then(Value::as_object).and_then(|npa| get(npa, "dnstcp_enabled")))
        {
            set("dnstcp_enabled", json::is_true(private).to_string());
        }
        if let Some(limit) = get(object, "fail_close_enabled").filter(|_| get(object, "failClose").is_none()) {
            set("fail_close", json::is_true(limit).to_string());
        }
    }

    fn pinned_app(&mut self, app: &Map<String, Value>, branch: Branch) {
        let is_pattern = get(app, "isRegex").is_some_and(json::is_true);
        let processes = match get(app, "processName") {
            // A pattern may hold commas; a list of names is split at them.
            Some(value) if is_pattern => json::text(value).into_iter().collect(),
            value => texts(value),
        };
        let domains =
            |key: &str| -> Vec<String> { texts(get(app, key)).iter().filter_map(|written| domain(written)).collect() };
        for process in processes {
            let process = if is_pattern { ProcessPattern::pattern(&process) } else { ProcessPattern::name(&process) };
            self.configuration.pinned_apps.push(PinnedApp {
                name: text_of(app, "appName").unwrap_or_default(),
                process,
                custom: text_of(app, "rowID").is_some_and(|row| row.to_ascii_lowercase().starts_with("custom")),
                mode: text_of(app, "mode").map(|mode| mode.to_ascii_lowercase()),
                action: text_of(app, "action"),
                domains: domains("app_domains"),
                tunnel_domains: domains("tunnel_domains"),
                branch,
                member: self.member,
            });
        }
    }

    fn exceptions(&mut self, object: &Map<String, Value>, branch: Branch) {
        let member = self.member;
        let names = match get(object, "names") {
            Some(Value::Array(names)) => names.as_slice(),
            _ => &[],
        };
        for name in names.iter().take(MOST_VALUES) {
            // Only plain names are known; a name inside an object is taken where its key leaves no doubt.
            let written = match name {
                Value::Object(inner) => text_of(inner, "name").or_else(|| text_of(inner, "domain")),
                other => json::text(other),
            };
            if let Some(pattern) = written.and_then(|written| domain(&written)) {
                self.configuration.domains.push(DomainException { pattern, branch, member });
            }
        }
        let addresses = match get(object, "ips") {
            Some(Value::Array(addresses)) => addresses.as_slice(),
            _ => &[],
        };
        for address in addresses.iter().take(MOST_VALUES) {
            // The keys inside are not documented: every text that reads as addresses is one.
            let texts: Vec<String> = match address {
                Value::Object(inner) => inner.values().flat_map(all_texts).collect(),
                other => json::text(other).into_iter().collect(),
            };
            for written in texts {
                if let Some(addresses) = Addresses::parse(&written) {
                    self.configuration.addresses.push(AddressException { addresses, written, branch, member });
                }
            }
        }
    }
}

fn all_texts(value: &Value) -> Vec<String> {
    match value {
        Value::Array(values) => values.iter().filter_map(json::text).collect(),
        other => json::text(other).into_iter().collect(),
    }
}

/// A host name or a pattern for one in lower case; anything else is no domain.
fn domain(written: &str) -> Option<String> {
    let lower = written.trim().trim_end_matches('.').to_lowercase();
    let plain = |letter: char| letter.is_alphanumeric() || matches!(letter, '.' | '-' | '_' | '*' | ':');
    (!lower.is_empty() && lower.chars().all(plain)).then_some(lower)
}

/// `on_prem`, `On-Premises`, `offPremConfig` …: not documented for the files, so read without case, blanks and punctuation.
fn branch_of(key: &str) -> Option<Branch> {
    let letters: String =
        key.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect();
    match letters.as_str() {
        "onpremcheck" => None,
        _ if letters.starts_with("onprem") => Some(Branch::OnPremises),
        _ if letters.starts_with("offprem") => Some(Branch::OffPremises),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::configured;
    use super::*;

    #[test]
    fn pinned_apps_are_read_with_all_that_is_shown() {
        let file = r#"{"certPinnedAppList":[
            {"action":1,"appName":"Drive","app_domains":["drive.example.com"],"mode":"tunnel","processName":"Drive.exe","rowID":"151","tunnel_domains":["drive.example.com"]},
            {"action":"3","appName":"[Tools]","app_domains":["*"],"isRegex":"true","mode":"Direct","processName":"^tool[0-9]{1,2}\\.exe$","rowID":"custom_11","tunnel_domains":[]}
        ],"status":"success","steering_config_name":"Office"}"#;
        let (configuration, notices) = configured(&[("renamed-by-ticket.txt", file)]);
        let [drive, tools] = configuration.pinned_apps.as_slice() else { panic!("two apps") };
        assert_eq!((drive.name.as_str(), drive.custom, drive.is_bypass()), ("Drive", false, true));
        assert_eq!((tools.mode.as_deref(), tools.action.as_deref()), (Some("direct"), Some("3")));
        assert!(tools.custom && !tools.is_bypass() && tools.is_for_any_host() && tools.process.fits("tool7.exe"));
        assert_eq!(configuration.facts.steering_configuration.as_deref(), Some("Office"));
        assert!(notices.is_empty());
    }

    #[test]
    fn exceptions_of_both_branches_are_told_apart() {
        let file = r#"[{"On-Prem":{"names":["*.Inside.example.com"],"ips":[],"fail_close":{"domains":["never.example.com"],"ips":[]}},
            "off prem":{"names":["outside.example.com"],"ips":[{"type":"local","value":["192.0.2.0/24"]}],"fail_close":{}}}]"#;
        let (configuration, _) = configured(&[("nsexception.json", file)]);
        let domains: Vec<_> =
            configuration.domains.iter().map(|domain| (domain.pattern.as_str(), domain.branch)).collect();
        assert_eq!(
            domains,
            [("*.inside.example.com", Branch::OnPremises), ("outside.example.com", Branch::OffPremises)]
        );
        assert_eq!(configuration.addresses[0].branch, Branch::OffPremises);
    }

    #[test]
    fn settings_come_from_client_and_steering_files() {
        let steering = r#"{"domains":["a.example.com"],"traffic_mode":"web","dynamic_steering":"1","steering_method_none":0,"steering_config_name":"Office"}"#;
        let client = r#"{"clientConfig":{"configurationName":"Laptops","logLevel":"debug","failClose":{"fail_close":"true"},
            "onpremcheck":{"onprem_host":"inside.example.com"},"npa":{"dnstcp_enabled":1}},"nsgw":{"host":"gateway-example.example.com","port":"443"}}"#;
        let (configuration, _) = configured(&[("nssteering.json", steering), ("nsconfig.json", client)]);
        let facts = configuration.facts;
        assert_eq!(facts.traffic_mode.as_deref(), Some("web"));
        assert_eq!(facts.gateway.as_deref(), Some("gateway-example.example.com"));
        assert_eq!(facts.setting("fail_close"), Some("true"));
        assert_eq!(facts.setting("logLevel"), Some("debug"));
        assert_eq!(facts.setting("onpremcheck"), Some("true"));
        assert_eq!(facts.setting("steering_method_none"), Some("0"));
        assert_eq!(facts.setting("dnstcp_enabled"), Some("true"));
    }

    #[test]
    fn small_and_unknown_files_are_told_apart() {
        let (configuration, notices) = configured(&[
            ("nsbypasscat.json", r#"{"status":"success","webcat_ids":[12,"7"]}"#),
            ("nsoverlap.json", r#"{"overlappingDomainList":{"1":["a.example.com"]},"status":"OK"}"#),
            ("nsidpconfig.json", r#"{"anything":1}"#),
        ]);
        assert_eq!(configuration.categories, ["12", "7"]);
        assert_eq!(configuration.sources.len(), 2);
        assert_eq!(notices.iter().map(|notice| notice.id).collect::<Vec<_>>(), ["configuration_unknown"]);
    }
}
