//! To what a path could lead: the roles, users and functions of the account, the most powerful first.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use palisade_policy::{
    Attached, Caller, CallerKind, Document, Policies, PrincipalForm, PrincipalKind, Request, Statement, evaluate,
};

use crate::access::administrator::is_administrator;
use crate::access::issuers::Issuers;
use crate::access::roles::{is_reserved, is_service_linked, trust};
use crate::access::sets::{PolicySet, is_personal};
use crate::access::{Access, Actor};
use palisade_model::iam::{PolicyText, Role};
use palisade_model::lambda::Function;
use palisade_model::partition::service_of;
use palisade_model::workload::{Kind, Unseen, Workloads};
use palisade_model::{AccountId, Arn, Gap, Inventory};

/// What roles are listed under that trust an OpenID Connect provider of an EKS cluster.
const SERVICE_ACCOUNTS: &str = "oidc.eks";

/// What roles are listed under that trust everybody.
const EVERYBODY: &str = "*";

/// An identity to which a path could lead.
pub(super) struct Target<'a> {
    /// Its place in the index.
    pub(super) place: usize,
    pub(super) principal: Rc<Actor<'a>>,
    pub(super) set: Rc<PolicySet<'a>>,
    /// Who may assume it; none for a user.
    pub(super) trust: Option<Attached<'a>>,
    pub(super) is_administrator: bool,
}

/// The identities and functions of an account, the most powerful first.
pub(super) struct Index<'a> {
    /// Roles, then users; of each the administrators first.
    pub(super) targets: Vec<Target<'a>>,
    users_from: usize,
    /// Functions, with the place of their role.
    pub(super) functions: Vec<(&'a Function, usize)>,
    pub(super) functions_by_arn: HashMap<&'a str, usize>,
    by_arn: HashMap<&'a str, usize>,
    by_service: HashMap<String, Vec<usize>>,
    /// Roles that trust the account, so that its identities' own policies decide who assumes them.
    pub(super) open_trusts: Vec<usize>,
    /// Roles whose trust must be asked for each identity by itself: it hangs on who that is.
    personal_trusts: Vec<usize>,
    /// Roles by the users and roles that their trust policies name, as `user/path/name` or `role/name`.
    named_trusts: HashMap<String, Vec<usize>>,
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
        let own: Vec<_> =
            iam.roles.seen().iter().filter(|role| !is_service_linked(role) && !is_reserved(role)).collect();
        let mut targets: Vec<_> = own.iter().filter_map(|role| found(target(access, role), &mut roles_gap)).collect();
        // Who may enter such a role is not known; what it may do itself is.
        roles_gap = roles_gap.or_else(|| own.iter().find_map(|role| trust(role).err()));
        let users = iam.users.seen().iter().map(|user| Ok(Target::new(access, access.user(user)?, None)));
        let mut users: Vec<_> = users.filter_map(|user| found(user, &mut users_gap)).collect();
        targets.sort_by_key(|target| Reverse(target.is_administrator));
        users.sort_by_key(|target| Reverse(target.is_administrator));
        let users_from = targets.len();
        targets.extend(users);
        for (place, target) in targets.iter_mut().enumerate() {
            target.place = place;
        }
        let mut index = Self {
            by_arn: targets.iter().map(|target| (target.arn().as_str(), target.place)).collect(),
            targets,
            users_from,
            functions: Vec::new(),
            functions_by_arn: HashMap::new(),
            by_service: HashMap::new(),
            open_trusts: Vec::new(),
            personal_trusts: Vec::new(),
            named_trusts: HashMap::new(),
            roles_gap,
            users_gap,
            functions_gap: None,
        };
        index.add_trust(access, &inventory.account);
        index.add_workloads(inventory);
        index
    }

    pub(super) fn roles(&self) -> &[Target<'a>] {
        &self.targets[..self.users_from]
    }

    pub(super) fn users(&self) -> &[Target<'a>] {
        &self.targets[self.users_from..]
    }

    /// The place of a role or user.
    pub(super) fn place(&self, arn: &Arn) -> Option<usize> {
        self.by_arn.get(arn.as_str()).copied()
    }

    /// The roles whose trust names an identity, or hangs on who it is.
    pub(super) fn naming(&self, principal: &Actor<'_>) -> Vec<usize> {
        let named = name_in_trust(principal).and_then(|name| self.named_trusts.get(&name));
        let mut places = self.personal_trusts.clone();
        places.extend(named.into_iter().flatten());
        places.sort_unstable();
        places.dedup();
        places
    }

    /// The roles that a service may take on.
    pub(super) fn trusting<'i>(&'i self, service: &str) -> impl Iterator<Item = &'i Target<'a>> + use<'i, 'a> {
        let places = [service, EVERYBODY].map(|key| self.by_service.get(key).map_or(&[] as &[_], Vec::as_slice));
        places.into_iter().flatten().map(|place| &self.targets[*place])
    }

    /// The role with this ARN, if the service may take it on.
    pub(super) fn trusting_by_arn(&self, service: &str, arn: &str) -> Option<&Target<'a>> {
        let place = self.by_arn.get(arn)?;
        let trusts = |key: &str| self.by_service.get(key).is_some_and(|places| places.binary_search(place).is_ok());
        (trusts(service) || trusts(EVERYBODY)).then(|| &self.targets[*place])
    }

    fn add_trust(&mut self, access: &Access<'a>, account: &AccountId) {
        let trusting = self.targets.iter().filter_map(|role| Some((role.place, role.arn(), role.trust?)));
        for (place, arn, trust) in trusting {
            for key in keys(trust.document, &access.issuers) {
                let caller = Caller::service(key);
                let is_service = service_of(key).is_some_and(|service| service != "cognito-identity");
                if !is_service || may_assume(access, &caller, arn, trust) {
                    let places = self.by_service.entry(canonical(key)).or_default();
                    places.extend(Some(place).filter(|place| places.last() != Some(place)));
                }
            }
            let letting = LetIn::by(trust.document, account);
            self.open_trusts.extend(Some(place).filter(|_| letting.account && !letting.is_personal));
            self.personal_trusts.extend(Some(place).filter(|_| letting.account && letting.is_personal));
            for name in letting.names {
                self.named_trusts.entry(name).or_default().push(place);
            }
        }
    }

    fn add_workloads(&mut self, inventory: &'a Inventory) {
        let Workloads { seen, unseen: Unseen { functions: functions_gap, controllers: _, tasks: _ } } =
            inventory.workloads();
        self.functions_gap = functions_gap;
        self.functions = seen
            .iter()
            .filter_map(|workload| match workload.kind {
                Kind::Function(function) => Some((function, *self.by_arn.get(function.role.as_str())?)),
                // What pods run is changed by the API of their cluster, not by AWS's; tasks by new definitions.
                Kind::Controller(_) | Kind::Tasks(_) => None,
            })
            .collect();
        self.functions.sort_by_key(|(_, role)| *role);
        let places = self.functions.iter().enumerate();
        self.functions_by_arn = places.map(|(place, (function, _))| (function.arn.as_str(), place)).collect();
    }
}

