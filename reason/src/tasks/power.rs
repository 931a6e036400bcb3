//! What the roles can do that tasks have or come by.

use std::sync::LazyLock;

use palisade_model::iam::{Role, statement_name};
use palisade_model::{Arn, Gap};
use palisade_policy::{
    ActionElement, ActionPattern, Attached, Document, Effect, PrincipalElement, ResourceElement, ResourcePattern,
    Statement, Version, covers,
};

use super::roles::role;
use crate::access::Actor;
use crate::access::administrator::administrator;
use crate::account::Account;

/// What the agent needs of its machine's role, as AWS's policy for it says.
///
/// Source: version 10 of
/// <https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonEC2ContainerServiceforEC2Role.html>
const OF_AGENT: [&str; 17] = [
    "ec2:DescribeTags",
    "ecr:BatchCheckLayerAvailability",
    "ecr:BatchGetImage",
    "ecr:GetAuthorizationToken",
    "ecr:GetDownloadUrlForLayer",
    "ecs:CreateCluster",
    "ecs:DeregisterContainerInstance",
    "ecs:DiscoverPollEndpoint",
    "ecs:ListTagsForResource",
    "ecs:Poll",
    "ecs:RegisterContainerInstance",
    "ecs:StartTelemetrySession",
    "ecs:Submit*",
    "ecs:TagResource",
    "ecs:UpdateContainerInstancesState",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
];

static AGENT: LazyLock<Document> = LazyLock::new(|| Document {
    version: Version::V2012,
    id: None,
    statements: vec![Statement {
        sid: None,
        effect: Effect::Allow,
        principal: PrincipalElement::None,
        action: ActionElement::Action(OF_AGENT.map(ActionPattern::new).into()),
        resource: ResourceElement::Resource(vec![ResourcePattern::new("*")]),
        conditions: vec![],
    }],
});

/// Why a role may do everything, or give itself more than it has; none when it may not.
pub fn powerful<'a>(role: &'a Role, account: &Account<'a>) -> Result<Option<&'static str>, Gap> {
    if administrator(&account.access, &*account.access.role(role)?).is_some() {
        return Ok(Some("is an administrator"));
    }
    let found = account.escalations_of(role)?;
    match found.gap {
        _ if found.has_everything => Ok(Some("is an administrator")),
        Some(ref gap) if found.is_empty() => Err(gap.clone()),
        _ => Ok((!found.is_empty()).then_some("can escalate its privileges")),
    }
}

/// As [`powerful`], of a role that is named. One of another account, or one that is gone, is a gap.
pub fn powerful_by_arn(arn: &Arn, account: &Account<'_>) -> Result<Option<&'static str>, Gap> {
    powerful(role(arn, account)?, account)
}

/// What the role of a machine is allowed beyond what the agent needs, in words; none when that is all.
pub fn beyond_agent<'a>(role: &'a Role, account: &Account<'a>) -> Result<Option<String>, Gap> {
    let actor = account.access.role(role)?;
    let agent = [Attached { name: "the agent's policy", document: &AGENT }];
    let Err(uncovered) = covers(&agent, &actor.identity) else { return Ok(None) };
    if actor.boundary.is_some_and(|boundary| covers(&agent, &[boundary]).is_ok()) {
        return Ok(None);
    }
    if administrator(&account.access, &actor).is_some() {
        return Ok(Some("is an administrator".to_owned()));
    }
    let first = uncovered.first().map(|one| format!("{} of {}", statement_name(one.index, one.statement), one.policy));
    Ok(Some(format!("is allowed more than the agent needs by {}", first.unwrap_or_default())))
}

/// The actions without which no command can be run in a container.
///
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html>
const OF_EXEC: [&str; 4] = [
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
];

/// Whether a role is allowed what it takes to run commands in containers.
pub fn allows_exec<'a>(role: &'a Role, account: &Account<'a>) -> Result<bool, Gap> {
    let actor = account.access.role(role)?;
    let may = |actor: &Actor<'a>, action| account.access.can(actor, action, "*", &actor.context).may_be_allowed();
    Ok(OF_EXEC.iter().all(|action| may(&actor, action)))
}

#[cfg(test)]
mod tests {
    use palisade_scenes::Scene;
    use palisade_scenes::iam::{allow, permitted};
    use serde_json::json;

    use super::*;

    fn beyond(scene: &Scene) -> bool {
        let account = Account::new(&scene.inventory, &scene.settings);
        let role = account.role(&scene.subject).unwrap().unwrap();
        beyond_agent(role, &account).unwrap().is_some()
    }

    #[test]
    fn what_the_agent_needs_is_not_too_much() {
        let own = json!({
            "Effect": "Allow", "Action": "ecs:TagResource", "Resource": "*",
            "Condition": { "StringEquals": { "ecs:CreateAction": ["CreateCluster"] } },
        });
        assert!(!beyond(&permitted(&[])));
        assert!(!beyond(&permitted(&[allow(json!(OF_AGENT), "*"), own])));
        assert!(!beyond(&permitted(&[allow("ecr:BatchGetImage", "arn:aws:ecr:*:*:repository/shop")])));
        assert!(beyond(&permitted(&[allow("ecr:*", "*")])));
        assert!(beyond(&permitted(&[allow("ssm:GetParameter", "*")])));
        assert!(beyond(&permitted(&[allow("*", "*")])));
        assert!(!beyond(&permitted(&[allow("*", "*")]).bounded(allow("ecs:Poll", "*"))));
    }
}
