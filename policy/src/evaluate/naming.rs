//! Whether a principal element names a caller, and how.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>

use crate::caller::{Caller, CallerKind};
use crate::document::{Effect, PrincipalElement, Principals};
use crate::principal::{Principal, PrincipalForm, PrincipalKind};
use crate::request_context::{Lookup, RequestContext};
use crate::truth::Truth;

/// How a principal element names a caller. The three ways grant differently in the caller's own
/// account, so they are kept apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Named {
    /// By the very user, session, service or provider, or by `*`: granted whatever else is silent.
    pub(crate) direct: Truth,
    /// By the role: limited by what boundary and session policy leave out.
    pub(crate) role: Truth,
    /// By the account: up to the account's own policies.
    pub(crate) account: Truth,
}

/// The caller and what else is needed to tell who is named.
#[derive(Clone, Copy)]
pub(crate) struct Naming<'a> {
    pub(crate) caller: &'a Caller,
    pub(crate) context: &'a RequestContext,
    pub(crate) has_boundary: bool,
}

impl Named {
    const NOT: Named = Named { direct: Truth::False, role: Truth::False, account: Truth::False };
    pub(crate) const DIRECTLY: Named = Named { direct: Truth::True, ..Named::NOT };

    fn directly(direct: Truth) -> Named {
        Named { direct, ..Named::NOT }
    }

    fn or(self, other: Named) -> Named {
        Named {
            direct: self.direct | other.direct,
            role: self.role | other.role,
            account: self.account | other.account,
        }
    }

    pub(crate) fn and(self, truth: Truth) -> Named {
        Named { direct: self.direct & truth, role: self.role & truth, account: self.account & truth }
    }

    pub(crate) fn in_any_way(self) -> Truth {
        self.direct | self.role | self.account
    }
}

