//! Who is asked about: a principal with all its policies, and the guard rails over it.

use palisade_policy::{Attached, Caller, CallerKind, Catalogue, Identity, Policies, RequestContext};

use super::answer::NotEvaluated;
use super::error::AskError;
use super::name;
use super::target::Target;
use crate::access::{Access, Actor};
use palisade_model::iam::{Iam, PolicyText, Role, User};
use palisade_model::{Arn, Fact, Gap, Inventory};

/// A principal, and what is known of it.
#[derive(Debug)]
pub(super) struct Subject<'a> {
    /// Its ARN, or what it was called.
    pub(super) name: String,
    pub(super) caller: Caller,
    pub(super) context: RequestContext,
    pub(super) identity: Identity<'a>,
    pub(super) boundary: Option<Vec<Attached<'a>>>,
    /// Whether it belongs to the inventory's account, so that the account's guard rails hold for it.
    pub(super) is_own: bool,
    pub(super) not_evaluated: Vec<NotEvaluated>,
}

impl<'a> Subject<'a> {
    /// Looks a principal up by ARN, by the name of a role or user of the account, or by the workload whose role it is.
    pub(super) fn find(access: &Access<'a>, inventory: &'a Inventory, text: &str) -> Result<Self, AskError> {
        let text = &*name::principal(inventory, text)?;
        // The names of roles and users may have dots, as services have.
        if !text.contains(':') && has_name(inventory, text) {
            return Self::named(access, inventory, text);
        }
        match Caller::parse(text) {
            Ok(caller) if *caller.kind() == CallerKind::Service && !text.contains(".amazon") => {
                Self::named(access, inventory, text)
            }
            Ok(caller) if caller.account() != Some(inventory.account.as_str()) => Ok(Self::outside(access, caller)),
            Ok(caller) => Self::own(access, inventory, caller),
            Err(_) if text.contains([':', '*', ' ']) || text.is_empty() => Err(AskError::NoCaller(text.to_owned())),
            Err(_) => Self::named(access, inventory, text),
        }
    }

    /// A role of the account.
    pub(super) fn role(access: &Access<'a>, role: &'a Role) -> Result<Self, AskError> {
        Self::of(access, &role.arn, access.role(role).as_deref())
    }

    /// A user of the account.
    pub(super) fn user(access: &Access<'a>, user: &'a User) -> Result<Self, AskError> {
        Self::of(access, &user.arn, access.user(user).as_deref())
    }

    fn of(access: &Access<'a>, arn: &Arn, principal: Result<&Actor<'a>, &Gap>) -> Result<Self, AskError> {
        let caller = Caller::parse(arn.as_str()).map_err(|_| AskError::NoCaller(arn.to_string()))?;
        let start = Self { is_own: true, ..Self::outside(access, caller) };
        Ok(match principal {
            Ok(principal) => Self {
                context: principal.context.clone(),
                identity: Identity::Known(principal.identity.clone()),
                boundary: principal.boundary.map(|boundary| vec![boundary]),
                not_evaluated: vec![],
                ..start
            },
            Err(gap) => Self { not_evaluated: vec![NotEvaluated::gap(format!("all policies of {arn}"), gap)], ..start },
        })
    }

    /// Somebody whose policies are not in the inventory, if there are any.
    fn outside(access: &Access<'a>, caller: Caller) -> Self {
        let foreign = caller.account().map(|account| {
            let why = format!("account {account} was not collected");
            NotEvaluated::policy(format!("policies of {}, and the guard rails over it", caller.as_str()), why)
        });
        Self {
            name: caller.as_str().to_owned(),
            context: access.context_of(&caller),
            identity: if foreign.is_some() { Identity::Unknown } else { Identity::default() },
            caller,
            boundary: None,
            is_own: false,
            not_evaluated: foreign.into_iter().collect(),
        }
    }

