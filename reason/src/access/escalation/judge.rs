//! What one identity is allowed, asked in the ways that paths need.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::LazyLock;

use palisade_policy::{
    Attached, Decision, Document, Policies, Request, ResourceElement, ResourcePattern, Statement, covers, evaluate,
};

use super::index::{Index, Target};
use super::opening::{Call, Opening};
use super::paths::{Path, Way};
use super::{Escalation, Gain};
use crate::access::administrator::is_administrator;
use crate::access::sets::PolicySet;
use crate::access::{Access, Actor};
use palisade_model::{Arn, Gap, Inventory};

/// What next to every role of a workload may do, and what is no gain therefore: write logs and traces.
static USUAL: LazyLock<Option<Document>> = LazyLock::new(|| {
    let text = r#"{ "Version": "2012-10-17", "Statement": { "Effect": "Allow", "Resource": "*", "Action": [
        "logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents",
        "xray:PutTraceSegments", "xray:PutTelemetryRecords"
    ] } }"#;
    Document::parse(text).ok()
});

/// By what one policy set has more than another: the place of the policy, and of the statement in it.
type More = Option<(usize, usize)>;

/// What was answered, for all identities.
#[derive(Default)]
pub(super) struct Kept<'a> {
    more: RefCell<HashMap<(*const PolicySet<'a>, *const PolicySet<'a>), More>>,
}

/// What a path must lead to.
#[derive(Clone, Copy)]
pub(super) enum Wanted<'w> {
    /// More than the identity has.
    Gain,
    /// One of these, by place, to go on from there.
    These(&'w [bool]),
}

/// An identity about to be judged.
pub(super) struct Judge<'j, 'a> {
    pub(super) access: &'j Access<'a>,
    pub(super) principal: &'j Actor<'a>,
    pub(super) index: &'j Index<'a>,
    pub(super) inventory: &'a Inventory,
    /// Roles that the identity may assume as far as their trust goes, where no path says otherwise: those that trust the
    /// account.
    pub(super) assumable: Vec<usize>,
    set: Rc<PolicySet<'a>>,
    policies: Policies<'a>,
    kept: &'j Kept<'a>,
    gap: RefCell<Option<Gap>>,
}

impl<'j, 'a> Judge<'j, 'a> {
    pub(super) fn new(
        access: &'j Access<'a>,
        principal: &'j Actor<'a>,
        index: &'j Index<'a>,
        inventory: &'a Inventory,
        kept: &'j Kept<'a>,
    ) -> Self {
        Self {
            access,
            principal,
            index,
            inventory,
            assumable: index.open_trusts.clone(),
            set: access.set_of(principal),
            policies: access.policies_of(principal),
            kept,
            gap: RefCell::default(),
        }
    }

