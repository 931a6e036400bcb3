use crate::check::{Control, Gathered, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::ecs::{InCluster, Service};
use palisade_model::{Action, Gap};
use palisade_reason::tasks::load_balancers::targets;
use palisade_reason::tasks::services::running;

check! {
    /// Load balancer speaks to tasks in clear text
    ///
    /// ## Why
    /// Behind a listener of HTTPS, nearly all load balancers go on in HTTP: between them and the tasks requests can be
    /// read by whoever mirrors the traffic of the VPC or gets into its network. Some rules, such as those about health
    /// and payment data, ask for encryption to the end.
    ///
    /// ## Severity
    /// Informational: the VPC is a network of the account's own, and most services do it so.
    ///
    /// ## Fix
    /// Where it is asked for, let the container speak TLS, with a certificate of its own, and set the protocol of the
    /// target group to HTTPS.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html>
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security-network.html>
    CHECK {
        id: "ecs-service-target-clear",
        severity: Severity::Informational,
        controls: &[Control::checklist("task-data-encrypted")],
        since: "0.1.0",
        rule: Rule::EcsService(evaluate),
    }
}

fn evaluate(service: &InCluster<'_, Service>, context: &Context) -> Outcome {
    let Some(details) = running(service.object)? else { return Ok(Verdict::NotApplicable) };
    let region = context.audited_region(&service.object.arn)?;
    let mut groups: Vec<_> = targets(details).filter_map(|target| target.group.as_ref()).collect();
    groups.sort();
    groups.dedup();
    let mut gathered = Gathered::default();
    for arn in groups {
        let found = region.load_balancing.target_group(arn);
        let protocol = found.map(|group| group.and_then(|group| group.protocol.as_deref()));
        gathered.add(protocol.and_then(|protocol| match protocol {
            Some("HTTP") => Ok(Some(format!("Protocol of {} is HTTP", arn.resource()))),
            None | Some("HTTPS" | "TCP" | "TLS" | "UDP" | "TCP_UDP" | "QUIC" | "TCP_QUIC" | "GENEVE") => Ok(None),
            Some(other) => Err(Gap::not_known(Action::ElbDescribeTargetGroups, arn, "Protocol", other)),
        }));
    }
    gathered.outcome()
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::Fact;
    use palisade_scenes::tasks::service;

    let speaking = |protocol: &'static str| {
        service(|_| {}).behind_load_balancer(|_| {}).region(|region| {
            if let Fact::Known(groups) = &mut region.load_balancing.target_groups {
                groups[0].protocol = Some(protocol.to_owned());
            }
        })
    };
    Cases::default()
        .pass(speaking("HTTPS"))
        .pass(speaking("TCP"))
        .fail(speaking("HTTP"))
        .unknown(speaking("HTTP3"))
        .not_applicable(service(|_| {}))
        .not_applicable(speaking("HTTP").and_stage(|stage| (stage.desired, stage.running) = (0, 0)))
}
