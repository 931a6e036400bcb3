use crate::check::{Control, Gathered, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::eks::Cluster;
use palisade_model::iam::OidcProvider;
use palisade_model::{Action, Gap, Place, Reason};
use palisade_reason::in_cluster::identity::{Annotated, annotated, provider};

check! {
    /// Service account is annotated with a role that it cannot have
    ///
    /// ## Why
    /// The role does not exist, or the account has no identity provider for the cluster: the pods get no credentials.
    /// Whoever may create a role of that name decides what they get from then on.
    ///
    /// Roles of other accounts are not judged.
    ///
    /// ## Severity
    /// Low: pods fail, and it takes the right to create roles to use it.
    ///
    /// ## Fix
    /// Take the annotation out, or create the identity provider and a role that trusts the service account.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/iam-roles-for-service-accounts.html>
    CHECK {
        id: "kubernetes-service-account-role-dangling",
        severity: Severity::Low,
        controls: &[Control::checklist("no-leftovers")],
        since: "0.1.0",
        rule: Rule::Cluster(evaluate),
    }
}

fn evaluate(cluster: &Cluster, context: &Context) -> Outcome {
    let objects = cluster.inside.known()?;
    let own = context.inventory().account.as_str();
    let mut gathered = Gathered::default();
    for annotated in annotated(objects).filter(|annotated| !annotated.is_role() || annotated.role.account() == own) {
        gathered.add(problem(annotated, cluster, context));
    }
    if let Some(gap) = objects.service_accounts.gap() {
        gathered.add(Err::<Vec<_>, _>(gap.clone()));
    }
    // After the others, because a choice does not hide what failed.
    for annotated in annotated(objects).filter(|annotated| annotated.is_role() && annotated.role.account() != own) {
        let (action, place) = (Action::IamGetAccountAuthorizationDetails, Place::resource(annotated.role));
        let reason = Reason::Elsewhere(annotated.role.account().into());
        gathered.add(Err::<Vec<_>, _>(Gap { action, place, reason }));
    }
    gathered.outcome()
}

fn problem(annotated: Annotated<'_>, cluster: &Cluster, context: &Context) -> Result<Option<String>, Gap> {
    let (name, role) = (annotated.name(), annotated.role);
    if !annotated.is_role() {
        return Ok(Some(format!("{name}: {role} is no ARN of a role")));
    }
    let missing_role = match context.role(role) {
        Ok(None) => return Ok(Some(format!("{name}: {role} does not exist"))),
        found => found.map(|_| None),
    };
    let Some(provider) = provider(cluster, role)? else { return missing_role };
    let is_its = |known: &OidcProvider| known.arn.as_str() == provider.arn;
    match context.inventory().iam.oidc_providers.find(is_its)? {
        Some(_) => missing_role,
        None => Ok(Some(format!("{name}: {role}, and there is no {}", provider.arn))),
    }
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::Listing;
    use palisade_scenes::cluster;
    use palisade_scenes::kubernetes::new_service_account;
    use palisade_scenes::pods::by_subject;
    use palisade_scenes::running::{annotated, trusted_by_role};

    let with = |roles: &[&str]| {
        let trust = by_subject("StringEquals", "system:serviceaccount:shop:web");
        let accounts = roles.iter().map(|role| annotated("web", role)).collect();
        trusted_by_role(&[trust], accounts)
    };
    let (here, gone) = ("arn:aws:iam::111122223333:role/orders-role", "arn:aws:iam::111122223333:role/gone");
    let elsewhere = "arn:aws:iam::444455556666:role/orders-role";
    Cases::default()
        .pass(with(&[here]))
        .fail(with(&[gone]))
        .fail(with(&[here, gone]))
        .fail(with(&[elsewhere, gone]))
        .fail(with(&["orders-role"]))
        .fail(with(&["arn:aws:iam::111122223333:user/ada"]))
        .fail(with(&[here]).iam(|iam| iam.oidc_providers = Listing::whole(vec![])))
        .left_out(with(&[here, elsewhere]))
        .not_applicable(with(&[]))
        .not_applicable(with(&[]).with_accounts(vec![new_service_account("web")]))
        .left_out(cluster(|_| {}))
}
