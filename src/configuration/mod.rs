//! What the bundle's own configuration files say: which exceptions and pinned apps exist, what is steered, how the client is set.
//!
//! Stands beside `event`: it reads the members of kind configuration and the output of `nsdiag -f`, and stops at their
//! values; whether an entry covers a host is told by [`standing`], what that means for the incident is decided later.
//! Only keys that are named here are ever kept, so that a key, a token or an address of a person cannot leave this stage.

pub mod entry;
mod files;
mod json;
mod process;
mod risk;
pub mod standing;
mod status;

use crate::bundle::{Bundle, Extent, MemberKind};
use crate::notice::Notice;
use crate::provenance::MemberId;

pub use entry::{AddressException, Addresses, DomainException, PinnedApp};
pub use process::ProcessPattern;
pub use risk::{Risk, risks};
pub use standing::{Standing, Target};

/// Everything read from the configuration files of one analysis, in the order of the files.
#[derive(Clone, Debug, Default)]
pub struct Configuration {
    /// Files that were understood, at least in part.
    pub sources: Vec<Source>,
    pub pinned_apps: Vec<PinnedApp>,
    pub domains: Vec<DomainException>,
    pub addresses: Vec<AddressException>,
    /// Numbers of excepted web categories; their names stand in the console alone.
    pub categories: Vec<String>,
    pub facts: Facts,
}

/// A file with the kinds of configuration found in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    pub member: MemberId,
    /// Base name of the file that holds this kind on the device, such as `nsbypass.json`.
    pub kinds: Vec<&'static str>,
}

/// Settings and states with one value for the device; the later file wins.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    pub steering_configuration: Option<String>,
    pub client_configuration: Option<String>,
    /// `web`, `all`, `cloud`, as the file spells it.
    pub traffic_mode: Option<String>,
    pub gateway: Option<String>,
    /// Settings that matter for an incident, by their key in the file, with their value as text.
    pub settings: Vec<(&'static str, String)>,
    /// What `nsdiag -f` showed, by the name used here.
    pub status: Vec<(&'static str, String)>,
}

/// Where a part of the configuration applies, with dynamic steering.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Branch {
    #[default]
    Everywhere,
    OnPremises,
    OffPremises,
}

impl Branch {
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Everywhere => "everywhere",
            Self::OnPremises => "on_premises",
            Self::OffPremises => "off_premises",
        }
    }
}

impl Facts {
    #[must_use]
    pub fn setting(&self, key: &str) -> Option<&str> {
        self.settings.iter().find(|(known, _)| *known == key).map(|(_, value)| value.as_str())
    }

    #[must_use]
    pub fn status(&self, key: &str) -> Option<&str> {
        self.status.iter().find(|(known, _)| *known == key).map(|(_, value)| value.as_str())
    }
}

/// The largest file that is read; a steering configuration has one megabyte at most.
const LARGEST: usize = 4 * 1024 * 1024;

/// Reads all configuration members of `bundles`. Never fails: what could not be read is told by notices.
#[must_use]
pub fn read(bundles: &mut [Bundle]) -> (Configuration, Vec<Notice>) {
    let mut configuration = Configuration::default();
    let mut notices = Vec::new();
    for bundle in bundles {
        let wanted: Vec<_> = bundle
            .members
            .iter()
            .filter(|member| matches!(member.kind, MemberKind::Configuration | MemberKind::DiagnosticText))
            .map(|member| (member.id, member.kind, member.path.clone()))
            .collect();
        let paths: Vec<String> = wanted.iter().map(|(_, _, path)| path.to_lowercase()).collect();
        for (id, kind, path) in &wanted {
            if bundle.unread(*id).is_some() {
                continue;
            }
            if is_backup(path, &paths) {
                notices.push(Notice::new("configuration_backup").with("path", path).in_member(*id));
                continue;
            }
            let (bytes, extent) = bundle.read_all(*id, LARGEST);
            if let Extent::Partly(notice) | Extent::Not(notice) = extent {
                notices.push(notice);
            }
            let problem = match kind {
                MemberKind::Configuration => configuration.add_file(*id, &bytes),
                _ => configuration.add_status(*id, &bytes),
            };
            notices.extend(problem.map(|problem| Notice::new(problem).with("path", path).in_member(*id)));
        }
    }
    (configuration, notices)
}

