//! The trust of a role, seen from a service account that is meant to take it on. The service accounts of a cluster are
//! known from inside it.

use palisade_policy::Decision;

use super::judgement::judge;
use super::{CANARIES, Provider, ServiceAccount, TrustPolicy};
use crate::account::Account;
use palisade_model::Gap;
use palisade_model::iam::Role;

/// What a role answers to a service account, to canaries beside it, and to everybody else.
#[derive(Clone, Debug)]
pub struct Probes<'a> {
    /// To the service account itself: that it cannot assume the role is a broken set-up.
    pub itself: Decision<'a>,
    /// To a service account that nobody has, in a namespace that nobody has.
    pub anyone: Decision<'a>,
    /// To a service account that nobody has, in the same namespace.
    pub same_namespace: Decision<'a>,
    /// To a service account of the same name, in a namespace that nobody has.
    pub same_name: Decision<'a>,
    /// The other service accounts of the cluster that may assume the role, sorted.
    pub others: Vec<ServiceAccount>,
    /// The issuers of other clusters whose service account of the same name, in a namespace of the same name, may.
    pub other_clusters: Vec<String>,
    /// Set when there may be other clusters than those that were seen.
    pub gap: Option<Gap>,
}

/// Asks a role about a service account of the cluster with this issuer (without `https://`), whose tokens are made for
/// this audience. `all` are the service accounts of the cluster. A gap when the trust policy cannot be parsed.
pub fn probe<'a, 'c: 'a>(
    role: &'a Role,
    context: &Account<'c>,
    issuer: &str,
    account: &ServiceAccount,
    audience: &str,
    all: &[ServiceAccount],
) -> Result<Probes<'a>, Gap> {
    let trust = TrustPolicy::of(role, context)?;
    let own = |issuer: &str| Provider::new(role.arn.partition(), role.arn.account(), issuer);
    let provider = own(issuer);
    let ask = |account: &ServiceAccount| trust.can_assume(&provider, account, audience);
    // Of two canaries the one that is let in tells more.
    let widest = |make: &dyn Fn(usize) -> ServiceAccount| {
        let answers = [0, 1].map(|index| ask(&make(index)));
        let [first, second] = answers;
        if first.may_be_allowed() { first } else { second }
    };
    let issuers = &context.access.issuers;
    let elsewhere = issuers.all().filter(|other| *other != issuer);
    let is_let_in = |other: &&str| trust.can_assume(&own(other), account, audience).may_be_allowed();
    let others = all.iter().filter(|other| *other != account && ask(other).may_be_allowed());
    let mut others: Vec<_> = others.cloned().collect();
    others.sort();
    Ok(Probes {
        itself: ask(account),
        anyone: widest(&|index| ServiceAccount::new(CANARIES[index].namespace, CANARIES[index].name)),
        same_namespace: widest(&|index| ServiceAccount::new(account.namespace.as_str(), CANARIES[index].name)),
        same_name: widest(&|index| ServiceAccount::new(CANARIES[index].namespace, account.name.as_str())),
        others,
        other_clusters: elsewhere.filter(is_let_in).map(str::to_owned).collect(),
        gap: issuers.gap(),
    })
}

/// The service accounts that a role's trust policy names by their whole name in the cluster with this issuer, and that
/// are not among `all` of its service accounts: whoever may create one of that name may assume the role.
pub fn missing_accounts(
    role: &Role,
    context: &Account,
    issuer: &str,
    all: &[ServiceAccount],
) -> Result<Vec<ServiceAccount>, Gap> {
    let named = judge(role, context)?.named.into_iter();
    let here = named.filter(|(provider, _)| provider.issuer == issuer).map(|(_, account)| account);
    Ok(here.filter(|account| !all.contains(account)).collect())
}
