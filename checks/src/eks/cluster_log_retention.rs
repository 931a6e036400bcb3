use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::eks::Cluster;

check! {
    /// Logs of the control plane are kept too briefly, or for ever
    ///
    /// ## Why
    /// Intrusions are found weeks after they began. Logs that are gone by then tell nothing, and logs that nobody ever
    /// deletes cost more each month, until somebody switches them off. A log group that is missing although the cluster
    /// logs means that nothing arrives.
    ///
    /// The threshold `log_retention_days` says how many days are enough.
    ///
    /// ## Severity
    /// Low: what happens is logged; how long that can be looked up is the question.
    ///
    /// ## Fix
    /// Set the retention of the log group `/aws/eks/CLUSTER/cluster`.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/control-plane-logs.html>
    /// - <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/Working-with-log-groups-and-streams.html>
    CHECK {
        id: "eks-cluster-log-retention",
        severity: Severity::Low,
        controls: &[Control::cis("eks-1.8.0:2.1.2"), Control::checklist("cluster-logged")],
        since: "0.1.0",
        rule: Rule::Cluster(evaluate),
    }
}

fn evaluate(cluster: &Cluster, context: &Context) -> Outcome {
    let Some(configuration) = cluster.control_plane()? else { return Ok(Verdict::NotApplicable) };
    if configuration.logs.is_empty() {
        return Ok(Verdict::NotApplicable);
    }
    let Some(group) = cluster.log_group.known()? else {
        return Ok(Verdict::fail(format!("there is no log group /aws/eks/{}/cluster", cluster.name)));
    };
    Ok(match group.retention_days {
        None => Verdict::fail(format!("the log group {} has no retention", group.name)),
        Some(days) => Verdict::fail_when(days < context.settings.thresholds.log_retention_days, || {
            format!("the log group {} keeps events for {days} days", group.name)
        }),
    })
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::Fact;
    use palisade_scenes::{Scene, cluster};

    let kept = |days: Option<u32>| -> Scene {
        cluster(|cluster| {
            let Fact::Known(Some(group)) = &mut cluster.log_group else { return };
            group.retention_days = days;
        })
    };
    let silent = cluster(|cluster| {
        cluster.log_group = Fact::Known(None);
        let Fact::Known(configuration) = &mut cluster.configuration else { return };
        configuration.logs.clear();
    });
    Cases::default()
        .pass(kept(Some(365)))
        .pass(kept(Some(90)))
        .fail(kept(Some(60)))
        .fail(kept(None))
        .fail(kept(Some(365)).settings(|settings| settings.thresholds.log_retention_days = 400))
        .fail(cluster(|cluster| cluster.log_group = Fact::Known(None)))
        .not_applicable(silent)
}
