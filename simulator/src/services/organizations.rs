//! Organizations: the organisation above the account, and its policies.

use serde_json::{Value, json};

use super::paging::PageRule;
use super::{Answerer, Ask, Operation, Service, ThrottleError};
use crate::account::{Organization, OrganizationPolicy};
use crate::calls::Outcome;
use crate::wire::json::object;
use crate::wire::{Answer, Protocol, ServiceError};

pub(super) static SERVICE: Service = Service {
    name: "organizations",
    prefix: "organizations",
    protocol: Protocol::Json11,
    namespace: "",
    global: true,
    throttle: ThrottleError {
        status: 400,
        code: "TooManyRequestsException",
        message: "AWS Organizations can't complete your request because you have sent too many requests in too short \
                  a period of time. Wait before you try again.",
    },
    broken: "ServiceException",
    invalid_token: "InvalidInputException",
    operations: &[
        Operation::rpc("DescribeOrganization", describe_organization as Answerer),
        Operation::rpc("ListRoots", list_roots),
        Operation::rpc("ListParents", list_parents).on(|ask| ask.parameter("ChildId")),
        Operation::rpc("ListPolicies", list_policies),
        Operation::rpc("ListPoliciesForTarget", list_policies_for_target).on(|ask| ask.parameter("TargetId")),
        Operation::rpc("ListTargetsForPolicy", list_targets_for_policy).on(|ask| ask.parameter("PolicyId")),
        Operation::rpc("DescribePolicy", describe_policy).on(|ask| ask.parameter("PolicyId")),
    ],
};

const PAGE: PageRule = PageRule { token: "NextToken", size: "MaxResults", default: 20, most: 20 };

fn organization<'a>(ask: &Ask<'a>) -> Result<&'a Organization, ServiceError> {
    ask.world.account.organization.as_ref().ok_or_else(|| {
        let message = "Your account is not a member of an organization.";
        ServiceError::new(400, "AWSOrganizationsNotInUseException", message).outcome(Outcome::NotFound)
    })
}

/// The organisation, for calls that only its management account and delegated administrators may make.
fn readable<'a>(ask: &Ask<'a>) -> Result<&'a Organization, ServiceError> {
    let organization = organization(ask)?;
    if organization.readable {
        return Ok(organization);
    }
    let message = "You don't have permissions to access this resource.";
    Err(ServiceError::new(400, "AccessDeniedException", message).outcome(Outcome::Denied))
}

fn organization_arn(ask: &Ask<'_>, organization: &Organization, resource: &str) -> String {
    let partition = &ask.world.account.partition;
    format!("arn:{partition}:organizations::{}:{resource}", organization.management_account)
}

fn describe_organization(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let organization = organization(ask)?;
    let (id, management) = (&organization.id, &organization.management_account);
    Ok(Answer::Json(json!({"Organization": {
        "Id": id,
        "Arn": organization_arn(ask, organization, &format!("organization/{id}")),
        "FeatureSet": "ALL",
        "MasterAccountId": management,
        "MasterAccountArn": organization_arn(ask, organization, &format!("account/{id}/{management}")),
        "MasterAccountEmail": organization.management_email,
        "AvailablePolicyTypes": policy_types(organization),
    }})))
}

fn policy_types(organization: &Organization) -> Vec<Value> {
    let mut kinds: Vec<&str> = organization.policies.iter().map(|policy| policy.kind.as_str()).collect();
    kinds.push("SERVICE_CONTROL_POLICY");
    kinds.sort_unstable();
    kinds.dedup();
    kinds.into_iter().map(|kind| json!({"Type": kind, "Status": "ENABLED"})).collect()
}

fn list_roots(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let organization = readable(ask)?;
    let id = &organization.root;
    Ok(Answer::Json(json!({"Roots": [{
        "Id": id,
        "Arn": organization_arn(ask, organization, &format!("root/{}/{id}", organization.id)),
        "Name": "Root",
        "PolicyTypes": policy_types(organization),
    }]})))
}

