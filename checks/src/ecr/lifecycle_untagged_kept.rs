use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::ecr::{Artifact, ArtifactKind, Fate, Repository, TagMutability};
use palisade_model::{Action, Gap};

check! {
    /// Lifecycle policy never expires untagged images
    ///
    /// ## Why
    /// An image loses its tag when the tag moves on. Nobody asks for it by name any more, and it stays all the same: in
    /// the bill, in the results of scans, and for everybody who knows its digest.
    ///
    /// The policy is judged as ECR applies it: the first rule whose tags match takes an image, and later ones leave it
    /// alone. A rule that keeps 100,000 images, as many as a repository holds, or waits for ten years counts as one that
    /// never acts; moving images to the archive does not delete them. A repository with immutable tags and no untagged
    /// image has nothing to expire. The platform images of a multi-platform image are untagged too, and go only after it.
    ///
    /// ## Severity
    /// Low: it costs money, and keeps what should be gone.
    ///
    /// ## Fix
    /// Add a rule with the `tagStatus` `untagged`, the action `expire` and a short time, such as 14 days after the push.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html#lp_evaluation_rules>
    /// - <https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html>
    CHECK {
        id: "ecr-lifecycle-untagged-kept",
        severity: Severity::Low,
        controls: &[Control::checklist("image-lifecycle")],
        since: "0.1.0",
        rule: Rule::Repository(evaluate),
    }
}

fn evaluate(repository: &Repository, _: &Context) -> Outcome {
    let Some(lifecycle) = repository.lifecycle.known()? else { return Ok(Verdict::NotApplicable) };
    let why = match lifecycle.fate(&[], false) {
        Fate::Expired(_) => return Ok(Verdict::Pass),
        Fate::Undecided(why) => return Err(Gap::undecided(Action::EcrGetLifecyclePolicy, &repository.arn, why)),
        Fate::Kept(why) => why,
    };
    let policy = format!("of an untagged image the lifecycle policy says: {why}");
    let untagged = match (repository.artifacts.complete(), &repository.tag_mutability) {
        (Ok(artifacts), TagMutability::Other(setting)) if untagged(artifacts).is_empty() => {
            let action = Action::EcrDescribeRepositories;
            return Err(Gap::not_known(action, &repository.arn, "imageTagMutability", setting));
        }
        (Ok(artifacts), _) => untagged(artifacts),
        (Err(gap), TagMutability::Immutable | TagMutability::Other(_)) => return Err(gap),
        // Tags move here, so that the policy fails whatever the repository holds at the moment.
        (Err(_), _) => return Ok(Verdict::fail(policy)),
    };
    let is_spared = repository.tag_mutability == TagMutability::Immutable && untagged.is_empty();
    if is_spared {
        return Ok(Verdict::NotApplicable);
    }
    Ok(Verdict::fail_if_any([policy, count(&untagged)]))
}

fn untagged(artifacts: &[Artifact]) -> Vec<&Artifact> {
    let is_image = |artifact: &&Artifact| match artifact.kind {
        ArtifactKind::Image | ArtifactKind::Index | ArtifactKind::Other(_) => artifact.tags.is_empty(),
        // They go with the image that they are about.
        ArtifactKind::Signature | ArtifactKind::Attestation => false,
    };
    artifacts.iter().filter(is_image).collect()
}

fn count(untagged: &[&Artifact]) -> String {
    let bytes: u64 = untagged.iter().map(|artifact| artifact.size_bytes).sum();
    let oldest = untagged.iter().filter_map(|artifact| artifact.pushed_at).min();
    let oldest = oldest.map_or(String::new(), |time| format!(", the oldest pushed on {:.10}", time.to_string()));
    format!("{} untagged images of {} MB{oldest}", untagged.len(), bytes / 1_000_000)
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use serde_json::{Value, json};

    use crate::testing::Cases;
    use palisade_model::ecr::Lifecycle;
    use palisade_model::{Fact, Listing};
    use palisade_scenes::{Scene, new_image, repository};

    let rule = |priority: u64, tags: &str, count: u64, action: &str| {
        json!({
            "rulePriority": priority, "action": { "type": action },
            "selection": { "tagStatus": tags, "countType": "imageCountMoreThan", "countNumber": count }
        })
    };
    let scene = |setting: TagMutability, with_untagged: bool, rules: &[Value]| -> Scene {
        let lifecycle = Lifecycle::parse(&json!({ "rules": rules }).to_string());
        repository(|repository| {
            repository.tag_mutability = setting;
            repository.lifecycle = Fact::Known(Some(lifecycle));
            if with_untagged {
                let artifact = Artifact { tags: vec![], ..new_image("shop/storefront").artifact };
                repository.artifacts = Listing::whole(vec![artifact; 3]);
            }
        })
    };
    let mutable = |rules: &[Value]| scene(TagMutability::Mutable, true, rules);
    let tagged = json!({
        "rulePriority": 1, "action": { "type": "expire" },
        "selection": { "tagStatus": "tagged", "tagPrefixList": ["v"], "countType": "imageCountMoreThan", "countNumber": 9 }
    });
    let archive = json!({
        "rulePriority": 1, "action": { "type": "transition", "targetStorageClass": "archive" },
        "selection": { "tagStatus": "any", "countType": "sinceImagePulled", "countUnit": "days", "countNumber": 90 }
    });
    Cases::default()
        .pass(mutable(&[rule(1, "untagged", 1, "expire")]))
        .pass(mutable(&[tagged.clone(), rule(2, "any", 500, "expire")]))
        .pass(scene(TagMutability::Immutable, false, &[rule(2, "any", 99_999, "expire")]))
        .fail(mutable(&[]))
        .fail(mutable(std::slice::from_ref(&tagged)))
        .fail(mutable(&[rule(1, "untagged", 100_000, "expire"), rule(2, "any", 9, "expire")]))
        .fail(mutable(&[archive, rule(2, "any", 9, "expire")]))
        .fail(scene(TagMutability::Mutable, false, std::slice::from_ref(&tagged)))
        .fail(scene(TagMutability::Immutable, true, std::slice::from_ref(&tagged)))
        .not_applicable(scene(TagMutability::Immutable, false, &[tagged]))
        .not_applicable(repository(|repository| repository.lifecycle = Fact::Known(None)))
        .unknown(scene(TagMutability::Other("FROZEN".to_owned()), false, &[]))
        .fail(scene(TagMutability::Other("FROZEN".to_owned()), true, &[]))
        .unknown(mutable(&[rule(1, "untagged", 1, "quarantine")]))
        .unknown(mutable(&[rule(1, "unsigned", 1, "expire")]))
}
