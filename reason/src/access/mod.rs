//! What identities can really do: all their policies put together and evaluated, answered once and kept.

pub mod addresses;
pub mod administrator;
pub mod cluster_roles;
mod covered;
pub mod dangling;
pub mod entries;
pub mod escalation;
pub mod excess;
pub mod foreign;
pub mod grants;
pub mod image_tags;
pub mod invoke;
pub mod issuers;
pub mod limits;
pub mod metadata;
pub mod oidc;
pub mod pods;
pub mod registries;
pub mod repositories;
pub mod roles;
pub mod sets;
pub mod shares;
pub mod start;
pub mod takeover;
pub mod trust;
pub mod workload;

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use palisade_policy::{Attached, Caller, Decision, Identity, Policies, Request, RequestContext, evaluate};

use palisade_model::iam::{Iam, InlinePolicy, ManagedPolicy, PolicyText, Role, User};
use palisade_model::organization::ControlPolicy;
use palisade_model::{Action, Arn, Fact, Gap, Inventory, Place, Reason};

/// The identities of an account, ready to be asked what they can do.
pub struct Access<'a> {
    inventory: &'a Inventory,
    policies: HashMap<&'a Arn, &'a ManagedPolicy>,
    principals: RefCell<HashMap<&'a Arn, Result<Rc<Actor<'a>>, Gap>>>,
    guards: Guards<'a>,
    sets: RefCell<sets::Sets<'a>>,
    /// Which identity providers vouch for pods.
    pub issuers: issuers::Issuers<'a>,
}

/// An identity with all its policies.
#[derive(Clone, Debug)]
pub struct Actor<'a> {
    /// Its ARN.
    pub arn: &'a Arn,
    /// The identity as a caller.
    pub caller: Caller,
    /// Its policies: inline, attached, and those of its groups. A name is an inline policy's name or an ARN.
    pub identity: Vec<Attached<'a>>,
    /// Its permissions boundary.
    pub boundary: Option<Attached<'a>>,
    /// What is known of every request that it makes.
    pub context: RequestContext,
}

/// The organisation's guard rails. What could not be read is not assumed to guard.
#[derive(Clone, Debug, Default)]
struct Guards<'a> {
    service_control: Vec<Vec<Attached<'a>>>,
    resource_control: Vec<Attached<'a>>,
}

impl<'a> Access<'a> {
    /// Indexes an inventory.
    pub fn new(inventory: &'a Inventory) -> Self {
        let policies = inventory.iam.policies.seen().iter().map(|policy| (&policy.arn, policy)).collect();
        let (guards, issuers) = (Guards::of(inventory), issuers::Issuers::new(inventory));
        Self { inventory, policies, principals: RefCell::default(), guards, sets: RefCell::default(), issuers }
    }

    /// A role with all its policies; a gap when one of them is missing or cannot be parsed.
    pub fn role(&self, role: &'a Role) -> Result<Rc<Actor<'a>>, Gap> {
        self.kept(&role.arn, || {
            let mut actor = self.principal(&role.arn, &role.inline, &role.attached, role.boundary.as_ref())?;
            // Any session of it: behind the colon stands the session's name.
            actor.context = actor.context.like("aws:userid", format!("{}:*", role.id));
            Ok(actor)
        })
    }

    /// A user with all its policies, those of its groups included.
    pub fn user(&self, user: &'a User) -> Result<Rc<Actor<'a>>, Gap> {
        self.kept(&user.arn, || {
            let mut principal = self.principal(&user.arn, &user.inline, &user.attached, user.boundary.as_ref())?;
            principal.context = principal.context.known("aws:userid", [user.id.as_str()]);
            for name in &user.groups {
                let group = self.iam().groups.find(|group| group.name == *name)?;
                let group = group.ok_or_else(|| missing(&user.arn, format!("group {name} is not among those read")))?;
                principal.identity.extend(self.identity(&group.arn, &group.inline, &group.attached)?);
            }
            Ok(principal)
        })
    }

    /// Whether an identity may do something. `context` adds to what is known of the identity's requests anyway, as in
    /// `principal.context.clone().known("iam:PassedToService", ["lambda.amazonaws.com"])`.
    pub fn can(&self, principal: &Actor<'a>, action: &str, resource: &str, context: &RequestContext) -> Decision<'a> {
        let request = Request { caller: &principal.caller, action, resource, resource_account: None, context };
        let mut policies = self.policies_of(principal);
        // The own account's resource control policies say nothing of other accounts' resources.
        let account = resource.split(':').nth(4).unwrap_or_default();
        if !account.is_empty() && account != self.inventory.account.as_str() {
            policies.resource_control.clear();
        }
        evaluate(&request, &policies)
    }

    /// All policies that a request of an identity meets, other than the resource's own.
    pub fn policies_of(&self, principal: &Actor<'a>) -> Policies<'a> {
        Policies {
            identity: Identity::Known(principal.identity.clone()),
            boundary: principal.boundary.map(|boundary| vec![boundary]),
            service_control: self.guards.service_control.clone(),
            resource_control: self.guards.resource_control.clone(),
            ..Policies::default()
        }
    }

    /// All guard rails that could be read.
    fn guard_rails(&self) -> impl Iterator<Item = Attached<'a>> {
        self.guards.service_control.iter().flatten().chain(&self.guards.resource_control).copied()
    }

    /// What is known of every request of a caller, at the time of the inventory.
    pub fn context_of(&self, caller: &Caller) -> RequestContext {
        self.at_this_time(RequestContext::of(caller))
    }

    /// The context with the time of the inventory, as of which dates are judged.
    pub fn at_this_time(&self, context: RequestContext) -> RequestContext {
        context.as_of(self.inventory.collected_at.as_second())
    }

    /// The organisation's service control policies by level, as far as they could be read.
    pub fn service_control(&self) -> Vec<Vec<Attached<'a>>> {
        self.guards.service_control.clone()
    }

    /// The organisation's resource control policies, as far as they could be read.
    pub fn resource_control(&self) -> Vec<Attached<'a>> {
        self.guards.resource_control.clone()
    }

    /// The organisation's id, if the account is in one and it could be read.
    pub fn organization(&self) -> Option<&'a str> {
        match &self.inventory.organization {
            Fact::Known(Some(organization)) => Some(&organization.id),
            Fact::Known(None) | Fact::Unknown(_) => None,
        }
    }

