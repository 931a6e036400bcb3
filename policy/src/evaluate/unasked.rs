//! Calls for which AWS does not ask whether a policy allows them.

use crate::action::FoldedAction;
use crate::caller::{Caller, CallerKind};

/// What AWS asks of the policies before it lets a call through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    /// As of any other call.
    Everything,
    /// Whether one denies it; nothing has to allow it.
    Denials,
    /// Nothing: the call succeeds, denied or not.
    Nothing,
    /// Nothing: the call is refused to this kind of caller.
    Refused,
}

impl Asked {
    /// What is asked of a caller's policies.
    ///
    /// Sources: <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html>,
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_getsessiontoken.html>,
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_sts-comparison.html>
    pub(super) fn of(caller: &Caller, action: &FoldedAction) -> Asked {
        if action.service() != "sts" {
            return Asked::Everything;
        }
        let has_credentials = caller.account().is_some();
        match (action.name(), caller.kind()) {
            ("getcalleridentity", _) if has_credentials => Asked::Nothing,
            // A session of `GetFederationToken` can call nothing else of STS; `GetSessionToken` takes long-term credentials.
            (_, CallerKind::FederatedUser { .. })
            | ("getsessiontoken", CallerKind::Role { .. } | CallerKind::Session { .. }) => Asked::Refused,
            ("getsessiontoken", CallerKind::User { .. } | CallerKind::Root(_)) => Asked::Denials,
            (
                _,
                CallerKind::Anonymous
                | CallerKind::SomeoneIn(_)
                | CallerKind::Root(_)
                | CallerKind::User { .. }
                | CallerKind::Role { .. }
                | CallerKind::Session { .. }
                | CallerKind::Service
                | CallerKind::Federated,
            ) => Asked::Everything,
        }
    }
}

/// Whether no policy has a say about a call: it succeeds whatever policies say, or is refused to this kind of caller.
///
/// ```
/// use palisade_policy::{Caller, needs_no_policy};
/// let caller = Caller::parse("arn:aws:iam::111122223333:user/dev")?;
/// assert!(needs_no_policy(&caller, "sts:GetCallerIdentity"));
/// assert!(!needs_no_policy(&caller, "sts:AssumeRole"));
/// # Ok::<(), palisade_policy::UnknownCaller>(())
/// ```
pub fn needs_no_policy(caller: &Caller, action: &str) -> bool {
    match Asked::of(caller, &FoldedAction::new(action)) {
        Asked::Nothing | Asked::Refused => true,
        Asked::Everything | Asked::Denials => false,
    }
}
