//! What each statement of a resource policy gives, and to whom.
//!
//! Every `Allow` is judged by itself together with all denials, so that a wide statement hides no narrower one. An
//! `Allow` adds to another and takes nothing from it: taken together they give what each gives.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use palisade_policy::catalogue::{AccessLevel, Catalogued};
use palisade_policy::{
    Access as LetIn, ActionElement, Attached, Catalogue, Context as RequestContext, Document, Door, Effect, Grade,
    Layer, Open, Reason, Residual, Statement, who_can,
};

use super::invoke::callers;
use crate::check::{Evidence, Outcome, Verdict};
use crate::context::Context;
use crate::facts::lambda::{Function, Layer as LayerVersion};
use crate::facts::{Action, Arn, Gap};

const INVOKE: &str = "lambda:InvokeFunction";
const INVOKE_URL: &str = "lambda:InvokeFunctionUrl";

/// How many actions evidence names.
const NAMED_ACTIONS: usize = 3;

/// What one statement gives to one kind of caller.
#[derive(Clone, Debug, PartialEq)]
pub struct Share<'a> {
    /// What the policy is attached to.
    pub resource: &'a Arn,
    /// The statement's place in the policy, counted from 0.
    pub index: usize,
    /// The statement.
    pub statement: &'a Statement,
    /// What may be done, the gravest first.
    pub actions: Vec<String>,
    /// How many are let in.
    pub grade: Grade,
    /// The organisation, account, service or provider; empty for a grade that speaks for itself.
    pub who: String,
    /// What depends on the single request, as the policy writes it.
    pub conditions: Vec<String>,
    /// The keys of conditions that ask for a value anybody who learns it can bring.
    pub secrets: Vec<String>,
}

impl Share<'_> {
    /// Whether everybody who has, or makes, an AWS account is let in; the anonymous are more than that.
    pub fn is_public(&self) -> bool {
        self.grade >= Grade::AnyAwsAccount
    }

    /// Whether it takes a function URL to make use of it.
    pub fn is_through_url(&self) -> bool {
        self.actions.iter().any(|action| action == INVOKE_URL)
    }
}

/// `any AWS account may call lambda:InvokeFunction on function:orders by policy function:orders, statement 0 (all)`.
impl fmt::Display for Share<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { resource, index, statement, grade, who, .. } = self;
        let resource = resource.resource();
        let reason = Reason { layer: Layer::Resource, policy: resource, index: *index, statement };
        let actions = named(&self.actions);
        write!(formatter, "{} may call {actions} on {resource} by {reason}", callers(*grade, who))?;
        if !self.conditions.is_empty() {
            write!(formatter, ", {}", self.conditions.join(" and "))?;
        }
        if !self.secrets.is_empty() {
            write!(formatter, "; only who knows the value of {} gets in", self.secrets.join(" and "))?;
        }
        Ok(())
    }
}

/// `lambda:AddPermission, lambda:PutResourcePolicy, lambda:RemovePermission and 40 more actions`.
fn named(actions: &[String]) -> String {
    let shown = actions[..actions.len().min(NAMED_ACTIONS)].join(", ");
    match actions.len().saturating_sub(NAMED_ACTIONS) {
        0 => shown,
        1 => format!("{shown} and 1 more action"),
        more => format!("{shown} and {more} more actions"),
    }
}

/// What the resource policies of one resource give.
#[derive(Clone, Debug, PartialEq)]
pub struct Shares<'a> {
    found: Vec<Share<'a>>,
    gap: Option<Gap>,
}

impl<'a> Shares<'a> {
    /// What the policies of a function give, its versions and aliases included where they were read.
    pub fn of_function(function: &'a Function, context: &Context<'_>) -> Self {
        let (policies, gap) = function.policies();
        let found = policies.into_iter().flat_map(|(arn, policy)| shares(arn, policy, context, actions_on_functions));
        Self { found: found.collect(), gap }
    }

    /// What the policy of a layer version gives.
    pub fn of_layer(layer: &'a LayerVersion, context: &Context<'_>) -> Result<Self, Gap> {
        let Some(policy) = layer.policy.known()? else { return Ok(Self { found: Vec::new(), gap: None }) };
        let policy = policy.document(Action::LambdaGetLayerVersionPolicy, &layer.arn)?;
        let download = |element: &ActionElement| {
            let action = "lambda:GetLayerVersion";
            element.covers(action).then(|| action.to_owned()).into_iter().collect()
        };
        Ok(Self { found: shares(&layer.arn, policy, context, download), gap: None })
    }

