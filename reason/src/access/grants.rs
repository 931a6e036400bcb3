//! What a role's `Allow` statements really give: of all that they say, what boundary, denials and guard rails leave.

use std::collections::BTreeSet;

use palisade_policy::catalogue::{AccessLevel, Catalogue, Catalogued};
use palisade_policy::{
    ActionElement, ActionPattern, Attached, Decision, Document, Effect, MatchedStatement, Policies, PolicyType,
    Principal, PrincipalElement, PrincipalKind, Principals, Request, ResourceElement, ResourcePattern, Statement,
    Version, evaluate,
};

use super::{Access, Actor};
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
pub struct Grants<'p> {
    principal: &'p Actor<'p>,
    policies: Policies<'p>,
    delegation: Document,
}

impl<'p> Grants<'p> {
    /// Of this identity.
    pub fn of<'a: 'p>(access: &Access<'a>, principal: &'p Actor<'a>) -> Self {
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
        Self { principal, policies: access.policies_of(principal), delegation }
    }

    /// The `Allow` statements of the identity's policies.
    pub fn allows(&self) -> Vec<MatchedStatement<'p>> {
        let statements = self.principal.identity.iter().flat_map(|attached| {
            let statements = attached.document.statements.iter().enumerate();
            statements.map(|(index, statement)| MatchedStatement {
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
        if !action.starts_with("kms:") && !action.starts_with("sts:") {
            return evaluate(&request, &self.policies);
        }
        let mut policies: Policies<'_> = self.policies.clone();
        policies.resource.push(Attached { name: "the resource's policy", document: &self.delegation });
        evaluate(&request, &policies)
    }

    /// How an action is allowed on one of the resources that a pattern covers, if it may be.
    pub fn allowed_on(&self, action: Catalogued, pattern: &ResourcePattern) -> Option<Decision<'_>> {
        let name = action.name();
        let examples = examples(action, pattern, self.principal.arn);
        examples.iter().map(|resource| self.decide(&name, resource)).find(Decision::may_be_allowed)
    }

    /// What a wildcard gives on resources that a pattern covers, where boundary and guard rails allow it by a wildcard too.
    pub fn changes(&self, wildcard: &ActionPattern, resources: &[ResourcePattern]) -> Changes {
        let mut changes = Changes::default();
        for action in Catalogue::get().expand(&ActionElement::Action(vec![wildcard.clone()])) {
            let count = match action.action.level {
                AccessLevel::Write => &mut changes.writes,
                AccessLevel::PermissionsManagement => &mut changes.permissions,
                AccessLevel::List | AccessLevel::Read | AccessLevel::Tagging => continue,
            };
            let name = action.name();
            let mut decisions = resources.iter().filter_map(|resource| self.allowed_on(action, resource));
            *count += usize::from(decisions.any(|decision| is_by_wildcard(&decision, &name)));
        }
        changes
    }

    /// How an action is allowed on every resource of a kind, if it may be, by way of a pattern.
    pub fn allowed_on_every(&self, action: Catalogued, pattern: &ResourcePattern) -> Option<Decision<'_>> {
        let name = action.name();
        let mut every = unnamed(action, pattern, self.principal.arn).into_iter().filter(|arn| pattern.matches(arn));
        every.find_map(|arn| Some(self.decide(&name, &arn)).filter(Decision::may_be_allowed))
    }
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
fn with_stars(text: &str) -> String {
    let mut pieces = text.split("${");
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |text, piece| format!("{text}*{}", piece.split_once('}').map_or("", |(_, rest)| rest)))
}
