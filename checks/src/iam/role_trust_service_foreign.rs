use palisade_policy::{Grade, LetIn};

use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::Gap;
use palisade_model::iam::Role;
use palisade_reason::access::foreign::foreign_sources;
use palisade_reason::access::roles::{is_service_linked, trust};
use palisade_reason::access::trust::{Entrance, entrances};

check! {
    /// Role lets a service in on behalf of another account
    ///
    /// ## Why
    /// The conditions of the trust policy name another account, or a resource of one, as the source for which the service
    /// may take the role on: `aws:SourceAccount`, `aws:SourceArn`, `aws:SourceOrgID`, or the cluster of EKS Pod Identity.
    /// Whoever runs that account can have the service act as the role; what is meant for the own account's resources is
    /// refused.
    ///
    /// Accounts that the configuration lists under `trusted_accounts`, and the own organisation, are not reported. A
    /// source that is anybody's is reported by `iam-role-confused-deputy`.
    ///
    /// ## Severity
    /// Medium: the strangers are named, and the service still asks whether they may use the role.
    ///
    /// ## Fix
    /// Name the own account, or the ARN of the own resource, in the condition; list the other account under
    /// `trusted_accounts` if it is meant.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html>
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html>
    CHECK {
        id: "iam-role-trust-service-foreign",
        severity: Severity::Medium,
        controls: &[Control::checklist("trust-limited")],
        since: "0.1.0",
        rule: Rule::Role(evaluate),
    }
}

fn evaluate(role: &Role, context: &Context) -> Outcome {
    if is_service_linked(role) {
        return Ok(Verdict::NotApplicable);
    }
    let entrances = entrances(trust(role)?);
    let (mut found, mut evidence, mut gap) = (false, Vec::new(), None);
    for entrance in &entrances {
        let accesses = entrance.who_can(role, context).into_iter();
        for access in accesses.filter(|access| is_service(access.grade)) {
            found = true;
            match foreign(entrance, &access, context) {
                Ok(foreign) => evidence.extend(foreign),
                Err(unread) => gap = Some(unread),
            }
        }
    }
    evidence.dedup();
    match gap {
        Some(gap) if evidence.is_empty() => Err(gap),
        Some(_) | None if found => Ok(Verdict::fail_if_any(evidence)),
        Some(_) | None => Ok(Verdict::NotApplicable),
    }
}

fn is_service(grade: Grade) -> bool {
    match grade {
        Grade::ServiceWithSource | Grade::ServiceWithoutSource => true,
        Grade::OwnAccount
        | Grade::ListedAccounts
        | Grade::IdentityProvider
        | Grade::ListedNetworks
        | Grade::Organisation
        | Grade::AnyAwsAccount
        | Grade::AnonymousInternet => false,
    }
}

fn foreign(entrance: &Entrance, access: &LetIn<'_>, context: &Context) -> Result<Option<String>, Gap> {
    let Some(statement) = entrance.statement() else { return Ok(None) };
    let sources = foreign_sources(&statement.conditions, context)?.join(", ");
    let told = || format!("{} lets {} assume the role on behalf of {sources}", entrance.name, access.who);
    Ok((!sources.is_empty()).then(told))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use serde_json::{Value, json};

    use crate::testing::Cases;
    use palisade_scenes::Scene;
    use palisade_scenes::iam::{in_organization, trusting};

    let by = |service: &str, condition: Value| {
        trusting(json!({
            "Effect": "Allow", "Principal": { "Service": service }, "Action": ["sts:AssumeRole", "sts:TagSession"],
            "Condition": condition,
        }))
    };
    let pods = |condition: Value| by("pods.eks.amazonaws.com", condition);
    let of = |account: &str| json!({ "StringEquals": { "aws:SourceAccount": account } });
    let cluster = |key: &str, account: &str| json!({ "ArnLike": { key: format!("arn:aws:eks:eu-west-1:{account}:cluster/shop") } });
    let trusted = |scene: Scene| scene.settings(|settings| _ = settings.trusted_accounts.insert("444455556666".into()));
    let organization = |id: &str| in_organization(pods(json!({ "StringEquals": { "aws:SourceOrgID": id } })));
    Cases::default()
        .fail(pods(of("444455556666")))
        .fail(pods(json!({ "StringEquals": { "aws:SourceAccount": ["111122223333", "444455556666"] } })))
        .fail(pods(cluster("aws:SourceArn", "444455556666")))
        .fail(pods(cluster("aws:RequestTag/eks-cluster-arn", "444455556666")))
        .fail(by("scheduler.amazonaws.com", of("444455556666")))
        .fail(organization("o-f6g7h8i9j0"))
        .pass(organization("o-a1b2c3d4e5"))
        .pass(trusted(pods(of("444455556666"))))
        .pass(pods(of("111122223333")))
        .pass(pods(cluster("aws:SourceArn", "111122223333")))
        .pass(pods(cluster("aws:SourceArn", "*")))
        .pass(by("lambda.amazonaws.com", json!({})))
        .not_applicable(trusting(json!({
            "Effect": "Allow", "Principal": { "AWS": "444455556666" }, "Action": "sts:AssumeRole"
        })))
}
