//! Whether a request is allowed.
//!
//! Source of the order in which policies are combined:
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>

mod decision;
mod naming;
mod policy_type;
mod unasked;

pub use decision::{Decision, MatchedStatement, Open, Residual};
pub(crate) use naming::Naming;
pub use policy_type::{Attached, PolicyType};
pub(crate) use policy_type::{Hit, Question};
pub use unasked::needs_no_policy;

use crate::action::FoldedAction;
use crate::caller::{Caller, CallerKind};
use crate::catalogue::Catalogue;
use crate::principal::is_account_id;
use crate::request_context::RequestContext;
use crate::truth::Truth;
use unasked::Asked;

/// One request.
#[derive(Debug, Clone, Copy)]
pub struct Request<'q> {
    /// Who asks.
    pub caller: &'q Caller,
    /// For what, `lambda:InvokeFunction`.
    pub action: &'q str,
    /// Of which resource: an ARN, or `*` for an action that is about none.
    pub resource: &'q str,
    /// The account the resource is in, when its ARN does not say (S3). Without either the resource
    /// is taken to be in the caller's account.
    pub resource_account: Option<&'q str>,
    /// What is known of the request's context. Nothing is added to it: see [`RequestContext::of`].
    pub context: &'q RequestContext,
}

/// The policies a request meets.
#[derive(Debug, Clone, Default)]
pub struct Policies<'a> {
    /// The caller's policies: inline, attached, and those of its groups.
    pub identity: Identity<'a>,
    /// The caller's permissions boundary, if it has one.
    pub boundary: Option<Vec<Attached<'a>>>,
    /// The policies given when the caller's session was made, if any were.
    pub session: Option<Vec<Attached<'a>>>,
    /// Service control policies of the caller's account, by level from the root to the account;
    /// each level must allow. Empty for the management account, and where there are none.
    pub service_control: Vec<Vec<Attached<'a>>>,
    /// Resource control policies of the resource's account, of all levels. They only deny, and are
    /// left aside for services they do not reach. Empty for resources of the management account and
    /// for keys AWS manages.
    pub resource_control: Vec<Attached<'a>>,
    /// Policies attached to the resource; each may allow. Several where a service has several, as
    /// ECR has those of the registry and of the repository.
    pub resource: Vec<Attached<'a>>,
    /// The policy of the VPC endpoint the request goes through.
    pub endpoint: Option<Attached<'a>>,
}

/// The identity policies of a caller.
#[derive(Debug, Clone)]
pub enum Identity<'a> {
    /// All of them.
    Known(Vec<Attached<'a>>),
    /// They cannot be read: they may allow. Of a federated user, nor can the policies of its session.
    Unknown,
}

impl Default for Identity<'_> {
    fn default() -> Self {
        Identity::Known(Vec::new())
    }
}

/// Whether a request is allowed, and by what.
pub fn evaluate<'a>(request: &Request<'_>, policies: &Policies<'a>) -> Decision<'a> {
    let action = FoldedAction::new(request.action);
    let rule = match Asked::of(request.caller, &action) {
        Asked::Everything => Rule::of(request, &action),
        Asked::Denials => Rule::DenialsAlone,
        Asked::Nothing => return Decision::Allowed { by: Vec::new() },
        Asked::Refused => return Decision::DeniedImplicitly { lacking: Vec::new() },
    };
    let naming = Naming { caller: request.caller, context: request.context, has_boundary: policies.boundary.is_some() };
    let question = Question { action: &action, resource: request.resource, naming };
    Evaluation { question, policies, hits: hits(question, policies), rule }.decide()
}

/// Whether the policies attached to a resource, and the control policies over it, let a caller in.
/// The caller's own side is taken to allow.
pub(crate) fn evaluate_resource_side<'a>(
    request: &Request<'_>,
    resource: &[Attached<'a>],
    resource_control: &[Attached<'a>],
) -> Decision<'a> {
    let action = FoldedAction::new(request.action);
    let naming = Naming { caller: request.caller, context: request.context, has_boundary: false };
    let question = Question { action: &action, resource: request.resource, naming };
    let policies =
        Policies { resource: resource.to_vec(), resource_control: resource_control.to_vec(), ..Policies::default() };
    let hits = hits(question, &policies);
    Evaluation { question, policies: &policies, hits, rule: Rule::ResourceSide }.decide()
}

