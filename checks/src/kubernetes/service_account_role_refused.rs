use crate::check::{Control, Gathered, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::Gap;
use palisade_model::eks::Cluster;
use palisade_reason::access::pods::TrustPolicy;
use palisade_reason::in_cluster::identity::{Annotated, annotated, provider};

check! {
    /// Role does not let in the service account that is annotated with it
    ///
    /// ## Why
    /// The role's trust policy is asked with the very token that the pods would show, and refuses it: another
    /// namespace, another name, another audience, or a wildcard in an exact comparison. The pods get no credentials,
    /// and where they go on to others those are their node's.
    ///
    /// Roles that do not exist are told of by `kubernetes-service-account-role-dangling`; roles of other accounts are
    /// not judged.
    ///
    /// ## Severity
    /// Low: pods fail, or do their work as the node.
    ///
    /// ## Fix
    /// Let the trust policy name the service account: `"<issuer>:sub": "system:serviceaccount:NAMESPACE:NAME"` with
    /// `StringEquals`, and the audience of its tokens.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html>
    CHECK {
        id: "kubernetes-service-account-role-refused",
        severity: Severity::Low,
        controls: &[Control::cis("eks-1.8.0:5.2.1"), Control::checklist("pods-have-own-roles")],
        since: "0.1.0",
        rule: Rule::Cluster(evaluate),
    }
}

fn evaluate(cluster: &Cluster, context: &Context) -> Outcome {
    let objects = cluster.inside.known()?;
    let mut gathered = Gathered::default();
    let own = context.inventory().account.as_str();
    for annotated in annotated(objects).filter(|annotated| annotated.is_role() && annotated.role.account() == own) {
        gathered.add(problem(annotated, cluster, context));
    }
    if let Some(gap) = objects.service_accounts.gap() {
        gathered.add(Err::<Vec<_>, _>(gap.clone()));
    }
    gathered.outcome()
}

fn problem(annotated: Annotated<'_>, cluster: &Cluster, context: &Context) -> Result<Option<String>, Gap> {
    let Some(role) = context.role(annotated.role)? else { return Ok(None) };
    let Some(provider) = provider(cluster, &role.arn)? else { return Ok(None) };
    let (name, audience) = (annotated.name(), annotated.audience());
    let decision = TrustPolicy::of(role, context)?.can_assume(&provider, &name, audience);
    Ok((!decision.may_be_allowed()).then(|| format!("{name} may not assume {}, audience {audience}", role.arn)))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_scenes::pods::by_subject;
    use palisade_scenes::running::{annotated, trusted_by_role};

    let role = "arn:aws:iam::111122223333:role/orders-role";
    let with =
        |operator: &str, subject: &str| trusted_by_role(&[by_subject(operator, subject)], vec![annotated("web", role)]);
    let mut other_audience = annotated("web", role);
    other_audience.audience = Some("vault".to_owned());
    let subject = "system:serviceaccount:shop:web";
    Cases::default()
        .pass(with("StringEquals", subject))
        .pass(with("StringLike", "system:serviceaccount:shop:*"))
        .fail(with("StringEquals", "system:serviceaccount:shop:*"))
        .fail(with("StringEquals", "system:serviceaccount:shop:orders"))
        .fail(with("StringLike", "system:serviceaccount:billing:*"))
        .fail(trusted_by_role(&[], vec![annotated("web", role)]))
        .fail(trusted_by_role(&[by_subject("StringEquals", subject)], vec![other_audience]))
        .not_applicable(trusted_by_role(&[], vec![annotated("web", "arn:aws:iam::444455556666:role/web")]))
        .not_applicable(trusted_by_role(&[], vec![]))
}
