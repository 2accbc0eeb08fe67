//! The views of the page, by the name that the address bar shows. It carries nothing of a log.

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum View {
    #[default]
    Answer,
    FirstSteps,
    Timeline,
    Flows,
    Log,
    Configuration,
    Coverage,
    Lookup,
    Knowledge,
}

impl View {
    /// In the order of the tabs.
    pub(super) const ALL: [Self; 9] = [
        Self::Answer,
        Self::FirstSteps,
        Self::Timeline,
        Self::Flows,
        Self::Log,
        Self::Configuration,
        Self::Coverage,
        Self::Lookup,
        Self::Knowledge,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Answer => "answer",
            Self::FirstSteps => "first-steps",
            Self::Timeline => "timeline",
            Self::Flows => "flows",
            Self::Log => "log",
            Self::Configuration => "configuration",
            Self::Coverage => "coverage",
            Self::Lookup => "lookup",
            Self::Knowledge => "knowledge",
        }
    }

    /// The view that `#name` of an address asks for.
    pub(super) fn from_hash(hash: &str) -> Option<Self> {
        let name = hash.strip_prefix('#')?;
        Self::ALL.into_iter().find(|view| view.name() == name)
    }

    /// Shows something before a log is open.
    pub(super) fn needs_no_log(self) -> bool {
        matches!(self, Self::Answer | Self::Lookup | Self::Knowledge)
    }

    /// Is about the incident, whose form stands above it.
    pub(super) fn is_about_the_incident(self) -> bool {
        !matches!(self, Self::Lookup | Self::Knowledge)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_view_is_found_by_its_own_name() {
        for view in View::ALL {
            assert_eq!(View::from_hash(&format!("#{}", view.name())), Some(view));
        }
        assert_eq!(View::from_hash("#results"), None);
        assert_eq!(View::from_hash(""), None);
    }
}
