use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::ecr::Repository;

check! {
    /// Repository keeps every image for good
    ///
    /// ## Why
    /// Without a lifecycle policy nothing is ever deleted. Images with vulnerabilities that nobody fixes any more can
    /// still be pulled, each is paid for, and what is in use is hard to tell from what is not.
    ///
    /// ## Severity
    /// Low: harm needs somebody who deploys an old image.
    ///
    /// ## Fix
    /// Give the repository a lifecycle policy that expires untagged images and those beyond a number or an age.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html>
    /// - <https://docs.aws.amazon.com/securityhub/latest/userguide/ecr-controls.html#ecr-3>
    CHECK {
        id: "ecr-lifecycle-missing",
        severity: Severity::Low,
        controls: &[
            Control::security_hub("ECR.3"),
            Control::prowler("ecr_repositories_lifecycle_policy_enabled"),
            Control::checklist("image-lifecycle"),
        ],
        since: "0.1.0",
        rule: Rule::Repository(evaluate),
    }
}

fn evaluate(repository: &Repository, _: &Context) -> Outcome {
    let is_missing = repository.lifecycle.known()?.is_none();
    Ok(Verdict::fail_when(is_missing, || format!("{} has no lifecycle policy", repository.name)))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::ecr::Lifecycle;
    use palisade_model::{Action, Fact, Gap};
    use palisade_scenes::repository;

    let with = |text: &str| {
        let lifecycle = Lifecycle::parse(text);
        repository(|repository| repository.lifecycle = Fact::Known(Some(lifecycle)))
    };
    Cases::default()
        .pass(with(
            r#"{"rules":[{"rulePriority":1,"selection":{"tagStatus":"any","countType":"imageCountMoreThan","countNumber":9},
            "action":{"type":"expire"}}]}"#,
        ))
        .pass(with("…"))
        .fail(repository(|repository| repository.lifecycle = Fact::Known(None)))
        .unknown(repository(|repository| {
            let gap = Gap::undecided(Action::EcrGetLifecyclePolicy, &repository.arn, "no answer");
            repository.lifecycle = Fact::Unknown(gap);
        }))
}
