use crate::check::{Control, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::eks::Cluster;
use palisade_model::kubernetes::Subject;
use palisade_reason::rbac::MASTERS;
use palisade_reason::rbac::review::gives;

check! {
    /// A binding names the group system:masters
    ///
    /// ## Why
    /// Members of `system:masters` are allowed everything before RBAC is asked, so that no binding of the group adds or
    /// limits anything. One that was made by hand means that somebody counts on the group, whose members no role can
    /// hold back and no deleted binding can stop.
    ///
    /// The binding `cluster-admin` that Kubernetes makes is left out. Who is in the group,
    /// `kubernetes-aws-auth-masters` tells.
    ///
    /// ## Severity
    /// Low: the binding itself gives nothing.
    ///
    /// ## Fix
    /// Delete the binding, and give its holders a group of their own with what they need.
    ///
    /// ## References
    /// - <https://kubernetes.io/docs/concepts/security/rbac-good-practices/#least-privilege>
    CHECK {
        id: "kubernetes-rbac-masters-group",
        severity: Severity::Low,
        controls: &[Control::checklist("cluster-rights-limited")],
        since: "0.1.0",
        rule: Rule::Cluster(evaluate),
    }
}

fn evaluate(cluster: &Cluster, context: &Context) -> Outcome {
    let masters = Subject::Group(MASTERS.to_owned());
    context.review(cluster)?.each(|binding, subject, _| (*subject == masters).then(|| gives(binding, subject)))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_scenes::rbac::{bound, bound_in, everything, group, rule, unbound, user};

    let own = |binding: &str| unbound().binding("cluster-admin", &[everything()], binding, group(MASTERS));
    Cases::default()
        .pass(unbound())
        .pass(own("cluster-admin"))
        .pass(bound(&[everything()], user(MASTERS)))
        .pass(bound(&[everything()], group("system:master")))
        .fail(own("cluster-admin-too"))
        .fail(bound(&[rule("get", "core", "pods")], group(MASTERS)))
        .fail(bound_in("shop", &[everything()], group(MASTERS)))
}
