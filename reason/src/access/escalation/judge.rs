//! What one identity is allowed, asked in the ways that paths need.

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

use palisade_policy::{
    ActionElement, Attached, Decision, Document, Effect, Policies, Request, RequestContext, ResourceElement,
    ResourcePattern, Statement, covers, evaluate,
};

use super::index::{Index, Target};
use super::paths::{Path, Way};
use super::{Escalation, Gain};
use crate::access::administrator::administrator;
use crate::access::{Access, Actor};
use crate::wording::reasons;
use palisade_model::{Arn, Gap, Inventory};

/// What next to every role of a workload may do, and what is no gain therefore: write logs and traces.
static USUAL: LazyLock<Option<Document>> = LazyLock::new(|| {
    let text = r#"{ "Version": "2012-10-17", "Statement": { "Effect": "Allow", "Resource": "*", "Action": [
        "logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents",
        "xray:PutTraceSegments", "xray:PutTelemetryRecords"
    ] } }"#;
    Document::parse(text).ok()
});

/// An identity about to be judged.
pub(super) struct Judge<'p, 'a> {
    pub(super) access: &'p Access<'a>,
    pub(super) principal: &'p Actor<'a>,
    pub(super) inventory: &'a Inventory,
    policies: Policies<'p>,
    index: &'p OnceCell<Index<'a>>,
    /// The services of which statements allow something; none when some allow all services.
    services: Option<BTreeSet<&'p str>>,
    allows: RefCell<HashMap<&'static str, Vec<&'p Statement>>>,
    somewhere: RefCell<HashMap<&'static str, Option<String>>>,
    gains: RefCell<HashMap<&'a Arn, Option<Gain>>>,
    gap: RefCell<Option<Gap>>,
}

