//! What a role's `Allow` statements really give: of all that they say, what boundary, denials and guard rails leave.

use std::collections::BTreeSet;
use std::rc::Rc;

use palisade_policy::catalogue::{AccessLevel, Catalogue, Catalogued};
use palisade_policy::{
    ActionElement, ActionPattern, Attached, Decision, Document, Effect, Identity, MatchedStatement, Policies,
    PolicyType, Principal, PrincipalElement, PrincipalKind, Principals, Request, ResourceElement, ResourcePattern,
    Statement, Version, evaluate,
};

use super::sets::PolicySet;
use super::{Access, Actor};
use crate::wording::written;
use palisade_model::Arn;

/// Actions that read what is confidential.
pub const CONFIDENTIAL: [&str; 16] = [
    "dynamodb:BatchGetItem",
    "dynamodb:GetItem",
    "dynamodb:GetRecords",
    "dynamodb:PartiQLSelect",
    "dynamodb:Query",
    "dynamodb:Scan",
    "kms:Decrypt",
    "s3:GetObject",
    "s3:GetObjectVersion",
    "secretsmanager:BatchGetSecretValue",
    "secretsmanager:GetSecretValue",
    "ssm:GetParameter",
    "ssm:GetParameterHistory",
    "ssm:GetParameters",
    "ssm:GetParametersByPath",
    "sts:AssumeRole",
];

/// Actions that AWS asks for on `*`, or gives so itself, for every function.
///
/// Sources: <https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSLambdaBasicExecutionRole.html>,
/// <https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSLambdaVPCAccessExecutionRole.html>
pub const UNAVOIDABLE: [&str; 7] = [
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:UnassignPrivateIpAddresses",
    "logs:CreateLogGroup",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
];

/// How many actions that change something a wildcard really gives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Actions that write.
    pub writes: usize,
    /// Actions that manage permissions.
    pub permissions: usize,
}

/// What an identity's own side gives it: its policies, its boundary and the guard rails. Policies of resources are taken
/// to leave the decision to the account, as a key's default policy does.
pub struct Grants<'a> {
    principal: Actor<'a>,
    set: Rc<PolicySet<'a>>,
    delegation: Document,
}

impl<'a> Grants<'a> {
    /// Of this identity.
    pub fn of(access: &Access<'a>, principal: &Actor<'a>) -> Self {
        let account = Principal::new(PrincipalKind::Aws, principal.arn.account());
        let statement = Statement {
            sid: None,
            effect: Effect::Allow,
            principal: PrincipalElement::Principal(Principals::Listed(vec![account])),
            action: ActionElement::Action(vec![ActionPattern::new("*")]),
            resource: ResourceElement::None,
            conditions: vec![],
        };
        let delegation = Document { version: Version::V2012, id: None, statements: vec![statement] };
        Self { principal: principal.clone(), set: access.set_of(principal), delegation }
    }

