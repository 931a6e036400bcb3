//! What is wrong with a trust policy towards the pods of a cluster.

use super::{Provider, ServiceAccount};
use crate::account::Account;

/// What is wrong with a statement that lets pods in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Weakness {
    /// It names no provider but all of them, and lets in every service account.
    AnyProvider,
    /// Nothing is asked of the subject: every service account is let in.
    NoSubject,
    /// What is asked of the subject is true of every service account, or of a token without one: a negated operator,
    /// `…IfExists`, `ForAllValues:`.
    VacuousSubject,
    /// The subject's pattern covers every service account.
    AnySubject,
    /// Service accounts of namespaces that are not named are let in.
    AnyNamespace,
    /// Every service account of a namespace is let in.
    WholeNamespace,
    /// Service accounts of a namespace are let in by a part of their name.
    PartOfNamespace,
    /// Tokens for any audience are let in.
    AnyAudience,
    /// Nobody is let in: an exact comparison holds a wildcard.
    LiteralWildcard,
    /// Nobody is let in: the condition is on a key of another provider.
    ForeignKey,
    /// Nobody is let in, for another reason.
    NeverMet,
}

impl Weakness {
    /// Those that let in every service account of a cluster.
    pub const EVERY_POD: [Self; 4] = [Self::AnyProvider, Self::NoSubject, Self::VacuousSubject, Self::AnySubject];
    /// Those that let in nobody.
    pub const NOBODY: [Self; 3] = [Self::LiteralWildcard, Self::ForeignKey, Self::NeverMet];
}

/// A weakness of one statement, towards one cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    /// What is wrong.
    pub weakness: Weakness,
    /// The provider that vouches for the pods.
    pub provider: Provider,
    /// The statement: its place in the policy, and its Sid if it has one.
    pub statement: String,
    /// Who was tried and let in; the made-up parts are a canary's.
    pub account: Option<ServiceAccount>,
    /// Why, as evidence puts it.
    pub because: String,
    /// Conditions that are left open, as the policy writes them.
    pub under: Vec<String>,
}

impl Opening {
    /// The opening as evidence tells it.
    pub fn evidence(&self, account: &Account) -> String {
        let Self { statement, because, .. } = self;
        let cluster = account.access.issuers.name(&self.provider.issuer);
        let who = self.who();
        let can = if Weakness::NOBODY.contains(&self.weakness) { "can never" } else { "can" };
        let under = if self.under.is_empty() { String::new() } else { format!(", under {}", self.under.join(" and ")) };
        format!("{statement}: {who} of {cluster} {can} assume the role{under}: {because}")
    }

    fn who(&self) -> String {
        let namespace = self.account.as_ref().map_or("", |account| &account.namespace);
        match self.weakness {
            Weakness::AnyProvider | Weakness::NoSubject | Weakness::VacuousSubject | Weakness::AnySubject => {
                "every service account".to_owned()
            }
            Weakness::AnyNamespace => "service accounts in namespaces that are not named".to_owned(),
            Weakness::WholeNamespace => format!("every service account in namespace {namespace}"),
            Weakness::PartOfNamespace => format!("service accounts that are not named, in namespace {namespace},"),
            Weakness::AnyAudience => "tokens for any audience".to_owned(),
            Weakness::LiteralWildcard | Weakness::ForeignKey | Weakness::NeverMet => "service accounts".to_owned(),
        }
    }
}
