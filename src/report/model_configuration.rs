//! The part of the report that shows the bundle's own configuration.

use serde::{Deserialize, Serialize};

/// What the configuration files say, as far as it bears on an incident. Empty where the bundle holds none.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ConfigurationSummary {
    pub files: Vec<ConfigurationFile>,
    pub steering_configuration: Option<String>,
    pub client_configuration: Option<String>,
    /// `web`, `all`, `cloud`, as the file spells it.
    pub traffic_mode: Option<String>,
    /// Settings that matter for an incident.
    pub settings: Vec<ConfigurationSetting>,
    pub exceptions: Vec<ConfiguredException>,
    pub pinned_apps: Vec<ConfiguredApp>,
    pub risks: Vec<ConfigurationRisk>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ConfigurationFile {
    pub path: String,
    /// What was found in it, by the name the file has on the device.
    pub holds: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ConfigurationSetting {
    /// Key in the file.
    pub id: String,
    /// As the file spells it.
    pub value: String,
    /// What it means, as a sentence.
    pub says: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ConfiguredException {
    /// `domain`, `address` or `category`.
    pub kind: String,
    pub entry: String,
    /// `everywhere`, `on_premises` or `off_premises`.
    pub applies: String,
    pub file: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ConfiguredApp {
    pub app: String,
    pub process: String,
    /// The process is a regular expression.
    pub process_is_pattern: bool,
    /// Made by the administrator, not predefined.
    pub custom: bool,
    /// `direct` or `tunnel`.
    pub mode: Option<String>,
    /// As the file has it.
    pub action: Option<String>,
    /// What the action means, as far as it is documented.
    pub action_says: String,
    pub domains: Vec<String>,
    pub tunnel_domains: Vec<String>,
    /// `everywhere`, `on_premises` or `off_premises`.
    pub applies: String,
    pub file: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ConfigurationRisk {
    /// `pinned_app_any_host`, `all_addresses` or `broad_domain`.
    pub id: String,
    pub entry: String,
    pub applies: String,
    pub file: Option<String>,
    pub says: String,
}
