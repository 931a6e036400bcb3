use crate::check::{Control, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::eks::Cluster;
use palisade_reason::in_cluster::aws_auth::each_mapping;

check! {
    /// ConfigMap aws-auth lets the caller choose its name in the cluster
    ///
    /// ## Why
    /// Whoever assumes a role picks the name of the session. Where the name in the cluster is `{{SessionName}}` and
    /// nothing else, the caller picks who it is: rights that are bound to a user are rights of everybody who may assume
    /// the role, and the audit log names whom the caller likes. A name that begins with `system:` or `eks:` is one of
    /// the parts of Kubernetes or EKS.
    ///
    /// The names that EKS gives to nodes are left out.
    ///
    /// ## Severity
    /// Medium: it takes somebody who may assume the role, and a right that is bound to a user.
    ///
    /// ## Fix
    /// Put the role or the account before the session: `deployer:{{SessionName}}`.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/creating-access-entries.html>
    /// - <https://github.com/kubernetes-sigs/aws-iam-authenticator#full-configuration-format>
    CHECK {
        id: "kubernetes-aws-auth-user-name-chosen",
        severity: Severity::Medium,
        controls: &[Control::cis("eks-1.8.0:4.1.7"), Control::checklist("cluster-access-named")],
        since: "0.1.0",
        rule: Rule::Cluster(evaluate),
    }
}

/// Names of nodes: on EC2, on Fargate, and of one's own.
///
/// Source: <https://docs.aws.amazon.com/eks/latest/userguide/auth-configmap.html>
const NODES: [&str; 3] =
    ["system:node:{{EC2PrivateDNSName}}", "system:node:{{SessionName}}", "system:node:{{SessionNameRaw}}"];

fn evaluate(cluster: &Cluster, _: &Context) -> Outcome {
    each_mapping(cluster, |mapping| {
        let Some(name) = mapping.username.as_deref() else { return Ok(None) };
        let is_node = NODES.contains(&name) && mapping.groups.iter().any(|group| group == "system:nodes");
        let is_reserved = (name.starts_with("system:") || name.starts_with("eks:")) && !is_node;
        let is_chosen = ["{{SessionName}}", "{{SessionNameRaw}}"].contains(&name.trim());
        Ok((is_chosen || is_reserved).then(|| format!("aws-auth gives {} the user name {name}", mapping.arn)))
    })
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::eks::AuthenticationMode;
    use palisade_scenes::in_cluster::{authenticated_by, mapped, mapped_role};

    let named = |name: &str, groups: &[&str]| mapped_role("arn:aws:iam::111122223333:role/orders-role", name, groups);
    Cases::default()
        .pass(mapped(|_| {}))
        .pass(named("deployer", &["deployers"]))
        .pass(named("deployer:{{SessionName}}", &["deployers"]))
        .pass(named("{{AccountID}}:{{SessionName}}", &[]))
        .pass(named("system:node:{{SessionName}}", &["system:bootstrappers", "system:nodes"]))
        .fail(named("{{SessionName}}", &["deployers"]))
        .fail(named("{{SessionNameRaw}}", &[]))
        .fail(named("system:node:{{SessionName}}", &["deployers"]))
        .fail(named("system:kube-controller-manager", &[]))
        .fail(named("system:serviceaccount:shop:web", &[]))
        .fail(named("eks:addon-manager", &[]))
        .not_applicable(authenticated_by(named("{{SessionName}}", &[]), AuthenticationMode::Api))
}
