//! Rights with which more can be gained than they say: what each takes, what it wins, and which check tells of it.
//!
//! Source: <https://kubernetes.io/docs/concepts/security/rbac-good-practices/>

mod control;
mod engines;
mod identities;
mod pods;
mod traffic;

use std::sync::LazyLock;

use super::need::{Names, Need, Object, Reach, need};

/// A right that is dangerous to give away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Right {
    /// Its name, in words.
    pub name: &'static str,
    /// What can be gained with it.
    pub reason: &'static str,
    /// The ways to it: of one of them, every need must be met, by whichever bindings.
    pub ways: &'static [&'static [Need]],
    /// The check that tells who has it.
    pub told_by: &'static str,
    /// Whose grants count for that check.
    pub counted: Counted,
    /// Whether the whole cluster follows from it, where it holds in the whole cluster.
    pub is_grave: bool,
    /// Where the rule comes from.
    pub source: &'static str,
}

/// Whose grants count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// Everybody's, wherever they hold.
    All,
    /// Those of the whole cluster and of `kube-system`; in other namespaces those of service accounts, and of groups
    /// that everybody is in. What people may do in a namespace of theirs is left to its owner.
    BeyondTeams,
    /// As [`Counted::BeyondTeams`], and those of people in a namespace with a service account that reaches beyond it:
    /// whoever makes or enters its pods acts as that account.
    BeyondTeamsAndAccounts,
}

const PRACTICES: &str = "https://kubernetes.io/docs/concepts/security/rbac-good-practices/";
const CORE: &str = "";
const READ: &[&str] = &["get", "list", "watch"];
const WRITE: &[&str] = &["create", "update", "patch"];
const CHANGE: &[&str] = &["update", "patch"];
const ALTER: &[&str] = &["create", "update", "patch", "delete", "deletecollection"];
const WEAKEN: &[&str] = &["update", "patch", "delete", "deletecollection"];

const fn cluster(verbs: &'static [&'static str], group: &'static str, resources: &'static [&'static str]) -> Need {
    need(verbs, Object::Resources(group, resources), Reach::Cluster)
}

const fn anywhere(verbs: &'static [&'static str], group: &'static str, resources: &'static [&'static str]) -> Need {
    need(verbs, Object::Resources(group, resources), Reach::Namespace)
}

impl Right {
    const fn new(
        name: &'static str,
        reason: &'static str,
        ways: &'static [&'static [Need]],
        told_by: &'static str,
    ) -> Self {
        Self { name, reason, ways, told_by, counted: Counted::All, is_grave: true, source: PRACTICES }
    }

    const fn beyond_teams(self) -> Self {
        Self { counted: Counted::BeyondTeams, ..self }
    }

    const fn taking_accounts(self) -> Self {
        Self { counted: Counted::BeyondTeamsAndAccounts, ..self }
    }

    const fn lesser(self) -> Self {
        Self { is_grave: false, ..self }
    }

    const fn from(self, source: &'static str) -> Self {
        Self { source, ..self }
    }
}

/// All of them, the furthest-reaching first.
pub static RIGHTS: LazyLock<Vec<Right>> = LazyLock::new(|| {
    let all = [identities::RIGHTS, pods::RIGHTS, control::RIGHTS, engines::RIGHTS, traffic::RIGHTS];
    all.into_iter().flatten().copied().collect()
});

impl Right {
    /// The right with this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        RIGHTS.iter().find(|right| right.name == name)
    }

    /// The rights that a check tells of.
    pub fn told_by(check: &str) -> impl Iterator<Item = &'static Self> {
        RIGHTS.iter().filter(move |right| right.told_by == check)
    }
}
