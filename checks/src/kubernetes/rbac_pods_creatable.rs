use crate::check::{Control, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::eks::Cluster;
use palisade_reason::rbac::review::{Question, Review};

check! {
    /// Somebody may make pods across the cluster
    ///
    /// ## Why
    /// Whoever makes a pod, or changes what makes pods, runs programs as any service account of the namespace, with its
    /// role of AWS, and mounts all its Secrets. Where nothing refuses it, such a pod takes over its node.
    ///
    /// Counted are grants for the whole cluster and for `kube-system`, and in other namespaces those to service
    /// accounts and to groups that everybody is in: a pod that may make pods hands its own weakness on. What a team
    /// does in its own namespace is not counted.
    ///
    /// ## Severity
    /// Medium: it takes the credentials of the holder first.
    ///
    /// ## Fix
    /// Bind such a role in the namespaces where it is needed. Let one pipeline deploy, and pods without rights run.
    ///
    /// ## References
    /// - <https://kubernetes.io/docs/concepts/security/rbac-good-practices/>
    CHECK {
        id: "kubernetes-rbac-pods-creatable",
        severity: Severity::Medium,
        controls: &[
            Control::prowler("rbac_minimize_pod_creation_access"),
            Control::cis("eks-1.8.0:4.1.4"),
            Control::checklist("cluster-rights-limited"),
        ],
        since: "0.1.0",
        rule: Rule::Cluster(evaluate),
    }
}

fn evaluate(cluster: &Cluster, _: &Context) -> Outcome {
    Review::of(cluster)?.holders(Question::beyond_teams(&["create pods", "change workloads"]))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::beyond_teams;
    use palisade_scenes::rbac::rule;

    let bad = [
        rule("create", "core", "pods"),
        rule("patch", "apps", "deployments"),
        rule("create", "batch", "cronjobs"),
        rule("*", "apps", "daemonsets"),
    ];
    let harmless = [
        rule("get,list,watch,delete", "core", "pods"),
        rule("update", "apps", "deployments/scale"),
        rule("create", "core", "pods/log"),
    ];
    beyond_teams(&bad, &harmless)
}
