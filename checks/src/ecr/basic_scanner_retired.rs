use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::ecr::{BasicScanner, Registry, ScanType};
use palisade_model::{Action, Gap};

check! {
    /// Basic scanning is by Clair
    ///
    /// ## Why
    /// Registries of before 2024 may still have their basic scans made by Clair, which AWS replaced with a scanner of its
    /// own and advises against: it knows fewer distributions and hears of vulnerabilities later. An image that it finds
    /// nothing in was looked at with old eyes.
    ///
    /// Looked at where scanning is basic; where there are no repositories, nothing is scanned.
    ///
    /// ## Severity
    /// Medium: it hides weaknesses, and is none itself.
    ///
    /// ## Fix
    /// Set the account setting `BASIC_SCAN_TYPE_VERSION` to `AWS_NATIVE` (`PutAccountSetting`), or use enhanced scanning.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning-basic.html>
    CHECK {
        id: "ecr-basic-scanner-retired",
        severity: Severity::Medium,
        controls: &[Control::checklist("images-scanned")],
        since: "0.1.0",
        rule: Rule::Registry(evaluate),
    }
}

fn evaluate(registry: &Registry, context: &Context) -> Outcome {
    if let Some(ecr) = context.ecr(&registry.arn)
        && ecr.repositories.find(|_| true)?.is_none()
    {
        return Ok(Verdict::NotApplicable);
    }
    match registry.scanning.known()?.kind {
        ScanType::Enhanced => return Ok(Verdict::NotApplicable),
        ScanType::Basic | ScanType::Other(_) => {}
    }
    match registry.basic_scanner.known()? {
        BasicScanner::Native => Ok(Verdict::Pass),
        BasicScanner::Clair => Ok(Verdict::fail("BASIC_SCAN_TYPE_VERSION is CLAIR")),
        BasicScanner::Other(word) => {
            Err(Gap::not_known(Action::EcrGetAccountSetting, &registry.arn, "BASIC_SCAN_TYPE_VERSION", word))
        }
    }
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::Fact;
    use palisade_model::ecr::Scanning;
    use palisade_scenes::{Scene, registry, repository};

    let scanned = |scene: Scene, kind: ScanType, scanner: BasicScanner| -> Scene {
        let mut scene = scene.and_registry(|registry| {
            registry.scanning = Fact::Known(Scanning { kind, rules: vec![] });
            registry.basic_scanner = Fact::Known(scanner);
        });
        scene.subject = registry(|_| {}).subject;
        scene
    };
    let full = || repository(|_| {});
    Cases::default()
        .pass(scanned(full(), ScanType::Basic, BasicScanner::Native))
        .fail(scanned(full(), ScanType::Basic, BasicScanner::Clair))
        .unknown(scanned(full(), ScanType::Basic, BasicScanner::Other("TRIVY".to_owned())))
        .not_applicable(scanned(full(), ScanType::Enhanced, BasicScanner::Clair))
        .not_applicable(scanned(registry(|_| {}), ScanType::Basic, BasicScanner::Clair))
}
