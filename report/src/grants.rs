//! What would close a gap: the statement that grants the call, or who must change what.
//!
//! Only what an identity policy can cure gets a statement. A guard rail is cured where it stands.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use palisade_model::{AccountId, Action, By, Gap, Partition, Reason, When};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What would close a gap.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Grant {
    /// The statement of an identity policy that permits the call; null when no identity policy helps.
    pub statement: Option<Statement>,
    /// Who must change what, in a sentence or two.
    pub advice: String,
}

/// A statement of an IAM policy.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct Statement {
    /// Always `Allow`.
    effect: Cow<'static, str>,
    /// The actions.
    action: Vec<Cow<'static, str>>,
    /// The resource, or a pattern of them.
    resource: String,
    /// Under which condition.
    #[serde(skip_serializing_if = "Option::is_none")]
    condition: Option<Condition>,
}

/// Conditions of a statement: operator, key, value.
type Condition = BTreeMap<Cow<'static, str>, BTreeMap<Cow<'static, str>, Cow<'static, str>>>;

/// A whole IAM policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Policy {
    version: &'static str,
    statement: Vec<Statement>,
}

impl Policy {
    /// One policy that holds what these statements hold; none when there is none.
    pub fn of<'a>(statements: impl IntoIterator<Item = &'a Statement>) -> Option<Self> {
        let mut actions: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
        for statement in statements {
            let scope = (statement.resource.clone(), statement.condition.clone());
            actions.entry(scope).or_default().extend(statement.action.iter().cloned());
        }
        let merged = actions.into_iter().map(|((resource, condition), action)| Statement {
            effect: "Allow".into(),
            action: action.into_iter().collect(),
            resource,
            condition,
        });
        let statement: Vec<_> = merged.collect();
        (!statement.is_empty()).then_some(Self { version: "2012-10-17", statement })
    }
}

/// The reason behind a list that was read in part.
pub fn root(reason: &Reason) -> &Reason {
    match reason {
        Reason::Partial(inner) => root(inner),
        Reason::Denied(_)
        | Reason::Throttled
        | Reason::Expired
        | Reason::RegionOff
        | Reason::Unreachable
        | Reason::NotAsked
        | Reason::Elsewhere(_)
        | Reason::Interrupted
        | Reason::OutOfTime
        | Reason::Gone
        | Reason::NotCollected { .. }
        | Reason::Undecided(_)
        | Reason::Erred(_)
        | Reason::Failed(_) => reason,
    }
}

/// What would close one gap.
pub fn grant(gap: &Gap, partition: &Partition, account: &AccountId) -> Grant {
    let statement = match root(&gap.reason) {
        Reason::Denied(By::Identity | By::Unsaid) => Some(statement(gap.action, partition, account)),
        Reason::Denied(
            By::Boundary
            | By::Session
            | By::ServiceControlPolicy
            | By::ResourceControlPolicy
            | By::Resource
            | By::VpcEndpoint
            | By::Rbac,
        )
        | Reason::Throttled
        | Reason::Expired
        | Reason::RegionOff
        | Reason::Unreachable
        | Reason::NotAsked
        | Reason::Elsewhere(_)
        | Reason::Interrupted
        | Reason::OutOfTime
        | Reason::Gone
        | Reason::NotCollected { .. }
        | Reason::Partial(_)
        | Reason::Undecided(_)
        | Reason::Erred(_)
        | Reason::Failed(_) => None,
    };
    Grant { statement, advice: advice(gap) }
}

fn statement(action: Action, partition: &Partition, account: &AccountId) -> Statement {
    let (resource, condition) = if action == Action::KmsDecrypt {
        let through = BTreeMap::from([("kms:ViaService".into(), "lambda.*".into())]);
        (format!("arn:{partition}:kms:*:{account}:key/*"), Some(BTreeMap::from([("StringLike".into(), through)])))
    } else {
        ("*".to_owned(), None)
    };
    let actions = std::iter::once(action).chain(action.also());
    let action = actions.map(|action| action.name().into()).collect();
    Statement { effect: "Allow".into(), action, resource, condition }
}

