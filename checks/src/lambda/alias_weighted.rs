use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::lambda::{Function, Qualifier};

check! {
    /// Alias sends part of its traffic to another version
    ///
    /// ## Why
    /// Weighted routing belongs to a deployment that is under way. Forgotten, it keeps old code in service; placed by
    /// somebody else, it lets a version of theirs take a few of the requests, which nobody notices in the sum.
    ///
    /// ## Severity
    /// Informational: during a gradual deployment this is how it should be.
    ///
    /// ## Fix
    /// End the deployment: remove `RoutingConfig` from the alias once one version serves all traffic.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/lambda/latest/dg/configuring-alias-routing.html>
    CHECK {
        id: "lambda-alias-weighted",
        severity: Severity::Informational,
        controls: &[Control::checklist("one-version-in-service")],
        since: "0.1.0",
        rule: Rule::Function(evaluate),
    }
}

fn evaluate(function: &Function, _: &Context) -> Outcome {
    let qualifiers = function.qualifiers.known()?;
    if qualifiers.is_empty() {
        return Ok(Verdict::NotApplicable);
    }
    Ok(Verdict::fail_if_any(qualifiers.iter().flat_map(shares)))
}

/// What an alias sends to versions beside its own.
fn shares(alias: &Qualifier) -> impl Iterator<Item = String> {
    let name = alias.arn.resource();
    let weights = alias.weights.iter().filter(|(_, share)| **share > 0.0);
    weights.map(move |(version, share)| format!("{name} sends {} % to version {version}", percent(*share)))
}

/// A share in hundredths, to one decimal place.
fn percent(share: f64) -> f64 {
    (share * 1000.0).round() / 10.0
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::Fact;
    use palisade_scenes::function;

    let with = |weights: &[(&str, f64)]| {
        let weights = weights.iter().map(|(version, share)| ((*version).to_owned(), *share)).collect();
        function(|function| {
            let arn = format!("{}:live", function.arn).into();
            function.qualifiers = Fact::Known(vec![Qualifier { arn, weights, policy: Fact::Known(None) }]);
        })
    };
    Cases::default()
        .pass(with(&[]))
        .pass(with(&[("3", 0.0)]))
        .fail(with(&[("3", 0.1)]))
        .not_applicable(function(|_| {}))
}
