use crate::check::{Control, Evidence, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::ecr::{CreationTemplate, Registry};
use palisade_reason::access::foreign::outsiders;
use palisade_reason::access::repositories::Power;
use palisade_reason::access::shares::Shares;

check! {
    /// Creation template opens new repositories to strangers
    ///
    /// ## Why
    /// ECR makes repositories by itself as images are replicated, pulled through or pushed, and gives each the policy of
    /// the template that covers its name. One template that lets in everybody, or accounts that are not trusted, opens
    /// every repository to come, and nobody looks at a policy that nobody wrote.
    ///
    /// The template's policy is judged as that of its repositories is, together with the registry policy.
    ///
    /// ## Severity
    /// High: the next repository is open from its first image on.
    ///
    /// ## Fix
    /// Change the template's repository policy (`UpdateRepositoryCreationTemplate`), and look at the repositories that it
    /// made: they keep what they were given.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-creation-templates.html>
    CHECK {
        id: "ecr-creation-template-policy-open",
        severity: Severity::High,
        controls: &[Control::checklist("registry-access-known")],
        since: "0.1.0",
        rule: Rule::Registry(evaluate),
    }
}

fn evaluate(registry: &Registry, context: &Context) -> Outcome {
    let templates = registry.creation_templates.complete()?;
    if templates.is_empty() {
        return Ok(Verdict::NotApplicable);
    }
    let (mut faults, mut gap): (Vec<Evidence>, _) = (Vec::new(), None);
    for template in templates {
        match judge(template, registry, context) {
            Ok(Verdict::Fail(evidence)) => faults.extend(evidence),
            Ok(Verdict::Pass | Verdict::NotApplicable) => {}
            Err(undecided) => _ = gap.get_or_insert(undecided),
        }
    }
    match gap {
        _ if !faults.is_empty() => Ok(Verdict::Fail(faults)),
        Some(gap) => Err(gap),
        None => Ok(Verdict::Pass),
    }
}

fn judge(template: &CreationTemplate, registry: &Registry, context: &Context) -> Outcome {
    Shares::of_template(template, registry, context)?.judge(|share| {
        let open = if share.is_public() { Some(share.to_string()) } else { outsiders(share, context)? };
        Ok(open.map(|evidence| format!("template {}: {}", template.prefix, Power::told(share, &evidence))))
    })
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use serde_json::{Value, json};

    use crate::testing::Cases;
    use palisade_model::ecr::PolicyScope::{V1, V2};
    use palisade_model::iam::PolicyText;
    use palisade_scenes::repositories::{ORGANIZATION, denies, gives, on, statements, templates};
    use palisade_scenes::{Scene, registry};

    let with = |prefix: &str, policy: Option<PolicyText>| -> Scene {
        templates(&[prefix], |template| template.policy = policy.clone())
    };
    let gives = |principal: Value, condition: Value| {
        let policy = statements(&[gives(principal, &["ecr:BatchGetImage"], condition)]);
        with("shop", Some(policy)).in_organization()
    };
    let everybody = || gives(json!("*"), json!({}));
    let denial = || denies(&["ecr:*"], json!({ "StringNotEquals": { "aws:PrincipalOrgID": ORGANIZATION } }));
    let open_registry = || {
        let mut statement = denial();
        statement["Effect"] = json!("Allow");
        with("shop", None).with_registry_policy(&[on("*", statement)])
    };
    Cases::default()
        .not_applicable(registry(|_| {}))
        .pass(with("ROOT", None))
        .fail(everybody())
        .fail(gives(json!({ "AWS": "444455556666" }), json!({})))
        .pass(gives(json!({ "AWS": "444455556666" }), json!({})).trusting())
        .pass(gives(json!({ "AWS": "arn:aws:iam::111122223333:role/shop" }), json!({})))
        .pass(gives(json!("*"), json!({ "StringEquals": { "aws:PrincipalOrgID": ORGANIZATION } })))
        .pass(everybody().with_registry_policy(&[denial()]).in_scope(V2))
        .fail(everybody().with_registry_policy(&[denial()]).in_scope(V1))
        .pass(open_registry())
        .unknown(with("ROOT", Some(PolicyText::parse("{"))))
}