    /// The `Allow` statements of the identity's policies, without those that never apply, such as one whose date has
    /// passed.
    pub fn allows(&self) -> Vec<MatchedStatement<'a>> {
        let statements = self.principal.identity.iter().flat_map(|attached| {
            let version = attached.document.version;
            let statements = attached.document.statements.iter().enumerate();
            let may_apply =
                move |(_, statement): &(usize, &Statement)| statement.may_apply(version, &self.principal.context);
            statements.filter(may_apply).map(|(index, statement)| MatchedStatement {
                layer: PolicyType::Identity,
                policy: attached.name,
                index,
                statement,
            })
        });
        statements.filter(|reason| reason.statement.effect == Effect::Allow).collect()
    }

    /// Whether an action on a resource is allowed, whoever's the resource is.
    pub fn decide(&self, action: &str, resource: &str) -> Decision<'_> {
        let request = Request {
            caller: &self.principal.caller,
            action,
            resource,
            resource_account: Some(self.principal.arn.account()),
            context: &self.principal.context,
        };
        let mut policies: Policies<'_> = self.set.policies.clone();
        // A set is shared by identities whose policies have other names.
        policies.identity = Identity::Known(self.principal.identity.clone());
        if action.starts_with("kms:") || action.starts_with("sts:") {
            policies.resource.push(Attached { name: "the resource's policy", document: &self.delegation });
        }
        evaluate(&request, &policies)
    }

    /// What a wildcard of a statement gives on resources that a pattern covers, where boundary and guard rails allow it by a
    /// wildcard too.
    pub fn changes(&self, allow: &Statement, wildcard: &ActionPattern, resources: &[ResourcePattern]) -> Changes {
        let written: Vec<_> = resources.iter().map(ResourcePattern::as_str).collect();
        let key = (wildcard.as_str().to_owned(), written.join(" "));
        if let Some(kept) = self.set.changes.borrow().get(&key) {
            return *kept;
        }
        let is_certain = allow.conditions.is_empty()
            && !self.set.is_limited()
            && !resources.iter().any(|pattern| pattern.as_str().contains("${"));
        let mut changes = Changes::default();
        for action in Catalogue::get().expand(&ActionElement::Action(vec![wildcard.clone()])) {
            let count = match action.action.level {
                AccessLevel::Write => &mut changes.writes,
                AccessLevel::PermissionsManagement => &mut changes.permissions,
                AccessLevel::List | AccessLevel::Read | AccessLevel::Tagging => continue,
            };
            let is_given = if is_certain { self.is_about(action, resources) } else { self.is_left(action, resources) };
            *count += usize::from(is_given);
        }
        self.set.changes.borrow_mut().insert(key, changes);
        changes
    }

    /// Whether a statement about these resources is about some that the action can be about.
    fn is_about(&self, action: Catalogued, resources: &[ResourcePattern]) -> bool {
        let is_about = |pattern: &ResourcePattern| {
            pattern.is_everything() || !examples(action, pattern, self.principal.arn).is_empty()
        };
        resources.iter().any(is_about)
    }

    /// Whether the action is allowed on one of the resources, by a wildcard in each policy that has to allow.
    fn is_left(&self, action: Catalogued, resources: &[ResourcePattern]) -> bool {
        let name = action.name();
        let bounds = self.principal.boundary.iter().flat_map(|policy| &policy.document.statements);
        if self.principal.boundary.is_some() && !bounds.into_iter().any(|statement| statement.allows_action(&name)) {
            return false;
        }
        let mut decisions = resources.iter().filter_map(|resource| self.allowed_on(action, resource));
        decisions.any(|decision| is_by_wildcard(&decision, &name))
    }

    /// How an action is allowed on one of the resources that a pattern covers, if it may be.
    pub fn allowed_on(&self, action: Catalogued, pattern: &ResourcePattern) -> Option<Decision<'_>> {
        let name = action.name();
        let examples = examples(action, pattern, self.principal.arn);
        examples.iter().map(|resource| self.decide(&name, resource)).find(Decision::may_be_allowed)
    }

    /// What a statement's actions give on every resource of a kind by way of a pattern, of the actions that are judged, which
    /// hang on nothing but the statement.
    pub fn on_every(
        &self,
        statement: &Statement,
        patterns: &[ResourcePattern],
        is_judged: impl Fn(Catalogued) -> bool,
    ) -> Option<Rc<OnEvery>> {
        let element = &statement.action;
        let word = match element {
            ActionElement::Action(_) => "",
            ActionElement::NotAction(_) => "all but",
        };
        let actions = element.patterns().iter().map(|pattern| pattern.as_str().to_owned());
        let conditions = statement.conditions.iter().map(written);
        let said = std::iter::once(word.to_owned()).chain(actions).chain(conditions).collect::<Vec<_>>().join(" ");
        let resources = patterns.iter().map(ResourcePattern::as_str).collect::<Vec<_>>().join(" ");
        let key = (said, resources);
        if let Some(kept) = self.set.on_every.borrow().get(&key) {
            return kept.clone();
        }
        let (mut names, mut example) = (Vec::new(), None);
        for action in Catalogue::get().expand(element).into_iter().filter(|action| is_judged(*action)) {
            let every = patterns.iter().find_map(|pattern| self.allowed_on_every(action, pattern));
            names.extend(every.as_ref().map(|_| action.name()));
            example = example.or(every);
        }
        let found = example.map(|example| Rc::new(OnEvery { names, example }));
        self.set.on_every.borrow_mut().insert(key, found.clone());
        found
    }

    /// A resource that stands for every one of its kind, if an action on it may be allowed by way of a pattern.
    fn allowed_on_every(&self, action: Catalogued, pattern: &ResourcePattern) -> Option<String> {
        let every = unnamed(action, pattern, self.principal.arn).into_iter().filter(|arn| pattern.matches(arn));
        let name = action.name();
        every.into_iter().find(|arn| self.decide(&name, arn).may_be_allowed())
    }
}

