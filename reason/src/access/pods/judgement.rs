//! How far a role's trust policy reaches into clusters, seen from the role.

use std::collections::BTreeSet;

use palisade_policy::{BaseOperator, Condition, Decision, PrincipalElement, Statement};

use super::opening::{Opening, Weakness};
use super::sample::{Sample, samples};
use super::{AUDIENCE, CANARIES, CANARY_AUDIENCE, Provider, ServiceAccount, TrustPolicy, WEB_IDENTITY};
use crate::access::roles::{is_service_linked, trust};
use crate::access::trust::{Entrance, asks_for, entrances};
use crate::account::Account;
use crate::wording::{depending_on, written};
use palisade_model::Gap;
use palisade_model::iam::Role;
use palisade_model::verdict::{Outcome, Verdict};

/// More samples than this are not combined with each other.
const MOST_COMBINED: usize = 32;

/// What a role's trust policy lets pods do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Judgement {
    /// Whether any statement is about pods.
    pub is_about_pods: bool,
    /// What is wrong, statement by statement.
    pub openings: Vec<Opening>,
    /// The service accounts that are let in by their whole name, each with its provider.
    pub named: BTreeSet<(Provider, ServiceAccount)>,
    /// Set when more clusters may be concerned than were seen.
    pub gap: Option<Gap>,
}

/// How much of a cluster somebody stands for who was let in, the most first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Breadth {
    Cluster,
    Namespaces,
    Namespace,
    Names,
    One,
}

/// Somebody who was let in.
struct Guest<'a> {
    breadth: Breadth,
    account: ServiceAccount,
    decision: Decision<'a>,
}

/// One statement, asked about the pods of one cluster.
struct Inquiry<'a> {
    name: &'a str,
    statement: &'a Statement,
    policy: TrustPolicy<'a>,
    provider: Provider,
    /// Whether the statement names the provider itself.
    is_named: bool,
}

/// Judges the trust policy of a role, for every cluster whose provider it names. A gap when it cannot be parsed.
pub fn judge(role: &Role, account: &Account) -> Result<Judgement, Gap> {
    let entrances = entrances(trust(role)?);
    let mut judgement = Judgement::default();
    for entrance in &entrances {
        let Some(statement) = entrance.statement().filter(|statement| statement.allows_action(WEB_IDENTITY)) else {
            continue;
        };
        if names_any_provider(statement) {
            judgement.gap = judgement.gap.or(account.access.issuers.gap());
        }
        for (provider, is_named) in providers(statement, role, account) {
            judgement.is_about_pods = true;
            inquiry(entrance, statement, role, account, provider, is_named).conclude(&mut judgement);
        }
    }
    Ok(judgement)
}

/// A failure for each weakness of these kinds; not applicable to roles that no pod is meant to take on.
pub fn verdict(role: &Role, account: &Account, kinds: &[Weakness]) -> Outcome {
    if is_service_linked(role) {
        return Ok(Verdict::NotApplicable);
    }
    let Judgement { is_about_pods, openings, gap, .. } = judge(role, account)?;
    let evidence: Vec<_> = openings
        .iter()
        .filter(|opening| kinds.contains(&opening.weakness))
        .map(|opening| opening.evidence(account))
        .collect();
    match gap {
        Some(gap) if evidence.is_empty() => Err(gap),
        Some(_) | None if is_about_pods => Ok(Verdict::fail_if_any(evidence)),
        Some(_) | None => Ok(Verdict::NotApplicable),
    }
}

/// Whether a statement names no provider in particular, and so those of all clusters.
fn names_any_provider(statement: &Statement) -> bool {
    let is_other_than_listed = matches!(statement.principal, PrincipalElement::NotPrincipal(_));
    let is_wildcard = || statement.principals().any(|principal| principal.as_str() == "*");
    is_other_than_listed || statement.names_everyone() || is_wildcard()
}

/// The clusters' providers that a statement names, each with whether it names that one itself.
fn providers(statement: &Statement, role: &Role, account: &Account) -> BTreeSet<(Provider, bool)> {
    let issuers = &account.access.issuers;
    let named: BTreeSet<_> = statement.principals().filter_map(|principal| issuers.provider(principal)).collect();
    let own = |issuer| Provider::new(role.arn.partition(), role.arn.account(), issuer);
    let others = issuers.all().map(own).filter(|provider| names_any_provider(statement) && !named.contains(provider));
    let others: Vec<_> = others.map(|provider| (provider, false)).collect();
    named.into_iter().map(|provider| (provider, true)).chain(others).collect()
}

