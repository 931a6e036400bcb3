use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::ecr::{Artifact, ArtifactKind, Fate, Repository};
use palisade_model::{Action, Gap};

check! {
    /// Lifecycle policy never expires some tagged images
    ///
    /// ## Why
    /// Where each build has a tag of its own, tagged images are most of what a repository holds. Those that no rule takes
    /// stay for good, with the vulnerabilities that they were built with, and can be deployed by name at any time.
    ///
    /// Judged are the tagged images that the repository holds, each as ECR applies the policy: the first rule whose tags
    /// match takes an image, and later ones leave it alone. A rule that keeps 100,000 images, as many as a repository
    /// holds, or waits for ten years counts as one that never acts; moving images to the archive does not delete them.
    ///
    /// ## Severity
    /// Informational: a release may be meant to stay. Suppress the finding where it is.
    ///
    /// ## Fix
    /// Add a rule with the `tagStatus` `any` as the last one, which expires images beyond a number or an age, or one with
    /// patterns for the tags that are left.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html#lp_evaluation_rules>
    /// - <https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html>
    CHECK {
        id: "ecr-lifecycle-tagged-kept",
        severity: Severity::Informational,
        controls: &[Control::checklist("image-lifecycle")],
        since: "0.1.0",
        rule: Rule::Repository(evaluate),
    }
}

fn evaluate(repository: &Repository, _: &Context) -> Outcome {
    const NAMED: usize = 5;
    let Some(lifecycle) = repository.lifecycle.known()? else { return Ok(Verdict::NotApplicable) };
    let (mut kept, mut undecided, mut judged) = (Vec::new(), None, 0);
    for artifact in repository.artifacts.seen().iter().filter(|artifact| is_tagged_image(artifact)) {
        judged += 1;
        let is_archived = artifact
            .archived
            .is_on(|state| Gap::not_known(Action::EcrDescribeImages, &repository.arn, "imageStatus", state))?;
        match lifecycle.fate(&artifact.tags, is_archived) {
            Fate::Expired(_) => {}
            Fate::Kept(why) => kept.push((artifact, why)),
            Fate::Undecided(why) => undecided = Some(why),
        }
    }
    if let Some((artifact, why)) = kept.first() {
        let names = kept.iter().take(NAMED).map(|(artifact, _)| artifact.tags.join(", "));
        let more = kept.len().saturating_sub(NAMED);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let names = format!("kept are {}{more}", names.collect::<Vec<_>>().join("; "));
        let policy = format!("of {} the lifecycle policy says: {why}", artifact.tags.join(", "));
        return Ok(Verdict::fail_if_any([policy, names]));
    }
    if let Some(why) = undecided {
        return Err(Gap::undecided(Action::EcrGetLifecyclePolicy, &repository.arn, why));
    }
    repository.artifacts.complete()?;
    Ok(if judged == 0 { Verdict::NotApplicable } else { Verdict::Pass })
}

fn is_tagged_image(artifact: &Artifact) -> bool {
    match artifact.kind {
        ArtifactKind::Image | ArtifactKind::Index | ArtifactKind::Other(_) => !artifact.tags.is_empty(),
        // They go with the image that they are about.
        ArtifactKind::Signature | ArtifactKind::Attestation => false,
    }
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use serde_json::{Value, json};

    use crate::testing::Cases;
    use palisade_model::ecr::Lifecycle;
    use palisade_model::{Fact, Listing, Switch};
    use palisade_scenes::{Scene, new_image, repository};

    let rule = |priority: u64, tags: &str, count: u64, action: &str| {
        json!({
            "rulePriority": priority, "action": { "type": action },
            "selection": { "tagStatus": tags, "countType": "imageCountMoreThan", "countNumber": count }
        })
    };
    let versions = json!({
        "rulePriority": 1, "action": { "type": "expire" },
        "selection": { "tagStatus": "tagged", "tagPrefixList": ["v"], "countType": "imageCountMoreThan", "countNumber": 9 }
    });
    let changed = |tags: &[&str], rules: &[Value], change: fn(&mut Repository)| -> Scene {
        let lifecycle = Lifecycle::parse(&json!({ "rules": rules }).to_string());
        let artifact = |tag: &&str| Artifact { tags: vec![(*tag).to_owned()], ..new_image("shop/storefront").artifact };
        let artifacts = tags.iter().map(artifact).collect();
        repository(|repository| {
            repository.lifecycle = Fact::Known(Some(lifecycle));
            repository.artifacts = Listing::whole(artifacts);
            change(repository);
        })
    };
    let scene = |tags: &[&str], rules: &[Value]| changed(tags, rules, |_| {});
    let archived = |repository: &mut Repository| {
        let mut artifacts = repository.artifacts.seen().to_vec();
        artifacts[0].archived = Switch::On;
        repository.artifacts = Listing::whole(artifacts);
    };
    let unread = |repository: &mut Repository| {
        let gap = Gap::undecided(Action::EcrDescribeImages, &repository.arn, "no answer");
        repository.artifacts = Listing::new(repository.artifacts.seen().to_vec(), Some(gap));
    };
    Cases::default()
        .pass(scene(&["v1", "v2"], std::slice::from_ref(&versions)))
        .pass(scene(&["v1", "main"], &[versions.clone(), rule(2, "any", 500, "expire")]))
        .fail(scene(&["v1", "main"], std::slice::from_ref(&versions)))
        .fail(scene(&["main"], &[rule(1, "untagged", 1, "expire")]))
        .fail(scene(&["main"], &[rule(1, "any", 100_000, "expire")]))
        .fail(changed(&["v1"], std::slice::from_ref(&versions), archived))
        .fail(changed(&["main"], std::slice::from_ref(&versions), unread))
        .unknown(changed(&["v1"], std::slice::from_ref(&versions), unread))
        .unknown(scene(&["v1"], &[rule(1, "any", 1, "quarantine")]))
        .unknown(scene(&["v1"], &[rule(1, "unsigned", 1, "expire")]))
        .not_applicable(scene(&[], std::slice::from_ref(&versions)))
        .not_applicable(repository(|repository| repository.lifecycle = Fact::Known(None)))
}
