use crate::check::{Control, Gathered, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::eks::{Addon, Cluster};
use palisade_model::{Action, Gap};

check! {
    /// Add-on of the cluster does not work
    ///
    /// ## Why
    /// Add-ons carry the network, the names and the credentials of pods. One that EKS calls degraded, or whose update
    /// failed, stays on an old version or does only part of its work.
    ///
    /// ## Severity
    /// Low: it costs availability, and corrections that do not arrive.
    ///
    /// ## Fix
    /// Look at the add-on's health issues, correct what they name, and update the add-on.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/eks-add-ons.html>
    /// - <https://docs.aws.amazon.com/eks/latest/APIReference/API_Addon.html>
    CHECK {
        id: "eks-addon-unhealthy",
        severity: Severity::Low,
        controls: &[Control::checklist("cluster-kept-up")],
        since: "0.1.0",
        rule: Rule::Cluster(evaluate),
    }
}

fn evaluate(cluster: &Cluster, _: &Context) -> Outcome {
    Gathered::of(&cluster.addons, judge).outcome()
}

fn judge(addon: &Addon) -> Result<Option<String>, Gap> {
    let (name, details) = (&addon.name, addon.details.known()?);
    if !details.issues.is_empty() {
        return Ok(Some(format!("add-on {name} is {}: {}", details.status, details.issues.join("; "))));
    }
    match details.status.as_str() {
        "ACTIVE" | "CREATING" | "DELETING" | "UPDATING" => Ok(None),
        "CREATE_FAILED" | "DEGRADED" | "DELETE_FAILED" | "UPDATE_FAILED" => {
            Ok(Some(format!("add-on {name} is {}", details.status)))
        }
        status => {
            Err(Gap::not_known(Action::EksDescribeAddon, &details.arn, format!("the status of add-on {name}"), status))
        }
    }
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::Listing;
    use palisade_scenes::cluster;
    use palisade_scenes::clusters::addon;

    let with = |status: &str, issues: &[&str]| {
        let coredns = addon("coredns", |details| {
            details.status = status.to_owned();
            details.issues = issues.iter().map(|&issue| issue.to_owned()).collect();
        });
        cluster(|cluster| cluster.addons = Listing::whole(vec![addon("vpc-cni", |_| {}), coredns]))
    };
    Cases::default()
        .pass(with("ACTIVE", &[]))
        .pass(with("UPDATING", &[]))
        .fail(with("DEGRADED", &["InsufficientNumberOfReplicas: no replica is ready"]))
        .fail(with("UPDATE_FAILED", &[]))
        .fail(with("ACTIVE", &["ConfigurationConflict: apply failed"]))
        .unknown(with("PAUSED", &[]))
        .not_applicable(cluster(|_| {}))
}
