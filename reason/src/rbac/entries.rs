//! Principals of AWS in a cluster: the user and the groups that access entries and `aws-auth` make of them, and what
//! access policies give them besides. A right may come of two groups, or of a group and a policy.
//!
//! Sources: <https://docs.aws.amazon.com/eks/latest/userguide/creating-access-entries.html>,
//! <https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html>

use std::collections::HashMap;
use std::sync::LazyLock;

use super::bits::Held;
use super::holders::{Origin, Share, Source, canonical};
use super::review::{Review, grave, gravest, subject_name};
use super::telling::Line;
use super::{AUTHENTICATED, MASTERS, Rules, Scope};
use crate::access::entries::{matches, policy_name};
use crate::in_cluster::aws_auth::{in_force, is_superseded, mappings};
use palisade_model::dated::Table;
use palisade_model::eks::{AccessEntry, AccessPolicy, AccessScope};
use palisade_model::kubernetes::{Rule, Subject};
use palisade_model::verdict::{Gathered, Outcome};
use palisade_model::{Arn, Gap};

/// What access policies allow; no package has it, look at the source.
pub const POLICIES: Table = Table::new("what access policies of EKS allow", include_str!("known/policies.tsv"));

static RULES: LazyLock<HashMap<&'static str, Vec<Rule>>> = LazyLock::new(|| {
    let mut policies: HashMap<_, Vec<_>> = HashMap::new();
    let words = |text: &str| -> Vec<String> { text.split(',').map(str::to_owned).collect() };
    for row in POLICIES.rows() {
        let [name, verbs, groups, resources] = *row.as_slice() else { continue };
        let api_groups = if groups == "core" { vec![String::new()] } else { words(groups) };
        let rule = Rule { verbs: words(verbs), api_groups, resources: words(resources), ..Rule::default() };
        policies.entry(name).or_default().push(rule);
    }
    policies
});

/// A principal of AWS as one user of the cluster, in one set of groups.
struct Principal<'a> {
    arn: &'a Arn,
    /// The subjects of bindings that mean it.
    subjects: Vec<Subject>,
    policies: Vec<Source<'a>>,
}

impl<'a> Review<'a> {
    /// Judges which principals of AWS have a right from which the whole cluster follows, by bindings of the whole cluster
    /// or of `kube-system`. What access policies give by themselves is left to the checks of EKS.
    pub fn principals(&self) -> Outcome {
        let mut gathered = Gathered::of(&self.judge.cluster.access_entries, |entry| self.judged_entry(entry));
        match in_force(self.judge.cluster) {
            Ok(None) => {}
            Ok(Some(auth)) => {
                for mapping in mappings(auth) {
                    let judged = is_superseded(mapping, self.judge.cluster).and_then(|superseded| {
                        if superseded {
                            return Ok(Vec::new());
                        }
                        let name = mapping.username.as_deref().unwrap_or(mapping.arn.as_str());
                        self.judged(self.users(&mapping.arn, Some(name), &mapping.groups, &[]))
                    });
                    gathered.add(judged);
                }
            }
            Err(gap) => gathered.add(Err::<Option<String>, _>(gap)),
        }
        gathered.outcome()
    }

    fn judged_entry(&self, entry: &'a AccessEntry) -> Result<Vec<String>, Gap> {
        let details = entry.details.known()?;
        let (policies, gap) = match entry.policies.known() {
            Ok(policies) => (policies.as_slice(), None),
            Err(gap) => (&[] as &[_], Some(gap)),
        };
        let users = self.users(&entry.principal, details.username.as_deref(), &details.groups, policies);
        let is_bound = users.iter().any(|user| !user.subjects.is_empty());
        let found = self.judged(users)?;
        // Policies only matter together with bindings here.
        match gap {
            Some(gap) if found.is_empty() && is_bound => Err(gap),
            Some(_) | None => Ok(found),
        }
    }

    fn judged(&self, users: Vec<Principal<'a>>) -> Result<Vec<String>, Gap> {
        let mut found = Vec::new();
        for user in users {
            let is_wide =
                |source: &&Source<'a>| matches!(source.scope, Scope::Cluster | Scope::Namespace("kube-system"));
            let (own, others) = self.of_principal(&user, is_wide);
            let held = self.beyond(&own, &others).within(grave());
            let Some(right) = gravest(held) else { continue };
            let who = self.alone(&user, right, &own, &others).unwrap_or_else(|| together(&user.subjects));
            let lines = self.judge.told(right, &who, &own, &others)?;
            found.extend(lines.into_iter().take(1).map(|(_, line)| format!("{}: {line}", user.arn)));
        }
        Ok(found)
    }

