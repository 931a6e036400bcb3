use jiff::SignedDuration;

use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::ecr::{Image, day};
use palisade_model::{Action, Gap};

check! {
    /// Image is old
    ///
    /// ## Why
    /// An image holds its packages as they were when it was built. What was mended since is missing from it, also where no
    /// scanner can tell, and a team that has not built for long finds out in a hurry that it no longer can.
    ///
    /// The threshold `image_days` says from how many days after its push an image is old. Judged are images that are in
    /// use and the newest of each repository.
    ///
    /// ## Severity
    /// Low: age by itself is no weakness.
    ///
    /// ## Fix
    /// Build and deploy the image anew, on an updated base, even when the application has not changed.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ImageDetail.html>
    /// - <https://docs.docker.com/build/building/best-practices/#rebuild-your-images-often>
    CHECK {
        id: "ecr-image-old",
        severity: Severity::Low,
        controls: &[Control::checklist("images-rebuilt")],
        since: "0.1.0",
        rule: Rule::Image(evaluate),
    }
}

fn evaluate(image: &Image, context: &Context) -> Outcome {
    if !image.is_worth_judging()? {
        return Ok(Verdict::NotApplicable);
    }
    let Some(pushed) = image.artifact.pushed_at else {
        return Err(Gap::undecided(Action::EcrDescribeImages, &image.arn, "the image has no imagePushedAt"));
    };
    let age = context.settings.now.duration_since(pushed);
    if age < SignedDuration::from_hours(24 * i64::from(context.settings.thresholds.image_days)) {
        return Ok(Verdict::Pass);
    }
    let evidence = [format!("imagePushedAt is {}, {} days ago", day(pushed), age.as_hours() / 24), image.usage()];
    Ok(Verdict::fail_if_any(evidence.into_iter().filter(|line| !line.is_empty())))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::ecr::{ArtifactKind, Use};
    use palisade_scenes::{Scene, image};

    let pushed = |time: &str| -> Scene { image(|image| image.artifact.pushed_at = Some(time.parse().unwrap())) };
    let kind = |kind: ArtifactKind| pushed("2020-01-01T00:00:00Z").image(|image| image.artifact.kind = kind);
    let pulled = Use::Pulled("2026-11-21T00:00:00Z".parse().unwrap());
    Cases::default()
        .pass(image(|_| {}))
        .pass(pushed("2026-08-24T00:00:01Z"))
        .pass(pushed("2026-08-24T00:00:00Z").settings(|settings| settings.thresholds.image_days = 365))
        .fail(pushed("2026-08-24T00:00:00Z"))
        .fail(pushed("2020-01-01T00:00:00Z").image(|image| (image.uses, image.newest) = (vec![pulled], false)))
        .fail(kind(ArtifactKind::Index))
        .not_applicable(kind(ArtifactKind::Signature))
        .unknown(image(|image| image.artifact.pushed_at = None))
}