impl<'a> Target<'a> {
    fn new(access: &Access<'a>, principal: Rc<Actor<'a>>, trust: Option<Attached<'a>>) -> Self {
        let is_administrator = is_administrator(access, &principal);
        Self { place: 0, set: access.set_of(&principal), principal, trust, is_administrator }
    }

    pub(super) fn arn(&self) -> &'a Arn {
        self.principal.arn
    }
}

fn target<'a>(access: &Access<'a>, role: &'a Role) -> Result<Target<'a>, Gap> {
    let trust = match &role.trust {
        PolicyText::Parsed(document) => Some(Attached { name: "trust", document }),
        PolicyText::Malformed(_) => None,
    };
    Ok(Target::new(access, access.role(role)?, trust))
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
fn may_assume<'a>(access: &Access<'a>, caller: &Caller, role: &Arn, trust: Attached<'a>) -> bool {
    let context = access.context_of(caller);
    let request = Request {
        caller,
        action: "sts:AssumeRole",
        resource: role.as_str(),
        resource_account: None,
        context: &context,
    };
    let policies =
        Policies { resource: vec![trust], resource_control: access.resource_control(), ..Policies::default() };
    evaluate(&request, &policies).may_be_allowed()
}

/// Whom of the account a trust policy lets in.
#[derive(Default)]
struct LetIn {
    /// Whoever the account's own policies say.
    account: bool,
    /// Whether a condition hangs on who asks.
    is_personal: bool,
    /// Users and roles by name, as [`name_in_trust`] has them.
    names: Vec<String>,
}

impl LetIn {
    fn by(trust: &Document, account: &AccountId) -> Self {
        let mut letting = Self::default();
        for statement in trust.statements.iter().filter(|statement| statement.allows_action("sts:AssumeRole")) {
            letting.account |= statement.names_everyone();
            for principal in statement.principals() {
                match principal.form() {
                    PrincipalForm::Everyone => letting.account = true,
                    PrincipalForm::Account(id) => letting.account |= id == account.as_str(),
                    PrincipalForm::User { account: of, resource } if of == account.as_str() => {
                        letting.names.push(resource.clone());
                    }
                    PrincipalForm::Role { account: of, name }
                    | PrincipalForm::Session { account: of, role: name, .. }
                        if of == account.as_str() =>
                    {
                        letting.names.push(format!("role/{name}"));
                    }
                    PrincipalForm::User { .. }
                    | PrincipalForm::Role { .. }
                    | PrincipalForm::Session { .. }
                    | PrincipalForm::FederatedUser { .. }
                    | PrincipalForm::Service(_)
                    | PrincipalForm::Federated(_)
                    | PrincipalForm::CanonicalUser(_)
                    | PrincipalForm::Dangling(_)
                    | PrincipalForm::Invalid => {}
                }
            }
        }
        letting.is_personal = is_personal(trust);
        letting
    }
}

/// The name by which a trust policy names a user or role: a role goes without its path, which its sessions do not show.
fn name_in_trust(principal: &Actor<'_>) -> Option<String> {
    let resource = principal.arn.resource();
    match principal.caller.kind() {
        CallerKind::User { .. } => Some(resource.to_owned()),
        CallerKind::Role { .. } => resource.rsplit('/').next().map(|name| format!("role/{name}")),
        CallerKind::Anonymous
        | CallerKind::SomeoneIn(_)
        | CallerKind::Root(_)
        | CallerKind::Session { .. }
        | CallerKind::FederatedUser { .. }
        | CallerKind::Service
        | CallerKind::Federated => None,
    }
}
