use crate::check::{Control, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::Gap;
use palisade_model::eks::{Cluster, PodIdentity, SessionTags};
use palisade_reason::access::pods::association::conclude;
use palisade_reason::access::pods::tags::readings;

check! {
    /// Pod Identity sends no tags to a role whose policies go by them
    ///
    /// ## Why
    /// The role's policies allow or deny by the tags of cluster, namespace or service account, and the association switches
    /// these off. What is allowed by a tag is then allowed to nobody, and what is denied by one may be denied no longer.
    ///
    /// ## Severity
    /// Medium: a denial that goes by a tag no longer holds for these pods.
    ///
    /// ## Fix
    /// Switch session tags on for the association, or write the role's policies without them.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html>
    /// - <https://docs.aws.amazon.com/eks/latest/APIReference/API_CreatePodIdentityAssociation.html>
    CHECK {
        id: "eks-pod-identity-tags-disabled",
        severity: Severity::Medium,
        controls: &[Control::checklist("least-privilege")],
        since: "0.1.0",
        rule: Rule::Cluster(evaluate),
    }
}

fn evaluate(cluster: &Cluster, context: &Context) -> Outcome {
    conclude(cluster, |association| untagged(association, context))
}

fn untagged(association: &PodIdentity, context: &Context) -> Result<Option<String>, Gap> {
    let details = association.details.known()?;
    match details.session_tags {
        SessionTags::Set => return Ok(None),
        SessionTags::Disabled => {}
    }
    let Some(role) = context.role(&details.role)? else { return Ok(None) };
    let readings = readings(&*context.access.role(role)?);
    Ok(readings.first().map(|reading| {
        let tags: Vec<_> = reading.tags.iter().copied().collect();
        format!("session tags are disabled, and {} of {} reads {}", reading.statement, role.arn, tags.join(", "))
    }))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use serde_json::{Value, json};

    use crate::testing::Cases;
    use palisade_scenes::pods::{association, beside_cluster};

    let with = |tags: SessionTags, condition: Value| {
        let associated = association(|_, details| details.session_tags = tags);
        let statement = json!({ "Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition": condition });
        beside_cluster(|_| {}).permitting(statement).and_associations(&[associated]).of_cluster()
    };
    let by_namespace = || json!({ "StringNotEquals": { "aws:PrincipalTag/kubernetes-namespace": "shop" } });
    Cases::default()
        .fail(with(SessionTags::Disabled, by_namespace()))
        .pass(with(SessionTags::Set, by_namespace()))
        .pass(with(SessionTags::Disabled, json!({ "StringEquals": { "aws:PrincipalTag/team": "shop" } })))
        .not_applicable(beside_cluster(|_| {}).of_cluster())
}
