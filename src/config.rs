//! palisade.yaml: what an account's owners accept, expect and trust.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::civil::Date;
use palisade_checks::check::Check;
use palisade_model::ecr::Tolerance;
use palisade_model::settings::{Selection, Settings, Thresholds};
use palisade_model::suppression::{Accepted, Suppression};
use palisade_model::verdict::Severity;
use palisade_model::{AccountId, fingerprint};
use serde::Deserialize;

use crate::cli;
use palisade_collect::discreet;
use palisade_collect::suggest::did_you_mean;

/// The configuration that is read when none is named.
pub(crate) const DEFAULT: &str = "palisade.yaml";

/// Why the settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigError {
    #[error("cannot read the configuration {path}: {cause}")]
    Read { path: PathBuf, cause: std::io::Error },
    #[error("{path}: {message}")]
    Parse { path: PathBuf, message: String },
    #[error("{place}: there is no check {name}{suggestion} (`palisade checks` lists them all)")]
    UnknownCheck { place: String, name: String, suggestion: String },
    #[error("{place}: there is no service `{name}` with checks{suggestion}")]
    UnknownService { place: String, name: String, suggestion: String },
    #[error("{place}: {message}")]
    Invalid { place: String, message: String },
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct File {
    /// Severities that differ from the checks' own, by check id.
    severity: BTreeMap<String, Severity>,
    /// Ids of checks that are switched off.
    disable: Vec<String>,
    suppressions: Vec<Entry>,
    thresholds: Thresholds,
    trusted_accounts: Vec<String>,
    organization: Option<String>,
    required_tags: BTreeSet<String>,
    required_boundary: Option<String>,
    public_repositories: BTreeSet<String>,
    trusted_registries: BTreeSet<String>,
    vulnerabilities: Tolerance,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    /// The check and the resources, or the fingerprint of one finding.
    check: Option<String>,
    resource: Option<String>,
    fingerprint: Option<String>,
    account: Option<String>,
    reason: String,
    /// Who accepts it.
    by: Option<String>,
    expires: Option<Date>,
}

/// Settings from the configuration and the command line.
pub(crate) fn settings(
    config: Option<&Path>,
    selection: &cli::Selection,
    now: Timestamp,
) -> Result<Settings, ConfigError> {
    let (place, file) = match config {
        Some(path) => (path.display().to_string(), parse(path)?),
        None if Path::new(DEFAULT).is_file() => (DEFAULT.to_owned(), parse(Path::new(DEFAULT))?),
        None => (String::new(), File::default()),
    };
    let mut settings = from_file(&place, file, now)?;
    settings.selection = selected(selection)?;
    Ok(settings)
}

fn parse(path: &Path) -> Result<File, ConfigError> {
    let read = |cause| ConfigError::Read { path: path.to_owned(), cause };
    let text = std::fs::read_to_string(path).map_err(read)?;
    if text.trim().is_empty() {
        return Ok(File::default());
    }
    serde_saphyr::from_str(&text).map_err(|error: serde_saphyr::Error| ConfigError::Parse {
        path: path.to_owned(),
        message: flaw(error.without_snippet()),
    })
}

/// What is wrong with the text. A key is no secret and is named, values are not.
fn flaw(error: &serde_saphyr::Error) -> String {
    let flaw = discreet::yaml(error);
    match error {
        serde_saphyr::Error::SerdeUnknownField { field, expected, .. } => {
            format!("{flaw}: `{field}`{}", did_you_mean(field, expected.iter().copied()))
        }
        _ => flaw,
    }
}