/// Collects the statements of all layers that concern the request.
fn hits<'a>(question: Question<'_>, policies: &Policies<'a>) -> Vec<Hit<'a>> {
    let mut hits = Vec::new();
    let mut collect = |layer, attached: &[Attached<'a>]| {
        for policy in attached {
            question.collect(layer, *policy, &mut hits);
        }
    };
    if let Identity::Known(identity) = &policies.identity {
        collect(PolicyType::Identity, identity);
    }
    collect(PolicyType::Boundary, policies.boundary.as_deref().unwrap_or(&[]));
    collect(PolicyType::Session, policies.session.as_deref().unwrap_or(&[]));
    collect(PolicyType::Resource, &policies.resource);
    collect(PolicyType::Endpoint, policies.endpoint.as_slice());
    let caller = question.naming.caller;
    if obeys_service_control(caller) {
        for (level, attached) in policies.service_control.iter().enumerate() {
            collect(PolicyType::ServiceControl(level), attached);
        }
    }
    let is_controlled = !policies.resource_control.is_empty()
        && !caller.is_service_linked()
        && Catalogue::get().supports_resource_control(question.action.service());
    if is_controlled {
        collect(PolicyType::ResourceControl, &policies.resource_control);
    }
    hits
}

/// Service control policies are about the users and roles of accounts.
fn obeys_service_control(caller: &Caller) -> bool {
    caller.account().is_some() && !caller.is_service_linked()
}

/// Who has to allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rule {
    /// Services, identity providers and the anonymous have no policies of their own.
    ResourceAlone,
    /// Only what the resource's side lets in is asked for.
    ResourceSide,
    /// The caller's side or the resource's side.
    Either,
    /// A role's trust policy and a key's policy are never passed over.
    ResourceFirst,
    /// The caller and the resource are in different accounts: both sides.
    Both,
    /// Nobody; a denial holds.
    DenialsAlone,
}

impl Rule {
    fn of(request: &Request<'_>, action: &FoldedAction) -> Rule {
        let Some(own_account) = request.caller.account() else { return Rule::ResourceAlone };
        // Managed policies of AWS are in the account `aws`, which every account may read.
        let account_in_arn = request.resource.split(':').nth(4).filter(|account| is_account_id(account));
        let resource_account = request.resource_account.or(account_in_arn).unwrap_or(own_account);
        if resource_account != own_account {
            Rule::Both
        } else if has_deciding_policy(action, request.resource) {
            Rule::ResourceFirst
        } else {
            Rule::Either
        }
    }
}

/// Whether the resource is a role about to be assumed, or a key.
///
/// Sources: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-user.html>,
/// <https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html>
fn has_deciding_policy(action: &FoldedAction, resource: &str) -> bool {
    let kind = resource.splitn(6, ':').nth(5).unwrap_or("");
    match action.service() {
        "sts" => kind.starts_with("role/"),
        "kms" => kind.starts_with("key/"),
        _ => false,
    }
}

struct Evaluation<'q, 'a> {
    question: Question<'q>,
    policies: &'q Policies<'a>,
    hits: Vec<Hit<'a>>,
    rule: Rule,
}

