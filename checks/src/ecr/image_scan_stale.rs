use jiff::{SignedDuration, Timestamp};

use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::Gap;
use palisade_model::ecr::{Image, Scan, ScanStatus, day};

check! {
    /// Scan of the image is out of date
    ///
    /// ## Why
    /// Vulnerabilities become known every day. An old scan, a scan with old data, and an image that Inspector has ceased to
    /// watch say nothing about those that were found since.
    ///
    /// The threshold `scan_days` says from how many days on. Judged are images that are in use and the newest of each
    /// repository.
    ///
    /// ## Severity
    /// Low: what was found then is known.
    ///
    /// ## Fix
    /// Scan the image again, or have it scanned continuously; where Inspector gave up, lengthen its re-scan duration for
    /// ECR or push the image anew.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/inspector/latest/user/scanning-ecr.html>
    /// - <https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ImageScanFindings.html>
    CHECK {
        id: "ecr-image-scan-stale",
        severity: Severity::Low,
        controls: &[Control::checklist("images-scanned")],
        since: "0.1.0",
        rule: Rule::Image(evaluate),
    }
}

fn evaluate(image: &Image, context: &Context) -> Outcome {
    if !image.is_worth_judging()? {
        return Ok(Verdict::NotApplicable);
    }
    let Some(scan) = image.scan.known()? else { return Ok(Verdict::NotApplicable) };
    match &scan.status {
        ScanStatus::Complete | ScanStatus::Active => by_dates(image, scan, context),
        ScanStatus::Inactive(_) => Ok(Verdict::fail(match scan.completed_at {
            Some(time) => format!("{}; scanned on {}", scan.status, day(time)),
            None => scan.status.to_string(),
        })),
        ScanStatus::Failed(_) | ScanStatus::Unsupported(_) => Ok(Verdict::NotApplicable),
        ScanStatus::Pending(_) | ScanStatus::Other(_) => Err(scan.gap(&image.arn)),
    }
}

fn by_dates(image: &Image, scan: &Scan, context: &Context) -> Outcome {
    let days = context.settings.thresholds.scan_days;
    let is_old = |time: &Timestamp| {
        context.settings.now.duration_since(*time) >= SignedDuration::from_hours(24 * i64::from(days))
    };
    let scanned = scan.completed_at.filter(is_old).map(|time| format!("scanned on {}", day(time)));
    let data = scan.data_from.filter(is_old).map(|time| format!("the scan's data are of {}", day(time)));
    let evidence: Vec<_> = scanned.into_iter().chain(data).collect();
    if evidence.is_empty() && scan.completed_at.is_none() {
        let gap = scan.gap(&image.arn);
        return Err(Gap::undecided(gap.action, &image.arn, "the scan has no date"));
    }
    Ok(Verdict::fail_if_any(evidence))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::Fact;
    use palisade_scenes::{Scene, image, scan, scan_status};

    let dated = |completed: Option<&str>, data: Option<&str>| -> Scene {
        let time = |text: Option<&str>| text.map(|text| text.parse().unwrap());
        scan(|scan| (scan.completed_at, scan.data_from) = (time(completed), time(data)))
    };
    let word = |text: &str| text.to_owned();
    Cases::default()
        .pass(image(|_| {}))
        .pass(dated(Some("2026-10-23T00:00:01Z"), None))
        .pass(dated(Some("2026-10-23T00:00:01Z"), Some("2026-11-20T00:00:00Z")))
        .pass(dated(Some("2026-10-20T00:00:00Z"), None).settings(|settings| settings.thresholds.scan_days = 60))
        .fail(dated(Some("2026-10-23T00:00:00Z"), None))
        .fail(dated(Some("2026-11-21T00:00:00Z"), Some("2026-01-01T00:00:00Z")))
        .fail(dated(None, Some("2026-01-01T00:00:00Z")))
        .fail(scan_status(ScanStatus::Inactive(word("SCAN_ELIGIBILITY_EXPIRED"))))
        .not_applicable(image(|image| image.scan = Fact::Known(None)))
        .not_applicable(scan_status(ScanStatus::Failed(word("timeout"))))
        .not_applicable(scan_status(ScanStatus::Unsupported(word("UNSUPPORTED_OS"))))
        .not_applicable(image(|image| image.artifact.archived = palisade_model::Switch::On))
        .unknown(dated(None, None))
        .unknown(scan_status(ScanStatus::Pending(word("PENDING"))))
        .unknown(scan_status(ScanStatus::Other(word("HALF_DONE"))))
}
