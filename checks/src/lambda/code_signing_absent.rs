use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::lambda::{Function, Package, not_known_package};

check! {
    /// Function takes code that nobody signed
    ///
    /// ## Why
    /// Without a code signing configuration, whoever may update the function decides what runs with its role. With one,
    /// Lambda takes only packages that a trusted build has signed.
    ///
    /// Lambda checks no signatures of container images, so they are not judged here.
    ///
    /// ## Severity
    /// Low: it stops only an attacker who may update functions already.
    ///
    /// ## Fix
    /// Create a code signing configuration with the signing profile of your build, with `UntrustedArtifactOnDeployment`
    /// `Enforce`, and attach it to the function.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/lambda/latest/dg/configuration-codesigning.html>
    CHECK {
        id: "lambda-code-signing-absent",
        severity: Severity::Low,
        controls: &[Control::cis("compute-services-1.1.0:12.8"), Control::checklist("code-signing")],
        since: "0.1.0",
        rule: Rule::Function(evaluate),
    }
}

fn evaluate(function: &Function, context: &Context) -> Outcome {
    match &function.package {
        Package::Zip => {}
        Package::Image => return Ok(Verdict::NotApplicable),
        Package::Other(kind) => return Err(not_known_package(&function.arn, kind)),
    }
    let config = context.code_signing(function)?;
    Ok(Verdict::fail_when(config.is_none(), || "no code signing configuration names the function".to_owned()))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::lambda::OnUntrusted;
    use palisade_scenes::function;

    let with = |package| function(|function| function.package = package);
    Cases::default()
        .pass(with(Package::Zip).and_code_signing(OnUntrusted::Warn, &["orders"]))
        .fail(with(Package::Zip))
        .fail(with(Package::Zip).and_code_signing(OnUntrusted::Enforce, &["payments"]))
        .not_applicable(with(Package::Image))
        .unknown(with(Package::Other("Wasm".to_owned())))
}
