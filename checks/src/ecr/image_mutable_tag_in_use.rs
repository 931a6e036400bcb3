use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::ecr::{Image, Reference, TagMutability};
use palisade_model::{Action, Gap};

check! {
    /// Workload runs the image by a tag that can be moved
    ///
    /// ## Why
    /// The configuration names whatever was pushed under the tag last. The next task or pod that starts may run something
    /// else than its neighbours, chosen by whoever may push, and nobody can tell from the address what ran when.
    ///
    /// An address with a digest is fixed, and so is one with a tag that the repository does not let anybody move, unless
    /// it is `latest`. Lambda functions keep the digest of their deployment and are the business of
    /// `lambda-image-tag-mutable`.
    ///
    /// ## Severity
    /// Medium: harm needs somebody who may push to the repository.
    ///
    /// ## Fix
    /// Deploy the image by its digest (`repository@sha256:…`), or forbid moving tags in the repository and give each
    /// build a tag of its own.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html>
    /// - <https://kubernetes.io/docs/concepts/containers/images/#image-names>
    CHECK {
        id: "ecr-image-mutable-tag-in-use",
        severity: Severity::Medium,
        controls: &[Control::checklist("fixed-image-tag")],
        since: "0.1.0",
        rule: Rule::Image(evaluate),
    }
}

/// How many workloads are named of an image that many run.
const NAMED: usize = 20;

fn evaluate(image: &Image, context: &Context) -> Outcome {
    let mut workloads: Vec<_> = image.workloads().collect();
    workloads.retain(|(arn, _)| !arn.as_str().contains(":lambda:"));
    if workloads.is_empty() {
        context.knows_uses(image)?;
        return Ok(Verdict::NotApplicable);
    }
    let mut undecided = None;
    let mut evidence = Vec::new();
    for (arn, address) in workloads {
        match movable(image, address, context) {
            Ok(None) => {}
            Ok(Some(what)) => evidence.push(format!("{arn} runs {address} {what}")),
            Err(gap) => undecided = Some(gap),
        }
    }
    let more = evidence.len().saturating_sub(NAMED);
    evidence.truncate(NAMED);
    evidence.extend((more > 0).then(|| format!("and {more} more")));
    if evidence.is_empty() {
        // Whoever was not seen may run it by a tag.
        context.knows_uses(image)?;
    }
    match undecided {
        Some(gap) if evidence.is_empty() => Err(gap),
        Some(_) | None => Ok(Verdict::fail_if_any(evidence)),
    }
}

/// What it is in the address that can come to mean another image.
fn movable(image: &Image, address: &str, context: &Context) -> Result<Option<&'static str>, Gap> {
    let reference = Reference::parse(address);
    let tag = match (reference.digest, reference.tag) {
        (Some(_), _) => return Ok(None),
        (None, None) => return Ok(Some("without a tag, which stands for latest")),
        (None, Some("latest")) => return Ok(Some("by the tag latest")),
        (None, Some(tag)) => tag,
    };
    let action = Action::EcrDescribeRepositories;
    let Some(repository) = context.repository(&image.repository)? else {
        return Err(Gap::undecided(action, &image.repository, "the repository is not in the list"));
    };
    match repository.tag_mutability.moves(tag) {
        Ok(true) => Ok(Some(setting(&repository.tag_mutability))),
        Ok(false) => Ok(None),
        Err(setting) => Err(Gap::not_known(action, &image.repository, "imageTagMutability", setting)),
    }
}

fn setting(mutability: &TagMutability) -> &'static str {
    match mutability {
        TagMutability::MutableExcept(_) => "by a tag that can be moved (MUTABLE_WITH_EXCLUSION)",
        TagMutability::ImmutableExcept(_) => "by a tag that can be moved (IMMUTABLE_WITH_EXCLUSION)",
        TagMutability::Mutable | TagMutability::Immutable | TagMutability::Other(_) => {
            "by a tag that can be moved (MUTABLE)"
        }
    }
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::Listing;
    use palisade_model::ecr::Use;
    use palisade_scenes::{Scene, function_arn, image};

    let runs = |mutability: TagMutability, endings: &[&str]| -> Scene {
        let uses = endings.iter().map(|ending| Use::Controller {
            arn: "arn:aws:ecs:eu-west-1:111122223333:task-definition/storefront:7".into(),
            reference: format!("111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/storefront{ending}"),
        });
        image(|image| image.uses = uses.collect()).region(|region| {
            let mut repositories = region.ecr.repositories.seen().to_vec();
            repositories[0].tag_mutability = mutability;
            region.ecr.repositories = Listing::whole(repositories);
        })
    };
    let texts = |patterns: &[&str]| patterns.iter().map(|pattern| (*pattern).to_owned()).collect::<Vec<_>>();
    let by_function = Use::Controller { arn: function_arn("orders"), reference: "shop/storefront:latest".to_owned() };
    let frozen = || TagMutability::Other("FROZEN".to_owned());
    Cases::default()
        .pass(runs(TagMutability::Mutable, &["@sha256:5e5e", ":v1@sha256:5e5e", ":latest@sha256:5e5e"]))
        .pass(runs(TagMutability::Immutable, &[":v1"]))
        .pass(runs(TagMutability::ImmutableExcept(texts(&["dev-*"])), &[":v1"]))
        .pass(runs(TagMutability::MutableExcept(texts(&["v*"])), &[":v1"]))
        .fail(runs(TagMutability::Mutable, &[":v1"]))
        .fail(runs(TagMutability::Immutable, &[":v1", ":latest"]))
        .fail(runs(TagMutability::Immutable, &[""]))
        .fail(runs(TagMutability::ImmutableExcept(texts(&["dev-*"])), &[":dev-1"]))
        .fail(runs(TagMutability::MutableExcept(texts(&["v*"])), &[":1.4.2"]))
        .fail(runs(frozen(), &[":v1", ":latest"]))
        .fail(runs(TagMutability::Mutable, &[":v1"; 30]))
        .not_applicable(image(|_| {}))
        .not_applicable(image(|image| image.uses = vec![Use::Inspector { count: 3, last_at: None }]))
        .not_applicable(image(|image| image.uses = vec![by_function]))
        .unknown(runs(frozen(), &[":v1"]))
}
