//! What a process or host name tells by itself: the client's own traffic, browsers, the platform that writes a log.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::catalogue::{KnowledgeError, Platform, check_row, parse, process_key};

#[derive(Clone, Debug)]
pub struct Processes {
    writers: BTreeMap<String, Platform>,
    systems: Vec<System>,
    own: Names,
    browsers: Names,
    sign_in: Labels,
}

/// First labels of host names that tell a role.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Labels {
    labels: Vec<String>,
    references: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct System {
    word: String,
    platform: Platform,
}

/// Names of the data file, `*` for any rest: whole names and the texts before or after the star apart.
#[derive(Clone, Debug, Deserialize)]
#[serde(from = "NamesRow")]
struct Names {
    processes: BTreeSet<String>,
    process_stems: Vec<String>,
    hosts: BTreeSet<String>,
    host_suffixes: Vec<String>,
    references: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NamesRow {
    processes: Vec<String>,
    #[serde(default)]
    hosts: Vec<String>,
    references: Vec<String>,
}

impl From<NamesRow> for Names {
    fn from(NamesRow { processes, hosts, references }: NamesRow) -> Self {
        let (stems, processes): (Vec<String>, Vec<String>) =
            processes.into_iter().partition(|name| name.ends_with('*'));
        let (suffixes, hosts): (Vec<String>, Vec<String>) = hosts.into_iter().partition(|name| name.starts_with('*'));
        let without_star = |names: Vec<String>| names.into_iter().map(|name| name.replace('*', "")).collect();
        Self {
            processes: processes.into_iter().collect(),
            process_stems: without_star(stems),
            hosts: hosts.into_iter().collect(),
            host_suffixes: without_star(suffixes),
            references,
        }
    }
}

impl Processes {
    pub fn built_in() -> Result<Self, KnowledgeError> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct File {
            writers: BTreeMap<String, Platform>,
            systems: Vec<System>,
            own: Names,
            browsers: Names,
            sign_in: Labels,
        }
        let File { writers, systems, own, browsers, sign_in } = parse(include_str!("processes.toml"))?;
        check_row("own", &own.references)?;
        check_row("browsers", &browsers.references)?;
        check_row("sign_in", &sign_in.references)?;
        Ok(Self { writers, systems, own, browsers, sign_in })
    }

    /// The platform whose client alone writes logs under this process name.
    #[must_use]
    pub fn platform_of_writer(&self, writer: &str) -> Option<Platform> {
        self.writers.get(&process_key(writer)).copied()
    }

    /// The platform of an operating system by the name that the device gives.
    #[must_use]
    pub fn platform_of_system(&self, name: &str) -> Option<Platform> {
        let name = name.to_lowercase();
        self.systems.iter().find(|system| name.contains(&system.word)).map(|system| system.platform)
    }

    #[must_use]
    pub fn is_own_process(&self, process: &str) -> bool {
        self.own.has_process(process)
    }

    #[must_use]
    pub fn is_own_host(&self, host: &str) -> bool {
        self.own.hosts.contains(host) || self.own.host_suffixes.iter().any(|suffix| host.ends_with(suffix))
    }

    /// Does the first label, or a part of it before a hyphen or digit, name a place to sign in?
    #[must_use]
    pub fn is_sign_in_host(&self, host: &str) -> bool {
        let Some((first, rest)) = host.split_once('.') else { return false };
        let stem = first.split(|part: char| part == '-' || part.is_ascii_digit()).next().unwrap_or(first);
        rest.contains('.') && self.sign_in.labels.iter().any(|label| label == first || label == stem)
    }

    #[must_use]
    pub fn is_browser(&self, process: &str) -> bool {
        self.browsers.has_process(process)
    }
}

impl Names {
    fn has_process(&self, process: &str) -> bool {
        let key = process_key(process);
        self.processes.contains(&key) || self.process_stems.iter().any(|stem| key.starts_with(stem))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_the_clients_own_traffic_and_browsers() {
        let processes = Processes::built_in().unwrap();
        assert!(processes.is_own_process("stAgentSvc.exe"));
        assert!(!processes.is_own_process("slack.exe"));
        assert!(processes.is_own_host("addon-example.goskope.com"));
        assert!(!processes.is_own_host("goskope.com.example.com"));
        assert!(processes.is_browser("Google Chrome Helper"));
        assert!(!processes.is_browser("git.exe"));
        assert!(processes.is_sign_in_host("login.example.com") && processes.is_sign_in_host("sso-2.eu.example.com"));
        assert!(!processes.is_sign_in_host("www.login.example") && !processes.is_sign_in_host("login.example"));
        assert_eq!(processes.platform_of_writer("stAgentNE"), Some(Platform::Macos));
        assert_eq!(processes.platform_of_writer("stAgentSvc"), None);
        assert_eq!(processes.platform_of_system("Windows NT 11.0 x64"), Some(Platform::Windows));
        assert_eq!(processes.platform_of_system("Mac OS 15.1"), Some(Platform::Macos));
        assert_eq!(processes.platform_of_system("BeOS"), None);
    }
}
