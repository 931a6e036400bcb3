use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::ecr::{Artifact, ArtifactKind, Ecr, Image, Signature};
use palisade_model::{Action, Gap};

check! {
    /// Image is not signed although a rule asks for it
    ///
    /// ## Why
    /// The registry is configured to sign images of the repository. Whoever deploys this one cannot tell whether it came
    /// from the pipeline, and a cluster that verifies signatures turns it away.
    ///
    /// Judged are images that are in use and the newest of each repository, where a signing rule of the registry matches.
    /// An image that was pushed before the rule was made is not signed either. A signature of Cosign or Notation that lies
    /// beside the image passes as well, where ECR made none: it is there, whether or not it can be verified and whoever
    /// made it, which is for the cluster to find out. A signature that ECR began and could not make fails all the same.
    ///
    /// ## Severity
    /// Low: harm needs somebody who may push, and a deployment after that.
    ///
    /// ## Fix
    /// Push the image anew, so that ECR signs it; where signing failed, mend the signing profile or its permissions.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECR/latest/userguide/managed-signing.html>
    /// - <https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeImageSigningStatus.html>
    CHECK {
        id: "ecr-image-unsigned",
        severity: Severity::Low,
        controls: &[Control::checklist("images-signed")],
        since: "0.1.0",
        rule: Rule::Image(evaluate),
    }
}

fn evaluate(image: &Image, context: &Context) -> Outcome {
    let gap = |why: String| Gap::undecided(Action::EcrDescribeImageSigningStatus, &image.arn, why);
    let Some(ecr) = context.ecr(&image.arn) else {
        return Err(gap("the registry of the Region was not read".to_owned()));
    };
    let name = image.repository.as_str().split_once(":repository/").map_or("", |(_, name)| name);
    let rules = ecr.registry.signing.known()?;
    let Some(rule) = rules.iter().find(|rule| rule.covers(name)) else { return Ok(Verdict::NotApplicable) };
    if !image.is_worth_judging()? {
        return Ok(Verdict::NotApplicable);
    }
    match image.signature.known()? {
        Some(Signature::Complete) => Ok(Verdict::Pass),
        Some(Signature::InProgress) => Err(gap("the signature is being made".to_owned())),
        Some(Signature::Other(word)) => {
            Err(Gap::not_known(Action::EcrDescribeImageSigningStatus, &image.arn, "the signing status", word))
        }
        Some(Signature::Failed(reason)) => Ok(Verdict::fail(format!("signing with {} failed: {reason}", rule.profile))),
        None if is_signed_otherwise(image, ecr)? => Ok(Verdict::Pass),
        None => Ok(Verdict::fail(format!("there is no signature; images of {name} are signed with {}", rule.profile))),
    }
}

/// Whether the repository holds a signature of the image, by whomever.
fn is_signed_otherwise(image: &Image, ecr: &Ecr) -> Result<bool, Gap> {
    let digest = &image.artifact.digest;
    let signs = |one: &Artifact| one.kind == ArtifactKind::Signature && one.subject.as_ref() == Some(digest);
    match ecr.repositories.find(|repository| repository.arn == image.repository)? {
        Some(repository) => Ok(repository.artifacts.find(signs)?.is_some()),
        None => Ok(false),
    }
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::Fact;
    use palisade_model::ecr::SigningRule;
    use palisade_scenes::{Scene, image};

    let word = |text: &str| text.to_owned();
    let signing = |filters: &[&str], signature: Option<Signature>| -> Scene {
        let rule = SigningRule {
            profile: "arn:aws:signer:eu-west-1:111122223333:/signing-profiles/pipeline".into(),
            filters: filters.iter().map(|filter| word(filter)).collect(),
        };
        image(|image| image.signature = Fact::Known(signature))
            .region(|region| region.ecr.registry.signing = Fact::Known(vec![rule]))
    };
    Cases::default()
        .pass(signing(&["shop/*"], Some(Signature::Complete)))
        .pass(signing(&[], Some(Signature::Complete)))
        .fail(signing(&["shop/*"], None))
        .fail(signing(&[], None))
        .fail(signing(&["tools", "*front"], Some(Signature::Failed(word("AccessDenied")))))
        .not_applicable(image(|_| {}))
        .not_applicable(signing(&["shop", "tools/*"], None))
        .not_applicable(signing(&[], None).image(|image| image.artifact.kind = ArtifactKind::Attestation))
        .unknown(signing(&["*"], Some(Signature::InProgress)))
        .unknown(signing(&["*"], Some(Signature::Other(word("HALF_DONE")))))
}