    /// Whichever of a principal's subjects has a right by itself.
    fn alone(&self, user: &Principal<'a>, right: usize, own: &[&Source<'a>], others: &[&Source<'a>]) -> Option<String> {
        let found = user.subjects.iter().find(|subject| {
            let share = self.judge.holders.get(subject);
            let is_its = |source: &&&Source<'a>| {
                share.is_some_and(|share| share.own.iter().any(|one| std::ptr::eq(one, **source)))
            };
            let its: Vec<_> = own.iter().filter(is_its).copied().collect();
            self.beyond(&its, others).has(right)
        });
        found.map(subject_name)
    }

    /// The rights among these that a principal has only because several of its groups, its user name or its policies give
    /// it together, with what gives them.
    pub(super) fn by_principals(&self, wanted: Held) -> Vec<Result<Vec<Line<'a>>, Gap>> {
        let (users, gap) = self.all_users();
        let mut found = Vec::new();
        for user in users.iter().filter(|user| user.subjects.len() + user.policies.len() > 1) {
            let (own, others) = self.of_principal(user, |_| true);
            let held = self.beyond(&own, &others).within(wanted);
            for right in held.rights() {
                if self.alone(user, right, &own, &self.everybody()).is_none() {
                    let who = format!("{} as {}", user.arn, together(&user.subjects));
                    found.push(self.judge.told(right, &who, &own, &others));
                }
            }
        }
        if let Some(gap) = gap.filter(|_| self.could_be_joined(wanted)) {
            found.push(Err(gap));
        }
        found
    }

    /// Whether some users and groups would have a right together that none of them has alone.
    fn could_be_joined(&self, wanted: Held) -> bool {
        let is_given = |subject: &Subject| matches!(subject, Subject::User(_) | Subject::Group(_));
        let shares = || self.judge.holders.iter().filter(|(subject, _)| is_given(subject));
        let all = self.judge.held(shares().flat_map(|(_, share)| &share.own));
        let mut alone = Held::default();
        for (_, share) in shares() {
            alone = alone.with(self.judge.held(share.own.iter()));
        }
        !all.without(alone).within(wanted).is_empty()
    }

    /// What bindings that somebody made give to a principal, and what it has besides.
    fn of_principal<'s>(
        &'s self,
        user: &'s Principal<'a>,
        counts: impl Fn(&&Source<'a>) -> bool,
    ) -> (Vec<&'s Source<'a>>, Vec<&'s Source<'a>>) {
        let shares = || user.subjects.iter().filter_map(|subject| self.judge.holders.get(subject));
        let own = shares().flat_map(|share| &share.own).filter(|source| counts(source)).collect();
        let given = shares().flat_map(|share| &share.given);
        (own, given.chain(&user.policies).chain(self.everybody()).collect())
    }

    fn beyond(&self, own: &[&Source<'a>], others: &[&Source<'a>]) -> Held {
        let besides = || others.iter().copied();
        if own.is_empty() {
            return Held::default();
        }
        self.judge.held(own.iter().copied().chain(besides())).without(self.judge.held(besides()))
    }

    /// What everybody has who authenticated.
    fn everybody(&self) -> Vec<&Source<'a>> {
        let share = self.judge.holders.get(&Subject::Group(AUTHENTICATED.to_owned()));
        share.into_iter().flat_map(Share::all).collect()
    }

    /// All principals that are known, and the gap when there may be more.
    fn all_users(&self) -> (Vec<Principal<'a>>, Option<Gap>) {
        let entries = &self.judge.cluster.access_entries;
        let (mut users, mut gap) = (Vec::new(), entries.gap().cloned());
        for entry in entries.seen() {
            match entry.details.known() {
                Ok(details) => {
                    let policies = entry.policies.known().map_or(&[] as &[_], Vec::as_slice);
                    users.extend(self.users(&entry.principal, details.username.as_deref(), &details.groups, policies));
                }
                Err(unread) => gap = gap.or(Some(unread)),
            }
        }
        match in_force(self.judge.cluster) {
            Ok(auth) => {
                for mapping in auth.into_iter().flat_map(mappings) {
                    let name = mapping.username.as_deref().unwrap_or(mapping.arn.as_str());
                    users.extend(self.users(&mapping.arn, Some(name), &mapping.groups, &[]));
                }
            }
            Err(unread) => gap = gap.or(Some(unread)),
        }
        (users, gap)
    }

    /// The users that a principal is: one, or as many as bindings name sessions of it.
    fn users(
        &self,
        arn: &'a Arn,
        name: Option<&str>,
        groups: &[String],
        policies: &'a [AccessPolicy],
    ) -> Vec<Principal<'a>> {
        let groups = groups.iter().filter(|group| *group != MASTERS);
        let mut groups: Vec<_> = groups.flat_map(|group| self.meant(&Subject::Group(group.clone()), arn)).collect();
        groups.dedup();
        let names = name.map(|name| self.meant(&canonical(&Subject::User(name.to_owned()), None), arn));
        let names = names.unwrap_or_default();
        let user = |subjects: Vec<Subject>| Principal { arn, subjects, policies: self.rules_of(policies) };
        if names.is_empty() {
            return vec![user(groups)];
        }
        names.into_iter().map(|name| user(groups.iter().cloned().chain([name]).collect())).collect()
    }

    /// The subjects of bindings that a user name or group of an entry means.
    fn meant(&self, subject: &Subject, arn: &Arn) -> Vec<Subject> {
        let is_meant = |bound: &&Subject| match (subject, bound) {
            (Subject::User(pattern), Subject::User(name)) | (Subject::Group(pattern), Subject::Group(name)) => {
                is_filled(pattern, name, arn)
            }
            (Subject::User(_) | Subject::Group(_) | Subject::ServiceAccount { .. } | Subject::Other { .. }, _) => {
                *bound == subject
            }
        };
        if self.judge.holders.get(subject).is_some() {
            return vec![subject.clone()];
        }
        let is_pattern = matches!(subject, Subject::User(name) | Subject::Group(name) if name.contains("{{"));
        if !is_pattern {
            return Vec::new();
        }
        self.judge.holders.iter().map(|(bound, _)| bound).filter(is_meant).cloned().collect()
    }

    /// What access policies come to where they hold.
    fn rules_of(&self, policies: &'a [AccessPolicy]) -> Vec<Source<'a>> {
        let mut sources = Vec::new();
        for policy in policies {
            let name = policy_name(policy);
            let Some(rules) = RULES.get(name) else { continue };
            let rules: Rules<'a> = rules.iter().collect();
            let origin = Origin::Policy(name);
            match &policy.scope {
                AccessScope::Cluster => sources.push(Source { origin, scope: Scope::Cluster, rules }),
                AccessScope::Namespaces(patterns) => {
                    let namespaces = self.judge.objects.namespaces.seen().iter().map(|namespace| &namespace.name);
                    let meant = namespaces.filter(|name| patterns.iter().any(|pattern| matches(pattern, name)));
                    sources.extend(meant.map(|name| Source {
                        origin,
                        scope: Scope::Namespace(name),
                        rules: Rules::clone(&rules),
                    }));
                }
                AccessScope::Other(_) => {}
            }
        }
        sources
    }
}

