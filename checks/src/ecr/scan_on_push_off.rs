use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::ecr::{EffectiveScan, InspectorStatus, Registry, Repository, ScanType};
use palisade_model::{Action, Gap};

check! {
    /// Images pushed to the repository are not scanned
    ///
    /// ## Why
    /// A vulnerability that nobody looks for is found by others first. What counts is the registry's scanning rules for
    /// this very repository: one for `prod-*` does nothing for the rest, and one with the frequency `MANUAL` scans
    /// nothing by itself.
    ///
    /// Where several rules match, continuous scanning wins over scan on push. Where none matches, enhanced scanning scans
    /// nothing; basic scanning goes by the repository's own setting. Enhanced scanning also takes Inspector to be enabled.
    ///
    /// ## Severity
    /// Medium: it hides weaknesses, and is none itself.
    ///
    /// ## Fix
    /// Give the registry's scanning configuration a rule with `CONTINUOUS_SCAN` or `SCAN_ON_PUSH` that covers the
    /// repository, at best with the filter `*`.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning.html>
    /// - <https://docs.aws.amazon.com/securityhub/latest/userguide/ecr-controls.html#ecr-1>
    CHECK {
        id: "ecr-scan-on-push-off",
        severity: Severity::Medium,
        controls: &[
            Control::security_hub("ECR.1"),
            Control::prowler("ecr_registry_scan_images_on_push_enabled"),
            Control::prowler("ecr_repositories_scan_images_on_push_enabled"),
            Control::cis("eks-1.8.0:5.1.1"),
            Control::checklist("images-scanned"),
        ],
        since: "0.1.0",
        rule: Rule::Repository(evaluate),
    }
}

fn evaluate(repository: &Repository, context: &Context) -> Outcome {
    let gap = |why: String| Gap::undecided(Action::EcrGetRegistryScanningConfiguration, &repository.arn, why);
    let Some(ecr) = context.ecr(&repository.arn) else {
        return Err(gap("the registry of the Region was not read".to_owned()));
    };
    let Repository { name, scan_on_push, .. } = repository;
    let scanning = ecr.registry.scanning.known()?;
    match scanning.frequency(name, *scan_on_push) {
        EffectiveScan::Continuous | EffectiveScan::OnPush => by_whom(&ecr.registry, &scanning.kind),
        EffectiveScan::Manual if scanning.rules.iter().any(|rule| rule.covers(name)) => {
            Ok(Verdict::fail(format!("the registry's rules for {name} have scanFrequency MANUAL only")))
        }
        EffectiveScan::Manual => {
            Ok(Verdict::fail(format!("no scanning rule of the registry matches {name}, and scanOnPush is false")))
        }
        EffectiveScan::Never => {
            Ok(Verdict::fail(format!("scanType is ENHANCED, and no scanning rule of the registry matches {name}")))
        }
        EffectiveScan::Undecided(why) => Err(gap(why)),
    }
}

/// Whether the one who has to scan does.
fn by_whom(registry: &Registry, kind: &ScanType) -> Outcome {
    match kind {
        ScanType::Basic | ScanType::Other(_) => Ok(Verdict::Pass),
        ScanType::Enhanced => Ok(match registry.inspector.known()? {
            InspectorStatus::Enabled => Verdict::Pass,
            InspectorStatus::Not(word) => {
                Verdict::fail(format!("scanType is ENHANCED, and Inspector's status for ECR is {word}"))
            }
            InspectorStatus::Other(word) => {
                let action = Action::InspectorBatchGetAccountStatus;
                return Err(Gap::not_known(action, &registry.arn, "Inspector's status for ECR", word));
            }
        }),
    }
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::Fact;
    use palisade_model::ecr::{ScanFrequency, ScanRule, Scanning};
    use palisade_scenes::{Scene, repository};

    let scanned = |kind: ScanType, scan_on_push: bool, rules: &[(ScanFrequency, &str)]| -> Scene {
        let rule = |(frequency, filter): &(ScanFrequency, &str)| ScanRule {
            frequency: frequency.clone(),
            filters: vec![(*filter).to_owned()],
        };
        let rules = rules.iter().map(rule).collect();
        repository(|repository| repository.scan_on_push = scan_on_push)
            .region(|region| region.ecr.registry.scanning = Fact::Known(Scanning { kind, rules }))
    };
    let hourly = || ScanFrequency::Other("HOURLY".to_owned());
    let quantum = || ScanType::Other("QUANTUM".to_owned());
    let inspected = |scene: Scene, status: InspectorStatus| {
        scene.region(|region| region.ecr.registry.inspector = Fact::Known(status))
    };
    let disabled = |scene: Scene| inspected(scene, InspectorStatus::Not("DISABLED".to_owned()));
    Cases::default()
        .pass(repository(|_| {}))
        .pass(scanned(ScanType::Basic, false, &[(ScanFrequency::OnPush, "shop/*")]))
        .pass(scanned(ScanType::Basic, true, &[]))
        .pass(scanned(ScanType::Enhanced, false, &[(ScanFrequency::Manual, "*"), (ScanFrequency::OnPush, "shop")]))
        .pass(disabled(scanned(ScanType::Basic, true, &[])))
        .fail(disabled(repository(|_| {})))
        .fail(scanned(ScanType::Basic, false, &[]))
        .fail(scanned(ScanType::Basic, false, &[(ScanFrequency::OnPush, "prod-*"), (ScanFrequency::Manual, "*")]))
        .fail(scanned(ScanType::Basic, true, &[(ScanFrequency::Manual, "*")]))
        .fail(scanned(ScanType::Enhanced, true, &[(ScanFrequency::Continuous, "prod-*")]))
        .fail(scanned(ScanType::Enhanced, true, &[]))
        .unknown(scanned(ScanType::Basic, true, &[(hourly(), "*")]))
        .unknown(inspected(repository(|_| {}), InspectorStatus::Other("DREAMING".to_owned())))
        .unknown(scanned(quantum(), true, &[(ScanFrequency::OnPush, "*")]))
}
