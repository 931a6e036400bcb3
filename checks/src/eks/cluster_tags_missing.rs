use crate::check::{Control, Outcome, Rule, Severity, check};
use crate::context::Context;
use crate::tags::required;
use palisade_model::eks::Cluster;

check! {
    /// Cluster lacks required tags
    ///
    /// ## Why
    /// Tags say whose a cluster is, what it belongs to and who pays. Without them a finding has no owner, and access by
    /// tags does not reach the cluster.
    ///
    /// The check is on once `required_tags` names keys. Keys are compared exactly, values are not looked at.
    ///
    /// ## Severity
    /// Informational: it opens nothing; it slows down whoever has to act.
    ///
    /// ## Fix
    /// Add the tags, best in the template that creates the cluster.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/eks-using-tags.html>
    /// - <https://docs.aws.amazon.com/securityhub/latest/userguide/eks-controls.html#eks-6>
    CHECK {
        id: "eks-cluster-tags-missing",
        severity: Severity::Informational,
        controls: &[Control::security_hub("EKS.6"), Control::checklist("tagged")],
        since: "0.1.0",
        rule: Rule::Cluster(evaluate),
    }
}

fn evaluate(cluster: &Cluster, context: &Context) -> Outcome {
    required(|| Ok(&cluster.configuration.known()?.tags), context)
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_scenes::configured_cluster;

    let with = |keys: &[&str], required: &[&str]| {
        let tags = keys.iter().map(|&key| (key.to_owned(), "shop".to_owned())).collect();
        configured_cluster(|configuration| configuration.tags = tags)
            .settings(|settings| settings.required_tags = required.iter().map(|&key| key.to_owned()).collect())
    };
    Cases::default()
        .pass(with(&["owner", "cost-center", "stage"], &["owner", "cost-center"]))
        .fail(with(&["owner"], &["owner", "cost-center"]))
        .fail(with(&["Owner"], &["owner"]))
        .not_applicable(with(&[], &[]))
}
