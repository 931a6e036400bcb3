use crate::check::{Control, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::eks::Cluster;

check! {
    /// Somebody may enter pods or reach their ports across the cluster
    ///
    /// ## Why
    /// With `pods/exec`, `pods/attach` and `pods/ephemeralcontainers` somebody acts inside a pod: with its service
    /// account, its role of AWS and what it mounts. `pods/portforward` reaches its ports past network policies, and so do
    /// `pods/proxy` and `services/proxy`, in the name of the API server. Before Kubernetes 1.35 the verb `get` is enough
    /// to enter a pod, since these requests may be made as a web socket.
    ///
    /// Counted are grants for the whole cluster and for `kube-system`, and in other namespaces those to service
    /// accounts and to groups that everybody is in. What a team does in its own namespace is not counted, unless one of
    /// its service accounts reaches beyond it. A grant that names pods counts where one of them runs as an account with
    /// rights or a role of AWS.
    ///
    /// ## Severity
    /// Medium: it takes the credentials of the holder first.
    ///
    /// ## Fix
    /// Bind such a role in the namespaces where it is needed, for people and for a time, and take `get` on these
    /// subresources out of roles that are meant to read.
    ///
    /// ## References
    /// - <https://kubernetes.io/docs/concepts/security/rbac-good-practices/>
    /// - <https://kubernetes.io/docs/reference/access-authn-authz/authorization/>
    CHECK {
        id: "kubernetes-rbac-exec",
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
    use crate::testing::beyond_teams;
    use palisade_model::Fact;
    use palisade_model::kubernetes::ServerVersion;
    use palisade_scenes::Scene;
    use palisade_scenes::rbac::{bound, group, rule};

    let on =
        |minor, scene: Scene| scene.objects(|objects| objects.version = Fact::Known(ServerVersion { major: 1, minor }));
    let read = || bound(&[rule("get", "core", "pods/exec,pods/portforward")], group("readers"));
    let bad = [
        rule("create", "core", "pods/exec"),
        rule("create", "core", "pods/attach"),
        rule("get,create", "core", "*/portforward"),
        rule("patch", "core", "pods/ephemeralcontainers"),
        rule("get", "core", "pods/proxy"),
        rule("create", "core", "services/proxy"),
    ];
    let harmless = [rule("get,list,watch", "core", "pods,pods/log"), rule("create", "core", "pods/*")];
    beyond_teams(&bad, &harmless)
        .fail(on(34, read()))
        .pass(on(35, read()))
        .pass(on(35, bound(&[rule("get,patch", "core", "pods/exec")], group("readers"))))
        .fail(on(35, bound(&[rule("get,create", "core", "pods/exec")], group("readers"))))
}
