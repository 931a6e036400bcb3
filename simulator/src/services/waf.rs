//! WAF: the web ACL in front of a resource.

use serde_json::{Value, json};

use super::{Answerer, Ask, Operation, Service, ThrottleError};
use crate::calls::Outcome;
use crate::ids;
use crate::wire::{Answer, Protocol, ServiceError};

pub(super) static SERVICE: Service = Service {
    name: "wafv2",
    prefix: "wafv2",
    protocol: Protocol::Json11,
    namespace: "",
    global: false,
    throttle: ThrottleError { status: 400, code: "ThrottlingException", message: "Rate exceeded" },
    broken: "WAFInternalErrorException",
    invalid_token: "WAFInvalidParameterException",
    operations: &[
        // It looks whether the caller may read the web ACL too.
        Operation::rpc("GetWebACLForResource", get_web_acl_for_resource as Answerer).also("GetWebACL").on(asked_arn),
    ],
};

fn asked_arn(ask: &Ask<'_>) -> Option<String> {
    ask.parameter("ResourceArn")
}

fn get_web_acl_for_resource(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let asked = ask.parameter("ResourceArn").unwrap_or_default();
    let all = &ask.world.region(ask.region).load_balancers;
    let found = all.iter().find(|balancer| ask.world.account.load_balancer_arn(ask.region, balancer) == asked);
    let balancer = found.ok_or_else(|| {
        let message = "AWS WAF couldn't perform the operation because your resource doesn't exist.";
        ServiceError::new(400, "WAFNonexistentItemException", message).outcome(Outcome::NotFound)
    })?;
    // Without a web ACL the answer is empty.
    Ok(Answer::Json(
        balancer.web_acl.as_deref().map_or_else(|| json!({}), |name| json!({"WebACL": web_acl(ask, name)})),
    ))
}

fn web_acl(ask: &Ask<'_>, name: &str) -> Value {
    let account = &ask.world.account;
    let id = ids::uuid(&format!("web acl {} {name}", ask.region));
    json!({
        "Name": name,
        "ARN": account.arn("wafv2", ask.region, &format!("regional/webacl/{name}/{id}")),
        "Id": id,
        "DefaultAction": {"Allow": {}},
        "Rules": [],
        "VisibilityConfig": {"SampledRequestsEnabled": true, "CloudWatchMetricsEnabled": true, "MetricName": name},
        "Capacity": 0,
        "ManagedByFirewallManager": false,
        "LabelNamespace": format!("awswaf:{}:webacl:{name}:", account.id),
    })
}
