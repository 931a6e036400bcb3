use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use crate::facts::lambda::{Function, Package};
use crate::facts::{Action, Gap};

check! {
    /// Function was deployed from an image tag that can be moved
    ///
    /// ## Why
    /// A tag names whatever was pushed under it last. Lambda keeps the digest that it found at the deployment, so
    /// nothing changes until the next one; then whoever may push the tag decides what runs, and nobody can tell from
    /// the address what that was.
    ///
    /// An address with a digest passes. Whether the repository forbids moving its tags is not looked at.
    ///
    /// ## Severity
    /// Low: harm needs somebody who may push to the repository, and a deployment after that.
    ///
    /// ## Fix
    /// Deploy the image by its digest (`repository@sha256:…`).
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

fn evaluate(function: &Function, _: &Context) -> Outcome {
    match &function.package {
        Package::Zip => return Ok(Verdict::NotApplicable),
        Package::Image | Package::Other(_) => {}
    }
    let Some(image) = function.image.known()? else {
        let why = "the answer names no image";
        return Err(Gap::failed(Action::LambdaGetFunction, &function.arn, why));
    };
    let name = image.uri.rsplit('/').next().unwrap_or(&image.uri);
    if name.contains("@sha256:") {
        return Ok(Verdict::Pass);
    }
    let tag = match name.split_once(':') {
        Some((_, tag)) => format!("the tag {tag}"),
        None => "no tag, which stands for latest".to_owned(),
    };
    let resolved = image.resolved_uri.as_deref().map_or(String::new(), |uri| format!("; deployed was {uri}"));
    Ok(Verdict::fail(format!("ImageUri is {} with {tag}{resolved}", image.uri)))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::facts::Fact;
    use crate::facts::lambda::Image;
    use crate::testing::{Cases, function};

    let with = |uri: &str| {
        let image = Image { uri: uri.to_owned(), resolved_uri: None };
        function(|function| {
            function.package = Package::Image;
            function.runtime = None;
            function.image = Fact::Known(Some(image));
        })
    };
    Cases::default()
        .pass(with("111122223333.dkr.ecr.eu-west-1.amazonaws.com/orders@sha256:4f53"))
        .pass(with("111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/orders:v7@sha256:4f53"))
        .fail(with("111122223333.dkr.ecr.eu-west-1.amazonaws.com/orders:latest"))
        .fail(with("111122223333.dkr.ecr.eu-west-1.amazonaws.com/orders"))
        .fail(with("localhost:4510/orders:v7"))
        .not_applicable(function(|_| {}))
        .unknown(function(|function| function.package = Package::Image))
}
