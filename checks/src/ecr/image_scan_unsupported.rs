use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::ecr::{Image, ScanStatus};

check! {
    /// Image cannot be scanned
    ///
    /// ## Why
    /// The scanner does not know the image's operating system, its format or its size, and never will tell which
    /// vulnerabilities it brings along. An image without a package database, built `FROM scratch`, is often among these.
    ///
    /// Judged are images that are in use and the newest of each repository.
    ///
    /// ## Severity
    /// Low: such an image often holds little that could be vulnerable.
    ///
    /// ## Fix
    /// Build on a base that the scanner supports, or scan the image in the pipeline with a scanner that reads it, and
    /// suppress the finding with that reason.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/inspector/latest/user/supported.html>
    /// - <https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning-troubleshooting.html>
    CHECK {
        id: "ecr-image-scan-unsupported",
        severity: Severity::Low,
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
        ScanStatus::Failed(_) => Ok(Verdict::NotApplicable),
        ScanStatus::Unsupported(_) => {
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
        .fail(scan_status(ScanStatus::Unsupported(word("UNSUPPORTED_OS"))))
        .fail(scan_status(ScanStatus::Unsupported(String::new())))
        .not_applicable(scan_status(ScanStatus::Failed(word("timeout"))))
        .not_applicable(image(|image| image.scan = Fact::Known(None)))
        .not_applicable(image(|image| image.artifact.kind = ArtifactKind::Attestation))
        .unknown(scan_status(ScanStatus::Pending(word("PENDING"))))
        .unknown(scan_status(ScanStatus::Other(word("HALF_DONE"))))
}
