//! What a namespace's labels make the API server do.
//!
//! Source: <https://kubernetes.io/docs/concepts/security/pod-security-admission/>

use std::collections::BTreeMap;

use super::version::{Level, Version};

/// A level, in a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Policy {
    /// The level.
    pub level: Level,
    /// The version.
    pub version: Version,
}

impl Default for Policy {
    fn default() -> Self {
        Self { level: Level::Privileged, version: Version::Latest }
    }
}

/// What is done about pods, in the three modes. The default is the API server's own: nothing, in all three.
///
/// EKS offers no way to change it, so that a namespace without labels holds its pods to nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Modes {
    /// Pods beyond it are refused. Templates of controllers are not looked at.
    pub enforce: Policy,
    /// Pods and templates beyond it are noted in the audit log.
    pub audit: Policy,
    /// Whoever makes pods or templates beyond it is warned.
    pub warn: Policy,
}

/// What the labels of a namespace come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effective {
    /// The modes.
    pub modes: Modes,
    /// Labels whose value the API server could not read. It refuses them now; they were set before it knew them.
    pub bad_labels: Vec<BadLabel>,
}

/// A label whose value the API server cannot read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadLabel {
    /// The label's key.
    pub key: String,
    /// Its value.
    pub value: String,
}

/// What a namespace with these labels holds its pods to, where one without holds them to `defaults`.
///
/// A level that cannot be read means restricted for `enforce` and privileged for the others, a version `latest`. Where
/// `warn` is not set it follows an `enforce` that is stricter than its default; `audit` never does.
pub fn effective(labels: &BTreeMap<String, String>, defaults: Modes) -> Effective {
    let mut reader = Reader { labels, bad_labels: Vec::new() };
    let enforce_level = reader.read("enforce", Level::parse);
    let enforce = reader.policy("enforce", enforce_level, defaults.enforce, Level::Restricted);
    let audit_level = reader.read("audit", Level::parse);
    let audit = reader.policy("audit", audit_level, defaults.audit, Level::Privileged);
    let warn_level = reader.read("warn", Level::parse);
    let is_stricter = matches!(enforce_level, Label::Says(level) if level > defaults.warn.level);
    let follows = is_stricter && warn_level == Label::Missing;
    let warn_default = if follows { enforce } else { defaults.warn };
    let warn = reader.policy("warn", warn_level, warn_default, Level::Privileged);
    Effective { modes: Modes { enforce, audit, warn }, bad_labels: reader.bad_labels }
}

/// What a label says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Label<T> {
    Missing,
    Unreadable,
    Says(T),
}

impl<T> Label<T> {
    fn or(self, missing: T, unreadable: T) -> T {
        match self {
            Self::Missing => missing,
            Self::Unreadable => unreadable,
            Self::Says(value) => value,
        }
    }
}

struct Reader<'a> {
    labels: &'a BTreeMap<String, String>,
    bad_labels: Vec<BadLabel>,
}

impl Reader<'_> {
    fn policy(&mut self, mode: &str, level: Label<Level>, default: Policy, unreadable: Level) -> Policy {
        let level = level.or(default.level, unreadable);
        let version = self.read(&format!("{mode}-version"), Version::parse);
        Policy { level, version: version.or(default.version, Version::Latest) }
    }

    fn read<T>(&mut self, name: &str, parse: impl Fn(&str) -> Option<T>) -> Label<T> {
        let key = format!("pod-security.kubernetes.io/{name}");
        let Some(value) = self.labels.get(&key) else { return Label::Missing };
        let Some(parsed) = parse(value) else {
            self.bad_labels.push(BadLabel { key, value: value.clone() });
            return Label::Unreadable;
        };
        Label::Says(parsed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(text: &str) -> BTreeMap<String, String> {
        let pairs = text.split_whitespace().filter_map(|pair| pair.split_once('='));
        pairs.map(|(mode, value)| (format!("pod-security.kubernetes.io/{mode}"), value.to_owned())).collect()
    }

    fn shown(modes: &Modes) -> String {
        let show = |policy: Policy| format!("{}:{}", policy.level, policy.version);
        format!("{} {} {}", show(modes.enforce), show(modes.audit), show(modes.warn))
    }

    #[test]
    fn labels_become_modes_as_the_api_server_reads_them() {
        const OPEN: &str = "privileged:latest";
        for (text, expected, bad) in [
            ("", format!("{OPEN} {OPEN} {OPEN}"), 0),
            // A namespace that only warns, at the level that allows everything, enforces nothing.
            ("warn=privileged", format!("{OPEN} {OPEN} {OPEN}"), 0),
            ("enforce=restricted", format!("restricted:latest {OPEN} restricted:latest"), 0),
            ("enforce=baseline enforce-version=v1.25", format!("baseline:v1.25 {OPEN} baseline:v1.25"), 0),
            (
                "enforce=baseline enforce-version=v1.25 warn-version=v1.30",
                format!("baseline:v1.25 {OPEN} baseline:v1.30"),
                0,
            ),
            ("enforce=restricted warn=baseline", format!("restricted:latest {OPEN} baseline:latest"), 0),
            ("enforce=restricted warn=privileged", format!("restricted:latest {OPEN} {OPEN}"), 0),
            ("enforce=privileged", format!("{OPEN} {OPEN} {OPEN}"), 0),
            ("audit=restricted warn=restricted", format!("{OPEN} restricted:latest restricted:latest"), 0),
            ("enforce-version=v1.20", format!("privileged:v1.20 {OPEN} {OPEN}"), 0),
            ("enforce=Restricted", format!("restricted:latest {OPEN} {OPEN}"), 1),
            ("enforce= enforce-version=v1.30", format!("restricted:v1.30 {OPEN} {OPEN}"), 1),
            ("enforce=baseline enforce-version=1.25", format!("baseline:latest {OPEN} baseline:latest"), 1),
            ("audit=strict warn=strict", format!("{OPEN} {OPEN} {OPEN}"), 2),
            ("enforce=baseline warn=strict", format!("baseline:latest {OPEN} {OPEN}"), 1),
            ("audit=baseline audit-version=v1.x", format!("{OPEN} baseline:latest {OPEN}"), 1),
            ("enforce=restricted enforce-version=v1.99", format!("restricted:v1.99 {OPEN} restricted:v1.99"), 0),
        ] {
            let Effective { modes, bad_labels } = effective(&labels(text), Modes::default());
            assert_eq!((shown(&modes), bad_labels.len()), (expected, bad), "{text:?}");
        }
    }

    #[test]
    fn labels_override_the_default_field_by_field() {
        let strict = Policy { level: Level::Restricted, version: Version::Minor(28) };
        let defaults = Modes { enforce: strict, audit: strict, warn: strict };
        for (text, expected) in [
            ("", "restricted:v1.28 restricted:v1.28 restricted:v1.28"),
            ("enforce=privileged", "privileged:v1.28 restricted:v1.28 restricted:v1.28"),
            ("enforce=restricted enforce-version=v1.30", "restricted:v1.30 restricted:v1.28 restricted:v1.28"),
            ("audit-version=latest", "restricted:v1.28 restricted:latest restricted:v1.28"),
        ] {
            assert_eq!(shown(&effective(&labels(text), defaults).modes), expected, "{text:?}");
        }
    }

    #[test]
    fn a_bad_label_is_quoted() {
        let found = effective(&labels("enforce=strict"), Modes::default()).bad_labels;
        let key = "pod-security.kubernetes.io/enforce".to_owned();
        assert_eq!(found, [BadLabel { key, value: "strict".to_owned() }]);
    }
}
