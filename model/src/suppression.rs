//! Suppressions: findings that somebody accepted, with a reason and, if wanted, an end.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::{AccountId, Arn};

/// An accepted finding, or a pattern of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suppression {
    /// The check's id.
    pub check: &'static str,
    /// A pattern of ARNs, or of names as reports print them, with `*` and `?`.
    pub resource: String,
    /// The account it holds for; none for any.
    pub account: Option<AccountId>,
    /// Why the finding is accepted.
    pub reason: Arc<str>,
    /// The last day (UTC) on which it holds.
    pub expires: Option<Date>,
}

impl Suppression {
    /// Whether it has ended.
    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.expires.is_some_and(|last| now.to_zoned(TimeZone::UTC).date() > last)
    }

    /// Whether it speaks of this check and resource, whatever the date.
    pub fn covers(&self, check: &str, resource: &Arn, account: &AccountId) -> bool {
        self.check == check
            && self.account.as_ref().is_none_or(|own| own == account)
            && resource.is_meant_by(&self.resource)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn suppression() -> Suppression {
        Suppression {
            check: "lambda-tracing-off",
            resource: "arn:*:lambda:*:*:function:dev-*".to_owned(),
            account: None,
            reason: "development".into(),
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
}