impl<'p, 'a: 'p> Judge<'p, 'a> {
    pub(super) fn new(
        access: &'p Access<'a>,
        principal: &'p Actor<'a>,
        index: &'p OnceCell<Index<'a>>,
        inventory: &'a Inventory,
    ) -> Self {
        Self {
            access,
            principal,
            inventory,
            policies: access.policies_of(principal),
            index,
            services: services(principal),
            allows: RefCell::default(),
            somewhere: RefCell::default(),
            gains: RefCell::default(),
            gap: RefCell::default(),
        }
    }

    /// Whether statements allow all that a path takes, conditions and resources aside.
    pub(super) fn is_mentioned(&self, path: &Path) -> bool {
        let passes = match path.way {
            Way::Pass(_) | Way::PassBoth(_) => !self.allows("iam:PassRole").is_empty(),
            Way::Take(_)
            | Way::TakeFunction
            | Way::OpenFunction
            | Way::Become(_)
            | Way::Rewrite(_)
            | Way::RewriteOwn(_)
            | Way::Join
            | Way::Unbind(..)
            | Way::UnbindRole
            | Way::Revert
            | Way::PermissionSet => true,
        };
        // A trust policy that names the identity lets it in without a permission of its own.
        passes && path.actions.iter().all(|action| *action == "sts:AssumeRole" || !self.allows(action).is_empty())
    }

    /// Follows a path to where it leads, if it is open.
    pub(super) fn follow(&self, path: &'static Path) -> Option<Escalation> {
        match path.way {
            Way::Pass(service) => self.pass(path, service, false),
            Way::PassBoth(service) => self.pass(path, service, true),
            Way::Take(services) => self.take(path, services),
            Way::TakeFunction => self.take_function(path),
            Way::OpenFunction => self.open_function(path),
            Way::Become(other) => self.impersonate(path, other),
            Way::Rewrite(other) => self.rewrite(path, other),
            Way::RewriteOwn(own) => self.rewrite_own(path, own),
            Way::Join => self.join(path),
            Way::Unbind(own, limit) => self.unbind(path, own, limit),
            Way::UnbindRole => self.unbind_role(path),
            Way::Revert => self.revert(path),
            Way::PermissionSet => self.permission_set(path),
        }
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

    pub(super) fn index(&self) -> &'p Index<'a> {
        self.index.get_or_init(|| Index::new(self.access, self.inventory))
    }

    /// The identity's statements that allow an action on something.
    pub(super) fn allows(&self, action: &'static str) -> Vec<&'p Statement> {
        let service = action.split(':').next().unwrap_or_default();
        if self.services.as_ref().is_some_and(|services| !services.contains(service)) {
            return Vec::new();
        }
        let mut kept = self.allows.borrow_mut();
        let principal = self.principal;
        let find = || principal.identity.iter().flat_map(|policy| &policy.document.statements);
        kept.entry(action)
            .or_insert_with(|| find().filter(|statement| statement.allows_action(action)).collect())
            .clone()
    }

    /// How an action on a resource is allowed, if it may be.
    pub(super) fn step(&self, action: &str, resource: &str, context: &RequestContext) -> Option<String> {
        self.step_by(&self.policies, action, resource, context)
    }

    /// How a role may be assumed under a trust policy, if it may be.
    pub(super) fn assume(&self, target: &Target<'a>, trust: Option<Attached<'_>>) -> Option<String> {
        let policies = Policies { resource: trust.into_iter().collect(), ..self.policies.clone() };
        self.step_by(&policies, "sts:AssumeRole", target.arn().as_str(), &self.principal.context)
    }

    fn step_by(
        &self,
        policies: &Policies<'_>,
        action: &str,
        resource: &str,
        context: &RequestContext,
    ) -> Option<String> {
        let request = Request { caller: &self.principal.caller, action, resource, resource_account: None, context };
        let decision = evaluate(&request, policies);
        Decision::may_be_allowed(&decision)
            .then(|| format!("{action} on {resource} is allowed by {}", reasons(&decision)))
    }

    /// How an action is allowed on any resource at all, such as one to be made.
    pub(super) fn somewhere(&self, action: &'static str) -> Option<String> {
        if let Some(kept) = self.somewhere.borrow().get(action) {
            return kept.clone();
        }
        let mut resources: BTreeSet<String> = ["*".to_owned()].into();
        let boundary = self.principal.boundary.iter().flat_map(|policy| &policy.document.statements);
        let allowing = boundary.filter(|statement| statement.allows_action(action));
        for statement in self.allows(action).into_iter().chain(allowing) {
            resources.extend(statement.resource.patterns().iter().map(|pattern| self.example(pattern.as_str())));
        }
        let step = resources.iter().find_map(|resource| self.step(action, resource, &self.principal.context));
        self.somewhere.borrow_mut().insert(action, step.clone());
        step
    }

    /// A resource that a pattern covers, in an audited Region and account where the pattern leaves that open.
    fn example(&self, pattern: &str) -> String {
        let region = self.inventory.regions.keys().next().map_or("us-east-1", |region| region.as_str());
        let wanted = ["arn", self.inventory.partition.as_str(), "*", region, self.inventory.account.as_str(), "*"];
        if !pattern.starts_with("arn:") {
            return pattern.to_owned();
        }
        let mut parts: Vec<_> = pattern.splitn(6, ':').collect();
        parts.resize(6, "*");
        let fill = |(part, wanted)| if part == "*" { wanted } else { part };
        parts.into_iter().zip(wanted).map(fill).collect::<Vec<_>>().join(":")
    }

    /// What the identity wins by becoming a target; kept.
    pub(super) fn gain(&self, target: &Target<'a>) -> Option<Gain> {
        if target.arn() == self.principal.arn {
            return None;
        }
        if target.is_administrator {
            return Some(Gain::Administrator);
        }
        let kept = self.gains.borrow().get(target.arn()).cloned();
        kept.unwrap_or_else(|| {
            let gain = self.more(&target.principal);
            self.gains.borrow_mut().insert(target.arn(), gain.clone());
            gain
        })
    }

    /// What the identity wins by becoming somebody made up: itself, or a target, after a change.
    pub(super) fn gain_of(&self, changed: &Actor<'a>) -> Option<Gain> {
        let is_administrator = administrator(self.access, changed).is_some();
        if is_administrator { Some(Gain::Administrator) } else { self.more(changed) }
    }

    /// What somebody may do that the identity may not, if anything. What cannot be compared counts as more.
    fn more(&self, other: &Actor<'a>) -> Option<Gain> {
        let usual = || USUAL.as_ref().map(|document| Attached { name: "usual", document });
        let own: Vec<_> = self.principal.identity.iter().copied().chain(usual()).collect();
        let limit: Option<Vec<_>> =
            self.principal.boundary.map(|boundary| [boundary].into_iter().chain(usual()).collect());
        let lacking = |wider: &[Attached<'a>]| -> Option<Gain> {
            let bounded = other.boundary.is_some_and(|boundary| covers(wider, &[boundary]).is_ok());
            if bounded {
                return None;
            }
            let uncovered = covers(wider, &other.identity).err()?;
            let first = uncovered.first()?;
            let sid = first.statement.sid.as_ref().map(|sid| format!(" ({sid})")).unwrap_or_default();
            Some(Gain::More(format!("policy {}, statement {}{sid}", first.policy, first.index)))
        };
        lacking(&own).or_else(|| lacking(limit.as_deref()?))
    }
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

/// The services of which a principal's statements allow something.
fn services<'p>(principal: &'p Actor<'_>) -> Option<BTreeSet<&'p str>> {
    let statements = principal.identity.iter().flat_map(|policy| &policy.document.statements);
    let mut services = BTreeSet::new();
    for statement in statements.filter(|statement| statement.effect == Effect::Allow) {
        match &statement.action {
            ActionElement::NotAction(_) => return None,
            ActionElement::Action(patterns) => {
                for pattern in patterns {
                    match pattern.service() {
                        Some(service) => _ = services.insert(service),
                        None if pattern.is_everything() => return None,
                        None => {}
                    }
                }
            }
        }
    }
    Some(services)
}
