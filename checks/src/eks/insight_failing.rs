use crate::check::{Control, Gathered, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::eks::{Cluster, Insight};
use palisade_model::{Action, Gap};

check! {
    /// EKS finds something wrong with the cluster
    ///
    /// ## Why
    /// EKS looks into its clusters for what would break with the next version, such as objects of removed APIs and
    /// nodes too far behind, and for settings that do not fit. What it finds holds upgrades back, and with them the
    /// corrections they bring.
    ///
    /// ## Severity
    /// Low: it tells of trouble to come.
    ///
    /// ## Fix
    /// Follow the recommendation of each insight.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/cluster-insights.html>
    CHECK {
        id: "eks-insight-failing",
        severity: Severity::Low,
        controls: &[Control::checklist("cluster-kept-up")],
        since: "0.1.0",
        rule: Rule::Cluster(evaluate),
    }
}

fn evaluate(cluster: &Cluster, _: &Context) -> Outcome {
    if cluster.control_plane()?.is_none() {
        return Ok(Verdict::NotApplicable);
    }
    // Only what does not pass is listed.
    if cluster.insights.complete().is_ok_and(<[_]>::is_empty) {
        return Ok(Verdict::Pass);
    }
    let judge = |insight: &Insight| {
        let Insight { name, category, status, reason } = insight;
        match status.as_str() {
            "PASSING" => Ok(None),
            "ERROR" | "WARNING" => {
                let reason = reason.as_deref().unwrap_or("no reason given");
                Ok(Some(format!("{category} {name} is {status}: {reason}")))
            }
            "UNKNOWN" => Err(cluster.unclear(Action::EksListInsights, format!("the insight {name} is UNKNOWN"))),
            status => {
                let (action, what) = (Action::EksListInsights, format!("the status of the insight {name}"));
                Err(Gap::not_known(action, &cluster.arn, what, status))
            }
        }
    };
    Gathered::of(&cluster.insights, judge).outcome()
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::Listing;
    use palisade_scenes::{cluster, configured_cluster};

    let found = |statuses: &[&str]| {
        let insights = statuses.iter().map(|&status| Insight {
            name: "Deprecated APIs removed in Kubernetes v1.36".to_owned(),
            category: "UPGRADE_READINESS".to_owned(),
            status: status.to_owned(),
            reason: None,
        });
        cluster(|cluster| cluster.insights = Listing::whole(insights.collect()))
    };
    Cases::default()
        .pass(found(&[]))
        .pass(found(&["PASSING"]))
        .fail(found(&["WARNING"]))
        .fail(found(&["UNKNOWN", "ERROR"]))
        .unknown(found(&["UNKNOWN"]))
        .unknown(found(&["PASSING", "SNOOZED"]))
        .not_applicable(configured_cluster(|configuration| configuration.elsewhere = Some("connected".to_owned())))
}
