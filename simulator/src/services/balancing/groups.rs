//! Target groups.

use serde_json::{Value, json};

use super::{PAGE, balancers, invalid, listed, listeners, missing};
use crate::account::TargetGroup;
use crate::services::Ask;
use crate::wire::json::object;
use crate::wire::{Answer, ServiceError};

pub(super) fn describe(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let (arns, names) = (ask.request.list("TargetGroupArns"), ask.request.list("Names"));
    let of = ask.parameter("LoadBalancerArn").map(|of| balancers::find(ask, &of)).transpose()?;
    if of.is_some() && !(arns.is_empty() && names.is_empty()) {
        return Err(invalid(
            "Target group ARNs, target group names and a load balancer ARN cannot be specified at the same time",
        ));
    }
    let all = &ask.world.region(ask.region).target_groups;
    let arn = |group: &TargetGroup| ask.world.account.target_group_arn(ask.region, &group.name);
    let is_there = |wanted: &String| all.iter().any(|one| arn(one) == *wanted || one.name == *wanted);
    if !arns.iter().chain(&names).all(is_there) {
        return Err(missing("TargetGroupNotFound", "One or more target groups not found".to_owned()));
    }
    let served = of.map(|balancer| listeners::targets(ask, balancer));
    let is_wanted = |group: &&TargetGroup| {
        (arns.is_empty() || arns.contains(&arn(group)))
            && (names.is_empty() || names.contains(&group.name))
            && served.as_ref().is_none_or(|served| served.contains(&arn(group)))
    };
    let wanted: Vec<Value> = all.iter().filter(is_wanted).map(|group| written(ask, group)).collect();
    Ok(listed("TargetGroups", &ask.page(&wanted, &PAGE)?))
}

fn written(ask: &Ask<'_>, group: &TargetGroup) -> Value {
    let account = &ask.world.account;
    let arn = account.target_group_arn(ask.region, &group.name);
    let protocol = group.protocol.as_deref().unwrap_or("HTTP");
    let kind = group.kind.as_deref().unwrap_or("ip");
    let is_http = protocol.starts_with("HTTP");
    let balancers: Value = ask
        .world
        .region(ask.region)
        .load_balancers
        .iter()
        .filter(|balancer| listeners::targets(ask, balancer).contains(&arn))
        .map(|balancer| account.load_balancer_arn(ask.region, balancer))
        .collect();
    // Functions have neither protocol nor port.
    let of_network = |value: Value| if kind == "lambda" { Value::Null } else { value };
    object([
        ("TargetGroupArn", arn.into()),
        ("TargetGroupName", group.name.as_str().into()),
        ("Protocol", of_network(protocol.into())),
        ("Port", of_network(group.port.unwrap_or(80).into())),
        ("VpcId", of_network(group.vpc.clone().into())),
        ("HealthCheckProtocol", of_network(if is_http { protocol } else { "TCP" }.into())),
        ("HealthCheckPort", of_network("traffic-port".into())),
        ("HealthCheckEnabled", (kind != "lambda").into()),
        ("HealthCheckIntervalSeconds", 30.into()),
        ("HealthCheckTimeoutSeconds", 5.into()),
        ("HealthyThresholdCount", 5.into()),
        ("UnhealthyThresholdCount", 2.into()),
        ("HealthCheckPath", is_http.then_some("/").into()),
        ("Matcher", is_http.then(|| json!({"HttpCode": "200"})).into()),
        ("LoadBalancerArns", balancers),
        ("TargetType", kind.into()),
        ("ProtocolVersion", is_http.then_some("HTTP1").into()),
        ("IpAddressType", "ipv4".into()),
    ])
}
