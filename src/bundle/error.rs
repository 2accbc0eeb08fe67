//! Why there is no bundle. Everything short of that is a notice.

use crate::notice::Notice;

/// Each message says what was found, where, and what to do; [`BundleError::notice`] gives the same in other languages.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    #[error("{name}: cannot be read ({error}). Check that the file still exists and may be read, then try again")]
    Unreadable { name: String, error: std::io::Error },

    #[error("{name}: holds no file. Make the log bundle again with Save Logs and open that")]
    Empty { name: String },

    #[error("{name}: the archive is too damaged to find a single file in it. Copy or download the bundle again")]
    Damaged { name: String },

    #[error(
        "{name}: the format of this file is {found}; it is no log bundle. Open the .zip or .tar.gz made by Save Logs, or nsdebuglog.log itself"
    )]
    NotABundle { name: String, found: &'static str },

    #[error(
        "{name}: this text holds no line of a Netskope Client log. Open the bundle made by Save Logs, or nsdebuglog.log itself"
    )]
    NoRecord { name: String },

    #[error("{name}: the archive is encrypted. Give its password")]
    PasswordNeeded { name: String },

    #[error("{name}: the password does not open this archive. Check it and try again")]
    WrongPassword { name: String },
}

impl BundleError {
    /// The same as a notice, for front ends that speak another language than English.
    #[must_use]
    pub fn notice(&self) -> Notice {
        match self {
            Self::Unreadable { name, error } => Notice::new("open_unreadable").with("name", name).with("error", error),
            Self::Empty { name } => Notice::new("open_empty").with("name", name),
            Self::Damaged { name } => Notice::new("open_damaged").with("name", name),
            Self::NotABundle { name, found } => {
                Notice::new("open_not_a_bundle").with("name", name).with("found", found)
            }
            Self::NoRecord { name } => Notice::new("open_no_record").with("name", name),
            Self::PasswordNeeded { name } => Notice::new("open_password_needed").with("name", name),
            Self::WrongPassword { name } => Notice::new("open_wrong_password").with("name", name),
        }
    }
}