fn inquiry<'a, 'c: 'a>(
    entrance: &'a Entrance,
    statement: &'a Statement,
    role: &'a Role,
    account: &Account<'c>,
    provider: Provider,
    is_named: bool,
) -> Inquiry<'a> {
    let policy = TrustPolicy::with(role, entrance.document(), account);
    Inquiry { name: &entrance.name, statement, policy, provider, is_named }
}

impl<'a> Inquiry<'a> {
    fn conclude(&self, judgement: &mut Judgement) {
        let guests = self.guests();
        let Some(first) = guests.first() else {
            if self.is_named {
                judgement.openings.push(self.opening(self.why_nobody(), None));
            }
            return;
        };
        judgement.openings.extend(self.any_audience(&guests));
        if first.breadth == Breadth::Cluster {
            judgement.openings.push(self.opening(self.why_everybody(), Some(first)));
            return;
        }
        self.tell(&guests, judgement);
    }

    /// What is wrong where not every pod is let in, and who is let in by their whole name. The guests come in order of
    /// what they stand for, so that nobody is told of whom something wider covers.
    fn tell(&self, guests: &[Guest<'a>], judgement: &mut Judgement) {
        let (mut told, mut namespaces, mut names) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        for guest in guests {
            let ServiceAccount { namespace, name } = &guest.account;
            let (weakness, scope) = match guest.breadth {
                Breadth::Cluster | Breadth::Namespaces => {
                    names.insert(name);
                    (Weakness::AnyNamespace, "")
                }
                Breadth::Namespace => {
                    namespaces.insert(namespace);
                    (Weakness::WholeNamespace, namespace.as_str())
                }
                Breadth::Names | Breadth::One if namespaces.contains(namespace) => continue,
                Breadth::Names => (Weakness::PartOfNamespace, namespace.as_str()),
                Breadth::One => {
                    if !names.contains(name) {
                        judgement.named.insert((self.provider.clone(), guest.account.clone()));
                    }
                    continue;
                }
            };
            if told.insert((weakness, scope)) {
                judgement.openings.push(self.opening(weakness, Some(guest)));
            }
        }
    }

    /// Who is let in, those first who stand for the most.
    fn guests(&self) -> Vec<Guest<'a>> {
        let audiences = self.audiences();
        let mut guests = Vec::new();
        for (breadth, account) in self.candidates() {
            let decision = audiences.iter().find_map(|audience| {
                Some(self.policy.can_assume(&self.provider, &account, audience)).filter(Decision::may_be_allowed)
            });
            if let Some(decision) = decision {
                guests.push(Guest { breadth, account, decision });
            }
        }
        guests
    }

    /// Who is worth trying: canaries, and what the conditions speak of.
    fn candidates(&self) -> BTreeSet<(Breadth, ServiceAccount)> {
        let mut candidates = BTreeSet::new();
        for canary in CANARIES {
            candidates.insert((Breadth::Cluster, ServiceAccount::new(canary.namespace, canary.name)));
            let samples: BTreeSet<_> = self.values("sub").flat_map(|value| samples(value, canary)).collect();
            let combined = if samples.len() <= MOST_COMBINED { samples.len() } else { 0 };
            for sample in &samples {
                let Sample { account, any_namespace, any_name } = sample;
                let with_name = |name: &str| ServiceAccount::new(account.namespace.as_str(), name);
                let breadth = if *any_namespace { Breadth::Namespaces } else { Breadth::Namespace };
                candidates.insert((breadth, with_name(canary.name)));
                candidates.insert((Breadth::Namespaces, ServiceAccount::new(canary.namespace, account.name.as_str())));
                candidates.insert((breadth_of(*any_namespace, *any_name), account.clone()));
                for other in samples.iter().take(combined) {
                    let breadth = breadth_of(*any_namespace, other.any_name);
                    candidates.insert((breadth, with_name(&other.account.name)));
                }
            }
        }
        candidates
    }

    /// Audiences worth trying: that of AWS, and those that the conditions speak of.
    fn audiences(&self) -> BTreeSet<String> {
        let [canary, _] = CANARIES;
        let filled = |value: &String| value.replace('*', canary.name).replace('?', &canary.letter.to_string());
        let asked = self.values("aud").flat_map(|value| [value.clone(), filled(value)]);
        asked.chain([AUDIENCE.to_owned()]).collect()
    }