/// Actions that are given on every resource of a kind.
pub struct OnEvery {
    /// Their names, by service and name; at least one.
    pub names: Vec<String>,
    /// A resource that stands for every one, on which the first is given.
    pub example: String,
}

/// Whether boundary and guard rails, where there are any, allow the action by a wildcard too. One that lists it by its
/// name has chosen it.
fn is_by_wildcard(decision: &Decision<'_>, action: &str) -> bool {
    let by = match decision {
        Decision::Allowed { by } | Decision::AllowedIf { by, .. } => by,
        Decision::DeniedExplicitly { .. } | Decision::DeniedImplicitly { .. } => return false,
    };
    let limits: BTreeSet<_> =
        by.iter().map(|reason| reason.layer).filter(|layer| *layer != PolicyType::Identity).collect();
    let by_name = |reason: &MatchedStatement<'_>| match &reason.statement.action {
        ActionElement::Action(patterns) => {
            !patterns.iter().any(|pattern| pattern.as_str().contains(['*', '?']) && pattern.matches(action))
        }
        ActionElement::NotAction(_) => false,
    };
    !limits
        .iter()
        .any(|limit| *limit != PolicyType::Resource && by.iter().filter(|reason| reason.layer == *limit).all(by_name))
}

/// Resources of the kinds that an action is about and a pattern covers; `*` for an action that is about none.
fn examples(action: Catalogued, pattern: &ResourcePattern, owner: &Arn) -> Vec<String> {
    if action.action.resource_types.is_empty() {
        return if pattern.matches("*") { vec!["*".to_owned()] } else { Vec::new() };
    }
    let mut examples = unnamed(action, pattern, owner);
    examples.retain(|arn| pattern.matches(arn));
    let texts = ["any", "any/any"].map(|text| filled(pattern.as_str(), owner, text, ""));
    let is_of_kind = |arn: &String| {
        action.resource_types().any(|kind| {
            // A bucket's name holds no slash: what has one is an object.
            let is_object = kind.name == "bucket" && arn.contains('/');
            !is_object && ResourcePattern::new(with_stars(&kind.arn)).matches(arn)
        })
    };
    examples.extend(texts.into_iter().filter(is_of_kind));
    examples
}

/// A resource of each kind that an action is about, with names that no policy thought of, in the Region of the pattern.
fn unnamed(action: Catalogued, pattern: &ResourcePattern, owner: &Arn) -> Vec<String> {
    let region = pattern.as_str().split(':').nth(3).filter(|region| !region.contains(['*', '?', '$']));
    action
        .resource_types()
        .map(|kind| filled(&kind.arn, owner, "a-name-that-no-policy-names", region.unwrap_or_default()))
        .collect()
}

/// An ARN with something in place of each variable and wildcard: the owner's partition and account, this Region or one
/// that stands for all, and this name.
fn filled(text: &str, owner: &Arn, name: &str, region: &str) -> String {
    let region = if region.is_empty() { "us-east-1" } else { region };
    let parts = with_stars(text);
    let parts: Vec<_> = parts.splitn(6, ':').collect();
    let fill = |(index, part): (usize, &&str)| match index {
        1 if part.contains(['*', '?']) => owner.partition().to_owned(),
        3 if part.contains(['*', '?']) => region.to_owned(),
        4 if part.contains(['*', '?']) => owner.account().to_owned(),
        _ => part.replace('*', name).replace('?', "a"),
    };
    parts.iter().enumerate().map(fill).collect::<Vec<_>>().join(":")
}

/// The text with `*` in place of each `${…}`.
pub(super) fn with_stars(text: &str) -> String {
    let mut pieces = text.split("${");
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |text, piece| format!("{text}*{}", piece.split_once('}').map_or("", |(_, rest)| rest)))
}
