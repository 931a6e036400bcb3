use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::ecs::Gateway;
use palisade_model::{Action, Gap};

check! {
    /// Public gateway has no web ACL
    ///
    /// ## Why
    /// A public gateway takes requests from everybody and passes them to the services that are connected, now and
    /// later. A web ACL of AWS WAF turns away known attacks and sources before a container sees them.
    ///
    /// ## Severity
    /// Medium: it takes a flaw in one of the services as well.
    ///
    /// ## Fix
    /// Name a web ACL under `webACLArn` of the gateway's configuration.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeGateway.html>
    /// - <https://docs.aws.amazon.com/waf/latest/developerguide/waf-chapter.html>
    CHECK {
        id: "ecs-gateway-public-without-firewall",
        severity: Severity::Medium,
        controls: &[Control::checklist("tasks-reached-on-purpose")],
        since: "0.1.0",
        rule: Rule::Gateway(evaluate),
    }
}

fn evaluate(gateway: &Gateway, _: &Context) -> Outcome {
    let details = gateway.details.known()?;
    match details.access.as_str() {
        "PUBLIC" => Ok(Verdict::fail_when(details.web_acl.is_none(), || {
            "accessType is PUBLIC, and webACLArn is not set".to_owned()
        })),
        "PRIVATE" => Ok(Verdict::NotApplicable),
        other => Err(Gap::not_known(Action::EcsDescribeGateway, &gateway.arn, "accessType", other)),
    }
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_scenes::tasks::gateway_of_ecs;

    let gateway = |access: &str, guarded: bool| {
        gateway_of_ecs(|details| {
            details.access = access.to_owned();
            details.web_acl = guarded.then(|| "arn:aws:wafv2:eu-west-1:111122223333:regional/webacl/front/1".into());
        })
    };
    Cases::default()
        .pass(gateway("PUBLIC", true))
        .fail(gateway("PUBLIC", false))
        .not_applicable(gateway("PRIVATE", false))
        .unknown(gateway("SHARED", false))
}
