use crate::check::{Control, Inside, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::ecr::Reference;
use palisade_model::kubernetes::Controller;
use palisade_reason::access::image_tags::is_fixed;
use palisade_reason::in_cluster::images::judged;
use palisade_reason::in_cluster::workloads::each_spec;

check! {
    /// Container image is named by a tag that can be moved
    ///
    /// ## Why
    /// A tag names whatever was pushed under it last. Whoever may push it decides what the next pod runs, and two pods
    /// of one workload may differ. A digest names one image for good.
    ///
    /// A tag passes in a repository of this account that lets nobody move it. Of repositories elsewhere it is not known
    /// whether they do.
    ///
    /// Pods that run are judged beside the template: what somebody attached to a pod, or what a webhook put in, counts
    /// as well.
    ///
    /// ## Severity
    /// Low: harm needs somebody who may push to the repository.
    ///
    /// ## Fix
    /// Name the image by its digest (`repository@sha256:…`), or forbid moving tags in the repository.
    ///
    /// ## References
    /// - <https://kubernetes.io/docs/concepts/containers/images/>
    /// - <https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html>
    CHECK {
        id: "kubernetes-workload-image-unpinned",
        severity: Severity::Low,
        controls: &[Control::checklist("fixed-image-tag")],
        since: "0.1.0",
        rule: Rule::Controller(evaluate),
    }
}

fn evaluate(inside: &Inside<'_, Controller>, context: &Context) -> Outcome {
    each_spec(inside, context, |spec| {
        judged(spec, |image| {
            let reference = Reference::parse(image);
            let is_pinned = reference.digest.is_some_and(|digest| digest.starts_with("sha256:"));
            if is_pinned || is_fixed(&reference, context)? {
                return Ok(None);
            }
            Ok(Some(format!("image is {image}")))
        })
    })
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::Listing;
    use palisade_model::ecr::TagMutability;
    use palisade_scenes::kubernetes::container;
    use palisade_scenes::{Scene, repository};

    let with = |image: &str| container(|container| image.clone_into(&mut container.image));
    let held = |mutability: TagMutability, image: &str| -> Scene {
        let theirs = repository(|repository| repository.tag_mutability = mutability).inventory;
        let repositories = theirs.regions.values().flat_map(|region| region.ecr.repositories.seen()).cloned().collect();
        with(image).region(|region| region.ecr.repositories = Listing::whole(repositories))
    };
    let own = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/storefront";
    let digest = format!("sha256:{}", "5e".repeat(32));
    Cases::default()
        .pass(with(&format!("nginx:1.27@{digest}")))
        .pass(held(TagMutability::Immutable, &format!("{own}:v7")))
        .pass(held(TagMutability::ImmutableExcept(vec!["latest".to_owned()]), &format!("{own}:v7")))
        .fail(held(TagMutability::ImmutableExcept(vec!["v*".to_owned()]), &format!("{own}:v7")))
        .fail(held(TagMutability::Mutable, &format!("{own}:v7")))
        .fail(held(TagMutability::Immutable, &format!("{own}-next:v7")))
        .fail(with("nginx:1.27"))
        .fail(with("nginx"))
        .fail(with("444455556666.dkr.ecr.eu-west-1.amazonaws.com/shop/storefront:v7"))
        .unknown(held(TagMutability::Other("FROZEN".to_owned()), &format!("{own}:v7")))
}