fn list_parents(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let organization = readable(ask)?;
    let child = ask.parameter("ChildId").unwrap_or_default();
    let unit = organization.units.iter().find(|unit| unit.id == child);
    let parent = match unit {
        Some(unit) => unit.parent.as_deref().unwrap_or(&organization.root),
        None if child == ask.world.account.id => organization.account_parent(),
        None => {
            let message = "You specified an account or organizational unit that doesn't exist.";
            return Err(ServiceError::new(400, "ChildNotFoundException", message).outcome(Outcome::NotFound));
        }
    };
    Ok(Answer::Json(json!({"Parents": [{"Id": parent, "Type": target_type(parent, "ORGANIZATIONAL_UNIT")}]})))
}

fn target_type(id: &str, other: &'static str) -> &'static str {
    if id.starts_with("r-") {
        "ROOT"
    } else if id.starts_with("ou-") {
        "ORGANIZATIONAL_UNIT"
    } else {
        other
    }
}

fn list_policies(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let organization = readable(ask)?;
    let kind = ask.parameter("Filter").unwrap_or_default();
    policy_page(ask, organization, |policy| policy.kind == kind)
}

fn list_policies_for_target(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let organization = readable(ask)?;
    let kind = ask.parameter("Filter").unwrap_or_default();
    let target = ask.parameter("TargetId").unwrap_or_default();
    let is_known = target == organization.root
        || target == ask.world.account.id
        || organization.units.iter().any(|unit| unit.id == target);
    if !is_known {
        let message = "You specified a target that doesn't exist.";
        return Err(ServiceError::new(400, "TargetNotFoundException", message).outcome(Outcome::NotFound));
    }
    policy_page(ask, organization, |policy| policy.kind == kind && policy.targets.contains(&target))
}

fn policy_page(
    ask: &Ask<'_>,
    organization: &Organization,
    is_wanted: impl Fn(&OrganizationPolicy) -> bool,
) -> Result<Answer, ServiceError> {
    let policies: Vec<&OrganizationPolicy> = organization.policies.iter().filter(|policy| is_wanted(policy)).collect();
    let page = ask.page(&policies, &PAGE)?;
    let items: Vec<Value> = page.items.iter().map(|policy| summary(ask, organization, policy)).collect();
    Ok(Answer::Json(object([("Policies", items.into()), ("NextToken", page.next.into())])))
}

fn summary(ask: &Ask<'_>, organization: &Organization, policy: &OrganizationPolicy) -> Value {
    let kind = policy.kind.to_ascii_lowercase();
    let arn = if policy.aws_managed {
        format!("arn:{}:organizations::aws:policy/{kind}/{}", ask.world.account.partition, policy.id)
    } else {
        organization_arn(ask, organization, &format!("policy/{}/{kind}/{}", organization.id, policy.id))
    };
    json!({
        "Id": policy.id,
        "Arn": arn,
        "Name": policy.name,
        "Description": policy.description,
        "Type": policy.kind,
        "AwsManaged": policy.aws_managed,
    })
}

fn asked_policy<'a>(ask: &Ask<'_>, organization: &'a Organization) -> Result<&'a OrganizationPolicy, ServiceError> {
    let id = ask.parameter("PolicyId").unwrap_or_default();
    organization.policies.iter().find(|policy| policy.id == id).ok_or_else(|| {
        ServiceError::new(400, "PolicyNotFoundException", "You specified a policy that doesn't exist.")
            .outcome(Outcome::NotFound)
    })
}

fn list_targets_for_policy(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let organization = readable(ask)?;
    let policy = asked_policy(ask, organization)?;
    let page = ask.page(&policy.targets, &PAGE)?;
    let items: Vec<Value> = page
        .items
        .iter()
        .map(|target| {
            let unit = organization.units.iter().find(|unit| unit.id == *target);
            let name = unit.map_or(target.as_str(), |unit| unit.name.as_str());
            json!({"TargetId": target, "Name": name, "Type": target_type(target, "ACCOUNT")})
        })
        .collect();
    Ok(Answer::Json(object([("Targets", items.into()), ("NextToken", page.next.into())])))
}

fn describe_policy(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let organization = readable(ask)?;
    let policy = asked_policy(ask, organization)?;
    Ok(Answer::Json(json!({"Policy": {
        "PolicySummary": summary(ask, organization, policy),
        "Content": policy.document.text(),
    }})))
}
