use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use crate::facts::ecr::Image;

check! {
    /// Newest image has critical or high vulnerabilities
    ///
    /// ## Why
    /// It is what the next deployment is likely to run. The evidence names those first that attackers are known to use, then
    /// those for which an exploit is public; a fixed version of a package is there where it says so.
    ///
    /// Judged is the image that was pushed last, unless it is known to be in use: then it is the business of
    /// `ecr-image-vulnerable-in-use`. An image without a scan that stands is unknown here, never clean.
    ///
    /// ## Severity
    /// Medium: nothing is known to run it yet.
    ///
    /// ## Fix
    /// Build the image anew on an updated base, update the packages that have a fix, and deploy it; begin with what is
    /// known to be exploited.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning.html>
    /// - <https://www.cisa.gov/known-exploited-vulnerabilities-catalog>
    CHECK {
        id: "ecr-image-vulnerable-newest",
        severity: Severity::Medium,
        controls: &[
            Control::prowler("ecr_repositories_scan_vulnerabilities_in_latest_image"),
            Control::checklist("no-known-vulnerabilities"),
        ],
        since: "0.1.0",
        rule: Rule::Image(evaluate),
    }
}

fn evaluate(image: &Image, context: &Context) -> Outcome {
    if !image.newest || image.is_in_use() || !image.is_worth_judging() {
        return Ok(Verdict::NotApplicable);
    }
    context.knows_uses(image)?;
    let evidence = image.standing_scan()?.beyond(&context.settings.vulnerabilities);
    Ok(Verdict::fail_if_any(evidence))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::facts::Fact;
    use crate::facts::ecr::{Counts, Fix, ScanStatus, Scanner, Use, Vulnerability, VulnerabilitySeverity};
    use crate::testing::{Cases, Scene, image, scan, scan_status};

    let of = |uses: Vec<Use>, newest: bool, scene: Scene| -> Scene {
        scene.image(|image| (image.uses, image.newest) = (uses, newest))
    };
    let running = || vec![Use::Inspector { count: 3, last_at: None }];
    let counted = |critical: u64, high: u64, medium: u64| {
        scan(|scan| scan.counts = Counts { critical, high, medium, ..Counts::default() })
    };
    let named = || {
        let vulnerability = Vulnerability {
            id: "CVE-2026-12345".to_owned(),
            severity: VulnerabilitySeverity::High,
            packages: vec![],
            fix: Fix::Unsaid,
            exploit_available: None,
            known_exploited: None,
        };
        scan(|scan| scan.worst = vec![vulnerability])
    };
    let basic = || {
        scan(|scan| {
            (scan.scanner, scan.status) = (Scanner::Basic, ScanStatus::Complete);
            scan.counts.critical = 1;
        })
    };
    let stale = || {
        scan(|scan| {
            scan.completed_at = None;
            scan.counts.high = 1;
        })
    };
    let unscanned = || image(|image| image.scan = Fact::Known(None));
    let word = |text: &str| text.to_owned();
    let failing = |status: ScanStatus| {
        scan(|scan| {
            scan.status = status;
            scan.counts.critical = 9;
        })
    };
    Cases::default()
        .pass(image(|_| {}))
        .pass(counted(0, 0, 90))
        .fail(counted(1, 0, 0))
        .fail(counted(0, 1, 0))
        .fail(named())
        .fail(basic())
        .fail(stale())
        .not_applicable(of(running(), true, counted(1, 0, 0)))
        .not_applicable(of(vec![], false, counted(1, 0, 0)))
        .unknown(unscanned())
        .unknown(failing(ScanStatus::Pending(word("PENDING"))))
        .unknown(failing(ScanStatus::Failed(word("timeout"))))
        .unknown(failing(ScanStatus::Inactive(word("SCAN_ELIGIBILITY_EXPIRED"))))
        .unknown(failing(ScanStatus::Unsupported(word("UNSUPPORTED_OS"))))
        .unknown(scan_status(ScanStatus::Other(word("HALF_DONE"))))
}
