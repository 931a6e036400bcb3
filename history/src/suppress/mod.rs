//! A finding that is accepted from now on: one more suppression in the text of a configuration, and not a byte changed
//! elsewhere.

mod entry;
mod place;

use jiff::civil::Date;
use palisade_model::fingerprint;
use serde::Deserialize;
use serde_json::Value;

pub use self::entry::{Accepted, NewSuppression};

/// Why a suppression was not added. Nothing was changed then.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SuppressError {
    /// There is no reason.
    #[error("a suppression needs a reason")]
    NoReason,
    /// The fingerprint has another form.
    #[error("this is no fingerprint: it has 32 digits of 0 to 9 and a to f, as the `uid` of a finding")]
    NoFingerprint,
    /// There is no such check.
    #[error("there is no check of this id (`palisade checks` lists them all)")]
    NoCheck,
    /// The account has another form.
    #[error("this is no account id; one has twelve digits")]
    NoAccount,
    /// There is one already that says the same.
    #[error("suppressions[{0}] says the same already")]
    Already(usize),
    /// The configuration is none.
    #[error("the configuration cannot be read as it is: `palisade audit` says where its flaw is")]
    Unreadable,
    /// The list is written in a way to which nothing can be added without changing the rest.
    #[error(
        "`suppressions` is written in a way that is not added to: write it as a list of `- check: …` lines, or add by hand:\n{0}"
    )]
    ByHand(String),
}

/// What of a configuration is compared before and after.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Configuration {
    suppressions: Option<Vec<Existing>>,
}

/// A suppression that is there.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Existing {
    check: Option<String>,
    resource: Option<String>,
    fingerprint: Option<String>,
    account: Option<String>,
    reason: String,
    by: Option<String>,
    expires: Option<Date>,
}

impl Existing {
    /// What would be there once it is written.
    fn of(new: &NewSuppression) -> Self {
        let (check, resource, fingerprint) = match &new.what {
            Accepted::Matching { check, resource } => (Some(check.clone()), Some(resource.clone()), None),
            Accepted::Finding(uid) => (None, None, Some(uid.clone())),
        };
        let NewSuppression { what: _, account, reason, by, expires } = new;
        Self {
            check,
            resource,
            fingerprint,
            account: account.clone(),
            reason: reason.clone(),
            by: by.clone(),
            expires: *expires,
        }
    }

    fn says_the_same(&self, other: &Self) -> bool {
        let what = |one: &Self| {
            (one.check.clone(), one.resource.clone(), one.fingerprint.clone(), one.account.clone(), one.expires)
        };
        what(self) == what(other)
    }
}

/// The text of a configuration with one more suppression; all of it that was there stands as it stood.
pub fn add(text: &str, new: &NewSuppression) -> Result<String, SuppressError> {
    let new = valid(new)?;
    let (before, rest) = parse(text).ok_or(SuppressError::Unreadable)?;
    let wanted = Existing::of(&new);
    if let Some(index) = before.iter().position(|one| one.says_the_same(&wanted)) {
        return Err(SuppressError::Already(index));
    }
    let by_hand = || SuppressError::ByHand(entry::lines(&new, 2).join("\n"));
    let changed = place::insert(text, &new).ok_or_else(by_hand)?;
    // Whatever was taken for the place: only what reads as one more of them and as nothing else is handed out.
    let (mut after, rest_after) = parse(&changed).ok_or_else(by_hand)?;
    let added = after.pop();
    if added.as_ref() != Some(&wanted) || after != before || rest != rest_after {
        return Err(by_hand());
    }
    Ok(changed)
}

fn valid(new: &NewSuppression) -> Result<NewSuppression, SuppressError> {
    let reason = new.reason.trim();
    if reason.is_empty() {
        return Err(SuppressError::NoReason);
    }
    match &new.what {
        Accepted::Finding(uid) if !fingerprint::is_one(uid) => return Err(SuppressError::NoFingerprint),
        Accepted::Matching { check, .. } if palisade_checks::all().all(|one| one.id != check) => {
            return Err(SuppressError::NoCheck);
        }
        Accepted::Finding(_) | Accepted::Matching { .. } => {}
    }
    let is_account = |account: &String| account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
    if !new.account.as_ref().is_none_or(is_account) {
        return Err(SuppressError::NoAccount);
    }
    let by = new.by.as_deref().map(str::trim).filter(|by| !by.is_empty()).map(str::to_owned);
    Ok(NewSuppression { reason: reason.to_owned(), by, ..new.clone() })
}

/// The suppressions of a configuration, and all else that it holds.
fn parse(text: &str) -> Option<(Vec<Existing>, Value)> {
    if is_blank(text) {
        return Some((Vec::new(), Value::Object(serde_json::Map::new())));
    }
    let Configuration { suppressions } = serde_saphyr::from_str(text).ok()?;
    let mut rest: Value = serde_saphyr::from_str(text).ok()?;
    rest.as_object_mut()?.remove("suppressions");
    Some((suppressions.unwrap_or_default(), rest))
}

/// Whether there is nothing but comments.
fn is_blank(text: &str) -> bool {
    let text = text.trim_start_matches('\u{feff}');
    text.lines().all(|line| line.trim().is_empty() || line.trim_start().starts_with('#'))
}