fn advice(gap: &Gap) -> String {
    let action = gap.action;
    match root(&gap.reason) {
        Reason::Denied(by) => refused(action, *by),
        Reason::Throttled => format!(
            "AWS still throttled {action} when the time was up: run again with a longer --deadline, or when the account \
             is less busy."
        ),
        Reason::Expired => {
            "The credentials expired during the run: renew them and run again; --resume reads only what \
                            is missing."
                .to_owned()
        }
        Reason::RegionOff => match &gap.place.region {
            Some(region) => format!("The Region {region} is not enabled for the account: enable it, or leave it out."),
            None => "The Region is not enabled for the account: enable it, or leave it out.".to_owned(),
        },
        Reason::Unreachable => {
            "No answer came in time: check the network, the proxy and the endpoint, then run again.".to_owned()
        }
        Reason::NotAsked => left_out(action),
        Reason::Elsewhere(account) => format!("Audit account {account} to judge what belongs to it."),
        Reason::Interrupted => {
            "The run was stopped before this was read: run again; --resume reads only what is missing.".to_owned()
        }
        Reason::OutOfTime => "Run again with a longer --deadline; --resume reads only what is missing.".to_owned(),
        Reason::Gone => "Run again: what was deleted is then not listed any more.".to_owned(),
        Reason::NotCollected { .. } => {
            format!("Collect again: the inventory was saved by an older palisade, this one calls {action} for it.")
        }
        Reason::Partial(inner) => advice(&Gap { reason: (**inner).clone(), ..gap.clone() }),
        Reason::Erred(_) => {
            format!("{action} failed on the side of AWS: run again; --resume reads only what is missing.")
        }
        Reason::Failed(_) | Reason::Undecided(_) if action == Action::KubernetesGetVersion => {
            "Give the auditing identity a way into the cluster, as docs/eks.md tells, or leave the cluster out with \
             --clusters."
                .to_owned()
        }
        Reason::Undecided(_) => {
            format!("No permission is missing: what {action} answered does not decide it, and the message says why.")
        }
        Reason::Failed(_) => format!("{action} failed, and the message says why: run again when that is put right."),
    }
}

fn refused(action: Action, by: By) -> String {
    let rule = match by {
        By::Identity => format!(
            "Allow {action} in a policy of the auditing identity. If one of its policies denies it, remove that: an allow \
             does not override a denial."
        ),
        By::Boundary => format!(
            "Whoever manages the permissions boundary of the auditing identity must let {action} through it; an identity \
             policy alone cannot."
        ),
        By::Session => format!(
            "Whoever starts the session must let {action} through its session policy; no other policy can widen it."
        ),
        By::ServiceControlPolicy => format!(
            "An administrator of the organisation must let the auditing identity use {action} in the service control \
             policies; no policy inside this account can."
        ),
        By::ResourceControlPolicy => format!(
            "An administrator of the organisation must let the auditing identity use {action} in the resource control \
             policies; no policy inside this account can."
        ),
        By::Resource => {
            format!(
                "The owner of the resource must let the auditing identity use {action} in the resource's own policy."
            )
        }
        By::VpcEndpoint => format!(
            "Whoever manages the VPC endpoint must let {action} through its policy, or the run must take another way to AWS."
        ),
        By::Rbac => format!(
            "Bind the auditing identity to a ClusterRole that allows {action}: `palisade permissions --kubernetes` prints \
             the smallest one, with its binding and access entry."
        ),
        By::Unsaid => format!(
            "AWS does not say what refused {action}. Allow it in a policy of the auditing identity; if it stays refused, \
             a guard rail of the organisation, a boundary, a session or a resource policy stands in the way."
        ),
    };
    if action == Action::KmsDecrypt { format!("{rule} {}", key_policy(by)) } else { rule }
}

/// What besides must hold for a key: its own policy decides first.
fn key_policy(by: By) -> &'static str {
    match by {
        By::Identity | By::Unsaid => {
            "The key's own policy must allow it as well, or leave it to identity policies; Lambda decrypts for the caller, \
             and palisade keeps only names and classes of variables."
        }
        By::Resource => "The resource is the key that encrypts the function's environment.",
        By::Boundary
        | By::Session
        | By::ServiceControlPolicy
        | By::ResourceControlPolicy
        | By::VpcEndpoint
        | By::Rbac => "The key's own policy must allow it as well.",
    }
}

fn left_out(action: Action) -> String {
    match action.when() {
        When::Always | When::Needed | When::Deep | When::Within | When::Never => {
            format!("Left out at this depth: --depth deep calls {action} for it.")
        }
        When::TwoLanes => format!("Left out by this run: --policy-lanes 2 calls {action}."),
        When::Cluster => "Left out by this run: it looks into no cluster.".to_owned(),
        When::RequiredTags => "Left out by this run: tags are read when required tags are configured.".to_owned(),
    }
}
