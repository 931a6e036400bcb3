use crate::check::{Control, Gathered, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::eks::Cluster;

check! {
    /// Admission policy is bound to nothing
    ///
    /// ## Why
    /// A ValidatingAdmissionPolicy says what to demand. Only a binding says of which requests, and what to do about
    /// those that fail. Without one the policy does nothing, and looks as if it did.
    ///
    /// ## Severity
    /// Low: another control may be in force; this one is not.
    ///
    /// ## Fix
    /// Make a ValidatingAdmissionPolicyBinding with `validationActions: [Deny]`, or delete the policy.
    ///
    /// ## References
    /// - <https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/>
    CHECK {
        id: "kubernetes-admission-policy-unbound",
        severity: Severity::Low,
        controls: &[Control::checklist("admission-controlled")],
        since: "0.1.0",
        rule: Rule::Cluster(evaluate),
    }
}

fn evaluate(cluster: &Cluster, _: &Context) -> Outcome {
    let admission = &cluster.inside.known()?.admission;
    let gathered = Gathered::of(&admission.policies, |policy| {
        let binding = admission.policy_bindings.find(|binding| binding.policy == policy.name)?;
        Ok(binding.is_none().then(|| format!("ValidatingAdmissionPolicy {} has no binding", policy.name)))
    });
    gathered.outcome()
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::Listing;
    use palisade_scenes::Scene;
    use palisade_scenes::admission::bound_policy;
    use palisade_scenes::kubernetes::inside;

    let with = |policies: &[&str], bound: &[&str]| -> Scene {
        let of = |name: &&str| {
            bound_policy(|policy, binding| {
                (policy.name, binding.policy) = ((*name).to_owned(), (*name).to_owned());
            })
        };
        inside(|objects| {
            objects.admission.policies = Listing::whole(policies.iter().map(|name| of(name).0).collect());
            objects.admission.policy_bindings = Listing::whole(bound.iter().map(|name| of(name).1).collect());
        })
    };
    Cases::default()
        .pass(with(&["no-root"], &["no-root"]))
        .pass(with(&["no-root"], &["no-root", "gone"]))
        .fail(with(&["no-root"], &[]))
        .fail(with(&["no-root", "no-latest"], &["no-root"]))
        .fail(with(&["no-root"], &["no-roots"]))
        .not_applicable(with(&[], &["gone"]))
}
