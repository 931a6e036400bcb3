//! Bindings under review: those that somebody made, with the subjects that neither Kubernetes nor EKS put there.

use std::cell::OnceCell;
use std::collections::HashMap;

use super::bits::Held;
use super::holders::{Share, Source, groups_of};
use super::identity::{AUTHENTICATED, MASTERS, SERVICE_ACCOUNTS, is_anybody};
use super::judge::Judge;
use super::known::{Part, part};
use super::need::{Names, Object};
use super::{Binding, Counted, RIGHTS, Right, Scope};
use palisade_model::eks::Cluster;
use palisade_model::kubernetes::{RoleRef, Rule, Subject};
use palisade_model::verdict::{Gathered, Outcome};
use palisade_model::{Action, Gap};

/// The bindings of a cluster that was looked into.
#[derive(Debug)]
pub struct Review<'a> {
    pub(super) judge: Judge<'a>,
    holdings: OnceCell<Vec<Holding>>,
}

/// The dangerous rights that a subject has by what somebody bound, beyond those that it has anyway.
#[derive(Debug)]
struct Holding {
    subject: Subject,
    all: Held,
    beyond_teams: Held,
    beyond_accounts: Held,
}

impl Holding {
    /// Those that count.
    fn counted(&self) -> Held {
        let of = |counted: Counted| Held::of((0..RIGHTS.len()).filter(|right| RIGHTS[*right].counted == counted));
        let all = self.all.within(of(Counted::All));
        let beyond_teams = self.beyond_teams.within(of(Counted::BeyondTeams));
        all.with(beyond_teams).with(self.beyond_accounts.within(of(Counted::BeyondTeamsAndAccounts)))
    }
}

impl<'a> Review<'a> {
    /// The review of a cluster; a gap when it was not looked into, or when roles or bindings are not all known.
    pub fn of(cluster: &'a Cluster) -> Result<Self, Gap> {
        Ok(Self { judge: Judge::new(cluster)?, holdings: OnceCell::new() })
    }

