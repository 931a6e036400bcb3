//! To what a path could lead: the roles, users and functions of the account, the most powerful first.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use palisade_policy::{
    Attached, Caller, Document, Policies, PrincipalForm, PrincipalKind, Request, RequestContext, Statement, evaluate,
};

use crate::access::administrator::administrator;
use crate::access::issuers::Issuers;
use crate::access::roles::{is_reserved, is_service_linked};
use crate::access::{Access, Actor};
use palisade_model::iam::{PolicyText, Role};
use palisade_model::lambda::Function;
use palisade_model::partition::service_of;
use palisade_model::workload::{Kind, Unseen, Workloads};
use palisade_model::{Action, Arn, Gap, Inventory};

/// What roles are listed under that trust an OpenID Connect provider of an EKS cluster.
const SERVICE_ACCOUNTS: &str = "oidc.eks";

/// What roles are listed under that trust everybody.
const EVERYBODY: &str = "*";

/// An identity to which a path could lead.
pub(super) struct Target<'a> {
    pub(super) principal: Rc<Actor<'a>>,
    /// Who may assume it; none for a user.
    pub(super) trust: Option<Attached<'a>>,
    pub(super) is_administrator: bool,
}

/// The identities and functions of an account, the most powerful first.
pub(super) struct Index<'a> {
    pub(super) roles: Vec<Target<'a>>,
    pub(super) users: Vec<Target<'a>>,
    /// Functions, with the place of their role among the roles.
    pub(super) functions: Vec<(&'a Function, usize)>,
    pub(super) functions_by_arn: HashMap<&'a str, usize>,
    roles_by_arn: HashMap<&'a str, usize>,
    by_service: HashMap<String, Vec<usize>>,
    /// Roles that some user or role of the account may assume as far as their trust policy goes.
    pub(super) trusting_principals: Vec<usize>,
    /// Why not all are here.
    pub(super) roles_gap: Option<Gap>,
    pub(super) users_gap: Option<Gap>,
    pub(super) functions_gap: Option<Gap>,
}

impl<'a> Index<'a> {
    pub(super) fn new(access: &Access<'a>, inventory: &'a Inventory) -> Self {
        let iam = &inventory.iam;
        let (mut roles_gap, mut users_gap) = (iam.roles.gap().cloned(), iam.users.gap().cloned());
        let found = |made: Result<Target<'a>, Gap>, gap: &mut Option<Gap>| match made {
            Ok(target) => Some(target),
            Err(problem) => {
                gap.get_or_insert(problem);
                None
            }
        };
        let own = iam.roles.seen().iter().filter(|role| !is_service_linked(role) && !is_reserved(role));
        let mut roles: Vec<_> = own.filter_map(|role| found(target(access, role), &mut roles_gap)).collect();
        let users = iam.users.seen().iter().map(|user| Ok(Target::new(access, access.user(user)?, None)));
        let mut users: Vec<_> = users.filter_map(|user| found(user, &mut users_gap)).collect();
        roles.sort_by_key(|target| Reverse(target.is_administrator));
        users.sort_by_key(|target| Reverse(target.is_administrator));
        let mut index = Self {
            roles_by_arn: roles.iter().enumerate().map(|(place, role)| (role.arn().as_str(), place)).collect(),
            roles,
            users,
            functions: Vec::new(),
            functions_by_arn: HashMap::new(),
            by_service: HashMap::new(),
            trusting_principals: Vec::new(),
            roles_gap,
            users_gap,
            functions_gap: None,
        };
        index.add_trust(access);
        index.add_workloads(inventory);
        index
    }

    /// The roles that a service may take on.
    pub(super) fn trusting<'i>(&'i self, service: &str) -> impl Iterator<Item = &'i Target<'a>> + use<'i, 'a> {
        let places = [service, EVERYBODY].map(|key| self.by_service.get(key).map_or(&[] as &[_], Vec::as_slice));
        places.into_iter().flatten().map(|place| &self.roles[*place])
    }

    /// The role with this ARN, if the service may take it on.
    pub(super) fn trusting_by_arn(&self, service: &str, arn: &str) -> Option<&Target<'a>> {
        let place = self.roles_by_arn.get(arn)?;
        let trusts = |key: &str| self.by_service.get(key).is_some_and(|places| places.binary_search(place).is_ok());
        (trusts(service) || trusts(EVERYBODY)).then(|| &self.roles[*place])
    }

    fn add_trust(&mut self, access: &Access<'a>) {
        for (place, role) in self.roles.iter().enumerate() {
            let Some(trust) = role.trust else { continue };
            let control = access.resource_control();
            for key in keys(trust.document, &access.issuers) {
                let caller = Caller::service(key);
                let is_service = service_of(key).is_some_and(|service| service != "cognito-identity");
                if !is_service || may_assume(&caller, role.arn(), trust, &control) {
                    let places = self.by_service.entry(canonical(key)).or_default();
                    places.extend(Some(place).filter(|place| places.last() != Some(place)));
                }
            }
            let statements = trust.document.statements.iter();
            if statements.filter(|statement| statement.allows_action("sts:AssumeRole")).any(names_principals) {
                self.trusting_principals.push(place);
            }
        }
    }

    fn add_workloads(&mut self, inventory: &'a Inventory) {
        let Workloads { seen, unseen: Unseen { functions: functions_gap, controllers: _ } } = inventory.workloads();
        self.functions_gap = functions_gap;
        self.functions = seen
            .iter()
            .filter_map(|workload| match workload.kind {
                Kind::Function(function) => Some((function, *self.roles_by_arn.get(function.role.as_str())?)),
                // What pods run is changed by the API of their cluster, not by AWS's.
                Kind::Controller(_) => None,
            })
            .collect();
        self.functions.sort_by_key(|(_, role)| *role);
        let places = self.functions.iter().enumerate();
        self.functions_by_arn = places.map(|(place, (function, _))| (function.arn.as_str(), place)).collect();
    }
}