    /// What was found in the policies that could be read.
    pub fn found(&self) -> &[Share<'a>] {
        &self.found
    }

    /// Fails for all that `evidence` finds fault with. Without any, what could not be read or decided stays a gap.
    pub fn judge(&self, evidence: impl Fn(&Share<'a>) -> Result<Option<String>, Gap>) -> Outcome {
        let (mut faults, mut gap) = (Vec::new(), self.gap.clone());
        for share in &self.found {
            match evidence(share) {
                Ok(fault) => faults.extend(fault.map(Evidence)),
                Err(undecided) => _ = gap.get_or_insert(undecided),
            }
        }
        match gap {
            _ if !faults.is_empty() => Ok(Verdict::Fail(faults)),
            Some(gap) => Err(gap),
            None => Ok(Verdict::Pass),
        }
    }
}

/// What a policy gives of the actions that `given` picks from a statement.
fn shares<'a>(
    resource: &'a Arn,
    policy: &'a Document,
    context: &Context<'_>,
    given: impl Fn(&ActionElement) -> Vec<String>,
) -> Vec<Share<'a>> {
    let mut found = Vec::new();
    let allows = policy.statements.iter().enumerate().filter(|(_, statement)| statement.effect == Effect::Allow);
    for (index, statement) in allows {
        let alone = alone(policy, statement);
        for actions in alike(&alone, given(&statement.action)) {
            let accesses = ask(resource, &alone, context, &actions);
            found.extend(accesses.into_iter().map(|access| Share {
                resource,
                index,
                statement,
                actions: actions.clone(),
                conditions: access.conditions.iter().map(condition).collect(),
                secrets: access.shared_secrets().map(|condition| condition.key().to_owned()).collect(),
                grade: access.grade,
                who: access.who,
            }));
        }
    }
    found
}

/// The policy without its other `Allow` statements.
fn alone<'a>(policy: &'a Document, statement: &Statement) -> Cow<'a, Document> {
    let is_allow = |other: &&Statement| other.effect == Effect::Allow;
    if policy.statements.iter().filter(is_allow).count() == 1 {
        return Cow::Borrowed(policy);
    }
    let denials = policy.statements.iter().filter(|other| !is_allow(other));
    let statements = std::iter::once(statement).chain(denials).cloned().collect();
    Cow::Owned(Document { version: policy.version, id: None, statements })
}

/// Which requests an action is asked with.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Way {
    Invoke,
    Url,
    Other,
}

impl Way {
    fn of(action: &str) -> Self {
        match action {
            INVOKE => Self::Invoke,
            INVOKE_URL => Self::Url,
            _ => Self::Other,
        }
    }

    /// What is known of such requests.
    fn known(self) -> RequestContext {
        match self {
            Self::Invoke => RequestContext::partial()
                .known("lambda:InvokedViaFunctionUrl", ["false"])
                .absent("lambda:FunctionUrlAuthType"),
            Self::Url | Self::Other => RequestContext::partial(),
        }
    }
}

/// Sorts actions into those that the statements of a policy tell apart; one answer stands for all of a group.
fn alike(policy: &Document, actions: Vec<String>) -> Vec<Vec<String>> {
    let mut groups: BTreeMap<_, Vec<String>> = BTreeMap::new();
    for action in actions {
        let covered: Vec<_> = policy.statements.iter().map(|statement| statement.action.covers(&action)).collect();
        groups.entry((Way::of(&action), covered)).or_default().push(action);
    }
    groups.into_values().collect()
}

fn ask<'p, 'c: 'p>(resource: &Arn, policy: &'p Document, context: &Context<'c>, actions: &[String]) -> Vec<LetIn<'p>> {
    let Some(action) = actions.first() else { return Vec::new() };
    who_can(&Door {
        action,
        resource: resource.as_str(),
        account: resource.account(),
        organisation: context.organization(),
        accepts_anonymous: false,
        known: Way::of(action).known(),
        policies: vec![Attached { name: "", document: policy }],
        resource_control: context.access.resource_control(),
    })
}

