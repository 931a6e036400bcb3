//! Who can do something to a resource, as far as the policies attached to it say: how public is it?
//!
//! The policies are evaluated for callers made up for the purpose: somebody without credentials,
//! somebody in an account the policies do not mention, a service acting for somebody else's
//! resource, and so on. What such a stranger can bring about is left open, what it cannot is false.
//! So a `Deny` counts as it does at AWS, and a condition limits exactly as far as it keeps a
//! stranger out.
//!
//! Sources of what keeps a stranger out:
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html>,
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html>

mod candidates;
mod door;
mod stranger;

use std::cmp::Reverse;

pub use door::Door;

use crate::caller::Caller;
use crate::condition::Condition;
use crate::evaluate::{MatchedStatement, Open, Residual};
use crate::request_context::RequestContext;
use candidates::{Candidates, is_about_everybody};

/// Who is let in, from the few to the many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Grade {
    /// A service, on behalf of resources or accounts the policy fixes.
    ServiceWithSource,
    /// A service, on behalf of anybody's resources: the confused deputy.
    ServiceWithoutSource,
    /// Users and roles of the resource's own account.
    OwnAccount,
    /// Other accounts, users or roles, by name.
    ListedAccounts,
    /// Whom an identity provider vouches for, within the conditions.
    IdentityProvider,
    /// Everybody within networks the policy fixes.
    ListedNetworks,
    /// Every account of an organisation.
    Organisation,
    /// Every AWS account.
    AnyAwsAccount,
    /// Everybody on the internet; also everybody who can sign up with a public identity provider.
    AnonymousInternet,
}

/// One kind of caller that is let in.
#[derive(Debug, Clone, PartialEq)]
pub struct LetIn<'a> {
    /// How many that is.
    pub grade: Grade,
    /// The organisation, account, service or provider; empty for a grade that speaks for itself. For
    /// [`Grade::ListedNetworks`] the organisation, where the policies ask for it as well.
    pub who: String,
    /// The statements that let it in.
    pub by: Vec<MatchedStatement<'a>>,
    /// What depends on the single request.
    pub conditions: Vec<Residual<'a>>,
}

impl LetIn<'_> {
    /// The condition keys whose value is a secret shared with the caller, among those asked for:
    /// such a condition keeps strangers out only as long as they do not learn the value.
    ///
    /// Sources: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html>,
    /// <https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html>
    pub fn shared_secrets(&self) -> impl Iterator<Item = &Condition> {
        let conditions = self.conditions.iter().filter_map(|residual| match residual.open {
            Open::Condition(condition) => Some(condition),
            Open::Resource(_) | Open::Principal(_) | Open::IdentityPolicies => None,
        });
        conditions.filter(|condition| {
            let is_secret = ["sts:externalid", "lambda:eventsourcetoken"].contains(&condition.folded_key());
            let is_asked_for = condition.operator().base().is_some_and(|base| !base.is_negated());
            is_secret && is_asked_for && !condition.operator().if_exists()
        })
    }
}

/// Who can do it, the widest grade first. A statement that names everybody is not shown again for
/// the narrower kinds of callers it lets in as well.
///
/// Callers with policies of their own still need those to allow it; this tells whom the resource's
/// side lets in.
pub fn who_can<'a>(door: &Door<'_, 'a>) -> Vec<LetIn<'a>> {
    let candidates = Candidates::of(door);
    let mut found = Found { door, accesses: Vec::new() };
    found.add_providers_open_to_all(&candidates);
    // Nobody but those named is let in by a statement that names them.
    if candidates.everybody {
        found.add_everybody();
        found.add_many(&candidates);
    }
    found.add_few(&candidates);
    found.accesses.sort_by_key(|access| Reverse(access.grade));
    found.accesses
}

/// The kinds of callers found so far.
struct Found<'d, 'q, 'a> {
    door: &'d Door<'q, 'a>,
    accesses: Vec<LetIn<'a>>,
}

impl Found<'_, '_, '_> {
    fn add_providers_open_to_all(&mut self, candidates: &Candidates) {
        for provider in candidates.providers.iter().filter(|provider| stranger::is_open_to_sign_up(provider)) {
            let caller = Caller::federated(provider);
            self.add(Grade::AnonymousInternet, provider, &caller, stranger::of_provider(provider));
        }
    }

    fn add_everybody(&mut self) {
        if self.door.accepts_anonymous {
            self.add(Grade::AnonymousInternet, "", &Caller::anonymous(), stranger::anonymous());
        }
        let someone = Caller::someone_in(stranger::ACCOUNT);
        self.add(Grade::AnyAwsAccount, "", &someone, stranger::in_any_account());
    }

    fn add_many(&mut self, candidates: &Candidates) {
        let someone = Caller::someone_in(stranger::ACCOUNT);
        for organisation in &candidates.organisations {
            self.add(Grade::Organisation, organisation, &someone, stranger::in_organisation(organisation));
        }
        self.add(Grade::ListedNetworks, "", &someone, stranger::within_networks());
        if self.door.accepts_anonymous {
            self.add(Grade::ListedNetworks, "", &Caller::anonymous(), [RequestContext::partial()]);
        }
        for organisation in &candidates.organisations {
            self.add(Grade::ListedNetworks, organisation, &someone, [stranger::of_organisation(organisation)]);
        }
    }

    fn add_few(&mut self, candidates: &Candidates) {
        for provider in &candidates.providers {
            self.add(Grade::IdentityProvider, provider, &Caller::federated(provider), [RequestContext::partial()]);
        }
        for account in &candidates.accounts {
            self.add(Grade::ListedAccounts, account, &Caller::someone_in(account), [RequestContext::partial()]);
        }
        let account = self.door.account;
        self.add(Grade::OwnAccount, account, &Caller::someone_in(account), [RequestContext::partial()]);
        for service in &candidates.services {
            let caller = Caller::service(service);
            self.add(Grade::ServiceWithoutSource, service, &caller, stranger::service_for_anybody(service));
            self.add(Grade::ServiceWithSource, service, &caller, [stranger::service(service)]);
        }
    }

    /// Adds a caller if one of the contexts lets it in by a statement that is not yet known to let
    /// in as many.
    fn add(&mut self, grade: Grade, who: &str, caller: &Caller, contexts: impl IntoIterator<Item = RequestContext>) {
        let answer = contexts.into_iter().find_map(|context| self.door.answer(caller, &context));
        let Some((by, conditions)) = answer else { return };
        let is_known = |reason: &MatchedStatement<'_>| {
            let wider = self.accesses.iter().filter(|access| access.by.contains(reason));
            let is_for_all = is_about_everybody(reason.statement);
            let mut wider = wider
                .filter(|access| access.who == who || is_for_all && (access.grade > grade || access.who.is_empty()));
            wider.next().is_some()
        };
        if !by.iter().all(is_known) {
            self.accesses.push(LetIn { grade, who: who.to_owned(), by, conditions });
        }
    }
}
