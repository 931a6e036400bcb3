use crate::check::{Control, Inside, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::kubernetes::Controller;

check! {
    /// Workload runs as the default service account
    ///
    /// ## Why
    /// Every pod that names no service account runs as `default`. A right or a role that one of them is given holds for
    /// all, and for whatever is deployed into the namespace later.
    ///
    /// ## Severity
    /// Low: it matters once the account has rights, which other checks judge.
    ///
    /// ## Fix
    /// Give the workload a service account of its own, and let `default` mount no token.
    ///
    /// ## References
    /// - <https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/>
    /// - <https://docs.aws.amazon.com/eks/latest/best-practices/identity-and-access-management.html>
    CHECK {
        id: "kubernetes-workload-default-service-account",
        severity: Severity::Low,
        controls: &[
            Control::cis("eks-1.8.0:4.1.5"),
            Control::cis("eks-1.8.0:5.2.1"),
            Control::checklist("service-accounts-limited"),
        ],
        since: "0.1.0",
        rule: Rule::Controller(evaluate),
    }
}

fn evaluate(inside: &Inside<'_, Controller>, _: &Context) -> Outcome {
    let template = &inside.object.template;
    if template.is_mirror() {
        return Ok(Verdict::NotApplicable);
    }
    let account = &template.service_account;
    Ok(Verdict::fail_when(account == "default", || "serviceAccountName is default".to_owned()))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::kubernetes::PodSpec;
    use palisade_scenes::kubernetes::pod_spec;

    let running_as = |name: &str| pod_spec(|spec| name.clone_into(&mut spec.service_account));
    Cases::default().pass(running_as("web")).pass(running_as("default-web")).fail(running_as("default")).not_applicable(
        pod_spec(|spec| {
            spec.annotations = [(PodSpec::MIRROR.to_owned(), String::new())].into();
        }),
    )
}