/// A copy that the client keeps of the file before, beside the file itself.
fn is_backup(path: &str, others: &[String]) -> bool {
    let path = path.to_lowercase();
    let original = [".bak", ".backup"].into_iter().find_map(|ending| path.strip_suffix(ending));
    original.is_some_and(|original| others.iter().any(|other| other == original))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bundle::{Input, Limits, open};

    /// A bundle of these files, read.
    pub(super) fn configured(files: &[(&str, &str)]) -> (Configuration, Vec<Notice>) {
        let input = |(name, text): &(&str, &str)| Input {
            name: (*name).to_owned(),
            source: Box::new(std::io::Cursor::new(text.as_bytes().to_vec())),
        };
        let bundle =
            open("bundle", files.iter().map(input).collect(), &Limits::default(), MemberId(0)).expect("a bundle");
        read(&mut [bundle])
    }

    fn notice_ids(notices: &[Notice]) -> Vec<&str> {
        notices.iter().map(|notice| notice.id).collect()
    }

    #[test]
    fn a_copy_beside_its_original_is_left_out() {
        let newer = r#"{"certPinnedAppList":[{"appName":"new","processName":"a.exe"}]}"#;
        let older = r#"{"certPinnedAppList":[{"appName":"old","processName":"a.exe"}]}"#;
        let (configuration, notices) = configured(&[("nsbypass.json", newer), ("nsbypass.json.bak", older)]);
        assert_eq!(configuration.pinned_apps.len(), 1);
        assert_eq!(configuration.pinned_apps[0].name, "new");
        assert_eq!(notice_ids(&notices), ["configuration_backup"]);
        let (alone, notices) = configured(&[("nsbypass.json.bak", older)]);
        assert_eq!(alone.pinned_apps[0].name, "old");
        assert!(notices.is_empty());
    }

    #[test]
    fn an_encrypted_file_is_told() {
        let (configuration, notices) = configured(&[("nssteering.json", "q9V0bZ81w+encrypted/==")]);
        assert!(configuration.sources.is_empty());
        assert_eq!(notice_ids(&notices), ["configuration_unreadable"]);
    }

    #[test]
    fn a_file_nested_without_end_is_told() {
        let deep = "[".repeat(100_000);
        let (_, notices) = configured(&[("nssteering.json", &deep)]);
        assert_eq!(notice_ids(&notices), ["configuration_unreadable"]);
    }

    #[test]
    fn secrets_do_not_leave_the_reader() {
        let secret = "S3CR3T";
        let config = format!(
            r#"{{"clientConfig":{{"configurationName":"Laptops","logLevel":"info","token":"{secret}","OrgKeyHash":"{secret}",
            "proxyAuth":{{"password":"{secret}"}},"failClose":{{"fail_close":"true","user":"{secret}@example.com"}},"email":"{secret}@example.com"}},
            "nsgw":{{"host":"gateway.example.com","UserKeyHash":"{secret}"}},"UserEmail":"{secret}@example.com"}}"#
        );
        let user =
            format!(r#"{{"nsUserConfig":{{"enablePerUserConfig":"true","token":"{secret}","host":"{secret}"}}}}"#);
        let steering = format!(
            r#"{{"domains":["{secret}.example.com"],"traffic_mode":"web","steering_config_name":"{secret}@example.com"}}"#
        );
        let status =
            format!("Email:: {secret}@example.com.\nTunnel status:: NSTUNNEL_CONNECTED.\nClient status:: enable.");
        let (configuration, notices) = configured(&[
            ("nsconfig.json", &config),
            ("nsuserconfig.json", &user),
            ("nssteering.json", &steering),
            ("status.txt", &status),
        ]);
        assert_eq!(configuration.facts.client_configuration.as_deref(), Some("Laptops"));
        assert_eq!(configuration.sources.len(), 4);
        let kept = format!("{configuration:?} {notices:?}");
        assert!(!kept.contains(secret), "{kept}");
    }
}
