use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::lambda::{Function, OnUntrusted};
use palisade_model::{Action, Gap};

check! {
    /// Code signing warns of unsigned code and deploys it
    ///
    /// ## Why
    /// With `UntrustedArtifactOnDeployment` `Warn`, Lambda deploys code without a valid signature and counts it in a
    /// metric. Unless somebody watches that metric, signing protects nothing.
    ///
    /// ## Severity
    /// Low: it stops only an attacker who may update functions already.
    ///
    /// ## Fix
    /// Set `UntrustedArtifactOnDeployment` of the code signing configuration to `Enforce`.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/lambda/latest/dg/configuration-codesigning.html>
    CHECK {
        id: "lambda-code-signing-warn-only",
        severity: Severity::Low,
        controls: &[Control::checklist("code-signing")],
        since: "0.1.0",
        rule: Rule::Function(evaluate),
    }
}

fn evaluate(function: &Function, context: &Context) -> Outcome {
    let Some(config) = context.code_signing(function)? else { return Ok(Verdict::NotApplicable) };
    Ok(match &config.on_untrusted {
        OnUntrusted::Enforce => Verdict::Pass,
        OnUntrusted::Warn => Verdict::fail(format!("UntrustedArtifactOnDeployment of {} is Warn", config.arn)),
        OnUntrusted::Other(policy) => {
            let (action, what) = (Action::LambdaListCodeSigningConfigs, "UntrustedArtifactOnDeployment");
            return Err(Gap::not_known(action, &config.arn, what, policy));
        }
    })
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_scenes::function;

    let with = |on_untrusted, names: &[&str]| function(|_| {}).and_code_signing(on_untrusted, names);
    Cases::default()
        .pass(with(OnUntrusted::Enforce, &["payments", "orders"]))
        .fail(with(OnUntrusted::Warn, &["orders"]))
        .unknown(with(OnUntrusted::Other("Ignore".to_owned()), &["orders"]))
        .not_applicable(with(OnUntrusted::Warn, &["payments"]))
        .not_applicable(function(|_| {}))
}
