use crate::check::{Control, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::eks::Cluster;

check! {
    /// Somebody may change what controllers with rights of their own deploy
    ///
    /// ## Why
    /// Argo CD, Flux and their like put into the cluster what an `Application` or `Kustomization` names, with their own
    /// rights, which are most often all. Controllers of AWS make roles and policies of IAM from objects of the cluster.
    /// Whoever may write these objects has the rights of the controller.
    ///
    /// Counted are grants wherever they hold.
    ///
    /// ## Severity
    /// High: no pod and no flaw is needed, only a repository.
    ///
    /// ## Fix
    /// Let one pipeline write these objects, and limit the projects, service accounts and roles that the controllers use.
    ///
    /// ## References
    /// - <https://argo-cd.readthedocs.io/en/stable/operator-manual/security/>
    /// - <https://fluxcd.io/flux/security/best-practices/>
    /// - <https://aws-controllers-k8s.github.io/community/docs/user-docs/authorization/>
    CHECK {
        id: "kubernetes-rbac-deliveries-writable",
        severity: Severity::High,
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
        rule("create", "argoproj.io", "applications"),
        rule("patch", "kustomize.toolkit.fluxcd.io", "kustomizations"),
        rule("update", "source.toolkit.fluxcd.io", "gitrepositories"),
        rule("create", "iam.services.k8s.aws", "roles"),
        named(rule("patch", "argoproj.io", "applications"), "one"),
    ];
    let harmless = [
        rule("get,list,watch", "argoproj.io", "applications"),
        rule("create", "argoproj.io", "workflows"),
        rule("patch", "s3.services.k8s.aws", "buckets"),
    ];
    strict(&bad, &harmless)
}
