//! Levels and versions of the standards.

use std::fmt;

use jiff::civil::date;
use serde::{Deserialize, Serialize};

use palisade_model::dated::Dated;

/// What is to be known of the controls; no package has them, look at the source.
pub(crate) const STANDARDS: Dated = Dated {
    name: "controls of the Pod Security Standards",
    source: "https://kubernetes.io/docs/concepts/security/pod-security-standards/",
    as_of: date(2026, 11, 21),
};

/// How much a pod is held to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// To nothing.
    Privileged,
    /// To what keeps the node safe from ordinary pods.
    Baseline,
    /// To what is good practice.
    Restricted,
}

impl Level {
    /// The level with this name; Kubernetes knows no other spelling.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Privileged, Self::Baseline, Self::Restricted].into_iter().find(|level| level.name() == name)
    }

    /// The value of a label.
    pub fn name(self) -> &'static str {
        match self {
            Self::Privileged => "privileged",
            Self::Baseline => "baseline",
            Self::Restricted => "restricted",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

/// Which version of the standards a pod is held to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Version {
    /// `latest`: the API server's own.
    Latest,
    /// `v1.N`.
    Minor(u32),
}

impl Version {
    /// The newest version whose controls are known here, `v1.37`; later ones are judged as this one.
    pub const NEWEST: u32 = 37;

    /// The version with this name: `latest`, or `v1.N` without leading zeros.
    pub fn parse(name: &str) -> Option<Self> {
        if name == "latest" {
            return Some(Self::Latest);
        }
        let digits = name.strip_prefix("v1.")?;
        let plain = digits.bytes().all(|byte| byte.is_ascii_digit()) && (digits == "0" || !digits.starts_with('0'));
        let number: i64 = digits.parse().ok().filter(|_| plain)?;
        Some(Self::Minor(u32::try_from(number).unwrap_or(u32::MAX)))
    }

    /// What an API server of version `1.server_minor` makes of it: it knows no version newer than its own.
    pub fn on(self, server_minor: u32) -> Self {
        match self {
            Self::Latest => Self::Minor(server_minor),
            Self::Minor(minor) => Self::Minor(minor.min(server_minor)),
        }
    }

    /// How many versions it stays behind an API server of version `1.server_minor`.
    pub fn behind(self, server_minor: u32) -> u32 {
        match self {
            Self::Latest => 0,
            Self::Minor(minor) => server_minor.saturating_sub(minor),
        }
    }

    /// The number of the version that is judged by, at most [`Version::NEWEST`].
    pub fn minor(self) -> u32 {
        match self {
            Self::Latest => Self::NEWEST,
            Self::Minor(minor) => minor.min(Self::NEWEST),
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Latest => formatter.pad("latest"),
            Self::Minor(minor) => formatter.pad(&format!("v1.{minor}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_latest_or_v1_and_a_plain_number() {
        for (name, version) in [
            ("latest", Some(Version::Latest)),
            ("v1.0", Some(Version::Minor(0))),
            ("v1.25", Some(Version::Minor(25))),
            ("v1.99999999999", Some(Version::Minor(u32::MAX))),
            ("v1.99999999999999999999", None),
            ("v1.025", None),
            ("v1.00", None),
            ("v1.", None),
            ("v1.+5", None),
            ("v1.-5", None),
            ("v1.25.1", None),
            ("v1.25 ", None),
            ("1.25", None),
            ("v2.0", None),
            ("Latest", None),
            ("", None),
        ] {
            assert_eq!(Version::parse(name), version, "{name:?}");
        }
    }

    #[test]
    fn a_server_knows_no_version_newer_than_its_own() {
        for (version, server, effective, behind) in [
            (Version::Latest, 33, 33, 0),
            (Version::Minor(25), 33, 25, 8),
            (Version::Minor(36), 33, 33, 0),
            (Version::Minor(99), 99, Version::NEWEST, 0),
        ] {
            assert_eq!(
                (version.on(server).minor(), version.behind(server)),
                (effective, behind),
                "{version} on 1.{server}"
            );
        }
    }

    #[test]
    fn levels_are_ordered_and_spelt_in_one_way() {
        assert!(Level::Privileged < Level::Baseline && Level::Baseline < Level::Restricted);
        for (name, level) in
            [("baseline", Some(Level::Baseline)), ("Restricted", None), (" privileged", None), ("", None)]
        {
            assert_eq!(Level::parse(name), level);
        }
    }
}
