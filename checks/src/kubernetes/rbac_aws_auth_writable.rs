use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::eks::Cluster;
use palisade_reason::in_cluster::aws_auth;

check! {
    /// Somebody may rewrite the ConfigMap aws-auth
    ///
    /// ## Why
    /// The ConfigMap `aws-auth` in `kube-system` says which roles and users of AWS belong to which groups. Whoever may
    /// change it puts itself into `system:masters`, which is allowed everything, and needs no right on roles or
    /// bindings for it.
    ///
    /// A right on all ConfigMaps of `kube-system` is enough; a rule need not name this one. Clusters that let nobody in
    /// by the ConfigMap are left out.
    ///
    /// ## Severity
    /// Critical: one request makes its holder administrator of the cluster.
    ///
    /// ## Fix
    /// Take `update` and `patch` on ConfigMaps of `kube-system` away, or name the ConfigMaps that are meant. Move to
    /// access entries, and set the authentication mode to `API`.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/auth-configmap.html>
    /// - <https://kubernetes.io/docs/concepts/security/rbac-good-practices/>
    CHECK {
        id: "kubernetes-rbac-aws-auth-writable",
        severity: Severity::Critical,
        controls: &[Control::cis("eks-1.8.0:4.1.7"), Control::checklist("cluster-rights-limited")],
        since: "0.1.0",
        rule: Rule::Cluster(evaluate),
    }
}

fn evaluate(cluster: &Cluster, context: &Context) -> Outcome {
    if !aws_auth::counts(cluster)? {
        return Ok(Verdict::NotApplicable);
    }
    context.review(cluster)?.holders(CHECK.id)
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::eks::AuthenticationMode;
    use palisade_scenes::in_cluster::authenticated_by;
    use palisade_scenes::rbac::{bound, bound_in, group, named, rule, unbound};

    let both = AuthenticationMode::ApiAndConfigMap;
    let change = || rule("get,patch", "core", "configmaps");
    let here = |namespace: &str, rule| authenticated_by(bound_in(namespace, &[rule], group("helpers")), both.clone());
    let everywhere = |mode| authenticated_by(bound(&[change()], group("helpers")), mode);
    Cases::default()
        .pass(authenticated_by(unbound(), AuthenticationMode::ConfigMap))
        .pass(here("shop", change()))
        .pass(here("kube-system", rule("get,create", "core", "configmaps")))
        .pass(here("kube-system", named(change(), "settings")))
        .fail(here("kube-system", change()))
        .fail(here("kube-system", named(change(), "settings,aws-auth")))
        .fail(here("kube-system", rule("*", "core", "*")))
        .fail(everywhere(AuthenticationMode::ConfigMap))
        .fail(everywhere(AuthenticationMode::ApiAndConfigMap))
        .not_applicable(everywhere(AuthenticationMode::Api))
        .unknown(everywhere(AuthenticationMode::Other("IDENTITY_CENTER".to_owned())))
}