fn from_file(place: &str, file: File, now: Timestamp) -> Result<Settings, ConfigError> {
    let mut settings = Settings::new(now);
    for (id, severity) in &file.severity {
        settings.severities.insert(check(&format!("{place}: severity"), id)?.id, *severity);
    }
    for (index, id) in file.disable.iter().enumerate() {
        settings.disabled.insert(written(&format!("{place}: disable[{index}]"), id)?.id);
    }
    for (index, entry) in file.suppressions.into_iter().enumerate() {
        settings.suppressions.push(suppression(&format!("{place}: suppressions[{index}]"), entry)?);
    }
    for (index, account) in file.trusted_accounts.iter().enumerate() {
        settings.trusted_accounts.insert(account_id(&format!("{place}: trusted_accounts[{index}]"), account)?);
    }
    settings.thresholds = file.thresholds;
    settings.organization = file.organization;
    settings.required_tags = file.required_tags;
    settings.required_boundary = file.required_boundary;
    settings.public_repositories = file.public_repositories;
    settings.trusted_registries = file.trusted_registries;
    settings.vulnerabilities = file.vulnerabilities;
    Ok(settings)
}

fn suppression(place: &str, entry: Entry) -> Result<Suppression, ConfigError> {
    if entry.reason.trim().is_empty() {
        return Err(ConfigError::Invalid { place: place.to_owned(), message: "the reason is empty".to_owned() });
    }
    let by = entry.by.as_deref().map(str::trim).filter(|by| !by.is_empty());
    Ok(Suppression {
        what: accepted(place, entry.check.as_deref(), entry.resource, entry.fingerprint)?,
        account: entry.account.map(|account| account_id(place, &account)).transpose()?,
        reason: entry.reason.trim().into(),
        by: by.map(Into::into),
        expires: entry.expires,
    })
}

fn accepted(
    place: &str,
    check: Option<&str>,
    resource: Option<String>,
    uid: Option<String>,
) -> Result<Accepted, ConfigError> {
    let invalid = |message: &str| ConfigError::Invalid { place: place.to_owned(), message: message.to_owned() };
    match (check, resource, uid) {
        (Some(id), Some(resource), None) => Ok(Accepted::Matching { check: written(place, id)?.id, resource }),
        (None, None, Some(uid)) if fingerprint::is_one(&uid) => Ok(Accepted::Finding(uid)),
        (None, None, Some(_)) => {
            Err(invalid("the fingerprint is none: it has 32 digits of 0 to 9 and a to f, in quotes"))
        }
        _ => Err(invalid("name `check` and `resource`, or a `fingerprint` in place of both")),
    }
}

fn account_id(place: &str, text: &str) -> Result<AccountId, ConfigError> {
    if text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(AccountId::from(text));
    }
    let message = "this is no account id; one has twelve digits, in quotes".to_owned();
    Err(ConfigError::Invalid { place: place.to_owned(), message })
}

/// The check whose id stands in the file as a value, which an error does not repeat.
fn written(place: &str, id: &str) -> Result<&'static Check, ConfigError> {
    check(place, id).map_err(|error| match error {
        ConfigError::UnknownCheck { place, suggestion, .. } => {
            ConfigError::UnknownCheck { place, name: "of this id".to_owned(), suggestion }
        }
        other => other,
    })
}

/// The check with this id.
pub(crate) fn check(place: &str, id: &str) -> Result<&'static Check, ConfigError> {
    palisade_checks::all().find(|check| check.id == id).ok_or_else(|| ConfigError::UnknownCheck {
        place: place.to_owned(),
        name: format!("`{id}`"),
        suggestion: did_you_mean(id, palisade_checks::all().map(|check| check.id)),
    })
}

fn selected(selection: &cli::Selection) -> Result<Selection, ConfigError> {
    let mut checks = BTreeSet::new();
    for id in &selection.check {
        checks.insert(check("--check", id)?.id);
    }
    for name in &selection.service {
        service("--service", name)?;
    }
    Ok(Selection {
        checks,
        services: selection.service.clone(),
        least_severity: selection.severity,
        resources: selection.resource.clone(),
    })
}

