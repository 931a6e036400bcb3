use crate::check::{Control, Inside, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::Gap;
use palisade_model::kubernetes::Controller;
use palisade_model::kubernetes::{AccessObjects, RoleRef, Subject};
use palisade_reason::in_cluster::identity::account_of;
use palisade_reason::rbac::Identity;
use palisade_reason::rbac::known::is_known;

check! {
    /// Workload mounts a token of Kubernetes that it has no use for
    ///
    /// ## Why
    /// The token speaks for the service account to the API server. An account to which nobody gave a role can do
    /// nothing with it but look around, find out what the cluster runs, and wait for rights that somebody gives by
    /// mistake.
    ///
    /// A token is mounted unless the pod says otherwise, or else its service account. An account counts as in use when
    /// a binding means it, by name or by its groups, that is not one of Kubernetes's own.
    ///
    /// ## Severity
    /// Low: it takes an intruder in the pod, and rights that the account is given later.
    ///
    /// ## Fix
    /// Set `automountServiceAccountToken: false` for the service account or the pod. Tokens for AWS are mounted all the
    /// same.
    ///
    /// ## References
    /// - <https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/#opt-out-of-api-credential-automounting>
    CHECK {
        id: "kubernetes-workload-token-mounted",
        severity: Severity::Low,
        controls: &[Control::cis("eks-1.8.0:4.1.6"), Control::checklist("service-accounts-limited")],
        since: "0.1.0",
        rule: Rule::Controller(evaluate),
    }
}

fn evaluate(inside: &Inside<'_, Controller>, _: &Context) -> Outcome {
    let Controller { template, namespace, .. } = inside.object;
    if template.is_mirror() {
        return Ok(Verdict::NotApplicable);
    }
    let said = match template.automount_token {
        Some(false) => return Ok(Verdict::Pass),
        Some(true) => "automountServiceAccountToken is true for the pod",
        None => match account_of(inside.objects, inside.object)?.and_then(|account| account.automount_token) {
            Some(false) => return Ok(Verdict::Pass),
            Some(true) => "automountServiceAccountToken is true for the account",
            None => "automountServiceAccountToken is not set",
        },
    };
    let name = &template.service_account;
    let is_used = is_bound(&Identity::service_account(namespace, name), &inside.objects.access)?;
    Ok(Verdict::fail_when(!is_used, || format!("{said}, and no binding means service account {namespace}/{name}")))
}

/// Whether a binding means somebody, other than one by which Kubernetes itself means everybody.
fn is_bound(who: &Identity, access: &AccessObjects) -> Result<bool, Gap> {
    let means = |name: &str, namespace: Option<&str>, role: &RoleRef, subjects: &[Subject]| {
        let mut meant = subjects.iter().filter(|subject| who.is_meant_by(subject, namespace));
        meant.any(|subject| !matches!(subject, Subject::Group(_)) || !is_known(name, namespace, role, subject))
    };
    let in_namespace = access
        .role_bindings
        .find(|binding| means(&binding.name, Some(&binding.namespace), &binding.role, &binding.subjects));
    let in_cluster =
        access.cluster_role_bindings.find(|binding| means(&binding.name, None, &binding.role, &binding.subjects));
    match (in_namespace, in_cluster) {
        (Ok(Some(_)), _) | (_, Ok(Some(_))) => Ok(true),
        (Err(gap), _) | (_, Err(gap)) => Err(gap),
        (Ok(None), Ok(None)) => Ok(false),
    }
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::Listing;
    use palisade_model::kubernetes::{ClusterRoleBinding, RoleBinding, ServiceAccount};
    use palisade_scenes::Scene;
    use palisade_scenes::kubernetes::{new_service_account, pod_spec};

    let with = |pod: Option<bool>, account: Option<bool>| -> Scene {
        let account = ServiceAccount { automount_token: account, ..new_service_account("web") };
        pod_spec(|spec| spec.automount_token = pod).with_accounts(vec![account])
    };
    let bound = |name: &str, namespace: &str| {
        let subject = Subject::ServiceAccount { namespace: namespace.to_owned(), name: name.to_owned() };
        let binding = RoleBinding {
            namespace: "shop".to_owned(),
            name: "web".to_owned(),
            labels: [].into(),
            role: RoleRef::ClusterRole("view".to_owned()),
            subjects: vec![subject],
        };
        with(None, None).objects(|objects| objects.access.role_bindings = Listing::whole(vec![binding]))
    };
    let grouped = |name: &str, group: &str| {
        let binding = ClusterRoleBinding {
            name: name.to_owned(),
            labels: [("kubernetes.io/bootstrapping".to_owned(), "rbac-defaults".to_owned())].into(),
            role: RoleRef::ClusterRole("system:discovery".to_owned()),
            subjects: vec![Subject::Group(group.to_owned())],
        };
        with(None, None).objects(|objects| objects.access.cluster_role_bindings = Listing::whole(vec![binding]))
    };
    Cases::default()
        .pass(with(Some(false), None))
        .pass(with(None, Some(false)))
        .pass(bound("web", "shop"))
        .pass(grouped("readers", "system:serviceaccounts:shop"))
        .fail(with(None, None))
        .fail(with(Some(true), Some(false)))
        .fail(with(None, Some(true)))
        .fail(bound("web", "billing"))
        .fail(bound("orders", "shop"))
        .fail(grouped("system:discovery", "system:authenticated"))
        .fail(grouped("readers", "system:serviceaccounts:billing"))
}
