use crate::check::{Control, Outcome, Rule, Severity, check};
use crate::context::Context;
use crate::tags::required;
use palisade_model::ecs::{InCluster, Service};

check! {
    /// Service lacks required tags
    ///
    /// ## Why
    /// Tags say whose a service is, what it belongs to and who pays. Without them a finding has no owner, and access by
    /// tags does not reach the service.
    ///
    /// The check is on once `required_tags` names keys. Keys are compared exactly, values are not looked at.
    ///
    /// ## Severity
    /// Informational: it opens nothing; it slows down whoever has to act.
    ///
    /// ## Fix
    /// Add the tags in the template that creates the service, and set `propagateTags` so that its tasks have them too.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-using-tags.html>
    /// - <https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html#ecs-13>
    CHECK {
        id: "ecs-service-tags-missing",
        severity: Severity::Informational,
        controls: &[
            Control::security_hub("ECS.13"),
            Control::cis("compute-services-1.1.0:3.10"),
            Control::checklist("tagged"),
        ],
        since: "0.1.0",
        rule: Rule::EcsService(evaluate),
    }
}

fn evaluate(service: &InCluster<'_, Service>, context: &Context) -> Outcome {
    required(|| Ok(&service.object.details.known()?.tags), context)
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_scenes::tasks::service;

    let with = |keys: &[&str], required: &[&str]| {
        let tags = keys.iter().map(|&key| (key.to_owned(), "shop".to_owned())).collect();
        service(|details| details.tags = tags)
            .settings(|settings| settings.required_tags = required.iter().map(|&key| key.to_owned()).collect())
    };
    Cases::default()
        .pass(with(&["owner", "cost-center", "stage"], &["owner", "cost-center"]))
        .fail(with(&["owner"], &["owner", "cost-center"]))
        .fail(with(&["Owner"], &["owner"]))
        .not_applicable(with(&[], &[]))
}
