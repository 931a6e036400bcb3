use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::ecr::{Repository, TagMutability};
use palisade_model::{Action, Gap};

check! {
    /// Tags of the repository can be moved to other images
    ///
    /// ## Why
    /// Whoever may push can put another image under a tag that workloads already ask for. Nothing in their
    /// configuration changes, and the image that ran before is hard to find again.
    ///
    /// A repository with immutable tags passes also when it leaves some tags out, unless one of the patterns is `*`; a
    /// workload that asks for such a tag is the business of `ecr-image-mutable-tag-in-use`.
    ///
    /// ## Severity
    /// Medium: harm needs somebody who may push.
    ///
    /// ## Fix
    /// Set the repository's tag mutability to `IMMUTABLE`, or to `IMMUTABLE_WITH_EXCLUSION` with narrow patterns for the
    /// tags that have to move.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html>
    /// - <https://docs.aws.amazon.com/securityhub/latest/userguide/ecr-controls.html#ecr-2>
    CHECK {
        id: "ecr-tag-mutable",
        severity: Severity::Medium,
        controls: &[
            Control::security_hub("ECR.2"),
            Control::prowler("ecr_repositories_tag_immutability"),
            Control::checklist("fixed-image-tag"),
        ],
        since: "0.1.0",
        rule: Rule::Repository(evaluate),
    }
}

fn evaluate(repository: &Repository, _: &Context) -> Outcome {
    let covers_all = |patterns: &[String]| patterns.iter().any(|pattern| pattern.bytes().all(|byte| byte == b'*'));
    match &repository.tag_mutability {
        TagMutability::Immutable => Ok(Verdict::Pass),
        TagMutability::Mutable => Ok(Verdict::fail("imageTagMutability is MUTABLE")),
        TagMutability::MutableExcept(patterns) => Ok(Verdict::fail_when(!covers_all(patterns), || {
            format!("imageTagMutability is MUTABLE_WITH_EXCLUSION, but for {}", patterns.join(", "))
        })),
        TagMutability::ImmutableExcept(patterns) => Ok(Verdict::fail_when(covers_all(patterns), || {
            format!("imageTagMutability is IMMUTABLE_WITH_EXCLUSION, but for {}", patterns.join(", "))
        })),
        TagMutability::Other(setting) => {
            Err(Gap::not_known(Action::EcrDescribeRepositories, &repository.arn, "imageTagMutability", setting))
        }
    }
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_scenes::{Scene, repository};

    let with = |setting: TagMutability| -> Scene { repository(|repository| repository.tag_mutability = setting) };
    let texts = |patterns: &[&str]| patterns.iter().map(|pattern| (*pattern).to_owned()).collect::<Vec<_>>();
    Cases::default()
        .pass(with(TagMutability::Immutable))
        .pass(with(TagMutability::ImmutableExcept(texts(&["dev-*", "latest"]))))
        .pass(with(TagMutability::ImmutableExcept(texts(&[]))))
        .pass(with(TagMutability::MutableExcept(texts(&["*"]))))
        .fail(with(TagMutability::Mutable))
        .fail(with(TagMutability::MutableExcept(texts(&["v*"]))))
        .fail(with(TagMutability::MutableExcept(texts(&[]))))
        .fail(with(TagMutability::ImmutableExcept(texts(&["dev-*", "*"]))))
        .fail(with(TagMutability::ImmutableExcept(texts(&["**"]))))
        .unknown(with(TagMutability::Other("FROZEN".to_owned())))
}