    /// The values of all conditions on a claim of the provider, in the statement and in denials.
    fn values(&self, claim: &str) -> impl Iterator<Item = &'a String> {
        let key = self.provider.key(claim);
        let conditions = self.policy.document.statements.iter().flat_map(|statement| &statement.conditions);
        conditions.filter(move |condition| condition.key().eq_ignore_ascii_case(&key)).flat_map(Condition::values)
    }

    fn any_audience(&self, guests: &[Guest<'a>]) -> Option<Opening> {
        let ask = |guest: &Guest<'a>| self.policy.can_assume(&self.provider, &guest.account, CANARY_AUDIENCE);
        let guest = guests.iter().find(|guest| ask(guest).may_be_allowed())?;
        let conditions: Vec<_> = self.asked("aud").map(written).collect();
        let because = match conditions.as_slice() {
            [] => "no condition asks for aud".to_owned(),
            written => format!("{} lets in any other audience", written.join(" and ")),
        };
        Some(Opening { because, ..self.opening(Weakness::AnyAudience, Some(guest)) })
    }

    /// The statement's conditions on a claim, of whatever provider.
    fn asked(&self, claim: &'static str) -> impl Iterator<Item = &'a Condition> {
        self.statement.conditions.iter().filter(move |condition| claim_of(condition) == Some(claim))
    }

    fn why_everybody(&self) -> Weakness {
        let key = self.provider.key("sub");
        let mut subjects = self.asked("sub").peekable();
        if !self.is_named {
            Weakness::AnyProvider
        } else if subjects.peek().is_none() {
            Weakness::NoSubject
        } else if subjects.any(|subject| asks_for(subject, &key)) {
            Weakness::AnySubject
        } else {
            Weakness::VacuousSubject
        }
    }

    fn why_nobody(&self) -> Weakness {
        let is_foreign =
            |condition: &Condition, claim| !condition.key().eq_ignore_ascii_case(&self.provider.key(claim));
        let is_literal = |condition: &Condition| {
            let is_exact = condition
                .operator()
                .base()
                .is_some_and(|base| matches!(base, BaseOperator::StringEquals | BaseOperator::StringEqualsIgnoreCase));
            is_exact && condition.values().iter().all(|value| value.contains(['*', '?']))
        };
        if ["sub", "aud"].into_iter().any(|claim| self.asked(claim).any(|condition| is_foreign(condition, claim))) {
            Weakness::ForeignKey
        } else if self.asked("sub").chain(self.asked("aud")).any(is_literal) {
            Weakness::LiteralWildcard
        } else {
            Weakness::NeverMet
        }
    }

    fn opening(&self, weakness: Weakness, guest: Option<&Guest<'a>>) -> Opening {
        let conditions: Vec<_> = match weakness {
            Weakness::LiteralWildcard | Weakness::ForeignKey | Weakness::NeverMet => {
                self.statement.conditions.iter().map(written).collect()
            }
            Weakness::AnyProvider
            | Weakness::NoSubject
            | Weakness::VacuousSubject
            | Weakness::AnySubject
            | Weakness::AnyNamespace
            | Weakness::WholeNamespace
            | Weakness::PartOfNamespace
            | Weakness::AnyAudience => self.asked("sub").map(written).collect(),
        };
        Opening {
            weakness,
            provider: self.provider.clone(),
            statement: self.name.to_owned(),
            account: guest.map(|guest| guest.account.clone()),
            because: if conditions.is_empty() {
                "no condition asks for sub".to_owned()
            } else {
                conditions.join(" and ")
            },
            under: guest.map(|guest| depending_on(&guest.decision)).unwrap_or_default(),
        }
    }
}

fn breadth_of(any_namespace: bool, any_name: bool) -> Breadth {
    match (any_namespace, any_name) {
        (true, _) => Breadth::Namespaces,
        (false, true) => Breadth::Names,
        (false, false) => Breadth::One,
    }
}

/// The claim of a provider's token that a condition is about: what follows the last colon of its key.
fn claim_of(condition: &Condition) -> Option<&'static str> {
    let (host, claim) = condition.key().rsplit_once(':')?;
    let known = ["sub", "aud"].into_iter().find(|known| claim.eq_ignore_ascii_case(known));
    known.filter(|_| host.contains('.'))
}