    pub(super) fn set(&self) -> &Rc<PolicySet<'a>> {
        &self.set
    }

    /// Whether statements allow all that a path takes, conditions and resources aside.
    pub(super) fn is_mentioned(&self, path: &Path) -> bool {
        let passes = match path.way {
            Way::Pass(_) | Way::PassBoth(_) | Way::SwapFunction => self.set.mentions("iam:PassRole"),
            Way::Take(_)
            | Way::TakeFunction
            | Way::OpenFunction
            | Way::Become(_)
            | Way::Rewrite(_)
            | Way::Make(_)
            | Way::RewriteOwn(_)
            | Way::Join
            | Way::JoinRewritten
            | Way::Unbind(..)
            | Way::UnbindRole
            | Way::Revert
            | Way::Elsewhere => true,
        };
        // A trust policy that names the identity lets it in without a permission of its own.
        passes && path.actions.iter().all(|action| *action == "sts:AssumeRole" || self.set.mentions(action))
    }

    /// Follows a path that leads to somebody else, or away, to where it leads, if it is open.
    pub(super) fn follow(&self, path: &'static Path, wanted: Wanted<'_>) -> Option<Opening<'a>> {
        match path.way {
            Way::Pass(service) => self.pass(path, service, false, wanted),
            Way::PassBoth(service) => self.pass(path, service, true, wanted),
            Way::Take(services) => self.take(path, services, wanted),
            Way::TakeFunction => self.take_function(path, wanted),
            Way::SwapFunction => self.swap_function(path, wanted),
            Way::OpenFunction => self.open_function(path, wanted),
            Way::Become(other) => self.impersonate(path, other, wanted),
            Way::Rewrite(other) => self.rewrite(path, other, wanted),
            Way::UnbindRole => self.unbind_role(path, wanted),
            Way::Make(other) => self.make(path, other, wanted),
            Way::Elsewhere => self.elsewhere(path, wanted),
            Way::RewriteOwn(_) | Way::Join | Way::JoinRewritten | Way::Unbind(..) | Way::Revert => None,
        }
    }

    /// The paths by which the identity changes what it is allowed itself.
    pub(super) fn own(&self) -> Vec<Opening<'a>> {
        let own = Path::all().filter(|path| path.is_own() && self.is_mentioned(path));
        own.filter_map(|path| match path.way {
            Way::RewriteOwn(own) => self.rewrite_own(path, own),
            Way::Join => self.join(path),
            Way::JoinRewritten => self.join_rewritten(path),
            Way::Unbind(own, limit) => self.unbind(path, own, limit),
            Way::Revert => self.revert(path),
            Way::Pass(_)
            | Way::PassBoth(_)
            | Way::Take(_)
            | Way::TakeFunction
            | Way::SwapFunction
            | Way::OpenFunction
            | Way::Become(_)
            | Way::Rewrite(_)
            | Way::UnbindRole
            | Way::Make(_)
            | Way::Elsewhere => None,
        })
        .collect()
    }

    /// The paths through roles whose trust names the identity.
    pub(super) fn of_named_trust(&mut self, wanted: Wanted<'_>) -> Vec<Opening<'a>> {
        let naming = self.index.naming(self.principal);
        if naming.is_empty() {
            return Vec::new();
        }
        let shared = std::mem::replace(&mut self.assumable, naming);
        let paths = Path::all().filter(|path| path.actions.contains(&"sts:AssumeRole") && self.is_mentioned(path));
        let found = paths.filter_map(|path| self.follow(path, wanted)).collect();
        self.assumable = shared;
        found
    }

    /// A path as it is open to this identity, whose policies may have other names than those of whom it was found for.
    pub(super) fn tell(&self, opening: &Opening<'a>) -> Escalation {
        opening.told(opening.calls.iter().map(|call| call.step(&self.decide(call))).collect())
    }

    pub(super) fn gap(&self) -> Option<Gap> {
        self.gap.borrow().clone()
    }

    /// Notes that something was not read to which the path at hand could lead.
    pub(super) fn miss(&self, gap: Option<&Gap>) {
        if let Some(gap) = gap {
            self.gap.borrow_mut().get_or_insert_with(|| gap.clone());
        }
    }

    /// The identity's statements that allow an action on something.
    pub(super) fn allows(&self, action: &'static str) -> Rc<[&'a Statement]> {
        self.set.allows(action)
    }

    /// Whether a call is allowed.
    pub(super) fn decide(&self, call: &Call<'a>) -> Decision<'a> {
        let context = call.context_over(&self.principal.context);
        let request = Request {
            caller: &self.principal.caller,
            action: call.action,
            resource: &call.resource,
            resource_account: None,
            context: &context,
        };
        match call.trust {
            None => evaluate(&request, &self.policies),
            Some(trust) => evaluate(&request, &Policies { resource: vec![trust], ..self.policies.clone() }),
        }
    }

    /// The call, if it may be allowed.
    pub(super) fn may(&self, call: Call<'a>) -> Option<Call<'a>> {
        self.decide(&call).may_be_allowed().then_some(call)
    }

    /// What the identity wins by becoming a target, if that is wanted. The identity may stand for others that have its set, so
    /// that it is no target itself is decided where a path is told of it.
    pub(super) fn wins(&self, target: &Target<'a>, wanted: Wanted<'_>) -> Option<Gain> {
        match wanted {
            Wanted::These(places) => places[target.place].then_some(Gain::Hop),
            Wanted::Gain => self.gain(target),
        }
    }

    fn gain(&self, target: &Target<'a>) -> Option<Gain> {
        if target.is_administrator {
            return Some(Gain::Administrator);
        }
        if Rc::ptr_eq(&self.set, &target.set) {
            return None;
        }
        let key = (Rc::as_ptr(&self.set), Rc::as_ptr(&target.set));
        let kept = self.kept.more.borrow().get(&key).copied();
        let more = kept.unwrap_or_else(|| {
            let more = self.more(&target.principal);
            self.kept.more.borrow_mut().insert(key, more);
            more
        });
        more.map(|place| by_statement(&target.principal, place))
    }

    /// What the identity wins by becoming somebody made up: itself, or a target, after a change.
    pub(super) fn gain_of(&self, changed: &Actor<'a>) -> Option<Gain> {
        if is_administrator(self.access, changed) {
            return Some(Gain::Administrator);
        }
        self.more(changed).map(|place| by_statement(changed, place))
    }

    /// What somebody may do that the identity may not, if anything. What cannot be compared counts as more.
    fn more(&self, other: &Actor<'a>) -> More {
        let usual = || USUAL.as_ref().map(|document| Attached { name: "usual", document });
        let own: Vec<_> = self.principal.identity.iter().copied().chain(usual()).collect();
        let limit: Option<Vec<_>> =
            self.principal.boundary.map(|boundary| [boundary].into_iter().chain(usual()).collect());
        let lacking = |wider: &[Attached<'a>]| -> More {
            let bounded = other.boundary.is_some_and(|boundary| covers(wider, &[boundary]).is_ok());
            if bounded {
                return None;
            }
            let uncovered = covers(wider, &other.identity).err()?;
            let first = uncovered.first()?;
            let is_its = |policy: &Attached<'a>| {
                policy.document.statements.get(first.index).is_some_and(|one| std::ptr::eq(one, first.statement))
            };
            // Without a policy of its own it would still be more.
            let policy = other.identity.iter().position(is_its).unwrap_or(other.identity.len());
            Some((policy, first.index))
        };
        lacking(&own).or_else(|| lacking(limit.as_deref()?))
    }
}

fn by_statement(other: &Actor<'_>, (policy, index): (usize, usize)) -> Gain {
    let Some(policy) = other.identity.get(policy) else { return Gain::Unverified };
    let sid = policy.document.statements.get(index).and_then(|statement| statement.sid.as_ref());
    let sid = sid.map(|sid| format!(" ({sid})")).unwrap_or_default();
    Gain::More(format!("policy {}, statement {index}{sid}", policy.name))
}

/// Whether a statement may be about a resource, going by its resource element alone.
pub(super) fn may_cover(statement: &Statement, resource: &str) -> bool {
    match &statement.resource {
        ResourceElement::None => false,
        ResourceElement::NotResource(_) => true,
        ResourceElement::Resource(patterns) => {
            patterns.iter().any(|pattern| pattern.as_str().contains("${") || pattern.matches(resource))
        }
    }
}

/// Whether one of the statements may be about a resource.
pub(super) fn covered(statements: &[&Statement], resource: &Arn) -> bool {
    statements.iter().any(|statement| may_cover(statement, resource.as_str()))
}

/// The resources that statements name, when they name each by its whole ARN.
pub(super) fn exact<'p>(statements: &[&'p Statement]) -> Option<Vec<&'p str>> {
    let mut named = Vec::new();
    for statement in statements {
        let ResourceElement::Resource(patterns) = &statement.resource else { return None };
        for pattern in patterns.iter().map(ResourcePattern::as_str) {
            if pattern.contains(['*', '?', '$']) || pattern.matches(':').count() < 5 {
                return None;
            }
            named.push(pattern);
        }
    }
    Some(named)
}
