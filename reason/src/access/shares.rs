//! What each statement of a resource policy gives, and to whom.
//!
//! Every `Allow` is judged by itself together with all denials, so that a wide statement hides no narrower one. An
//! `Allow` adds to another and takes nothing from it: taken together they give what each gives.

use std::borrow::Cow;
use std::collections::BTreeMap;

use palisade_policy::{
    ActionElement, Attached, Document, Door, Effect, Grade, LetIn, Open, PrincipalElement, Principals, RequestContext,
    Statement, who_can,
};

use super::covered::actions_on_functions;
use crate::account::Account;
use crate::wording::clause;
use palisade_model::lambda::{Function, Layer as LayerVersion};
use palisade_model::verdict::{Evidence, Outcome, Verdict};
use palisade_model::{Action, Arn, Gap};

const INVOKE: &str = "lambda:InvokeFunction";
const INVOKE_URL: &str = "lambda:InvokeFunctionUrl";

/// What one statement gives to one kind of caller.
#[derive(Clone, Debug, PartialEq)]
pub struct Share<'a> {
    /// What it is given on.
    pub resource: Arn,
    /// How evidence names the policy.
    pub policy: &'a str,
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
    /// Whom alone a denial leaves of those let in, as it names them; empty where none does.
    pub spared: Vec<String>,
    /// Why nobody can tell whether it is given: a condition with an operator that is not known.
    pub doubt: Option<Gap>,
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

/// What the resource policies of one resource give.
#[derive(Clone, Debug, PartialEq)]
pub struct Shares<'a> {
    pub(super) found: Vec<Share<'a>>,
    /// What is given or not, depending on what could not be read.
    pub(super) doubtful: Vec<(Share<'a>, Gap)>,
    /// Why more may be given than was found.
    pub(super) gap: Option<Gap>,
}

impl<'a> Shares<'a> {
    /// What the policies of a function give, its versions and aliases included where they were read.
    pub fn of_function(function: &'a Function, account: &Account<'_>) -> Self {
        let (policies, gap) = function.policies();
        let found = policies.into_iter().flat_map(|(arn, policy)| {
            shares(arn, &[Source::whole(arn.resource(), policy)], account, actions_on_functions)
        });
        Self { gap, ..Self::of(found.collect()) }
    }

    /// What the policy of a layer version gives.
    pub fn of_layer(layer: &'a LayerVersion, account: &Account<'_>) -> Result<Self, Gap> {
        let Some(policy) = layer.policy.known()? else { return Ok(Self::of(Vec::new())) };
        let policy = policy.document(Action::LambdaGetLayerVersionPolicy, &layer.arn)?;
        let download = |element: &ActionElement| {
            let action = "lambda:GetLayerVersion";
            element.covers(action).then(|| action.to_owned()).into_iter().collect()
        };
        let source = Source::whole(layer.arn.resource(), policy);
        Ok(Self::of(shares(&layer.arn, &[source], account, download)))
    }

    /// All that is given, with no doubt.
    pub(super) fn of(found: Vec<Share<'a>>) -> Self {
        Self { found, doubtful: Vec::new(), gap: None }
    }

    /// Nothing is known of what is given.
    pub(super) fn unread(gap: Gap) -> Self {
        Self { gap: Some(gap), ..Self::of(Vec::new()) }
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
                Ok(None) => {}
                Ok(Some(fault)) => match &share.doubt {
                    None => faults.push(Evidence(fault)),
                    Some(doubt) => _ = gap.get_or_insert_with(|| doubt.clone()),
                },
                Err(undecided) => _ = gap.get_or_insert(undecided),
            }
        }
        for (share, doubt) in &self.doubtful {
            match evidence(share) {
                Ok(None) => {}
                Ok(Some(_)) | Err(_) => _ = gap.get_or_insert_with(|| doubt.clone()),
            }
        }
        match gap {
            _ if !faults.is_empty() => Ok(Verdict::Fail(faults)),
            Some(gap) => Err(gap),
            None => Ok(Verdict::Pass),
        }
    }
}

/// A policy that has a say about a resource.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    /// How evidence names it.
    pub(super) name: &'a str,
    /// What it says.
    pub(super) document: &'a Document,
    /// Which actions it has a say about.
    pub(super) is_about: fn(&str) -> bool,
}

impl<'a> Source<'a> {
    /// A policy that has a say about every action.
    pub(super) fn whole(name: &'a str, document: &'a Document) -> Self {
        Self { name, document, is_about: |_| true }
    }

    /// Its `Allow` statements, with their places.
    pub(super) fn allows(self) -> impl Iterator<Item = (usize, &'a Statement)> {
        self.document.statements.iter().enumerate().filter(|(_, statement)| statement.effect == Effect::Allow)
    }

    /// The policy with its denials, and of its `Allow` statements this one at the most.
    fn alone(self, kept: Option<&Statement>) -> Part<'a> {
        let document = if self.allows().count() == usize::from(kept.is_some()) {
            Cow::Borrowed(self.document)
        } else {
            let denials = self.document.statements.iter().filter(|statement| statement.effect == Effect::Deny);
            let statements = kept.into_iter().chain(denials).cloned().collect();
            Cow::Owned(Document { version: self.document.version, id: None, statements })
        };
        Part { document, is_about: self.is_about }
    }
}

