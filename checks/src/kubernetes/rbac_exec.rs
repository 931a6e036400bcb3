use crate::check::{Control, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::eks::Cluster;
use palisade_model::kubernetes::ServerVersion;
use palisade_reason::rbac::review::{Question, Review};

check! {
    /// Somebody may enter pods or forward their ports across the cluster
    ///
    /// ## Why
    /// With `pods/exec`, `pods/attach` and `pods/ephemeralcontainers` somebody acts inside a pod: with its service
    /// account, its role of AWS and what it mounts. `pods/portforward` reaches its ports past network policies. Before
    /// Kubernetes 1.35 the verb `get` is enough, since these requests may be made as a web socket.
    ///
    /// Counted are grants for the whole cluster and for `kube-system`, and in other namespaces those to service
    /// accounts and to groups that everybody is in. What a team does in its own namespace is not counted.
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

/// From this version on, reading is not enough.
///
/// Source: <https://kubernetes.io/docs/reference/command-line-tools-reference/feature-gates/>
const CREATE_ALONE: ServerVersion = ServerVersion { major: 1, minor: 35 };

fn evaluate(cluster: &Cluster, _: &Context) -> Outcome {
    let review = Review::of(cluster)?;
    let question = Question::beyond_teams(&["run commands in pods", "forward ports of pods"]);
    review.holders_that(question, |held| {
        let is_write = |verb: &String| ["*", "create", "update", "patch"].contains(&verb.as_str());
        if held.grant.rule.verbs.iter().any(is_write) {
            return Ok(true);
        }
        Ok(review.version()? < CREATE_ALONE)
    })
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::beyond_teams;
    use palisade_model::Fact;
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
    ];
    let harmless = [rule("get,list,watch", "core", "pods,pods/log"), rule("create", "core", "pods/*")];
    beyond_teams(&bad, &harmless)
        .fail(on(34, read()))
        .pass(on(35, read()))
        .fail(on(35, bound(&[rule("get,create", "core", "pods/exec")], group("readers"))))
}
