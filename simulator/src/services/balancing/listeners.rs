//! Listeners and their rules.

use serde_json::{Value, json};

use super::balancers;
use super::{PAGE, invalid, listed, missing, no_listener};
use crate::account::{Listener, ListenerRule, LoadBalancer, Reaction, Redirect};
use crate::ids;
use crate::services::Ask;
use crate::wire::json::object;
use crate::wire::{Answer, ServiceError};

/// The policy of TLS that a listener gets when nobody names one.
const USUAL_POLICY: &str = "ELBSecurityPolicy-2016-08";

/// A listener with its load balancer.
type Place<'a> = (&'a LoadBalancer, &'a Listener);

fn everywhere<'a>(ask: &Ask<'a>) -> impl Iterator<Item = Place<'a>> {
    let all = &ask.world.region(ask.region).load_balancers;
    all.iter().flat_map(|balancer| balancer.listeners.iter().map(move |listener| (balancer, listener)))
}

fn arn(ask: &Ask<'_>, (balancer, listener): Place<'_>) -> String {
    ask.world.account.listener_arn(ask.region, balancer, listener)
}

pub(super) fn describe(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let arns = ask.request.list("ListenerArns");
    let of = ask.parameter("LoadBalancerArn").map(|of| balancers::find(ask, &of)).transpose()?;
    if of.is_none() && arns.is_empty() {
        return Err(invalid("You must specify either listener ARNs or a load balancer ARN"));
    }
    if !arns.iter().all(|wanted| everywhere(ask).any(|place| arn(ask, place) == *wanted)) {
        return Err(no_listener());
    }
    let is_wanted = |place: &Place<'_>| {
        of.is_none_or(|balancer| balancer.name == place.0.name) && (arns.is_empty() || arns.contains(&arn(ask, *place)))
    };
    let wanted: Vec<Value> = everywhere(ask).filter(is_wanted).map(|place| written(ask, place)).collect();
    Ok(listed("Listeners", &ask.page(&wanted, &PAGE)?))
}

fn protocol((balancer, listener): Place<'_>) -> &str {
    let usual = match balancer.kind() {
        "network" => "TCP",
        "gateway" => "GENEVE",
        _ if listener.port == 443 => "HTTPS",
        _ => "HTTP",
    };
    listener.protocol.as_deref().unwrap_or(usual)
}

fn written(ask: &Ask<'_>, place: Place<'_>) -> Value {
    let (balancer, listener) = place;
    let protocol = protocol(place);
    let is_secure = matches!(protocol, "HTTPS" | "TLS");
    let made_up = || {
        let id = ids::uuid(&format!("certificate {}", balancer.name));
        ask.world.account.arn("acm", ask.region, &format!("certificate/{id}"))
    };
    let certificate = listener.certificate.as_ref().map_or_else(made_up, |certificate| ask.short_arn(certificate));
    let policy = listener.policy.as_deref().unwrap_or(USUAL_POLICY);
    object([
        ("ListenerArn", arn(ask, place).into()),
        ("LoadBalancerArn", ask.world.account.load_balancer_arn(ask.region, balancer).into()),
        ("Port", listener.port.into()),
        ("Protocol", protocol.into()),
        ("Certificates", is_secure.then(|| json!([{"CertificateArn": certificate}])).into()),
        ("SslPolicy", is_secure.then_some(policy).into()),
        ("DefaultActions", actions(ask, listener.reaction())),
        ("MutualAuthentication", (protocol == "HTTPS").then(|| json!({"Mode": "off"})).into()),
    ])
}

