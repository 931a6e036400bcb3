use crate::check::{Control, Inside, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::kubernetes::Controller;
use palisade_reason::in_cluster::credentials::has_key_in_variables;
use palisade_reason::in_cluster::identity::role_of;
use palisade_reason::pod_security::place;

check! {
    /// Access key in variables goes before the role of a workload
    ///
    /// ## Why
    /// The SDKs look for credentials in an order, and variables come first. The service account has a role, and the
    /// workload works with the key all the same: the role's limits do not hold, and the trail shows a user.
    ///
    /// Counted are variables of the SDKs for access keys, whether they hold the key or refer to it.
    ///
    /// ## Severity
    /// Medium: the workload has permissions that nobody sees on its role, with a key that does not change.
    ///
    /// ## Fix
    /// Take the variables out, and delete the key.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html>
    CHECK {
        id: "kubernetes-workload-role-overridden",
        severity: Severity::Medium,
        controls: &[Control::cis("eks-1.8.0:5.2.1"), Control::checklist("pods-have-own-roles")],
        since: "0.1.0",
        rule: Rule::Controller(evaluate),
    }
}

fn evaluate(inside: &Inside<'_, Controller>, _: &Context) -> Outcome {
    let containers = inside.object.template.containers.iter().filter(|container| has_key_in_variables(container));
    let places: Vec<_> = containers.map(place).collect();
    if places.is_empty() {
        return Ok(Verdict::NotApplicable);
    }
    Ok(match role_of(inside.cluster, inside.objects, inside.object)? {
        Some(role) => Verdict::fail(format!("{} has an access key in variables; {role}", places.join(", "))),
        None => Verdict::Pass,
    })
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::environment::Variable;
    use palisade_model::kubernetes::{EnvironmentVariable, Reference, ServiceAccount};
    use palisade_scenes::Scene;
    use palisade_scenes::kubernetes::{container, new_service_account};
    use palisade_scenes::pods::association;
    use palisade_scenes::running::annotated;

    let with = |name: &str, account: ServiceAccount| -> Scene {
        let from = Reference::Secret { name: "uploader".to_owned(), key: "id".to_owned() };
        let variable = EnvironmentVariable::Reference { name: name.to_owned(), from };
        container(|container| container.environment = vec![variable]).with_accounts(vec![account])
    };
    let role = "arn:aws:iam::111122223333:role/orders-role";
    let associated = |name: &str| {
        let pods = association(|association, _| name.clone_into(&mut association.service_account));
        with("AWS_ACCESS_KEY_ID", new_service_account("web")).and_associations(&[pods])
    };
    let key = ["AKIA", "QWERTYUIOPASDFGH"].concat();
    Cases::default()
        .pass(with("AWS_ACCESS_KEY_ID", new_service_account("web")))
        .pass(associated("orders"))
        .fail(with("AWS_ACCESS_KEY_ID", annotated("web", role)))
        .fail(associated("web"))
        .fail(
            container(|container| {
                let variable = Variable::classify("AWS_ACCESS_KEY_ID", &key);
                container.environment = vec![EnvironmentVariable::Literal(variable)];
            })
            .with_accounts(vec![annotated("web", role)]),
        )
        .not_applicable(with("TOKEN", annotated("web", role)))
}