impl<'a> Target<'a> {
    fn new(access: &Access<'a>, principal: Rc<Actor<'a>>, trust: Option<Attached<'a>>) -> Self {
        let is_administrator = administrator(access, &principal).is_some();
        Self { principal, trust, is_administrator }
    }

    pub(super) fn arn(&self) -> &'a Arn {
        self.principal.arn
    }
}

fn target<'a>(access: &Access<'a>, role: &'a Role) -> Result<Target<'a>, Gap> {
    let document = match &role.trust {
        PolicyText::Parsed(document) => document,
        PolicyText::Malformed(why) => {
            return Err(Gap::failed(Action::IamGetAccountAuthorizationDetails, &role.arn, why.as_str()));
        }
    };
    let trust = Attached { name: "trust", document };
    Ok(Target::new(access, access.role(role)?, Some(trust)))
}

/// The services that a trust policy names, and what stands for providers and for everybody.
fn keys<'t>(trust: &'t Document, issuers: &Issuers<'_>) -> BTreeSet<&'t str> {
    let allows = |statement: &&Statement| {
        ["sts:AssumeRole", "sts:AssumeRoleWithWebIdentity"].iter().any(|action| statement.allows_action(action))
    };
    let mut keys = BTreeSet::new();
    for statement in trust.statements.iter().filter(allows) {
        if statement.names_everyone() {
            keys.insert(EVERYBODY);
        }
        for principal in statement.principals() {
            match principal.kind() {
                PrincipalKind::Federated if issuers.provider(principal).is_some() => keys.insert(SERVICE_ACCOUNTS),
                PrincipalKind::Service | PrincipalKind::Federated => keys.insert(principal.as_str()),
                PrincipalKind::Aws | PrincipalKind::CanonicalUser => false,
            };
        }
    }
    keys
}

/// A service principal without Region and partition: `states.eu-west-1.amazonaws.com` is `states.amazonaws.com`.
fn canonical(key: &str) -> String {
    service_of(key).map_or_else(|| key.to_owned(), |service| format!("{service}.amazonaws.com"))
}

/// Whether a service may take a role on, as far as the trust policy tells.
fn may_assume(caller: &Caller, role: &Arn, trust: Attached<'_>, control: &[Attached<'_>]) -> bool {
    let context = RequestContext::of(caller);
    let request = Request {
        caller,
        action: "sts:AssumeRole",
        resource: role.as_str(),
        resource_account: None,
        context: &context,
    };
    let policies = Policies { resource: vec![trust], resource_control: control.to_vec(), ..Policies::default() };
    evaluate(&request, &policies).may_be_allowed()
}

/// Whether users, roles or accounts are named.
fn names_principals(statement: &Statement) -> bool {
    let is_principal = |form: &PrincipalForm| match form {
        PrincipalForm::Everyone
        | PrincipalForm::Account(_)
        | PrincipalForm::User { .. }
        | PrincipalForm::Role { .. }
        | PrincipalForm::Session { .. }
        | PrincipalForm::FederatedUser { .. } => true,
        PrincipalForm::Service(_)
        | PrincipalForm::Federated(_)
        | PrincipalForm::CanonicalUser(_)
        | PrincipalForm::Dangling(_)
        | PrincipalForm::Invalid => false,
    };
    statement.names_everyone() || statement.principals().any(|principal| is_principal(principal.form()))
}
