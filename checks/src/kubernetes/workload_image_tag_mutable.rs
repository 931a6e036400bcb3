use crate::check::{Control, Inside, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::ecr::Reference;
use palisade_model::kubernetes::Controller;
use palisade_reason::access::image_tags::is_fixed;
use palisade_reason::in_cluster::images::judged;
use palisade_reason::in_cluster::workloads::each_spec;

check! {
    /// Container image has no tag, or the tag latest
    ///
    /// ## Why
    /// The name stands for whatever was pushed last. Each new pod, on each node, may run something else; nobody can say
    /// what runs, or go back to what ran.
    ///
    /// The tag of `registry:5000/app` is missing too: what follows the colon is a port. A digest beside it settles what
    /// runs, and so does a repository of this account that lets nobody move the tag.
    ///
    /// Pods that run are judged beside the template: what somebody attached to a pod, or what a webhook put in, counts
    /// as well.
    ///
    /// ## Severity
    /// Medium: whoever may push to the repository decides what runs next.
    ///
    /// ## Fix
    /// Name a version, and better the digest (`repository@sha256:…`).
    ///
    /// ## References
    /// - <https://kubernetes.io/docs/concepts/containers/images/>
    CHECK {
        id: "kubernetes-workload-image-tag-mutable",
        severity: Severity::Medium,
        controls: &[Control::prowler("core_image_tag_fixed"), Control::checklist("fixed-image-tag")],
        since: "0.1.0",
        rule: Rule::Controller(evaluate),
    }
}

fn evaluate(inside: &Inside<'_, Controller>, context: &Context) -> Outcome {
    each_spec(inside, context, |spec| {
        judged(spec, |image| {
            let reference = Reference::parse(image);
            let is_moving = reference.tag.is_none_or(|tag| tag.eq_ignore_ascii_case("latest"));
            if reference.digest.is_some() || !is_moving || is_fixed(&reference, context)? {
                return Ok(None);
            }
            let tag = reference.tag.map_or("no tag".to_owned(), |tag| format!("the tag {tag}"));
            Ok(Some(format!("image {image} has {tag}")))
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
        .pass(with("nginx:1.27"))
        .pass(with(&format!("nginx@{digest}")))
        .pass(with(&format!("nginx:latest@{digest}")))
        .pass(with("registry.example:5000/app:1.4"))
        .pass(held(TagMutability::Immutable, &format!("{own}:latest")))
        .fail(with("nginx"))
        .fail(with("nginx:latest"))
        .fail(with("nginx:LATEST"))
        .fail(with("registry.example:5000/app"))
        .fail(held(TagMutability::Mutable, own))
        .unknown(held(TagMutability::Other("FROZEN".to_owned()), own))
}