fn actions(ask: &Ask<'_>, reaction: Reaction<'_>) -> Value {
    if let Some(group) = reaction.to {
        let group = ask.world.account.target_group_arn(ask.region, group);
        return json!([{
            "Type": "forward",
            "Order": 1,
            "TargetGroupArn": group,
            "ForwardConfig": {
                "TargetGroups": [{"TargetGroupArn": group, "Weight": 1}],
                "TargetGroupStickinessConfig": {"Enabled": false},
            },
        }]);
    }
    if let Some(Redirect::Https) = reaction.redirect {
        return json!([{
            "Type": "redirect",
            "Order": 1,
            "RedirectConfig": {
                "Protocol": "HTTPS",
                "Port": "443",
                "Host": "#{host}",
                "Path": "/#{path}",
                "Query": "#{query}",
                "StatusCode": "HTTP_301",
            },
        }]);
    }
    reaction.actions.iter().map(|action| ask.form(action)).collect()
}

/// The target groups that a load balancer's listeners and rules name.
pub(super) fn targets(ask: &Ask<'_>, balancer: &LoadBalancer) -> Vec<String> {
    let rules = balancer.listeners.iter().flat_map(|listener| &listener.rules).map(ListenerRule::reaction);
    let reactions = balancer.listeners.iter().map(Listener::reaction).chain(rules);
    let mut groups = Vec::new();
    reactions.for_each(|reaction| gather(&actions(ask, reaction), &mut groups));
    groups
}

/// Everything called `TargetGroupArn` in it.
fn gather(value: &Value, groups: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            groups.extend(members.get("TargetGroupArn").and_then(Value::as_str).map(str::to_owned));
            members.values().for_each(|one| gather(one, groups));
        }
        Value::Array(values) => values.iter().for_each(|one| gather(one, groups)),
        _ => {}
    }
}

pub(super) fn describe_rules(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let arns = ask.request.list("RuleArns");
    let Some(of) = ask.parameter("ListenerArn") else {
        if arns.is_empty() {
            return Err(invalid("You must specify either listener rule ARNs or a listener ARN"));
        }
        let all: Vec<Value> = everywhere(ask).flat_map(|place| rules(ask, place)).collect();
        let is_wanted = |rule: &&Value| arns.iter().any(|arn| rule["RuleArn"] == *arn);
        let wanted: Vec<Value> = all.iter().filter(is_wanted).cloned().collect();
        if wanted.len() < arns.len() {
            return Err(missing("RuleNotFound", "One or more rules not found".to_owned()));
        }
        return Ok(listed("Rules", &ask.page(&wanted, &PAGE)?));
    };
    let place = everywhere(ask).find(|place| arn(ask, *place) == of).ok_or_else(no_listener)?;
    Ok(listed("Rules", &ask.page(&rules(ask, place), &PAGE)?))
}

/// A listener's rules; the last is what it does with everything else.
fn rules(ask: &Ask<'_>, place: Place<'_>) -> Vec<Value> {
    let listener_arn = arn(ask, place).replacen(":listener/", ":listener-rule/", 1);
    let arn =
        |priority: &str| format!("{listener_arn}/{}", ids::hexadecimal(&format!("{listener_arn} {priority}"), 16));
    let (_, listener) = place;
    let mut rules: Vec<Value> = (1_usize..)
        .zip(&listener.rules)
        .map(|(priority, rule)| {
            let priority = priority.to_string();
            json!({
                "RuleArn": arn(&priority),
                "Priority": priority,
                "Conditions": conditions(ask, rule),
                "Actions": actions(ask, rule.reaction()),
                "IsDefault": false,
            })
        })
        .collect();
    rules.push(json!({
        "RuleArn": arn("default"),
        "Priority": "default",
        "Conditions": [],
        "Actions": actions(ask, listener.reaction()),
        "IsDefault": true,
    }));
    rules
}

fn conditions(ask: &Ask<'_>, rule: &ListenerRule) -> Value {
    let condition = |field: &str, config: &str, value: &String| {
        object([("Field", field.into()), ("Values", json!([value])), (config, json!({"Values": [value]}))])
    };
    let path = rule.path.as_ref().map(|path| condition("path-pattern", "PathPatternConfig", path));
    let host = rule.host.as_ref().map(|host| condition("host-header", "HostHeaderConfig", host));
    path.into_iter().chain(host).chain(rule.conditions.iter().map(|condition| ask.form(condition))).collect()
}
