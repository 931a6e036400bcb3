use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::Action;
use palisade_model::ecr::Repository;
use palisade_reason::access::dangling::nobodies;

check! {
    /// Repository policy names a principal that is nobody
    ///
    /// ## Why
    /// When a user or role is deleted, its unique id (`AIDA…`, `AROA…`) stays in the policies that named it, and one of
    /// the same name made later is not let in: a pipeline that was set up again cannot push. In a `Deny` such an entry no
    /// longer keeps out whom it was written for.
    ///
    /// ## Severity
    /// Low: an entry that matches nobody lets nobody in.
    ///
    /// ## Fix
    /// Remove the entry from the policy, or name the user or role that is meant.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policies.html>
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids>
    CHECK {
        id: "ecr-repository-policy-dangling-principal",
        severity: Severity::Low,
        controls: &[Control::checklist("no-leftovers")],
        since: "0.1.0",
        rule: Rule::Repository(evaluate),
    }
}

fn evaluate(repository: &Repository, _: &Context) -> Outcome {
    let Some(text) = repository.policy.known()? else { return Ok(Verdict::NotApplicable) };
    let policy = text.document(Action::EcrGetRepositoryPolicy, &repository.arn)?;
    Ok(Verdict::fail_if_any(nobodies(&repository.arn, policy)))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use serde_json::{Value, json};

    use crate::testing::Cases;
    use palisade_model::Fact;
    use palisade_model::iam::PolicyText;
    use palisade_scenes::repositories::{gives, repository_policy};
    use palisade_scenes::repository;

    let to = |principal: Value| repository_policy(&[gives(json!({ "AWS": principal }), &["ecr:PutImage"], json!({}))]);
    let role = "arn:aws:iam::111122223333:role/pipeline";
    Cases::default()
        .not_applicable(repository(|_| {}))
        .pass(to(json!([role, "444455556666"])))
        .pass(to(json!("*")))
        .fail(to(json!("AROAFAKEHARBORPINEOLD")))
        .fail(to(json!([role, "AIDA1234567890EXAMPLE"])))
        .fail(to(json!("arn:aws:iam::111122223333:role/*")))
        .fail(repository_policy(&[
            gives(json!({ "AWS": role }), &["ecr:PutImage"], json!({})),
            json!({ "Effect": "Deny", "Principal": { "AWS": "AROA1234567890EXAMPLE" }, "Action": "ecr:PutImage" }),
        ]))
        .unknown(repository(|repository| repository.policy = Fact::Known(Some(PolicyText::parse("[]")))))
}