/// Makes sure that a service has checks.
pub(crate) fn service(place: &str, name: &str) -> Result<(), ConfigError> {
    let services: BTreeSet<_> = palisade_checks::all().map(Check::service).collect();
    if services.contains(name) {
        return Ok(());
    }
    let suggestion = did_you_mean(name, services);
    Err(ConfigError::UnknownService { place: place.to_owned(), name: name.to_owned(), suggestion })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(text: &str) -> Result<Settings, ConfigError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("palisade.yaml");
        std::fs::write(&path, text).unwrap();
        let none = cli::Selection { check: vec![], service: vec![], severity: None, resource: vec![] };
        settings(Some(&path), &none, "2026-11-22T00:00:00Z".parse().unwrap())
    }

    fn message(text: &str) -> String {
        load(text).unwrap_err().to_string()
    }

    #[test]
    fn everything_that_can_be_configured_is_read() {
        let settings = load(
            "severity: {lambda-tracing-off: informational}\n\
             disable: [lambda-function-url-public]\n\
             suppressions:\n  - check: lambda-tracing-off\n    resource: 'arn:*:dev-*'\n    account: '111122223333'\n    \
             reason: development\n    expires: 2027-01-31\n\
             thresholds: {runtime_notice_days: 90}\n\
             trusted_accounts: ['444455556666']\n\
             organization: o-abc\n\
             required_tags: [owner]\n\
             required_boundary: 'arn:aws:iam::*:policy/boundary'\n\
             public_repositories: ['tools/*']\n\
             trusted_registries: [ghcr.io]\n",
        );
        let settings = settings.unwrap();
        assert_eq!(settings.severities["lambda-tracing-off"], Severity::Informational);
        assert!(settings.disabled.contains("lambda-function-url-public"));
        assert_eq!(settings.suppressions[0].expires, Some(jiff::civil::date(2027, 1, 31)));
        assert_eq!(settings.thresholds.runtime_notice_days, 90);
        assert_eq!(settings.thresholds.availability_zones, Thresholds::default().availability_zones);
        assert_eq!(settings.required_tags, BTreeSet::from(["owner".to_owned()]));
        assert_eq!(settings.required_boundary.as_deref(), Some("arn:aws:iam::*:policy/boundary"));
        assert_eq!(settings.public_repositories, BTreeSet::from(["tools/*".to_owned()]));
        assert_eq!(settings.trusted_registries, BTreeSet::from(["ghcr.io".to_owned()]));
    }

    #[test]
    fn a_mistake_gets_an_error_that_names_it() {
        assert!(message("disabel: []").contains("did you mean `disable`?"), "{}", message("disabel: []"));
        assert!(message("disable: [lambda-tracing-of]").contains("did you mean `lambda-tracing-off`?"));
        assert!(message("thresholds: {runtime_notice: 1}").contains("did you mean `runtime_notice_days`?"));
        assert!(message("trusted_accounts: ['12']").contains("twelve digits"));
        let without_reason = "suppressions: [{check: lambda-tracing-off, resource: '*', reason: ' '}]";
        assert!(message(without_reason).contains("suppressions[0]: the reason is empty"));
        assert!(message("suppressions: [{check: lambda-tracing-off, resource: '*'}]").contains("reason"));
        assert!(message("suppressions: [{check: lambda-tracing-off, reason: a}]").contains("`check` and `resource`"));
        assert!(message("suppressions: [{fingerprint: 0a, reason: a}]").contains("32 digits"));
        assert!(message("severity: [").contains("palisade.yaml"));
    }

    #[test]
    fn a_fingerprint_stands_for_check_and_resource() {
        let uid = "0123456789abcdef0123456789abcdef";
        let settings = load(&format!("suppressions: [{{fingerprint: '{uid}', reason: accepted, by: ' the shop '}}]"));
        let [one] = &settings.unwrap().suppressions[..] else { panic!("one suppression") };
        assert_eq!((&one.what, one.by.as_deref()), (&Accepted::Finding(uid.to_owned()), Some("the shop")));
    }

    #[test]
    fn an_empty_file_is_no_mistake() {
        assert!(load("\n").is_ok());
    }
}