/// The actions on functions that an element covers, the gravest first.
fn actions_on_functions(element: &ActionElement) -> Vec<String> {
    let catalogue = Catalogue::get();
    let mut covered: BTreeSet<(Reverse<Option<AccessLevel>>, String)> = BTreeSet::new();
    let (literal, patterns): (Vec<_>, Vec<_>) = match element {
        ActionElement::Action(patterns) => patterns.iter().partition(|pattern| !pattern.as_str().contains(['*', '?'])),
        ActionElement::NotAction(patterns) => (Vec::new(), patterns.iter().collect()),
    };
    for name in literal.iter().map(|pattern| pattern.as_str()) {
        let known = catalogue.action(name);
        if known.map_or_else(|| name.to_ascii_lowercase().starts_with("lambda:"), is_on_functions) {
            let level = known.map(|action| action.action.level);
            covered.insert((Reverse(level), known.map_or_else(|| name.to_owned(), Catalogued::name)));
        }
    }
    if (literal.is_empty() || !patterns.is_empty())
        && let Some(service) = catalogue.service("lambda")
    {
        let all = service.actions.iter().map(|action| Catalogued { service, action });
        let matching = all.filter(|action| is_on_functions(*action) && element.covers(&action.name()));
        covered.extend(matching.map(|action| (Reverse(Some(action.action.level)), action.name())));
    }
    covered.into_iter().map(|(_, name)| name).collect()
}

fn is_on_functions(action: Catalogued) -> bool {
    action.resource_types().any(|kind| matches!(kind.name, "function" | "function alias" | "function version"))
}

/// What is left open, as the policy writes it.
fn condition(residual: &Residual<'_>) -> String {
    let Residual { by, open } = residual;
    let word = match by.map(|reason| reason.statement.effect) {
        Some(Effect::Deny) => "unless",
        Some(Effect::Allow) | None => "where",
    };
    let values = open.values().join(", ");
    match open {
        Open::Condition(_) => format!("{word} {} {} {values}", open.operator(), open.key()),
        Open::Resource(_) => format!("{word} the resource is {values}"),
        Open::Principal(_) => format!("{word} the caller is {values}"),
        Open::IdentityPolicies => format!("{word} the caller's own policies allow it"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::access::shares_scenes::{allows, policies};

    /// What evidence says of a statement.
    fn said(statements: &[Value]) -> Vec<String> {
        let scene = policies(statements);
        let context = Context::new(&scene.inventory, &scene.settings);
        let function = context.function(&scene.subject).unwrap().unwrap();
        Shares::of_function(function, &context).found().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn evidence_quotes_the_statement_and_what_it_hangs_on() {
        let by = "by policy function:orders, statement 0 (shared)";
        let everybody = |action: &str, condition: Value| said(&[allows(json!("*"), action, condition)]);
        for (condition, expected) in [
            (json!({}), ""),
            (json!({ "StringLike": { "aws:PrincipalArn": "*" } }), ", where StringLike aws:PrincipalArn *"),
            (
                json!({ "StringEquals": { "lambda:EventSourceToken": "x" } }),
                ", where StringEquals lambda:EventSourceToken x; only who knows the value of lambda:EventSourceToken gets in",
            ),
        ] {
            let expected = format!("any AWS account may call lambda:InvokeFunction on function:orders {by}{expected}");
            let found = everybody("lambda:InvokeFunction", condition);
            assert!(found.contains(&expected), "{found:?}");
        }
        let administer = everybody("lambda:*", json!({})).join("\n");
        assert!(administer.contains("lambda:AddPermission, lambda:DeleteResourcePolicy, lambda:"), "{administer}");
        assert!(administer.contains("more actions on function:orders"), "{administer}");
    }

    #[test]
    fn a_wide_statement_hides_no_narrower_one() {
        let s3 =
            |condition: Value| allows(json!({ "Service": "s3.amazonaws.com" }), "lambda:InvokeFunction", condition);
        let found = said(&[s3(json!({})), s3(json!({ "ArnLike": { "aws:SourceArn": "arn:aws:s3:::photos" } }))]);
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(
            found[1].ends_with("statement 1 (shared), where ArnLike aws:SourceArn arn:aws:s3:::photos"),
            "{found:?}"
        );
    }
}