    fn own(access: &Access<'a>, inventory: &'a Inventory, caller: Caller) -> Result<Self, AskError> {
        let arn = caller.as_str();
        match caller.kind() {
            CallerKind::Root(_) => {
                let start = Self::outside(access, caller);
                Ok(Self { identity: Identity::default(), is_own: true, not_evaluated: vec![], ..start })
            }
            CallerKind::Role { .. } => match inventory.iam.roles.find(|role| role.arn.as_str() == arn) {
                Ok(Some(role)) => Self::role(access, role),
                other => Err(not_found(arn, other.err(), inventory)),
            },
            CallerKind::User { .. } => match inventory.iam.users.find(|user| user.arn.as_str() == arn) {
                Ok(Some(user)) => Self::user(access, user),
                other => Err(not_found(arn, other.err(), inventory)),
            },
            CallerKind::Session { role: name, session, .. } => {
                match inventory.iam.roles.find(|role| role.name == *name) {
                    Ok(Some(role)) => {
                        let context = access
                            .context_of(&caller)
                            .known("aws:PrincipalArn", [role.arn.as_str()])
                            .known("aws:userid", [format!("{}:{session}", role.id)]);
                        Ok(Self { name: arn.to_owned(), context, caller: caller.clone(), ..Self::role(access, role)? })
                    }
                    other => Err(not_found(name, other.err(), inventory)),
                }
            }
            CallerKind::FederatedUser { .. } => Ok(Self::federated_user(access, caller)),
            CallerKind::Anonymous | CallerKind::SomeoneIn(_) | CallerKind::Service | CallerKind::Federated => {
                Err(AskError::NoCaller(arn.to_owned()))
            }
        }
    }

    /// A session that a user of the account, or its root user, has made with `GetFederationToken`. It has what both the
    /// user's policies and the session's allow, and its ARN tells of neither.
    ///
    /// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_getfederationtoken.html>
    pub(super) fn federated_user(access: &Access<'a>, caller: Caller) -> Self {
        let note = NotEvaluated::policy(
            format!("policies of the user who asked for the session {}, and the session's own", caller.as_str()),
            "the ARN of a federated user does not tell who asked for its session, nor with which policies",
        );
        Self { identity: Identity::Unknown, is_own: true, not_evaluated: vec![note], ..Self::outside(access, caller) }
    }

    fn named(access: &Access<'a>, inventory: &'a Inventory, name: &str) -> Result<Self, AskError> {
        let role = inventory.iam.roles.find(|role| role.name == name);
        let user = inventory.iam.users.find(|user| user.name == name);
        match (role, user) {
            (Ok(Some(role)), Ok(Some(user))) => {
                Err(AskError::Ambiguous { name: name.to_owned(), arns: vec![role.arn.clone(), user.arn.clone()] })
            }
            (Ok(Some(role)), _) => Self::role(access, role),
            (_, Ok(Some(user))) => Self::user(access, user),
            (role, user) => Err(not_found(name, role.err().or(user.err()), inventory)),
        }
    }

    /// All policies that its request of a target meets.
    pub(super) fn policies(&self, access: &Access<'a>, target: &Target<'a>) -> Policies<'a> {
        Policies {
            identity: self.identity.clone(),
            boundary: self.boundary.clone(),
            service_control: if self.is_own { access.service_control() } else { vec![] },
            resource_control: if target.is_own { access.resource_control() } else { vec![] },
            resource: target.policies.clone(),
            ..Policies::default()
        }
    }

    /// What is known of its request of a target.
    pub(super) fn request_context(&self, inventory: &Inventory, target: &Target<'_>) -> RequestContext {
        let mut context = self.context.clone();
        let organization = match &inventory.organization {
            Fact::Known(organization) => Some(organization.as_ref().map(|organization| organization.id.as_str())),
            Fact::Unknown(_) => None,
        };
        let of_organization = |context: RequestContext, key: &str| match organization {
            Some(id) => context.known(key, id),
            None => context.unknown(key),
        };
        if self.is_own {
            context = of_organization(context, "aws:PrincipalOrgID");
        }
        if target.is_own && target.resource != "*" {
            context = of_organization(context, "aws:ResourceOrgID");
        }
        if let Some(account) = &target.account {
            context = context.known("aws:ResourceAccount", [account.as_str()]);
        }
        let arn = Arn::from(target.resource.as_str());
        if !arn.region().is_empty() {
            context = context.known("aws:RequestedRegion", [arn.region()]);
        }
        context
    }

    /// The guard rails that could not be read.
    pub(super) fn unread_guards(&self, inventory: &Inventory, action: &str, target: &Target<'_>) -> Vec<NotEvaluated> {
        let is_service_linked = matches!(self.caller.kind(), CallerKind::Role { resource, .. }
            if resource.starts_with("role/aws-service-role/"));
        let meets_service_control = self.is_own && !is_service_linked;
        let mut notes = Vec::new();
        if meets_service_control {
            notes.extend(unread_service_control(inventory));
        }
        if !is_service_linked {
            notes.extend(unread_resource_guards(inventory, action, target));
        }
        notes
    }
}

