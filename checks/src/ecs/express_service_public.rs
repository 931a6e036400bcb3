use crate::check::{Control, Gathered, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::ecs::{InCluster, Service};
use palisade_model::{Action, Gap};

check! {
    /// Express service has a public address
    ///
    /// ## Why
    /// ECS makes the load balancer of an Express service, its certificate and its security groups by itself, and unless
    /// told otherwise in public subnets: the service is on the internet without anybody having made something public.
    ///
    /// ## Severity
    /// Low: it is reached over TLS, through a load balancer, and many are meant to be.
    ///
    /// ## Fix
    /// Nothing, where it is meant. Else name private subnets in the network configuration of the service, or put a web
    /// ACL before its load balancer.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/express-service-overview.html>
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeExpressGatewayService.html>
    CHECK {
        id: "ecs-express-service-public",
        severity: Severity::Low,
        controls: &[Control::checklist("tasks-reached-on-purpose")],
        since: "0.1.0",
        rule: Rule::EcsService(evaluate),
    }
}

fn evaluate(service: &InCluster<'_, Service>, _: &Context) -> Outcome {
    let Some(express) = service.object.express.known()? else { return Ok(Verdict::NotApplicable) };
    let mut gathered = Gathered::default();
    for (access, endpoint) in &express.ways_in {
        gathered.add(match access.as_str() {
            "PUBLIC" => Ok(Some(format!("accessType of {endpoint} is PUBLIC"))),
            "PRIVATE" => Ok(None),
            other => {
                let action = Action::EcsDescribeExpressGatewayService;
                Err(Gap::not_known(action, &service.object.arn, format!("accessType of {endpoint}"), other))
            }
        });
    }
    gathered.outcome()
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::Fact;
    use palisade_model::ecs::Express;
    use palisade_scenes::tasks::service;

    let express = |accesses: &'static [&'static str]| {
        service(|details| details.is_express = true).ecs_cluster(|cluster| {
            let ways = accesses.iter().map(|&access| (access.to_owned(), "https://web.example.com".to_owned()));
            let ways_in = ways.collect();
            cluster.services.seen_mut()[0].express = Fact::Known(Some(Express { ways_in }));
        })
    };
    Cases::default()
        .pass(express(&["PRIVATE"]))
        .fail(express(&["PUBLIC"]))
        .fail(express(&["PRIVATE", "PUBLIC"]))
        .unknown(express(&["PARTNER"]))
        .not_applicable(express(&[]))
        .not_applicable(service(|_| {}))
}
