use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::ecr::{Image, ScanStatus};

check! {
    /// Scan of the image failed
    ///
    /// ## Why
    /// The scan came to no result: which vulnerabilities the image brings along is not known. That none are reported of it
    /// says nothing.
    ///
    /// Judged are images that are in use and the newest of each repository.
    ///
    /// ## Severity
    /// Medium: it hides weaknesses, and is none itself.
    ///
    /// ## Fix
    /// Scan the image again. When it fails again, look up the reason in the documentation.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning-troubleshooting.html>
    CHECK {
        id: "ecr-image-scan-failed",
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
    let Some(scan) = image.scan.known()? else { return Ok(Verdict::NotApplicable) };
    match &scan.status {
        ScanStatus::Complete | ScanStatus::Active | ScanStatus::Inactive(_) => Ok(Verdict::Pass),
        ScanStatus::Unsupported(_) => Ok(Verdict::NotApplicable),
        ScanStatus::Failed(_) => {
            let evidence = [scan.status.to_string(), image.usage()];
            Ok(Verdict::fail_if_any(evidence.into_iter().filter(|line| !line.is_empty())))
        }
        ScanStatus::Pending(_) | ScanStatus::Other(_) => Err(scan.gap(&image.arn)),
    }
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::Fact;
    use palisade_model::ecr::ArtifactKind;
    use palisade_scenes::{image, scan_status};

    let word = |text: &str| text.to_owned();
    Cases::default()
        .pass(image(|_| {}))
        .pass(scan_status(ScanStatus::Complete))
        .pass(scan_status(ScanStatus::Inactive(word("SCAN_ELIGIBILITY_EXPIRED"))))
        .fail(scan_status(ScanStatus::Failed(word("timeout"))))
        .fail(scan_status(ScanStatus::Failed(String::new())))
        .not_applicable(scan_status(ScanStatus::Unsupported(word("UNSUPPORTED_OS"))))
        .not_applicable(image(|image| image.scan = Fact::Known(None)))
        .not_applicable(image(|image| image.artifact.kind = ArtifactKind::Attestation))
        .unknown(scan_status(ScanStatus::Pending(word("PENDING"))))
        .unknown(scan_status(ScanStatus::Other(word("HALF_DONE"))))
}