fn has_name(inventory: &Inventory, name: &str) -> bool {
    let Iam { roles, users, .. } = &inventory.iam;
    roles.seen().iter().any(|role| role.name == name) || users.seen().iter().any(|user| user.name == name)
}

fn not_found(name: &str, gap: Option<Gap>, inventory: &Inventory) -> AskError {
    if let Some(gap) = gap {
        return AskError::Unread { name: name.to_owned(), gap };
    }
    let roles = inventory.iam.roles.seen().iter().map(|role| (&role.arn, &role.name));
    let users = inventory.iam.users.seen().iter().map(|user| (&user.arn, &user.name));
    let is_arn = name.starts_with("arn:");
    let known = roles.chain(users).map(|(arn, own)| if is_arn { arn.to_string() } else { own.clone() }).collect();
    AskError::UnknownPrincipal { name: name.to_owned(), known }
}

fn unread_service_control(inventory: &Inventory) -> Vec<NotEvaluated> {
    let what = "service control policies";
    let organization = match &inventory.organization {
        Fact::Unknown(gap) => return vec![NotEvaluated::guard(what, gap.to_string())],
        Fact::Known(None) => return vec![],
        Fact::Known(Some(organization)) => organization,
    };
    if organization.management_account == inventory.account {
        return vec![];
    }
    let levels = match &organization.service_control {
        Fact::Unknown(gap) => return vec![NotEvaluated::guard(what, gap.to_string())],
        Fact::Known(levels) => levels,
    };
    let malformed = levels.iter().flatten().filter_map(|policy| match &policy.document {
        PolicyText::Parsed(_) => None,
        PolicyText::Malformed(why) => Some(NotEvaluated {
            is_service_control: true,
            ..NotEvaluated::policy(
                format!("service control policy {}", policy.name),
                format!("cannot be parsed: {why}"),
            )
        }),
    });
    malformed.collect()
}

/// The guard rails over a target that could not be read.
pub(super) fn unread_resource_guards(inventory: &Inventory, action: &str, target: &Target<'_>) -> Vec<NotEvaluated> {
    let service = action.split(':').next().unwrap_or(action);
    let is_reached = target.is_own && Catalogue::get().supports_resource_control(service);
    if is_reached { unread_resource_control(inventory) } else { vec![] }
}

fn unread_resource_control(inventory: &Inventory) -> Vec<NotEvaluated> {
    let what = "resource control policies";
    let organization = match &inventory.organization {
        Fact::Unknown(gap) => return vec![NotEvaluated::guard(what, gap.to_string())],
        Fact::Known(None) => return vec![],
        Fact::Known(Some(organization)) => organization,
    };
    if organization.management_account == inventory.account {
        return vec![];
    }
    let policies = match &organization.resource_control {
        Fact::Unknown(gap) => return vec![NotEvaluated::guard(what, gap.to_string())],
        Fact::Known(policies) => policies,
    };
    let malformed = policies.iter().filter_map(|policy| match &policy.document {
        PolicyText::Parsed(_) => None,
        PolicyText::Malformed(why) => Some(NotEvaluated::guard(
            format!("resource control policy {}", policy.name),
            format!("cannot be parsed: {why}"),
        )),
    });
    malformed.collect()
}
