use crate::check::{Control, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::eks::Cluster;

check! {
    /// Somebody may approve or sign client certificates
    ///
    /// ## Why
    /// The API server believes the user name and the groups that a certificate of the cluster's authority names.
    /// Whoever may approve a request for one, or sign it, hands out identities. On EKS the signer for clients signs for
    /// nodes only; other signers are what somebody installed.
    ///
    /// It takes two rights together: on requests, and on a signer.
    ///
    /// ## Severity
    /// High: who the certificate names is up to its holder, and no certificate is taken back before it expires.
    ///
    /// ## Fix
    /// Take the rights on `certificatesigningrequests/approval`, `certificatesigningrequests/status` and `signers`
    /// away, or name the signers that are meant in `resourceNames`.
    ///
    /// ## References
    /// - <https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/>
    /// - <https://kubernetes.io/docs/concepts/security/rbac-good-practices/>
    CHECK {
        id: "kubernetes-rbac-certificates-approvable",
        severity: Severity::High,
        controls: &[
            Control::prowler("rbac_minimize_csr_approval_access"),
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
    use crate::testing::Cases;
    use palisade_scenes::rbac::{bound, everything, group, rule, unbound};

    const GROUP: &str = "certificates.k8s.io";
    let approval = || rule("update", GROUP, "certificatesigningrequests/approval");
    let status = || rule("patch", GROUP, "certificatesigningrequests/status");
    let signers = |verb: &str| rule(verb, GROUP, "signers");
    let with = |rules: &[_]| bound(rules, group("helpers"));
    Cases::default()
        .pass(unbound())
        .pass(with(&[approval()]))
        .pass(with(&[signers("approve")]))
        .pass(with(&[approval(), signers("sign")]))
        .pass(with(&[everything()]))
        .fail(with(&[approval(), signers("approve")]))
        .fail(with(&[status(), signers("sign")]))
        .fail(with(&[rule("*", GROUP, "*")]))
        .fail(with(&[approval()]).binding("signing", &[signers("approve")], "signers", group("helpers")))
        .pass(with(&[approval()]).binding("signing", &[signers("approve")], "signers", group("others")))
}
