use crate::check::{Control, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::eks::Cluster;

check! {
    /// Somebody may make or change pods across the cluster
    ///
    /// ## Why
    /// Whoever makes a pod, or changes what makes pods, runs programs as any service account of the namespace, with its
    /// role of AWS, and mounts all its Secrets. Where nothing refuses it, such a pod takes over its node. Whoever changes a
    /// pod chooses its image, and the objects of workflow engines become pods as well.
    ///
    /// Counted are grants for the whole cluster and for `kube-system`, and in other namespaces those to service
    /// accounts and to groups that everybody is in: a pod that may make pods hands its own weakness on. What a team
    /// does in its own namespace is not counted, unless one of its service accounts reaches beyond it: a pod may run as that
    /// account. `create` and `patch` of one name are enough, for a server-side apply makes what it names; a right on
    /// named workloads counts where an account of their namespace reaches beyond it.
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

fn evaluate(cluster: &Cluster, context: &Context) -> Outcome {
    context.review(cluster)?.holders(CHECK.id)
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::beyond_teams;
    use palisade_scenes::rbac::{account, bound, bound_in, everything, group, named, rule};

    let bad = [
        rule("create", "core", "pods"),
        rule("patch", "apps", "deployments"),
        rule("create", "batch", "cronjobs"),
        rule("update", "apps", "daemonsets"),
        rule("patch", "core", "pods"),
        rule("create", "argoproj.io", "workflows"),
        rule("create", "tekton.dev", "taskruns"),
    ];
    let harmless = [
        rule("get,list,watch,delete", "core", "pods"),
        rule("update", "apps", "deployments/scale"),
        rule("create", "core", "pods/log"),
    ];
    let one = |verbs: &str| bound(&[named(rule(verbs, "core", "pods"), "one")], group("helpers"));
    let patching = || bound_in("shop", &[named(rule("patch", "apps", "deployments"), "web")], account("shop", "web"));
    let team = || bound_in("shop", &[rule("create", "core", "pods")], group("team"));
    let and_admin = |scene: palisade_scenes::Scene| {
        scene.binding("cluster-admin", &[everything()], "deployers", account("shop", "deployer"))
    };
    beyond_teams(&bad, &harmless)
        .fail(one("create,patch"))
        .pass(one("create"))
        .pass(one("create,update"))
        .pass(patching())
        .fail(and_admin(patching()))
        .fail(and_admin(team()))
}