impl<'a> Evaluation<'_, 'a> {
    fn decide(&self) -> Decision<'a> {
        let by: Vec<_> = self.denies().filter(|hit| hit.truth() == Truth::True).map(Hit::reason).collect();
        if !by.is_empty() {
            return Decision::DeniedExplicitly { by };
        }
        let granted = self.granted() & self.let_through();
        match granted {
            Truth::False => Decision::DeniedImplicitly { lacking: self.lacking() },
            Truth::True if self.denies().next().is_none() => Decision::Allowed { by: self.allowing(Truth::True) },
            Truth::True | Truth::Unknown => {
                Decision::AllowedIf { by: self.allowing(granted), conditions: self.open(granted) }
            }
        }
    }

    fn denies(&self) -> impl Iterator<Item = &Hit<'a>> {
        self.hits.iter().filter(|hit| hit.denies())
    }

    fn allows(&self, layer: PolicyType) -> impl Iterator<Item = &Hit<'a>> {
        self.hits.iter().filter(move |hit| !hit.denies() && hit.layer == layer)
    }

    fn allowed_in(&self, layer: PolicyType) -> Truth {
        Truth::any(self.allows(layer).map(Hit::truth))
    }

    /// Boundary or session policy: nothing is limited where there is none.
    fn limited_by(&self, layer: PolicyType, exists: bool) -> Truth {
        if exists { self.allowed_in(layer) } else { Truth::True }
    }

    fn boundary(&self) -> Truth {
        self.limited_by(PolicyType::Boundary, self.policies.boundary.is_some())
    }

    fn session(&self) -> Truth {
        self.limited_by(PolicyType::Session, self.policies.session.is_some())
    }

    fn identity(&self) -> Truth {
        match (self.question.naming.caller.kind(), &self.policies.identity) {
            (CallerKind::Root(_), _) => Truth::True,
            (_, Identity::Unknown) => Truth::Unknown,
            // Such a session has what its session policy lists, and without one nothing.
            (CallerKind::FederatedUser { .. }, _) if self.policies.session.is_none() => Truth::False,
            (_, Identity::Known(_)) => self.allowed_in(PolicyType::Identity),
        }
    }

    /// Whether the caller's or the resource's policies grant, as the rule wants it.
    fn granted(&self) -> Truth {
        let direct = Truth::any(self.allows(PolicyType::Resource).map(|hit| hit.applies.direct));
        let role = Truth::any(self.allows(PolicyType::Resource).map(|hit| hit.applies.role));
        let account = Truth::any(self.allows(PolicyType::Resource).map(|hit| hit.applies.account));
        let limits = self.boundary() & self.session();
        match self.rule {
            Rule::ResourceAlone => direct,
            Rule::ResourceSide => direct | role | account,
            Rule::Either => direct | ((self.identity() | role) & limits),
            Rule::ResourceFirst => direct | ((role | (account & self.identity())) & limits),
            Rule::Both => (direct | role | account) & self.identity() & limits,
            Rule::DenialsAlone => Truth::True,
        }
    }

    /// Whether every service control level and the endpoint let the request through.
    fn let_through(&self) -> Truth {
        if self.rule == Rule::DenialsAlone {
            return Truth::True;
        }
        let endpoint = self.limited_by(PolicyType::Endpoint, self.policies.endpoint.is_some());
        endpoint & Truth::all(self.levels().map(|level| self.allowed_in(level)))
    }

    fn levels(&self) -> impl Iterator<Item = PolicyType> {
        let obeys = obeys_service_control(self.question.naming.caller);
        (0..self.policies.service_control.len()).filter(move |_| obeys).map(PolicyType::ServiceControl)
    }

    fn lacking(&self) -> Vec<PolicyType> {
        let resource = self.allowed_in(PolicyType::Resource);
        let (needs_identity, needs_resource) = match self.rule {
            Rule::ResourceAlone | Rule::ResourceSide => (false, true),
            Rule::DenialsAlone => (false, false),
            Rule::Either => (true, false),
            Rule::ResourceFirst | Rule::Both => (true, true),
        };
        let checks = [
            (PolicyType::Identity, needs_identity && self.identity() == Truth::False),
            (PolicyType::Boundary, needs_identity && self.boundary() == Truth::False),
            (PolicyType::Session, needs_identity && self.session() == Truth::False),
            (PolicyType::Resource, needs_resource && resource == Truth::False),
            (
                PolicyType::Endpoint,
                self.policies.endpoint.is_some() && self.allowed_in(PolicyType::Endpoint) == Truth::False,
            ),
        ];
        let levels = self.levels().filter(|level| self.allowed_in(*level) == Truth::False);
        checks.into_iter().filter(|(_, lacks)| *lacks).map(|(layer, _)| layer).chain(levels).collect()
    }

    /// The statements that allow: those that do for certain, and where the grant itself is left
    /// open those that may.
    fn allowing(&self, granted: Truth) -> Vec<MatchedStatement<'a>> {
        let counts = |hit: &&Hit<'a>| !hit.denies() && (hit.truth() == Truth::True || granted == Truth::Unknown);
        self.hits.iter().filter(counts).map(Hit::reason).collect()
    }

    /// What is left open: whether denials apply, and what the grant hangs on.
    fn open(&self, granted: Truth) -> Vec<Residual<'a>> {
        let mut residuals = Vec::new();
        let matters = |hit: &&Hit<'a>| {
            let undecided = hit.truth() == Truth::Unknown;
            undecided && (hit.denies() || granted == Truth::Unknown && self.is_undecided(hit.layer))
        };
        for hit in self.hits.iter().filter(matters) {
            hit.collect_open(self.question.resource, self.question.naming, &mut residuals);
        }
        if granted == Truth::Unknown && matches!(self.policies.identity, Identity::Unknown) {
            residuals.push(Residual { by: None, open: Open::IdentityPolicies });
        }
        residuals
    }

    fn is_undecided(&self, layer: PolicyType) -> bool {
        match layer {
            // A statement about the account may decide without granting by itself.
            PolicyType::Resource => true,
            PolicyType::Identity
            | PolicyType::Boundary
            | PolicyType::Session
            | PolicyType::ServiceControl(_)
            | PolicyType::ResourceControl
            | PolicyType::Endpoint => self.allowed_in(layer) == Truth::Unknown,
        }
    }
}
