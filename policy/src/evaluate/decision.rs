//! The answer, and the statements that decide it.

use std::borrow::Cow;
use std::fmt;

use super::naming::Naming;
use super::policy_type::{Hit, PolicyType};
use crate::condition::Condition;
use crate::document::{PrincipalElement, ResourceElement, Statement};
use crate::pattern::ResourcePattern;
use crate::request_context::Scope;
use crate::truth::Truth;

/// Whether a request is allowed, for every context that fits what is known.
#[derive(Debug, Clone, PartialEq)]
pub enum Decision<'a> {
    /// These statements deny it.
    DeniedExplicitly {
        /// The `Deny` statements.
        by: Vec<MatchedStatement<'a>>,
    },
    /// Nothing denies it, but something that has to allow it does not.
    DeniedImplicitly {
        /// Which kinds of policies fail to allow it.
        lacking: Vec<PolicyType>,
    },
    /// It is allowed whatever is unknown.
    Allowed {
        /// The `Allow` statements of every layer that has to allow.
        by: Vec<MatchedStatement<'a>>,
    },
    /// It is allowed or not, depending on what is unknown: no safety, and no protection either.
    AllowedIf {
        /// The `Allow` statements that apply, for certain or perhaps.
        by: Vec<MatchedStatement<'a>>,
        /// What is left open.
        conditions: Vec<Residual<'a>>,
    },
}

/// A statement that decides.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MatchedStatement<'a> {
    /// What part the policy plays.
    pub layer: PolicyType,
    /// The policy's name.
    pub policy: &'a str,
    /// The statement's place in the policy, counted from 0.
    pub index: usize,
    /// The statement itself; `statement.sid` is its name.
    pub statement: &'a Statement,
}

/// Something that is not known and decides: it must hold for an `Allow` to help, and must not hold
/// for a `Deny` not to hurt.
#[derive(Debug, Clone, PartialEq)]
pub struct Residual<'a> {
    /// The statement it belongs to; `None` for what no statement at hand says.
    pub by: Option<MatchedStatement<'a>>,
    /// What is not known.
    pub open: Open<'a>,
}

/// What is not known.
#[derive(Debug, Clone, PartialEq)]
pub enum Open<'a> {
    /// Whether a condition holds.
    Condition(&'a Condition),
    /// Whether a resource pattern covers the resource, as it has variables.
    Resource(&'a ResourcePattern),
    /// Whether a principal element names the caller.
    Principal(&'a PrincipalElement),
    /// What the identity policies of the caller say.
    IdentityPolicies,
}

impl Decision<'_> {
    /// Whether the request may be allowed: allowed, or allowed under conditions left open.
    pub fn may_be_allowed(&self) -> bool {
        match self {
            Decision::Allowed { .. } | Decision::AllowedIf { .. } => true,
            Decision::DeniedExplicitly { .. } | Decision::DeniedImplicitly { .. } => false,
        }
    }

    /// Whether the request is allowed whatever is unknown.
    pub fn is_allowed(&self) -> bool {
        match self {
            Decision::Allowed { .. } => true,
            Decision::AllowedIf { .. } | Decision::DeniedExplicitly { .. } | Decision::DeniedImplicitly { .. } => false,
        }
    }
}

impl fmt::Display for MatchedStatement<'_> {
    /// `policy deploy, statement 2 (AllowInvoke)`, counting from 0 as `index` does.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "policy {}, statement {}", self.policy, self.index)?;
        match self.statement.sid.as_deref() {
            None | Some("") => Ok(()),
            Some(sid) => write!(formatter, " ({sid})"),
        }
    }
}

impl<'a> Open<'a> {
    /// The condition's operator, or in its place `Resource`, `Principal` or `IdentityPolicies`.
    pub fn operator(&self) -> &'a str {
        match self {
            Open::Condition(condition) => condition.operator().as_str(),
            Open::Resource(_) => "Resource",
            Open::Principal(_) => "Principal",
            Open::IdentityPolicies => "IdentityPolicies",
        }
    }

    /// The condition's key; empty for anything else.
    pub fn key(&self) -> &'a str {
        match self {
            Open::Condition(condition) => condition.key(),
            Open::Resource(_) | Open::Principal(_) | Open::IdentityPolicies => "",
        }
    }

    /// The values the policy wants: the condition's, the pattern, the principals.
    pub fn values(&self) -> Vec<Cow<'a, str>> {
        match self {
            Open::Condition(condition) => condition.values().iter().map(|value| value.as_str().into()).collect(),
            Open::Resource(pattern) => vec![pattern.as_str().into()],
            Open::Principal(element) => {
                element.principals().map_or_else(Vec::new, |principals| principals.texts().map(Cow::Borrowed).collect())
            }
            Open::IdentityPolicies => Vec::new(),
        }
    }
}

impl<'a> Hit<'a> {
    pub(crate) fn reason(&self) -> MatchedStatement<'a> {
        MatchedStatement { layer: self.layer, policy: self.policy.name, index: self.index, statement: self.statement }
    }

    /// Adds what keeps the statement from applying for certain.
    pub(crate) fn collect_open(&self, resource: &str, naming: Naming<'_>, residuals: &mut Vec<Residual<'a>>) {
        let scope = Scope { context: naming.context, version: self.policy.document.version };
        let by = Some(self.reason());
        let statement = self.statement;
        let unknown = |condition: &&Condition| condition.holds(scope) == Truth::Unknown;
        let conditions = statement.conditions.iter().filter(unknown).map(Open::Condition);
        residuals.extend(conditions.map(|open| Residual { by, open }));

        if super::policy_type::resource_is_covered(&statement.resource, self.layer, resource, scope) == Truth::Unknown {
            let patterns = match &statement.resource {
                ResourceElement::None => &[],
                ResourceElement::Resource(patterns) | ResourceElement::NotResource(patterns) => patterns.as_slice(),
            };
            let open = patterns.iter().filter(|pattern| pattern.as_str().contains("${")).map(Open::Resource);
            residuals.extend(open.map(|open| Residual { by, open }));
        }
        let is_named_perhaps = self.layer.names_principals()
            && naming.named_by(&statement.principal, statement.effect).in_any_way() == Truth::Unknown;
        if is_named_perhaps {
            residuals.push(Residual { by, open: Open::Principal(&statement.principal) });
        }
    }
}
