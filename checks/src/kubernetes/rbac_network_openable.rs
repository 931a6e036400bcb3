use crate::check::{Control, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::eks::Cluster;

check! {
    /// Somebody may open what network policies or security groups close
    ///
    /// ## Why
    /// Network policies say which pods talk to which; whoever may change or delete them opens what they close. Counted are
    /// those of Kubernetes, of the VPC CNI plugin, of Cilium, Calico, Antrea and Istio, the switch in the ConfigMap
    /// `amazon-vpc-cni`, and policies that choose the security groups of pods.
    ///
    /// Counted are grants for the whole cluster and for `kube-system`, and in other namespaces those to service accounts and
    /// to groups that everybody is in. What a team does with policies in its own namespace is not counted.
    ///
    /// ## Severity
    /// Medium: it takes a second step to make use of the way that opens.
    ///
    /// ## Fix
    /// Leave policies to the pipeline that installs them, and bind the right in the namespaces where it is needed.
    ///
    /// ## References
    /// - <https://kubernetes.io/docs/concepts/services-networking/network-policies/>
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/security-groups-for-pods.html>
    CHECK {
        id: "kubernetes-rbac-network-openable",
        severity: Severity::Medium,
        controls: &[Control::checklist("cluster-rights-limited")],
        since: "0.1.0",
        rule: Rule::Cluster(evaluate),
    }
}

fn evaluate(cluster: &Cluster, context: &Context) -> Outcome {
    context.review(cluster)?.holders(CHECK.id)
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::strict;
    use palisade_scenes::rbac::{named, rule};

    let bad = [
        rule("patch,delete", "networking.k8s.io", "networkpolicies"),
        rule("delete", "cilium.io", "ciliumclusterwidenetworkpolicies"),
        rule("update", "policy.networking.k8s.io", "clusternetworkpolicies"),
        rule("create", "networking.k8s.aws", "applicationnetworkpolicies"),
        rule("patch", "crd.projectcalico.org", "globalnetworkpolicies"),
        rule("create", "vpcresources.k8s.aws", "securitygrouppolicies"),
        named(rule("patch", "core", "configmaps"), "amazon-vpc-cni"),
    ];
    let harmless = [
        rule("get,list,watch", "networking.k8s.io", "networkpolicies"),
        rule("patch", "networking.k8s.io", "ingresses"),
        named(rule("patch", "core", "configmaps"), "leader"),
    ];
    strict(&bad, &harmless)
}
