use crate::check::{Control, Inside, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::kubernetes::Controller;
use palisade_reason::in_cluster::identity::account_of;

check! {
    /// Workload names a service account that does not exist
    ///
    /// ## Why
    /// No new pod of the workload starts. Whoever creates an account of that name decides what the pods may do from
    /// then on.
    ///
    /// ## Severity
    /// Low: the workload stands still, and it takes the right to create service accounts to use it.
    ///
    /// ## Fix
    /// Create the service account, or name one that exists.
    ///
    /// ## References
    /// - <https://kubernetes.io/docs/concepts/security/service-accounts/>
    CHECK {
        id: "kubernetes-workload-service-account-missing",
        severity: Severity::Low,
        controls: &[Control::checklist("no-leftovers")],
        since: "0.1.0",
        rule: Rule::Controller(evaluate),
    }
}

fn evaluate(inside: &Inside<'_, Controller>, _: &Context) -> Outcome {
    let account = account_of(inside.objects, inside.object)?;
    Ok(Verdict::fail_when(account.is_none(), || {
        format!("serviceAccountName is {}, which does not exist", inside.object.template.service_account)
    }))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::kubernetes::ServiceAccount;
    use palisade_scenes::kubernetes::{new_service_account, pod_spec};

    let elsewhere = ServiceAccount { namespace: "billing".to_owned(), ..new_service_account("web") };
    Cases::default()
        .pass(pod_spec(|_| {}))
        .fail(pod_spec(|spec| "gone".clone_into(&mut spec.service_account)))
        .fail(pod_spec(|_| {}).with_accounts(vec![elsewhere]))
}
