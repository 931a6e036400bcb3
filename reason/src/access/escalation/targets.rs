//! Paths that lead to somebody else: roles passed, functions taken over, roles and users impersonated.

use std::sync::LazyLock;

use palisade_policy::{Attached, Document, RequestContext, Statement};

use super::index::Target;
use super::judge::{Judge, exact, may_cover};
use super::paths::{Other, Path};
use super::{Escalation, Gain};
use crate::access::Actor;
use crate::access::administrator::{EVERYTHING, STRONGEST};
use palisade_model::Arn;
use palisade_model::iam::PolicyText;
use palisade_model::lambda::Function;

/// The widest trust that may be written into a trust policy.
static OPEN_TRUST: LazyLock<Option<Document>> = LazyLock::new(|| {
    Document::parse(r#"{ "Statement": { "Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole" } }"#).ok()
});

impl<'p, 'a: 'p> Judge<'p, 'a> {
    /// Passes a role to something new.
    pub(super) fn pass(&self, path: &'static Path, service: &str, with_execution_role: bool) -> Option<Escalation> {
        let steps: Vec<_> = path.actions.iter().map(|action| self.somewhere(action)).collect::<Option<_>>()?;
        self.miss(self.index().roles_gap.as_ref());
        let context = self.principal.context.clone().known("iam:PassedToService", [service]);
        let pass = |target: &Target<'a>| self.step("iam:PassRole", target.arn().as_str(), &context);
        let candidates = self.passable(service);
        candidates.iter().find_map(|target| {
            let gain = self.gain(target)?;
            let mut passing = vec![pass(target)?];
            if with_execution_role {
                let mut others = candidates.iter().filter(|other| other.arn() != target.arn());
                passing.push(others.find_map(|other| pass(other))?);
            }
            passing.extend(steps.iter().cloned());
            Some(escalation(path, target.arn(), None, gain, passing))
        })
    }

    /// The roles that trust a service and that the identity may be allowed to pass, the most powerful first.
    fn passable(&self, service: &str) -> Vec<&'p Target<'a>> {
        let allowing = self.allows("iam:PassRole");
        let index = self.index();
        let mut candidates: Vec<_> = if let Some(arns) = exact(&allowing) {
            arns.into_iter().filter_map(|arn| index.trusting_by_arn(service, arn)).collect()
        } else {
            index.trusting(service).filter(|target| covered(&allowing, target.arn())).collect()
        };
        candidates.sort_by_key(|target| !target.is_administrator);
        candidates
    }

    /// Takes over something that is not known one by one, and so only with the right to take over all of its kind.
    pub(super) fn take(&self, path: &'static Path, services: &[&str]) -> Option<Escalation> {
        let all = |action: &&str| self.step(action, "*", &self.principal.context);
        let steps: Vec<_> = path.actions.iter().map(all).collect::<Option<_>>()?;
        self.miss(self.index().roles_gap.as_ref());
        let mut targets: Vec<_> = services.iter().flat_map(|service| self.index().trusting(service)).collect();
        targets.sort_by_key(|target| !target.is_administrator);
        let (target, gain) = targets.into_iter().find_map(|target| Some((target, self.gain(target)?)))?;
        Some(escalation(path, target.arn(), None, gain, steps))
    }

    /// Changes what a function runs.
    pub(super) fn take_function(&self, path: &'static Path) -> Option<Escalation> {
        self.each_function(path, |function| {
            let step = |action: &&str| self.step(action, function.arn.as_str(), &self.principal.context);
            path.actions.iter().map(step).collect()
        })
    }

    /// Lets itself change what a function runs, through the function's own policy.
    pub(super) fn open_function(&self, path: &'static Path) -> Option<Escalation> {
        let granted = granting(self.principal, everything());
        let context = &self.principal.context;
        let names_itself = context.clone().known("lambda:Principal", [self.principal.arn.as_str()]);
        self.each_function(path, |function| {
            let arn = function.arn.as_str();
            let left_open = self.access.can(&granted, "lambda:UpdateFunctionCode", arn, context).may_be_allowed();
            let step = |action: &&str| self.step(action, arn, &names_itself);
            left_open.then(|| path.actions.iter().map(step).collect()).flatten()
        })
    }

    fn each_function(
        &self,
        path: &'static Path,
        steps: impl Fn(&'a Function) -> Option<Vec<String>>,
    ) -> Option<Escalation> {
        let index = self.index();
        self.miss(index.functions_gap.as_ref().or(index.roles_gap.as_ref()));
        let allowing = self.allows(path.actions.first()?);
        let mut places: Vec<usize> = match exact(&allowing) {
            Some(arns) => arns.iter().filter_map(|arn| index.functions_by_arn.get(arn)).copied().collect(),
            None => (0..index.functions.len()).collect(),
        };
        places.sort_unstable();
        places.into_iter().find_map(|place| {
            let (function, role) = index.functions[place];
            let target = &index.roles[role];
            let gain = self.gain(target)?;
            let steps = covered(&allowing, &function.arn).then(|| steps(function)).flatten()?;
            Some(escalation(path, target.arn(), Some(&function.arn), gain, steps))
        })
    }

    /// Becomes a role or a user as it is. Being trusted and allowed to assume a role is not by itself an escalation,
    /// unless the role is an administrator.
    pub(super) fn impersonate(&self, path: &'static Path, other: Other) -> Option<Escalation> {
        let assumes_only = path.actions == ["sts:AssumeRole"];
        let candidates = if assumes_only { self.trusting_administrators() } else { self.others(path, other) };
        candidates.into_iter().find_map(|target| {
            let gain = self.gain(target)?;
            let steps = path.actions.iter().map(|action| self.act(action, target)).collect::<Option<_>>()?;
            Some(escalation(path, target.arn(), None, gain, steps))
        })
    }

    /// Gives a role or a user every permission, and becomes it.
    pub(super) fn rewrite(&self, path: &'static Path, other: Other) -> Option<Escalation> {
        let [change, enter] = path.actions else { return None };
        self.others(path, other).into_iter().filter(|target| target.arn() != self.principal.arn).find_map(|target| {
            let enter = self.act(enter, target)?;
            let (change, granted) = self.change(change, &target.principal, target.arn())?;
            let gain = self.gain_of(&granting(&target.principal, granted))?;
            Some(escalation(path, target.arn(), None, gain, vec![change, enter]))
        })
    }

    /// Takes the boundary off a role that it may assume.
    pub(super) fn unbind_role(&self, path: &'static Path) -> Option<Escalation> {
        let bounded = self.others(path, Other::Role).into_iter().filter(|target| target.principal.boundary.is_some());
        bounded.filter(|target| target.arn() != self.principal.arn).find_map(|target| {
            let steps = path.actions.iter().map(|action| self.act(action, target)).collect::<Option<_>>()?;
            let gain = self.gain_of(&Actor { boundary: None, ..Actor::clone(&target.principal) })?;
            Some(escalation(path, target.arn(), None, gain, steps))
        })
    }

    fn trusting_administrators(&self) -> Vec<&'p Target<'a>> {
        let index = self.index();
        self.miss(index.roles_gap.as_ref().filter(|_| !self.allows("sts:AssumeRole").is_empty()));
        let trusting = index.trusting_principals.iter().map(|place| &index.roles[*place]);
        trusting.filter(|target| target.is_administrator).collect()
    }

    /// The roles or users that the first of a path's actions may be about, the most powerful first.
    fn others(&self, path: &Path, other: Other) -> Vec<&'p Target<'a>> {
        let index = self.index();
        let (targets, gap) = match other {
            Other::Role => (&index.roles, &index.roles_gap),
            Other::User => (&index.users, &index.users_gap),
        };
        self.miss(gap.as_ref());
        let [first, ..] = path.actions else { return Vec::new() };
        let allowing = self.allows(first);
        let is_about_policies = first.ends_with("PolicyVersion");
        targets.iter().filter(|target| is_about_policies || covered(&allowing, target.arn())).collect()
    }

    /// How an action that leads to a target is allowed, if it may be.
    fn act(&self, action: &'static str, target: &Target<'a>) -> Option<String> {
        match action {
            "sts:AssumeRole" => self.assume(target, target.trust),
            "iam:UpdateAssumeRolePolicy" => {
                let step = self.step(action, target.arn().as_str(), &self.principal.context)?;
                let trust = OPEN_TRUST.as_ref().map(|document| Attached { name: "trust", document });
                self.assume(target, trust).map(|_| step)
            }
            _ => self.step(action, target.arn().as_str(), &self.about(&target.principal)),
        }
    }

    /// How the permissions of an identity, or of a group, may be changed, and what it may be given.
    pub(super) fn change(
        &self,
        action: &'static str,
        subject: &Actor<'a>,
        resource: &Arn,
    ) -> Option<(String, Attached<'a>)> {
        let context = self.about(subject);
        if action == "iam:CreatePolicyVersion" {
            let mut own = subject.identity.iter().filter(|policy| self.is_owned(policy.name));
            let step = own.find_map(|policy| self.step(action, policy.name, &self.principal.context))?;
            return Some((step, everything()));
        }
        if !action.contains(":Attach") {
            return Some((self.step(action, resource.as_str(), &context)?, everything()));
        }
        let attach =
            |policy: &str| self.step(action, resource.as_str(), &context.clone().known("iam:PolicyARN", [policy]));
        let strongest = STRONGEST
            .iter()
            .find_map(|name| attach(&format!("arn:{}:iam::aws:policy/{name}", self.inventory.partition)));
        if let Some(step) = strongest {
            return Some((step, everything()));
        }
        self.step(action, resource.as_str(), &context)?;
        self.miss(self.inventory.iam.policies.gap());
        self.inventory.iam.policies.seen().iter().find_map(|policy| {
            let step = attach(policy.arn.as_str())?;
            let PolicyText::Parsed(document) = &policy.document else { return None };
            let granted = Attached { name: policy.arn.as_str(), document };
            self.gain_of(&granting(subject, granted)).map(|_| (step, granted))
        })
    }

    /// What is known of a request that changes an identity: IAM shows the boundary that the identity has.
    pub(super) fn about(&self, subject: &Actor<'_>) -> RequestContext {
        let context = self.principal.context.clone();
        match subject.boundary {
            Some(boundary) => context.known("iam:PermissionsBoundary", [boundary.name]),
            None => context.absent("iam:PermissionsBoundary"),
        }
    }

    /// Whether a policy's name is the ARN of a managed policy of the account.
    pub(super) fn is_owned(&self, name: &str) -> bool {
        name.starts_with("arn:") && name.split(':').nth(4) == Some(self.inventory.account.as_str())
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

pub(super) fn escalation(
    path: &'static Path,
    target: &Arn,
    through: Option<&Arn>,
    gain: Gain,
    steps: Vec<String>,
) -> Escalation {
    Escalation { path, target: target.clone(), through: through.cloned(), gain, steps }
}

/// Whether one of the statements may be about a resource.
fn covered(statements: &[&Statement], resource: &Arn) -> bool {
    statements.iter().any(|statement| may_cover(statement, resource.as_str()))
}
