use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::ecr::{ArtifactKind, Image, ScanStatus};

check! {
    /// Image was never scanned
    ///
    /// ## Why
    /// Nobody knows which vulnerabilities the image brings along. That none are reported of it says nothing.
    ///
    /// Judged are images that are in use and the newest of each repository. A scan that failed, an image that cannot be
    /// scanned and a scan that is too old are the business of other checks. A list of images for several platforms has no
    /// scan of its own and stays unknown.
    ///
    /// ## Severity
    /// Medium: it hides weaknesses, and is none itself.
    ///
    /// ## Fix
    /// Scan the image (`StartImageScan`, or push it anew once the registry scans on push).
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning.html>
    /// - <https://docs.aws.amazon.com/inspector/latest/user/scanning-ecr.html>
    CHECK {
        id: "ecr-image-never-scanned",
        severity: Severity::Medium,
        controls: &[Control::checklist("images-scanned")],
        since: "0.1.0",
        rule: Rule::Image(evaluate),
    }
}

fn evaluate(image: &Image, _: &Context) -> Outcome {
    if !image.is_worth_judging()? {
        return Ok(Verdict::NotApplicable);
    }
    match (image.scan.known()?, &image.artifact.kind) {
        (None, ArtifactKind::Image | ArtifactKind::Signature | ArtifactKind::Attestation) => {
            let evidence = ["there is no scan of the image".to_owned(), image.usage()];
            Ok(Verdict::fail_if_any(evidence.into_iter().filter(|line| !line.is_empty())))
        }
        (None, ArtifactKind::Index | ArtifactKind::Other(_)) => image.standing_scan().map(|_| Verdict::Pass),
        (Some(scan), _) => match &scan.status {
            ScanStatus::Complete | ScanStatus::Active | ScanStatus::Inactive(_) => Ok(Verdict::Pass),
            ScanStatus::Failed(_) | ScanStatus::Unsupported(_) => Ok(Verdict::NotApplicable),
            ScanStatus::Pending(_) | ScanStatus::Other(_) => Err(scan.gap(&image.arn)),
        },
    }
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::Fact;
    use palisade_model::ecr::Use;
    use palisade_scenes::{Scene, function_arn, image, scan_status};

    let word = |text: &str| text.to_owned();
    let unscanned = |kind: ArtifactKind| -> Scene {
        image(|image| {
            image.scan = Fact::Known(None);
            image.artifact.kind = kind;
        })
    };
    let archived = |uses: Vec<Use>| {
        image(|image| {
            image.scan = Fact::Known(None);
            image.artifact.archived = palisade_model::Switch::On;
            image.uses = uses;
        })
    };
    let reference = word("111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/storefront:1.4.2");
    Cases::default()
        .pass(image(|_| {}))
        .pass(scan_status(ScanStatus::Complete))
        .pass(scan_status(ScanStatus::Inactive(word("SCAN_ELIGIBILITY_EXPIRED"))))
        .fail(unscanned(ArtifactKind::Image))
        .fail(archived(vec![Use::Controller { arn: function_arn("orders"), reference }]))
        .not_applicable(archived(vec![]))
        .not_applicable(unscanned(ArtifactKind::Signature))
        .not_applicable(scan_status(ScanStatus::Failed(word("timeout"))))
        .not_applicable(scan_status(ScanStatus::Unsupported(word("UNSUPPORTED_OS"))))
        .unknown(unscanned(ArtifactKind::Index))
        .unknown(unscanned(ArtifactKind::Other(word("application/vnd.example"))))
        .unknown(scan_status(ScanStatus::Pending(word("IN_PROGRESS"))))
        .unknown(scan_status(ScanStatus::Other(word("HALF_DONE"))))
}
