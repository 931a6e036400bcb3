use crate::check::{Control, Gathered, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::ecs::{Gateway, GatewayDetails};
use palisade_model::{Action, Gap};
use palisade_reason::tasks::network::{ANY_VERSION, open_rules};

check! {
    /// Gateway takes more than it should, or does not write it down
    ///
    /// ## Why
    /// All services that are connected to a gateway stand behind its settings. A private gateway whose security group
    /// lets everybody in is reached from every network that is routed to the VPC, and from the internet once a path to
    /// it is made. With the desync mode `monitor`, requests that servers read in two ways are passed on, with which one
    /// client slips requests into the connection of another. Without access logs nobody can tell afterwards who asked
    /// for what.
    ///
    /// A group that ECS makes by itself is not judged.
    ///
    /// ## Severity
    /// Medium: each of these takes a second mistake, and lies before many services.
    ///
    /// ## Fix
    /// Let the security group name the networks of the callers; set the desync mode to `defensive`, or to `strictest`;
    /// switch access logs on.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeGateway.html>
    /// - <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html>
    CHECK {
        id: "ecs-gateway-open-inbound",
        severity: Severity::Medium,
        controls: &[Control::checklist("tasks-logged"), Control::checklist("tasks-reached-on-purpose")],
        since: "0.1.0",
        rule: Rule::Gateway(evaluate),
    }
}

/// The port at which gateways listen, for HTTPS.
const PORT: u16 = 443;

fn evaluate(gateway: &Gateway, context: &Context) -> Outcome {
    let details = gateway.details.known()?;
    let mut gathered = Gathered::default();
    gathered.add(open(gateway, details, context));
    gathered.add(desync(gateway, details));
    let unlogged = || "no access logs are configured".to_owned();
    gathered.add(Ok((!details.has_access_logs).then(unlogged)));
    gathered.outcome()
}

fn open(gateway: &Gateway, details: &GatewayDetails, context: &Context) -> Result<Vec<String>, Gap> {
    let Some(group) = details.security_group.as_ref().filter(|_| details.access != "PUBLIC") else {
        return Ok(Vec::new());
    };
    let region = context.audited_region(&gateway.arn)?;
    let most = context.settings.thresholds.public_endpoint_addresses;
    let groups = std::slice::from_ref(group);
    let rules = open_rules(groups, &vec![(PORT, PORT, false)], ANY_VERSION, most, region, &gateway.arn)?;
    Ok(rules.into_iter().map(|rule| format!("accessType is {}, and {rule}", details.access)).collect())
}

fn desync(gateway: &Gateway, details: &GatewayDetails) -> Result<Option<String>, Gap> {
    match details.desync_mode.as_deref() {
        None | Some("defensive" | "strictest") => Ok(None),
        Some("monitor") => Ok(Some("the desync mode is monitor".to_owned())),
        Some(other) => Err(Gap::not_known(Action::EcsDescribeGateway, &gateway.arn, "the desync mode", other)),
    }
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_scenes::tasks::gateway_of_ecs;

    let behind = |access: &str, group: Option<&str>| {
        gateway_of_ecs(|details| {
            (details.access, details.security_group) = (access.to_owned(), group.map(str::to_owned));
        })
    };
    let mode = |mode: Option<&str>| gateway_of_ecs(|details| details.desync_mode = mode.map(str::to_owned));
    Cases::default()
        .pass(gateway_of_ecs(|_| {}))
        .pass(behind("PRIVATE", None))
        .pass(behind("PUBLIC", Some("sg-open")))
        .fail(behind("PRIVATE", Some("sg-open")))
        .unknown(behind("PRIVATE", Some("sg-gone")))
        .pass(mode(None))
        .pass(mode(Some("strictest")))
        .fail(mode(Some("monitor")))
        .unknown(mode(Some("lenient")))
        .fail(gateway_of_ecs(|details| details.has_access_logs = false))
}
