//! Suppressions: findings that somebody accepted, with a reason and, if wanted, an end.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::{AccountId, Arn, fingerprint};

/// An accepted finding, or a pattern of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suppression {
    /// What is accepted.
    pub what: Accepted,
    /// The account it holds for; none for any.
    pub account: Option<AccountId>,
    /// Why the finding is accepted.
    pub reason: Arc<str>,
    /// Who accepted it.
    pub by: Option<Arc<str>>,
    /// The last day (UTC) on which it holds.
    pub expires: Option<Date>,
}

/// What a suppression speaks of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Accepted {
    /// What one check says of the resources that match.
    Matching {
        /// The check's id.
        check: &'static str,
        /// An ARN pattern with `*` and `?`.
        resource: String,
    },
    /// The one finding with this fingerprint.
    Finding(String),
}

impl fmt::Display for Accepted {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Matching { check, resource } => write!(formatter, "{check} for {resource}"),
            Self::Finding(uid) => write!(formatter, "the finding {uid}"),
        }
    }
}

impl Suppression {
    /// Whether it has ended.
    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.expires.is_some_and(|last| now.to_zoned(TimeZone::UTC).date() > last)
    }

    /// Whether it speaks of this check and resource, whatever the date.
    pub fn covers(&self, check: &str, resource: &Arn, account: &AccountId) -> bool {
        self.account.as_ref().is_none_or(|own| own == account)
            && match &self.what {
                Accepted::Matching { check: own, resource: pattern } => *own == check && resource.is_meant_by(pattern),
                Accepted::Finding(uid) => *uid == fingerprint::finding(check, resource.as_str()),
            }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn suppression() -> Suppression {
        Suppression {
            what: Accepted::Matching {
                check: "lambda-tracing-off",
                resource: "arn:*:lambda:*:*:function:dev-*".to_owned(),
            },
            account: None,
            reason: "development".into(),
            by: None,
            expires: Some(jiff::civil::date(2026, 11, 22)),
        }
    }

    #[test]
    fn it_holds_through_its_last_day() {
        let at = |text: &str| text.parse().unwrap();
        assert!(!suppression().is_expired(at("2026-11-22T23:59:59Z")));
        assert!(suppression().is_expired(at("2026-11-23T00:00:00Z")));
    }

    #[test]
    fn it_covers_its_check_its_pattern_and_its_account() {
        let account = AccountId::from("111122223333");
        let covers = |check, name| {
            let arn = Arn::from(format!("arn:aws:lambda:eu-west-1:111122223333:function:{name}"));
            suppression().covers(check, &arn, &account)
        };
        assert!(covers("lambda-tracing-off", "dev-orders"));
        assert!(!covers("lambda-tracing-off", "orders"));
        assert!(!covers("lambda-runtime-deprecated", "dev-orders"));
        let elsewhere = Suppression { account: Some("444455556666".into()), ..suppression() };
        assert!(!elsewhere.covers("lambda-tracing-off", &"arn:aws:lambda:::function:dev-x".into(), &account));
    }

    #[test]
    fn a_fingerprint_covers_one_finding() {
        let account = AccountId::from("111122223333");
        let arn = |name: &str| Arn::from(format!("arn:aws:lambda:eu-west-1:111122223333:function:{name}"));
        let uid = fingerprint::finding("lambda-tracing-off", arn("orders").as_str());
        assert!(fingerprint::is_one(&uid));
        let one = Suppression { what: Accepted::Finding(uid), ..suppression() };
        assert!(one.covers("lambda-tracing-off", &arn("orders"), &account));
        assert!(!one.covers("lambda-tracing-off", &arn("order"), &account));
        assert!(!one.covers("lambda-runtime-deprecated", &arn("orders"), &account));
        let elsewhere = Suppression { account: Some("444455556666".into()), ..one };
        assert!(!elsewhere.covers("lambda-tracing-off", &arn("orders"), &account));
    }
}
