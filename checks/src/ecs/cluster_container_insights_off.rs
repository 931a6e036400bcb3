use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::ecs::{Cluster, InCluster};
use palisade_model::{Action, Gap};

check! {
    /// Container Insights are off
    ///
    /// ## Why
    /// Without Container Insights nobody sees how much each service and task computes, writes and sends: a miner, or
    /// data that leaves in bulk, shows there first. Where a cluster does not say, the account's setting holds.
    ///
    /// ## Severity
    /// Low: it opens nothing.
    ///
    /// ## Fix
    /// Set `containerInsights` of the cluster to `enhanced` or `enabled`, and of the account for clusters to come.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cloudwatch-container-insights.html>
    /// - <https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html#ecs-12>
    CHECK {
        id: "ecs-cluster-container-insights-off",
        severity: Severity::Low,
        controls: &[
            Control::security_hub("ECS.12"),
            Control::prowler("ecs_cluster_container_insights_enabled"),
            Control::cis("compute-services-1.1.0:3.9"),
            Control::checklist("tasks-watched"),
        ],
        since: "0.1.0",
        rule: Rule::EcsCluster(evaluate),
    }
}

const SETTING: &str = "containerInsights";

fn evaluate(cluster: &InCluster<'_, Cluster>, _: &Context) -> Outcome {
    let arn = &cluster.object.arn;
    if let Some(said) = &cluster.object.details.known()?.container_insights {
        return judge(said, "the cluster", || Gap::not_known(Action::EcsDescribeClusters, arn, SETTING, said));
    }
    match cluster.ecs.settings.known()?.get(SETTING) {
        Some(said) => judge(said, "the account", || Gap::not_known(Action::EcsListAccountSettings, arn, SETTING, said)),
        None => Ok(Verdict::fail("containerInsights is set neither for the cluster nor for the account")),
    }
}

fn judge(said: &str, of: &str, not_known: impl FnOnce() -> Gap) -> Outcome {
    match said {
        "enabled" | "enhanced" => Ok(Verdict::Pass),
        "disabled" => Ok(Verdict::fail(format!("containerInsights of {of} is disabled"))),
        _ => Err(not_known()),
    }
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::Fact;
    use palisade_scenes::tasks::ecs_cluster;

    let insights = |said: Option<&str>| ecs_cluster(|details| details.container_insights = said.map(str::to_owned));
    let by_account = |said: &'static str| {
        insights(None).ecs(|ecs| {
            if let Fact::Known(settings) = &mut ecs.settings {
                settings.insert(SETTING.to_owned(), said.to_owned());
            }
        })
    };
    Cases::default()
        .pass(insights(Some("enhanced")))
        .pass(insights(Some("enabled")))
        .fail(insights(Some("disabled")))
        .unknown(insights(Some("partial")))
        .fail(insights(None))
        .pass(by_account("enabled"))
        .fail(by_account("disabled"))
        .unknown(by_account("partial"))
}