fn together(subjects: &[Subject]) -> String {
    subjects.iter().map(subject_name).collect::<Vec<_>>().join(" and ")
}

/// Whether a name is what a pattern becomes for some session of a principal: `{{AccountID}}` is its account, any other
/// word in braces is chosen when a session begins, or by the node.
fn is_filled(pattern: &str, name: &str, arn: &Arn) -> bool {
    let Some((before, rest)) = pattern.split_once("{{") else { return pattern == name };
    let Some((word, after)) = rest.split_once("}}") else { return pattern == name };
    let Some(left) = name.strip_prefix(before) else { return false };
    if word == "AccountID" {
        return left.strip_prefix(arn.account()).is_some_and(|left| is_filled(after, left, arn));
    }
    let ends = (1..=left.len()).filter(|at| left.is_char_boundary(*at));
    ends.into_iter().any(|at| !left[..at].contains(['/', ':']) && is_filled(after, &left[at..], arn))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_in_braces_stand_for_what_a_session_chooses() {
        let arn = Arn::from("arn:aws:iam::111122223333:role/Ops");
        for (pattern, name, filled) in [
            ("ops:{{SessionName}}", "ops:alice", true),
            ("ops:{{SessionName}}", "ops:", false),
            ("ops:{{SessionName}}", "dev:alice", false),
            ("ops:{{SessionName}}:x", "ops:alice:x", true),
            ("ops:{{SessionName}}", "ops:alice:x", false),
            ("{{AccountID}}-{{SessionNameRaw}}", "111122223333-alice@example.com", true),
            ("{{AccountID}}-{{SessionNameRaw}}", "444455556666-alice", false),
            ("ops", "ops", true),
            ("ops{{", "ops{{", true),
        ] {
            assert_eq!(is_filled(pattern, name, &arn), filled, "{pattern} {name}");
        }
    }
}
