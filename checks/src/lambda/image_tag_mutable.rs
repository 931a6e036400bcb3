use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::ecr::Reference;
use palisade_model::lambda::{Function, Package};
use palisade_model::{Action, Gap};
use palisade_reason::access::image_tags::is_fixed;

check! {
    /// Function was deployed from an image tag that can be moved
    ///
    /// ## Why
    /// A tag names whatever was pushed under it last. Lambda keeps the digest that it found at the deployment, so
    /// nothing changes until the next one; then whoever may push the tag decides what runs, and nobody can tell from
    /// the address what that was.
    ///
    /// An address with a digest passes, and so does one with a tag that a repository of this account does not let
    /// anybody move. Of repositories elsewhere it is not known whether they do.
    ///
    /// ## Severity
    /// Low: harm needs somebody who may push to the repository, and a deployment after that.
    ///
    /// ## Fix
    /// Deploy the image by its digest (`repository@sha256:…`), or forbid moving tags in the repository.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/lambda/latest/dg/images-create.html>
    /// - <https://docs.aws.amazon.com/lambda/latest/api/API_FunctionCodeLocation.html>
    CHECK {
        id: "lambda-image-tag-mutable",
        severity: Severity::Low,
        controls: &[Control::checklist("fixed-image-tag")],
        since: "0.1.0",
        rule: Rule::Function(evaluate),
    }
}

fn evaluate(function: &Function, context: &Context) -> Outcome {
    match &function.package {
        Package::Zip => return Ok(Verdict::NotApplicable),
        Package::Image | Package::Other(_) => {}
    }
    let Some(image) = function.image.known()? else {
        let why = "the answer names no image";
        return Err(Gap::undecided(Action::LambdaGetFunction, &function.arn, why));
    };
    let reference = Reference::parse(&image.uri);
    if reference.digest.is_some_and(|digest| digest.starts_with("sha256:")) || is_fixed(&reference, context)? {
        return Ok(Verdict::Pass);
    }
    let tag = match reference.tag {
        Some(tag) => format!("the tag {tag}"),
        None => "no tag, which stands for latest".to_owned(),
    };
    let resolved = image.resolved_uri.as_deref().map_or(String::new(), |uri| format!("; deployed was {uri}"));
    Ok(Verdict::fail(format!("ImageUri is {} with {tag}{resolved}", image.uri)))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::ecr::TagMutability;
    use palisade_model::lambda::Image;
    use palisade_model::{Fact, Listing};
    use palisade_scenes::{Scene, function, repository};

    let with = |uri: &str| {
        let image = Image { uri: uri.to_owned(), resolved_uri: None };
        function(|function| {
            function.package = Package::Image;
            function.runtime = None;
            function.image = Fact::Known(Some(image));
        })
    };
    let from = |mutability: TagMutability, uri: &str| -> Scene {
        let theirs = repository(|repository| repository.tag_mutability = mutability).inventory;
        let repositories = theirs.regions.values().flat_map(|region| region.ecr.repositories.seen()).cloned().collect();
        with(uri).region(|region| region.ecr.repositories = Listing::whole(repositories))
    };
    let own = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/storefront";
    let foreign = "444455556666.dkr.ecr.eu-west-1.amazonaws.com/shop/storefront:v7";
    let latest = || vec!["latest".to_owned()];
    Cases::default()
        .pass(from(TagMutability::Immutable, &format!("{own}:v7")))
        .pass(from(TagMutability::ImmutableExcept(latest()), &format!("{own}:v7")))
        .fail(from(TagMutability::ImmutableExcept(latest()), own))
        .fail(from(TagMutability::Mutable, &format!("{own}:v7")))
        .fail(from(TagMutability::Immutable, &format!("{own}-next:v7")))
        .fail(from(TagMutability::Immutable, foreign))
        .unknown(from(TagMutability::Other("FROZEN".to_owned()), &format!("{own}:v7")))
        .pass(with("111122223333.dkr.ecr.eu-west-1.amazonaws.com/orders@sha256:4f53"))
        .pass(with("111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/orders:v7@sha256:4f53"))
        .fail(with("111122223333.dkr.ecr.eu-west-1.amazonaws.com/orders:latest"))
        .fail(with("111122223333.dkr.ecr.eu-west-1.amazonaws.com/orders"))
        .fail(with("localhost:4510/orders:v7"))
        .not_applicable(function(|_| {}))
        .unknown(function(|function| function.package = Package::Image))
}