    fn iam(&self) -> &'a Iam {
        &self.inventory.iam
    }

    fn kept(&self, arn: &'a Arn, make: impl FnOnce() -> Result<Actor<'a>, Gap>) -> Result<Rc<Actor<'a>>, Gap> {
        if let Some(kept) = self.principals.borrow().get(arn) {
            return kept.clone();
        }
        let principal = make().map(Rc::new);
        self.principals.borrow_mut().insert(arn, principal.clone());
        principal
    }

    fn principal(
        &self,
        arn: &'a Arn,
        inline: &'a [InlinePolicy],
        attached: &'a [Arn],
        boundary: Option<&'a Arn>,
    ) -> Result<Actor<'a>, Gap> {
        let caller = Caller::parse(arn.as_str()).map_err(|error| missing(arn, error.to_string()))?;
        Ok(Actor {
            arn,
            context: self.context_of(&caller),
            caller,
            identity: self.identity(arn, inline, attached)?,
            boundary: boundary.map(|boundary| self.managed(arn, boundary)).transpose()?,
        })
    }

    fn identity(&self, owner: &Arn, inline: &'a [InlinePolicy], attached: &'a [Arn]) -> Result<Vec<Attached<'a>>, Gap> {
        let inline = inline.iter().map(|policy| named(owner, &policy.name, &policy.document));
        inline.chain(attached.iter().map(|arn| self.managed(owner, arn))).collect()
    }

    fn managed(&self, owner: &Arn, arn: &'a Arn) -> Result<Attached<'a>, Gap> {
        let Some(policy) = self.policies.get(arn) else {
            self.iam().policies.complete()?;
            return Err(missing(owner, format!("policy {arn} is not among those read")));
        };
        named(owner, arn.as_str(), &policy.document)
    }
}

impl<'a> Guards<'a> {
    fn of(inventory: &'a Inventory) -> Self {
        let Fact::Known(Some(organization)) = &inventory.organization else { return Self::default() };
        if organization.management_account == inventory.account {
            return Self::default();
        }
        let levels = organization.service_control.known().map_or(&[] as &[_], Vec::as_slice);
        let resource_control = organization.resource_control.known().map_or(&[] as &[_], Vec::as_slice);
        Self {
            service_control: levels.iter().filter_map(|level| whole(level)).collect(),
            resource_control: resource_control.iter().filter_map(parsed).collect(),
        }
    }
}

/// A level of service control policies. Each level must allow: one of which a policy cannot be parsed, or that has none,
/// is left out, for otherwise everything would seem to be denied.
fn whole(level: &[ControlPolicy]) -> Option<Vec<Attached<'_>>> {
    let policies: Option<Vec<_>> = level.iter().map(parsed).collect();
    policies.filter(|policies| !policies.is_empty())
}

/// A guard rail that cannot be parsed guards nothing.
fn parsed(policy: &ControlPolicy) -> Option<Attached<'_>> {
    match &policy.document {
        PolicyText::Parsed(document) => Some(Attached { name: &policy.name, document }),
        PolicyText::Malformed(_) => None,
    }
}

fn named<'a>(owner: &Arn, name: &'a str, text: &'a PolicyText) -> Result<Attached<'a>, Gap> {
    match text {
        PolicyText::Parsed(document) => Ok(Attached { name, document }),
        PolicyText::Malformed(why) => Err(missing(owner, format!("policy {name} cannot be parsed: {why}"))),
    }
}

fn missing(owner: &Arn, why: String) -> Gap {
    Gap {
        action: Action::IamGetAccountAuthorizationDetails,
        place: Place::resource(owner),
        reason: Reason::Undecided(why),
    }
}
