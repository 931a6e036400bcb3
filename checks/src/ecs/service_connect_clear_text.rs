use crate::check::{Control, Gathered, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::ecs::{InCluster, Service};

check! {
    /// Service Connect carries requests in clear text
    ///
    /// ## Why
    /// With Service Connect a service offers its ports by name to all others of a namespace, through proxies beside the
    /// tasks. Without TLS, what goes between the proxies can be read by whoever mirrors the traffic of the VPC or gets
    /// into its network, and nothing proves to a client whom it speaks to.
    ///
    /// ## Severity
    /// Low: the VPC is a network of the account's own.
    ///
    /// ## Fix
    /// Add `tls` to each of the `services` in the Service Connect configuration, with a certificate authority of AWS
    /// Private CA in short-lived mode.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-connect-tls.html>
    CHECK {
        id: "ecs-service-connect-clear-text",
        severity: Severity::Low,
        controls: &[Control::checklist("task-data-encrypted")],
        since: "0.1.0",
        rule: Rule::EcsService(evaluate),
    }
}

fn evaluate(service: &InCluster<'_, Service>, _: &Context) -> Outcome {
    let details = service.object.details.known()?;
    let connects = details.running_deployments().filter_map(|stage| stage.connect.as_ref());
    let mut gathered = Gathered::default();
    for connect in connects.filter(|connect| connect.enabled) {
        let namespace = connect.namespace.as_deref().unwrap_or("the cluster's namespace");
        for (port, has_tls) in &connect.services {
            gathered.add(Ok((!has_tls).then(|| format!("port {port} is offered in {namespace} without tls"))));
        }
    }
    gathered.outcome()
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::ecs::ServiceConnect;
    use palisade_scenes::tasks::service;

    let offering = |enabled: bool, ports: &'static [(&'static str, bool)]| {
        service(|_| {}).and_stage(|stage| {
            let services = ports.iter().map(|&(port, tls)| (port.to_owned(), tls)).collect();
            stage.connect = Some(ServiceConnect { enabled, services, ..ServiceConnect::default() });
        })
    };
    Cases::default()
        .pass(offering(true, &[("http", true)]))
        .fail(offering(true, &[("http", false)]))
        .fail(offering(true, &[("http", true), ("admin", false)]))
        .not_applicable(offering(false, &[("http", false)]))
        .not_applicable(offering(true, &[]))
        .not_applicable(service(|_| {}))
}
