use palisade_policy::Effect;

use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::iam::Role;
use palisade_reason::access::pods::tags::{OF_CLUSTER, is_bound_to_cluster, readings};
use palisade_reason::access::roles::is_service_linked;
use palisade_reason::access::workload::principal;

check! {
    /// Role's policies go by a pod's namespace, but not by its cluster
    ///
    /// ## Why
    /// EKS Pod Identity tags each session with cluster, namespace and service account, and policies may allow by these
    /// tags. The names of namespaces and service accounts are unique within one cluster only: in another cluster whoever
    /// may create a namespace of that name has what the policy allows.
    ///
    /// A trust policy that fixes the cluster, by `aws:SourceArn` or by a tag of the request, does as well.
    ///
    /// ## Severity
    /// Low: it takes a second cluster in the account, with an association of the role.
    ///
    /// ## Fix
    /// Add a condition on `aws:PrincipalTag/eks-cluster-arn` to the statement, or one on `aws:SourceArn` to the role's
    /// trust policy.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html>
    CHECK {
        id: "iam-role-pod-tags-without-cluster",
        severity: Severity::Low,
        controls: &[Control::checklist("least-privilege")],
        since: "0.1.0",
        rule: Rule::Role(evaluate),
    }
}

fn evaluate(role: &Role, context: &Context) -> Outcome {
    if is_service_linked(role) {
        return Ok(Verdict::NotApplicable);
    }
    let Some(principal) = principal(role, context)? else { return Ok(Verdict::NotApplicable) };
    let mut readings = readings(&principal);
    readings.retain(|reading| reading.effect == Effect::Allow);
    if readings.is_empty() {
        return Ok(Verdict::NotApplicable);
    }
    if is_bound_to_cluster(role)? {
        return Ok(Verdict::Pass);
    }
    let unbound = readings.into_iter().filter(|reading| !OF_CLUSTER.iter().any(|tag| reading.tags.contains(tag)));
    Ok(Verdict::fail_if_any(unbound.map(|reading| {
        let tags: Vec<_> = reading.tags.into_iter().collect();
        format!("{} allows by the tags {}, without {}", reading.statement, tags.join(", "), OF_CLUSTER.join(" or "))
    })))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use serde_json::{Value, json};

    use crate::testing::Cases;
    use palisade_scenes::pods::{by_pod_identity, trusting_pods};

    let pods = |condition: Value| trusting_pods(&[by_pod_identity(condition)]);
    let reads = |effect: &str, resource: &str, condition: Value| json!({ "Effect": effect, "Action": "s3:GetObject", "Resource": resource, "Condition": condition });
    let by_key = |tags: Value| reads("Allow", "*", json!({ "StringEquals": tags }));
    let namespace = || json!({ "aws:PrincipalTag/kubernetes-namespace": "shop" });
    let both = json!({
        "aws:PrincipalTag/kubernetes-namespace": "shop", "aws:principaltag/eks-cluster-name": "shop",
    });
    let folder = "arn:aws:s3:::orders/${aws:PrincipalTag/kubernetes-namespace}/*";
    let folder_of_cluster = format!("{folder}/${{aws:PrincipalTag/eks-cluster-name, 'none'}}");
    let cluster = json!({ "ArnEquals": { "aws:SourceArn": "arn:aws:eks:eu-west-1:111122223333:cluster/shop" } });
    let any_cluster = json!({ "ArnLike": { "aws:SourceArn": "arn:aws:eks:eu-west-1:111122223333:cluster/*" } });
    Cases::default()
        .fail(pods(json!({})).permitting(by_key(namespace())))
        .fail(pods(any_cluster).permitting(by_key(namespace())))
        .fail(pods(json!({})).permitting(reads("Allow", folder, json!({}))))
        .fail(pods(json!({})).permitting(by_key(json!({ "AWS:principaltag/Kubernetes-Service-Account": "orders" }))))
        .pass(pods(json!({})).permitting(by_key(both)))
        .pass(pods(json!({})).permitting(reads("Allow", &folder_of_cluster, json!({}))))
        .pass(pods(cluster).permitting(by_key(namespace())))
        .not_applicable(pods(json!({})).permitting(reads("Deny", "*", json!({ "StringEquals": namespace() }))))
        .not_applicable(pods(json!({})).permitting(by_key(json!({ "aws:PrincipalTag/team": "shop" }))))
        .not_applicable(palisade_scenes::iam::role(|_| {}))
}