/// What of a policy takes part in an answer.
struct Part<'a> {
    document: Cow<'a, Document>,
    is_about: fn(&str) -> bool,
}

/// What the policies of a resource give of the actions that `given` picks from a statement.
pub(super) fn shares<'a>(
    resource: &Arn,
    sources: &[Source<'a>],
    account: &Account<'_>,
    given: impl Fn(&ActionElement) -> Vec<String>,
) -> Vec<Share<'a>> {
    let statements = sources.iter().flat_map(|source| source.allows().map(move |allow| (*source, allow)));
    statements.flat_map(|(source, allow)| of_statement(resource, sources, source, allow, account, &given)).collect()
}

/// What one `Allow` statement of a policy gives, together with the denials of all.
pub(super) fn of_statement<'a>(
    resource: &Arn,
    sources: &[Source<'a>],
    source: Source<'a>,
    (index, statement): (usize, &'a Statement),
    account: &Account<'_>,
    given: impl Fn(&ActionElement) -> Vec<String>,
) -> Vec<Share<'a>> {
    let is_own = |other: &Source<'_>| std::ptr::eq(other.document, source.document);
    let parts: Vec<_> = sources.iter().map(|other| other.alone(is_own(other).then_some(statement))).collect();
    let mut actions = given(&statement.action);
    actions.retain(|action| (source.is_about)(action));
    let mut found = Vec::new();
    for actions in alike(&parts, actions) {
        let accesses = ask(resource, &parts, account, &actions);
        found.extend(accesses.into_iter().map(|access| Share {
            resource: resource.clone(),
            policy: source.name,
            index,
            statement,
            actions: actions.clone(),
            conditions: access.conditions.iter().map(clause).collect(),
            spared: spared(&access),
            doubt: doubt(&access, resource),
            secrets: access.shared_secrets().map(|condition| condition.key().to_owned()).collect(),
            grade: access.grade,
            who: access.who,
        }));
    }
    found
}

/// Whom a denial of everybody else leaves of those who are let in.
fn spared(access: &LetIn<'_>) -> Vec<String> {
    let denials =
        access.conditions.iter().filter_map(|residual| match (residual.by?.statement.effect, &residual.open) {
            (Effect::Deny, Open::Principal(PrincipalElement::NotPrincipal(spared))) => Some(spared),
            (Effect::Allow | Effect::Deny, _) => None,
        });
    denials.flat_map(Principals::texts).map(str::to_owned).collect()
}

/// The gap when what is given hangs on a condition with an operator that is not known.
fn doubt(access: &LetIn<'_>, resource: &Arn) -> Option<Gap> {
    let strange = access.conditions.iter().find_map(|residual| match residual.open {
        Open::Condition(condition) => condition.operator().base().is_none().then_some(condition),
        Open::Resource(_) | Open::Principal(_) | Open::IdentityPolicies => None,
    })?;
    let what = format!("the operator of {}", strange.key());
    Some(Gap::not_known(read_by(resource), resource, what, strange.operator().as_str()))
}

/// The call that reads the policy of a resource.
fn read_by(resource: &Arn) -> Action {
    match resource.service() {
        "ecr" if resource.resource().starts_with("repository/") => Action::EcrGetRepositoryPolicy,
        "ecr" => Action::EcrGetRegistryPolicy,
        "ecr-public" => Action::EcrPublicGetRepositoryPolicy,
        _ if resource.resource().starts_with("layer:") => Action::LambdaGetLayerVersionPolicy,
        _ => Action::LambdaGetPolicy,
    }
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

/// Sorts actions into those that the statements of the policies tell apart; one answer stands for all of a group.
fn alike(parts: &[Part<'_>], actions: Vec<String>) -> Vec<Vec<String>> {
    let mut groups: BTreeMap<_, Vec<String>> = BTreeMap::new();
    for action in actions {
        let statements = parts.iter().flat_map(|part| part.document.statements.iter().map(move |one| (part, one)));
        let covered: Vec<_> =
            statements.map(|(part, one)| (part.is_about)(&action) && one.action.covers(&action)).collect();
        groups.entry((Way::of(&action), covered)).or_default().push(action);
    }
    groups.into_values().collect()
}

fn ask<'p, 'c: 'p>(resource: &Arn, parts: &'p [Part<'_>], context: &Account<'c>, actions: &[String]) -> Vec<LetIn<'p>> {
    let Some(action) = actions.first() else { return Vec::new() };
    let parts = parts.iter().filter(|part| (part.is_about)(action));
    who_can(&Door {
        action,
        resource: resource.as_str(),
        account: resource.account(),
        organisation: context.organization(),
        accepts_anonymous: false,
        known: context.access.at_this_time(Way::of(action).known()),
        policies: parts.map(|part| Attached { name: "", document: &part.document }).collect(),
        resource_control: context.access.resource_control(),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use palisade_scenes::shares::{allows, policies};

    /// What evidence says of a statement.
    fn said(statements: &[Value]) -> Vec<String> {
        let scene = policies(statements);
        let account = Account::new(&scene.inventory, &scene.settings);
        let function = account.function(&scene.subject).unwrap().unwrap();
        Shares::of_function(function, &account).found().iter().map(ToString::to_string).collect()
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
