use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::ecr::{InspectorStatus, Registry, ScanType};
use palisade_model::{Action, Gap};

check! {
    /// Registry does without enhanced scanning
    ///
    /// ## Why
    /// Basic scanning looks at packages of the operating system, once, as an image is pushed. It sees neither the
    /// libraries that the application brings along nor what becomes known on the next day. Enhanced scanning is made by
    /// Amazon Inspector and does nothing while Inspector is not enabled for ECR.
    ///
    /// A Region without repositories is left alone.
    ///
    /// ## Severity
    /// Medium: it hides weaknesses, and is none itself.
    ///
    /// ## Fix
    /// Set the registry's `scanType` to `ENHANCED` and enable Inspector for ECR in the Region.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning-enhanced.html>
    /// - <https://docs.aws.amazon.com/securityhub/latest/userguide/inspector-controls.html#inspector-2>
    CHECK {
        id: "ecr-scanning-basic",
        severity: Severity::Medium,
        controls: &[
            Control::security_hub("Inspector.2"),
            Control::prowler("ecr_registry_enhanced_scanning_enabled"),
            Control::checklist("images-scanned"),
        ],
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
    match &registry.scanning.known()?.kind {
        ScanType::Basic => Ok(Verdict::fail("scanType is BASIC")),
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
        ScanType::Other(kind) => {
            Err(Gap::not_known(Action::EcrGetRegistryScanningConfiguration, &registry.arn, "scanType", kind))
        }
    }
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::Fact;
    use palisade_model::ecr::Scanning;
    use palisade_scenes::{Scene, registry, repository};

    let with = |change: &dyn Fn(&mut Registry)| -> Scene {
        let subject = registry(|_| {}).subject;
        Scene { subject, ..repository(|_| {}).region(|region| change(&mut region.ecr.registry)) }
    };
    let scanned = |kind: ScanType| {
        with(&|registry| registry.scanning = Fact::Known(Scanning { kind: kind.clone(), rules: vec![] }))
    };
    let inspector =
        |word: &str| with(&|registry| registry.inspector = Fact::Known(InspectorStatus::Not(word.to_owned())));
    Cases::default()
        .pass(with(&|_| {}))
        .fail(scanned(ScanType::Basic))
        .fail(inspector("DISABLED"))
        .fail(inspector("SUSPENDED"))
        .unknown(scanned(ScanType::Other("QUANTUM".to_owned())))
        .unknown(with(&|registry| registry.inspector = Fact::Known(InspectorStatus::Other("DREAMING".to_owned()))))
        .not_applicable(registry(|_| {}))
        .not_applicable(registry(|registry| {
            registry.scanning = Fact::Known(Scanning { kind: ScanType::Basic, rules: vec![] });
        }))
}
