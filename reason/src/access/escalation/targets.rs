//! Paths that lead to somebody else: roles passed, functions taken over, roles and users impersonated.

use std::sync::LazyLock;

use palisade_policy::{Attached, Document};

use super::Gain;
use super::index::Target;
use super::judge::{Judge, Wanted, covered, exact};
use super::opening::{Call, Opening};
use super::paths::{Other, Path};
use crate::access::Actor;
use crate::access::administrator::{EVERYTHING, STRONGEST};
use palisade_model::iam::PolicyText;
use palisade_model::lambda::Function;

/// The widest trust that may be written into a trust policy.
static OPEN_TRUST: LazyLock<Option<Document>> = LazyLock::new(|| {
    Document::parse(r#"{ "Statement": { "Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole" } }"#).ok()
});

impl<'a> Judge<'_, 'a> {
    /// Passes a role to something new, or to something that the path changes.
    pub(super) fn pass(
        &self,
        path: &'static Path,
        service: &str,
        with_execution_role: bool,
        wanted: Wanted<'_>,
    ) -> Option<Opening<'a>> {
        let calls = self.calls(path.actions)?;
        self.miss(self.index.roles_gap.as_ref());
        let candidates = self.passable(service);
        candidates.iter().find_map(|target| {
            let gain = self.wins(target, wanted)?;
            let mut passing = vec![self.passes(target, service)?];
            if with_execution_role {
                let mut others = candidates.iter().filter(|other| other.place != target.place);
                passing.push(others.find_map(|other| self.passes(other, service))?);
            }
            passing.extend(calls.iter().cloned());
            Some(Opening::new(path, target.arn(), gain, passing).at(target.place))
        })
    }

    fn passes(&self, target: &Target<'a>, service: &str) -> Option<Call<'a>> {
        self.may(Call::new("iam:PassRole", target.arn().as_str()).known("iam:PassedToService", service))
    }

    /// The roles that trust a service and that the identity may be allowed to pass, the most powerful first.
    fn passable(&self, service: &str) -> Vec<&Target<'a>> {
        let allowing = self.allows("iam:PassRole");
        let mut candidates: Vec<_> = if let Some(arns) = exact(&allowing) {
            arns.into_iter().filter_map(|arn| self.index.trusting_by_arn(service, arn)).collect()
        } else {
            self.index.trusting(service).filter(|target| covered(&allowing, target.arn())).collect()
        };
        candidates.sort_by_key(|target| target.place);
        candidates
    }

    /// Takes over something that is not known one by one, and that may run as any role that trusts one of the services.
    pub(super) fn take(&self, path: &'static Path, services: &[&str], wanted: Wanted<'_>) -> Option<Opening<'a>> {
        let calls = self.calls(path.actions)?;
        self.miss(self.index.roles_gap.as_ref());
        let mut targets: Vec<_> = services.iter().flat_map(|service| self.index.trusting(service)).collect();
        targets.sort_by_key(|target| target.place);
        let (target, gain) = targets.into_iter().find_map(|target| Some((target, self.wins(target, wanted)?)))?;
        Some(Opening::new(path, target.arn(), gain, calls).at(target.place))
    }

    /// Changes what a function runs.
    pub(super) fn take_function(&self, path: &'static Path, wanted: Wanted<'_>) -> Option<Opening<'a>> {
        self.each_function(path, |function, target| {
            let gain = self.wins(target, wanted)?;
            Some(Opening::new(path, target.arn(), gain, self.on_function(path, function)?).at(target.place))
        })
    }

    /// Gives a function another role.
    pub(super) fn swap_function(&self, path: &'static Path, wanted: Wanted<'_>) -> Option<Opening<'a>> {
        const LAMBDA: &str = "lambda.amazonaws.com";
        self.miss(self.index.roles_gap.as_ref());
        let (target, gain, passing) = self.passable(LAMBDA).into_iter().find_map(|target| {
            let gain = self.wins(target, wanted)?;
            Some((target, gain, self.passes(target, LAMBDA)?))
        })?;
        self.each_function(path, |function, _| {
            let mut calls = self.on_function(path, function)?;
            calls.push(passing.clone());
            Some(Opening::new(path, target.arn(), gain.clone(), calls).at(target.place))
        })
    }

    /// Lets itself change what a function runs, through the function's own policy.
    pub(super) fn open_function(&self, path: &'static Path, wanted: Wanted<'_>) -> Option<Opening<'a>> {
        let granted = granting(self.principal, everything());
        let context = &self.principal.context;
        self.each_function(path, |function, target| {
            let gain = self.wins(target, wanted)?;
            let arn = function.arn.as_str();
            let left_open = self.access.can(&granted, "lambda:UpdateFunctionCode", arn, context).may_be_allowed();
            let names_itself = |action: &&'static str| {
                self.may(Call::new(action, arn).known("lambda:Principal", self.principal.arn.as_str()))
            };
            let calls: Vec<_> = left_open.then(|| path.actions.iter().map(names_itself).collect()).flatten()?;
            Some(Opening::new(path, target.arn(), gain, calls).at(target.place))
        })
    }

    fn on_function(&self, path: &Path, function: &Function) -> Option<Vec<Call<'a>>> {
        path.actions.iter().map(|action| self.may(Call::new(action, function.arn.as_str()))).collect()
    }

    fn each_function(
        &self,
        path: &'static Path,
        open: impl Fn(&'a Function, &Target<'a>) -> Option<Opening<'a>>,
    ) -> Option<Opening<'a>> {
        let index = self.index;
        self.miss(index.functions_gap.as_ref().or(index.roles_gap.as_ref()));
        let allowing = self.allows(path.actions.first()?);
        let mut places: Vec<usize> = match exact(&allowing) {
            Some(arns) => arns.iter().filter_map(|arn| index.functions_by_arn.get(arn)).copied().collect(),
            None => (0..index.functions.len()).collect(),
        };
        places.sort_unstable();
        places.into_iter().find_map(|place| {
            let (function, role) = index.functions[place];
            let opening = covered(&allowing, &function.arn).then(|| open(function, &index.targets[role])).flatten()?;
            Some(opening.through(&function.arn))
        })
    }

    /// Becomes a role or a user as it is. Being trusted and allowed to assume a role is not by itself an escalation,
    /// unless the role is an administrator; it is a step to somewhere else.
    pub(super) fn impersonate(&self, path: &'static Path, other: Other, wanted: Wanted<'_>) -> Option<Opening<'a>> {
        let assumes_only = path.actions == ["sts:AssumeRole"];
        let is_legitimate =
            |target: &&Target<'a>| assumes_only && matches!(wanted, Wanted::Gain) && !target.is_administrator;
        let candidates = if assumes_only { self.assumable() } else { self.others(path, other) };
        candidates.into_iter().filter(|target| !is_legitimate(target)).find_map(|target| {
            let gain = self.wins(target, wanted)?;
            let calls = path.actions.iter().map(|action| self.act(action, target)).collect::<Option<_>>()?;
            Some(Opening::new(path, target.arn(), gain, calls).at(target.place))
        })
    }

    /// Gives a role or a user every permission, and becomes it.
    pub(super) fn rewrite(&self, path: &'static Path, other: Other, wanted: Wanted<'_>) -> Option<Opening<'a>> {
        let ([change, enter], Wanted::Gain) = (path.actions, wanted) else { return None };
        self.others(path, other).into_iter().find_map(|target| {
            let enter = self.act(enter, target)?;
            let (change, granted) = self.change(change, &target.principal, target.arn().as_str())?;
            let gain = self.gain_of(&granting(&target.principal, granted))?;
            Some(Opening::new(path, target.arn(), gain, vec![change, enter]).at(target.place))
        })
    }

    /// Takes the boundary off a role that it may assume.
    pub(super) fn unbind_role(&self, path: &'static Path, wanted: Wanted<'_>) -> Option<Opening<'a>> {
        let Wanted::Gain = wanted else { return None };
        let bounded = self.others(path, Other::Role).into_iter().filter(|target| target.principal.boundary.is_some());
        bounded.into_iter().find_map(|target| {
            let calls = path.actions.iter().map(|action| self.act(action, target)).collect::<Option<_>>()?;
            let gain = self.gain_of(&Actor { boundary: None, ..Actor::clone(&target.principal) })?;
            Some(Opening::new(path, target.arn(), gain, calls).at(target.place))
        })
    }

    /// Has more given to it where palisade does not look.
    pub(super) fn elsewhere(&self, path: &'static Path, wanted: Wanted<'_>) -> Option<Opening<'a>> {
        let Wanted::Gain = wanted else { return None };
        Some(Opening::new(path, self.principal.arn, Gain::Unverified, self.calls(path.actions)?))
    }

    /// The roles that the identity may assume as far as their trust goes, the most powerful first.
    fn assumable(&self) -> Vec<&Target<'a>> {
        self.miss(self.index.roles_gap.as_ref().filter(|_| self.set().mentions("sts:AssumeRole")));
        self.assumable.iter().map(|place| &self.index.targets[*place]).collect()
    }

    /// The roles or users that the first of a path's actions may be about, the most powerful first.
    fn others(&self, path: &Path, other: Other) -> Vec<&Target<'a>> {
        let (targets, gap) = match other {
            Other::Role if path.actions.contains(&"sts:AssumeRole") => (self.assumable(), &self.index.roles_gap),
            Other::Role => (self.index.roles().iter().collect(), &self.index.roles_gap),
            Other::User => (self.index.users().iter().collect(), &self.index.users_gap),
        };
        self.miss(gap.as_ref());
        let [first, ..] = path.actions else { return Vec::new() };
        let allowing = self.allows(first);
        let is_about_policies = first.ends_with("PolicyVersion");
        targets.into_iter().filter(|target| is_about_policies || covered(&allowing, target.arn())).collect()
    }

    /// An action that leads to a target, if it may be allowed.
    fn act(&self, action: &'static str, target: &Target<'a>) -> Option<Call<'a>> {
        let arn = target.arn().as_str();
        match action {
            "sts:AssumeRole" => self.may(assuming(arn, target.trust)),
            "iam:UpdateAssumeRolePolicy" => {
                let call = self.may(Call::new(action, arn))?;
                self.enters(arn).map(|_| call)
            }
            _ => self.may(about(&target.principal, Call::new(action, arn))),
        }
    }

    /// Assumes a role whose trust it wrote itself.
    pub(super) fn enters(&self, role: &str) -> Option<Call<'a>> {
        let trust = OPEN_TRUST.as_ref().map(|document| Attached { name: "trust", document });
        self.may(assuming(role, trust))
    }

    /// How the permissions of an identity, or of a group, may be changed, and what it may be given.
    pub(super) fn change(
        &self,
        action: &'static str,
        subject: &Actor<'a>,
        resource: &str,
    ) -> Option<(Call<'a>, Attached<'a>)> {
        if action == "iam:CreatePolicyVersion" {
            let mut own = subject.identity.iter().filter(|policy| self.is_owned(policy.name));
            let call = own.find_map(|policy| self.may(Call::new(action, policy.name)))?;
            return Some((call, everything()));
        }
        let call = || about(subject, Call::new(action, resource));
        if !action.contains(":Attach") {
            return Some((self.may(call())?, everything()));
        }
        let attach = |policy: &str| self.may(call().known("iam:PolicyARN", policy));
        let strongest = STRONGEST
            .iter()
            .find_map(|name| attach(&format!("arn:{}:iam::aws:policy/{name}", self.inventory.partition)));
        if let Some(call) = strongest {
            return Some((call, everything()));
        }
        self.may(call())?;
        self.miss(self.inventory.iam.policies.gap());
        self.inventory.iam.policies.seen().iter().find_map(|policy| {
            let call = attach(policy.arn.as_str())?;
            let PolicyText::Parsed(document) = &policy.document else { return None };
            let granted = Attached { name: policy.arn.as_str(), document };
            self.gain_of(&granting(subject, granted)).map(|_| (call, granted))
        })
    }

    /// Whether a policy's name is the ARN of a managed policy of the account.
    pub(super) fn is_owned(&self, name: &str) -> bool {
        name.starts_with("arn:") && name.split(':').nth(4) == Some(self.inventory.account.as_str())
    }
}

fn assuming<'a>(role: &str, trust: Option<Attached<'a>>) -> Call<'a> {
    let call = Call::new("sts:AssumeRole", role);
    match trust {
        Some(trust) => call.trusted_by(trust),
        None => call,
    }
}

/// A call that changes an identity: IAM shows the boundary that the identity has.
pub(super) fn about<'a>(subject: &Actor<'_>, call: Call<'a>) -> Call<'a> {
    match subject.boundary {
        Some(boundary) => call.known("iam:PermissionsBoundary", boundary.name),
        None => call.absent("iam:PermissionsBoundary"),
    }
}

pub(super) fn everything() -> Attached<'static> {
    Attached { name: "everything", document: &EVERYTHING }
}

/// Somebody with a policy more.
pub(super) fn granting<'a>(subject: &Actor<'a>, granted: Attached<'a>) -> Actor<'a> {
    let mut changed = subject.clone();
    changed.identity.push(granted);
    changed
}