    /// Judges each subject of each binding, with the rules that neither Kubernetes nor EKS gives it there. A binding that
    /// is theirs with subject and rules is left out.
    pub fn each(&self, judge: impl Fn(&Binding<'a>, &'a Subject, &[&'a Rule]) -> Option<String>) -> Outcome {
        let mut gathered = self.begun();
        let version = self.judge.version.as_ref().ok().copied();
        for binding in self.judge.rbac.bindings() {
            for subject in binding.subjects {
                let rules: Vec<_> = match part(binding, subject, version) {
                    Part::All => continue,
                    Part::AllBut(rules) => rules,
                    Part::None => binding.rules.iter().flat_map(|rules| rules.iter().copied()).collect(),
                };
                gathered.add(Ok(judge(binding, subject, &rules)));
            }
        }
        gathered.outcome()
    }

    /// What is known before any subject is judged: roles of kinds that are not known here may give anything.
    pub(super) fn begun(&self) -> Gathered {
        let mut gathered = Gathered::default();
        gathered.add(Ok(None));
        for binding in self.judge.rbac.bindings().iter().filter(|binding| !binding.subjects.is_empty()) {
            if let RoleRef::Other { kind, .. } = binding.role {
                let why = format!("{} names a role of the kind {kind}, which is not known", named(binding));
                gathered.add(Err::<Option<String>, _>(self.unclear(why)));
            }
        }
        gathered
    }

    /// Judges who has the rights that a check tells of. Whoever may do everything is left to
    /// `kubernetes-rbac-cluster-admin`.
    pub fn holders(&self, check: &str) -> Outcome {
        let wanted = Held::of((0..RIGHTS.len()).filter(|right| RIGHTS[*right].told_by == check));
        let mut gathered = self.begun();
        let mut lines = Vec::new();
        for holding in self.holdings() {
            let held = holding.counted().within(wanted);
            for right in held.rights() {
                match self.lines(&holding.subject, right, |source| self.counts(right, &holding.subject, source)) {
                    Ok(told) => lines.extend(told),
                    Err(gap) => gathered.add(Err::<Option<String>, _>(gap)),
                }
            }
        }
        for found in self.by_principals(wanted) {
            match found {
                Ok(told) => lines.extend(told),
                Err(gap) => gathered.add(Err::<Option<String>, _>(gap)),
            }
        }
        lines.sort();
        for (_, line) in lines {
            gathered.add(Ok(Some(line)));
        }
        self.add_doubts(wanted, &mut gathered);
        gathered.outcome()
    }

    /// The dangerous rights that a subject has by what somebody bound to it and to its groups.
    pub fn rights_of(&self, subject: &Subject) -> Vec<&'static Right> {
        let shares = self.judge.holders.shares_of(subject);
        let given = self.judge.held(shares.iter().flat_map(|share| &share.given));
        let held = self.judge.held(shares.iter().flat_map(|share| share.all())).without(given);
        held.rights().map(|right| &RIGHTS[right]).collect()
    }

    /// The subjects that somebody gave a right, by its name.
    pub fn subjects_with(&self, right: &str) -> Vec<Subject> {
        let number = RIGHTS.iter().position(|known| known.name == right);
        let holdings = self.holdings().iter().filter(|one| number.is_some_and(|number| one.all.has(number)));
        holdings.map(|one| one.subject.clone()).collect()
    }

    /// Judges who has one of these rights where `counts` says so, people in namespaces of theirs included.
    pub fn holders_of(&self, rights: &[&str], counts: impl Fn(Scope<'a>) -> Result<bool, Gap>) -> Outcome {
        let wanted = Held::of((0..RIGHTS.len()).filter(|right| rights.contains(&RIGHTS[*right].name)));
        let mut gathered = self.begun();
        let mut lines = Vec::new();
        for holding in self.holdings() {
            for right in holding.all.within(wanted).rights() {
                let unsure = OnceCell::new();
                let counted = |source: &Source<'a>| match counts(source.scope) {
                    Ok(counted) => counted,
                    Err(gap) => {
                        unsure.get_or_init(|| gap);
                        false
                    }
                };
                match self.lines(&holding.subject, right, counted) {
                    Ok(told) => lines.extend(told),
                    Err(gap) => gathered.add(Err::<Option<String>, _>(gap)),
                }
                if let Some(gap) = unsure.into_inner() {
                    gathered.add(Err::<Option<String>, _>(gap));
                }
            }
        }
        lines.sort();
        for (_, line) in lines {
            gathered.add(Ok(Some(line)));
        }
        self.add_doubts(wanted, &mut gathered);
        gathered.outcome()
    }

    fn lines(
        &self,
        subject: &Subject,
        right: usize,
        counts: impl Fn(&Source<'a>) -> bool,
    ) -> Result<Vec<super::telling::Line<'a>>, Gap> {
        let Some(share) = self.judge.holders.get(subject) else { return Ok(Vec::new()) };
        let own: Vec<_> = share.own.iter().filter(|source| counts(source)).collect();
        let base = self.judge.holders.base_of(subject);
        let others: Vec<_> = share.given.iter().chain(base).collect();
        self.judge.told(right, &subject_name(subject), &own, &others)
    }

    /// The rights of all subjects, worked out once.
    fn holdings(&self) -> &[Holding] {
        self.holdings.get_or_init(|| {
            // Which namespaces count besides is found before anybody is asked about.
            self.judge.reaches_beyond("");
            let masters = Subject::Group(MASTERS.to_owned());
            let mut bases = HashMap::new();
            let shares =
                self.judge.holders.iter().filter(|(subject, share)| **subject != masters && !share.own.is_empty());
            let holdings = shares.map(|(subject, share)| self.holding(subject, share, &mut bases));
            holdings.filter(|holding| !holding.all.is_empty()).collect()
        })
    }

    fn holding(&self, subject: &Subject, share: &Share<'a>, bases: &mut HashMap<Vec<String>, Held>) -> Holding {
        let base = self.judge.holders.base_of(subject);
        let besides = || share.given.iter().chain(base.iter().copied());
        let before = if share.given.is_empty() {
            *bases.entry(groups_of(subject)).or_insert_with(|| self.judge.held(besides()))
        } else {
            self.judge.held(besides())
        };
        let held = |counts: &dyn Fn(&Source<'a>) -> bool| {
            let own: Vec<_> = share.own.iter().filter(|source| counts(source)).collect();
            if own.is_empty() {
                return Held::default();
            }
            self.judge.held(own.iter().copied().chain(besides())).without(before)
        };
        let all = held(&|_| true);
        let is_all = |source: &Source<'a>| is_beyond_teams(subject, source);
        let (beyond_teams, beyond_accounts) = if all.is_empty() || share.own.iter().all(is_all) {
            (all, all)
        } else {
            (held(&is_all), held(&|source| is_all(source) || self.is_among_accounts(source)))
        };
        Holding { subject: subject.clone(), all, beyond_teams, beyond_accounts }
    }

    /// Whether what a source gives to a subject counts for a right.
    fn counts(&self, right: usize, subject: &Subject, source: &Source<'a>) -> bool {
        match RIGHTS[right].counted {
            Counted::All => true,
            Counted::BeyondTeams => is_beyond_teams(subject, source),
            Counted::BeyondTeamsAndAccounts => is_beyond_teams(subject, source) || self.is_among_accounts(source),
        }
    }

    fn is_among_accounts(&self, source: &Source<'a>) -> bool {
        source.scope.namespace().is_some_and(|namespace| self.judge.reaches_beyond(namespace))
    }

    /// Adds the gaps of what names come to, and of kinds that are not known, where a right hangs on them.
    fn add_doubts(&self, wanted: Held, gathered: &mut Gathered) {
        let needs = || wanted.rights().flat_map(|right| RIGHTS[right].ways.iter().copied().flatten());
        for (names, gap) in self.judge.doubts.borrow().iter() {
            let is_asked = |own: Names| own == *names || own == Names::Users && *names == Names::Accounts;
            if needs().any(|need| is_asked(need.names)) {
                gathered.add(Err::<Option<String>, _>(gap.clone()));
            }
        }
        if needs().any(|need| matches!(need.object, Object::Group(_)))
            && let Some(gap) = self.judge.unclear_kinds()
        {
            gathered.add(Err::<Option<String>, _>(gap));
        }
    }

    /// The gap when something of a binding is not known here.
    fn unclear(&self, why: String) -> Gap {
        self.judge.cluster.unclear(Action::KubernetesListRoleBindings, why)
    }
}

fn is_beyond_teams(subject: &Subject, source: &Source<'_>) -> bool {
    match source.scope {
        Scope::Cluster | Scope::Namespace("kube-system") => true,
        Scope::Namespace(_) => !is_of_a_team(subject),
    }
}

/// Whether a subject is a person or a group that somebody chose.
fn is_of_a_team(subject: &Subject) -> bool {
    match subject {
        Subject::User(_) => !is_anybody(subject),
        Subject::Group(name) => !is_anybody(subject) && name != AUTHENTICATED && !name.starts_with(SERVICE_ACCOUNTS),
        Subject::ServiceAccount { .. } | Subject::Other { .. } => false,
    }
}

/// The gravest of some rights.
pub(super) fn gravest(held: Held) -> Option<usize> {
    held.rights().next()
}

/// The rights from which the whole cluster follows.
pub(super) fn grave() -> Held {
    Held::of((0..RIGHTS.len()).filter(|right| RIGHTS[*right].is_grave))
}

/// How evidence names a subject.
pub fn subject_name(subject: &Subject) -> String {
    match subject {
        Subject::User(name) => format!("user {name}"),
        Subject::Group(name) => format!("group {name}"),
        Subject::ServiceAccount { namespace, name } => format!("service account {namespace}/{name}"),
        Subject::Other { kind, name } => format!("{kind} {name}"),
    }
}

/// How evidence names a role.
pub fn role_name(role: &RoleRef) -> String {
    match role {
        RoleRef::Role(name) => format!("Role {name}"),
        RoleRef::ClusterRole(name) => format!("ClusterRole {name}"),
        RoleRef::Other { kind, name } => format!("{kind} {name}"),
    }
}

/// How evidence names a binding.
pub fn named(binding: &Binding) -> String {
    match binding.scope {
        Scope::Cluster => format!("ClusterRoleBinding {}", binding.name),
        Scope::Namespace(namespace) => format!("RoleBinding {namespace}/{}", binding.name),
    }
}

/// What a binding gives to a subject.
pub fn gives(binding: &Binding, subject: &Subject) -> String {
    format!("{} gives {} to {}", named(binding), role_name(binding.role), subject_name(subject))
}
