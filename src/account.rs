//! Which account is read, and as whom: said before anything is read, and refused when another one was meant.

use palisade_model::{AccountId, Identity};

use crate::logging::IDENTITY;
use palisade_collect::aws::session::Clock;

/// An account that was not asked for.
#[derive(Debug, thiserror::Error)]
#[error("{found} is not the account that --expect-account names ({}), and is not read{by}", listed(.expected))]
pub(crate) struct OtherAccount {
    found: AccountId,
    expected: Vec<AccountId>,
    by: String,
}

fn listed(accounts: &[AccountId]) -> String {
    accounts.iter().map(AccountId::as_str).collect::<Vec<_>>().join(", ")
}

/// Refuses an account that is not among the expected ones; without expectations any will do.
pub(crate) fn expect(
    expected: &[AccountId],
    found: &AccountId,
    identity: Option<&Identity>,
) -> Result<(), OtherAccount> {
    if expected.is_empty() || expected.contains(found) {
        return Ok(());
    }
    let by = identity.map_or_else(String::new, |identity| format!("; the credentials are those of {identity}"));
    Err(OtherAccount { found: found.clone(), expected: expected.to_vec(), by })
}

/// Says as whom an account is read, and by which credentials: the first line, whoever looks.
pub(crate) fn introduce(identity: &Identity, passed_over: Option<&str>) {
    match passed_over {
        None => tracing::info!(target: IDENTITY, "as {identity}"),
        Some(profile) => tracing::warn!(
            target: IDENTITY,
            "as {identity}: the environment's credentials come first, as in the AWS CLI; --profile takes those of {profile}"
        ),
    }
}

/// Goes by AWS's time, which the first answer told, where this machine's is off by too much.
pub(crate) fn set_clock(clock: &Clock) {
    if let Some(seconds) = clock.adopt() {
        let minutes = (seconds.unsigned_abs() + 30) / 60;
        let side = if seconds > 0 { "behind" } else { "ahead of" };
        let (hours, minutes) = (minutes / 60, minutes % 60);
        tracing::warn!(
            "this machine's clock is {hours} h {minutes:02} min {side} AWS's: calls are signed with AWS's time"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_that_is_not_expected_is_refused_with_its_identity() {
        let identity = Identity { arn: "arn:aws:iam::1:user/auditor".into(), source: "the instance's role".to_owned() };
        let expect = |expected: &[&str]| {
            let expected: Vec<_> = expected.iter().map(|id| AccountId::from(*id)).collect();
            expect(&expected, &"1".into(), Some(&identity)).map_err(|error| error.to_string())
        };
        assert_eq!(expect(&[]), Ok(()));
        assert_eq!(expect(&["2", "1"]), Ok(()));
        let error = expect(&["2", "3"]).unwrap_err();
        for part in ["1 is not", "(2, 3)", "arn:aws:iam::1:user/auditor", "the instance's role"] {
            assert!(error.contains(part), "{error}");
        }
    }
}
