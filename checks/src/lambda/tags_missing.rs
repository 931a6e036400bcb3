use crate::check::{Control, Outcome, Rule, Severity, check};
use crate::context::Context;
use crate::tags::required;
use palisade_model::lambda::Function;

check! {
    /// Function lacks required tags
    ///
    /// ## Why
    /// Tags say whose a function is, what it belongs to and who pays. Without them a finding has no owner, and access
    /// by tags does not reach the function.
    ///
    /// The check is on once `required_tags` names keys. Keys are compared exactly, values are not looked at.
    ///
    /// ## Severity
    /// Informational: it opens nothing; it slows down whoever has to act.
    ///
    /// ## Fix
    /// Add the tags, best in the template that creates the function.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/lambda/latest/dg/configuration-tags.html>
    CHECK {
        id: "lambda-tags-missing",
        severity: Severity::Informational,
        controls: &[Control::security_hub("Lambda.6"), Control::checklist("tagged")],
        since: "0.1.0",
        rule: Rule::Function(evaluate),
    }
}

fn evaluate(function: &Function, context: &Context) -> Outcome {
    required(|| function.tags.required("the inventory was collected without tags"), context)
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::Fact;
    use palisade_scenes::function;

    let with = |keys: &[&str], required: &[&str]| {
        let tags = keys.iter().map(|&key| (key.to_owned(), "shop".to_owned())).collect();
        function(|function| function.tags = Fact::Known(tags))
            .settings(|settings| settings.required_tags = required.iter().map(|&key| key.to_owned()).collect())
    };
    Cases::default()
        .pass(with(&["owner", "cost-center", "stage"], &["owner", "cost-center"]))
        .fail(with(&["owner"], &["owner", "cost-center"]))
        .fail(with(&["Owner"], &["owner"]))
        .not_applicable(with(&[], &[]))
}
