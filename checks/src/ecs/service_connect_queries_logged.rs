use crate::check::{Control, Gathered, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::ecs::{InCluster, Service};

check! {
    /// Access log of Service Connect holds the queries of requests
    ///
    /// ## Why
    /// Tokens, keys and names stand in the queries of addresses more often than one likes. With
    /// `includeQueryParameters` the proxies write them into the access log, where everybody who may read logs finds
    /// them for as long as logs are kept.
    ///
    /// ## Severity
    /// Low: it takes a service that passes secrets in addresses, and the right to read its logs.
    ///
    /// ## Fix
    /// Set `includeQueryParameters` to `DISABLED` in the access log configuration.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-connect-envoy-access-logs.html>
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceConnectAccessLogConfiguration.html>
    CHECK {
        id: "ecs-service-connect-queries-logged",
        severity: Severity::Low,
        controls: &[Control::checklist("task-secrets-referenced")],
        since: "0.1.0",
        rule: Rule::EcsService(evaluate),
    }
}

fn evaluate(service: &InCluster<'_, Service>, _: &Context) -> Outcome {
    let details = service.object.details.known()?;
    let mut gathered = Gathered::default();
    for stage in details.running_deployments() {
        if let Some(connect) = stage.connect.as_ref().filter(|connect| connect.enabled) {
            let told = || format!("includeQueryParameters of {} is ENABLED", stage.id);
            gathered.add(Ok(connect.logs_queries.then(told)));
        }
    }
    gathered.outcome()
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::ecs::ServiceConnect;
    use palisade_scenes::tasks::service;

    let connected = |enabled: bool, logs_queries: bool| {
        service(|_| {}).and_stage(|stage| {
            stage.connect = Some(ServiceConnect { enabled, logs_queries, ..ServiceConnect::default() });
        })
    };
    Cases::default()
        .pass(connected(true, false))
        .fail(connected(true, true))
        .not_applicable(connected(false, true))
        .not_applicable(service(|_| {}))
}