impl Naming<'_> {
    /// How a statement's principal element names the caller.
    pub(crate) fn named_by(self, element: &PrincipalElement, effect: Effect) -> Named {
        match (element, effect) {
            (PrincipalElement::None, _) => Named::NOT,
            (PrincipalElement::Principal(principals), _) => self.listed_in(principals),
            (PrincipalElement::NotPrincipal(principals), Effect::Allow) => {
                Named::directly(!self.listed_in(principals).in_any_way())
            }
            // Such a statement denies everybody who has a boundary, whoever is listed.
            (PrincipalElement::NotPrincipal(_), Effect::Deny) if self.has_boundary => Named::DIRECTLY,
            (PrincipalElement::NotPrincipal(principals), Effect::Deny) => {
                Named::directly(!self.fully_listed_in(principals))
            }
        }
    }

    fn listed_in(self, principals: &Principals) -> Named {
        match principals {
            Principals::Everyone => Named::DIRECTLY,
            Principals::Listed(listed) => {
                listed.iter().fold(Named::NOT, |named, principal| named.or(self.named_as(principal)))
            }
        }
    }

    /// Whether the caller's every name is listed: a session must be, and its role, and its account.
    fn fully_listed_in(self, principals: &Principals) -> Truth {
        let listed = match principals {
            Principals::Everyone => return Truth::True,
            Principals::Listed(listed) => listed,
        };
        if listed.iter().any(|principal| self.is_everyone(principal)) {
            return Truth::True;
        }
        let Named { direct, role, account } = self.listed_in(principals);
        match self.caller.kind() {
            CallerKind::Anonymous | CallerKind::Service | CallerKind::Federated => direct,
            CallerKind::Root(_) => account,
            CallerKind::User { .. } | CallerKind::FederatedUser { .. } => direct & account,
            CallerKind::Role { .. } | CallerKind::Session { .. } => direct & role & account,
            CallerKind::SomeoneIn(_) => (direct | role) & account,
        }
    }

    fn is_everyone(self, principal: &Principal) -> bool {
        principal.is_everyone() && self.named_as(principal) == Named::DIRECTLY
    }

    fn named_as(self, principal: &Principal) -> Named {
        match principal.form() {
            PrincipalForm::Everyone => Named::directly(self.is_of_kind(principal.kind()).into()),
            PrincipalForm::Account(account) => self.by_account(account),
            PrincipalForm::User { account, resource } => Named::directly(self.is_user(account, resource)),
            PrincipalForm::Role { account, name } => Named { role: self.is_role(account, name), ..Named::NOT },
            PrincipalForm::Session { account, role, session } => {
                Named::directly(self.is_session(account, role, session))
            }
            PrincipalForm::FederatedUser { account, name } => Named::directly(self.is_federated_user(account, name)),
            PrincipalForm::Service(service) => {
                Named::directly((*self.caller.kind() == CallerKind::Service && self.caller.as_str() == service).into())
            }
            PrincipalForm::Federated(provider) => Named::directly(
                (*self.caller.kind() == CallerKind::Federated && self.caller.as_str() == provider).into(),
            ),
            PrincipalForm::CanonicalUser(id) => Named::directly(self.has_canonical_id(id)),
            PrincipalForm::Dangling(_) | PrincipalForm::Invalid => Named::NOT,
        }
    }

    /// Under `AWS` a `*` is everybody, services and the anonymous included.
    fn is_of_kind(self, kind: PrincipalKind) -> bool {
        match kind {
            PrincipalKind::Aws | PrincipalKind::CanonicalUser => true,
            PrincipalKind::Service => *self.caller.kind() == CallerKind::Service,
            PrincipalKind::Federated => *self.caller.kind() == CallerKind::Federated,
        }
    }

    fn by_account(self, account: &str) -> Named {
        let is_same = self.caller.account() == Some(account);
        let is_root = matches!(self.caller.kind(), CallerKind::Root(_));
        // Someone in the account may be its root user.
        let direct = Truth::from(is_same && is_root) | self.may_be_in(account);
        Named { account: is_same.into(), direct, role: Truth::False }
    }

    /// What holds of one of an account's users or roles may hold of someone in the account.
    fn may_be_in(self, account: &str) -> Truth {
        match self.caller.kind() {
            CallerKind::SomeoneIn(own) if own == account => Truth::Unknown,
            CallerKind::SomeoneIn(_)
            | CallerKind::Anonymous
            | CallerKind::Root(_)
            | CallerKind::User { .. }
            | CallerKind::Role { .. }
            | CallerKind::Session { .. }
            | CallerKind::FederatedUser { .. }
            | CallerKind::Service
            | CallerKind::Federated => Truth::False,
        }
    }

    /// Which account a canonical id belongs to cannot be told from an ARN.
    fn has_canonical_id(self, id: &str) -> Truth {
        match self.caller.kind() {
            CallerKind::SomeoneIn(own) => (own == id).into(),
            CallerKind::Root(_)
            | CallerKind::User { .. }
            | CallerKind::Role { .. }
            | CallerKind::Session { .. }
            | CallerKind::FederatedUser { .. } => Truth::Unknown,
            CallerKind::Anonymous | CallerKind::Service | CallerKind::Federated => Truth::False,
        }
    }

    fn is_user(self, account: &str, resource: &str) -> Truth {
        let is_same = matches!(self.caller.kind(), CallerKind::User { account: own, resource: name }
            if own == account && name == resource);
        self.may_be_in(account) | is_same.into()
    }

    fn is_role(self, account: &str, name: &str) -> Truth {
        let is_same = self.caller.role_name() == Some(name) && self.caller.account() == Some(account);
        self.may_be_in(account) | is_same.into()
    }

    fn is_federated_user(self, account: &str, name: &str) -> Truth {
        let is_same = matches!(self.caller.kind(), CallerKind::FederatedUser { account: own, name: own_name }
            if own == account && own_name == name);
        self.may_be_in(account) | is_same.into()
    }

    fn is_session(self, account: &str, role: &str, session: &str) -> Truth {
        if self.is_role(account, role) != Truth::True {
            return self.may_be_in(account);
        }
        match self.caller.kind() {
            CallerKind::Session { session: own, .. } => (own == session).into(),
            CallerKind::Anonymous
            | CallerKind::SomeoneIn(_)
            | CallerKind::Root(_)
            | CallerKind::User { .. }
            | CallerKind::Role { .. }
            | CallerKind::FederatedUser { .. }
            | CallerKind::Service
            | CallerKind::Federated => self.has_session_name(session),
        }
    }

    /// A role stands for all its sessions; `aws:userid` tells which one calls, as `ID:NAME`.
    fn has_session_name(self, session: &str) -> Truth {
        match self.context.lookup("aws:userid") {
            Lookup::Values([single]) => single.split_once(':').is_some_and(|(_, own)| own == session).into(),
            Lookup::Unknown | Lookup::Like(_) => Truth::Unknown,
            Lookup::Values(_) | Lookup::Absent | Lookup::Foreign | Lookup::Since(_) => Truth::False,
        }
    }
}
