use palisade_policy::{Principal, PrincipalKind, Statement};

use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::iam::{Role, statement_name};
use palisade_model::{Action, Gap};
use palisade_reason::access::oidc::openness;
use palisade_reason::access::roles::{is_service_linked, trust};
use palisade_reason::access::trust::{asks_for, live, strange};

check! {
    /// Role trusts an identity provider without limits on whom it vouches for
    ///
    /// ## Why
    /// GitHub, GitLab and their like vouch for everybody's pipelines. A trust policy that does not say whose may come lets
    /// a stranger's pipeline take on the role, and one that fixes only the organisation lets any branch, fork or pull
    /// request of any of its repositories do so.
    ///
    /// What a condition fixes is read from the claims that GitHub, GitLab, CircleCI, Buildkite, Bitbucket, HCP Terraform,
    /// Google, Facebook and Amazon document: the subject (`sub`), ids, names together with their owner. Of any other
    /// provider a subject that is written out is one identity, and what a wildcard or another claim lets in could not be
    /// checked.
    ///
    /// The audience (`aud`) says for which application a token was made. It has to be fixed where the provider does not:
    /// for the providers that IAM knows without an entry of the account, and where an entry accepts several audiences.
    /// Identity providers of EKS clusters vouch for pods; `iam-role-trust-any-pod` and its like judge them.
    ///
    /// ## Severity
    /// High: with a public provider it takes an account there and the role's name.
    ///
    /// ## Fix
    /// Add `StringEquals` conditions on the provider's `sub` and `aud`, such as
    /// `token.actions.githubusercontent.com:sub` with `repo:ORGANISATION/REPOSITORY:ref:refs/heads/main`, or on an id such
    /// as `token.actions.githubusercontent.com:repository_id`.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html>
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif>
    CHECK {
        id: "iam-role-trust-oidc-unlimited",
        severity: Severity::High,
        controls: &[Control::checklist("trust-limited")],
        since: "0.1.0",
        rule: Rule::Role(evaluate),
    }
}

/// Providers that IAM knows without an entry of the account.
const BUILT_IN: [&str; 4] =
    ["accounts.google.com", "cognito-identity.amazonaws.com", "graph.facebook.com", "www.amazon.com"];

fn evaluate(role: &Role, context: &Context) -> Outcome {
    if is_service_linked(role) {
        return Ok(Verdict::NotApplicable);
    }
    let (mut found, mut evidence, mut gap) = (false, Vec::new(), None);
    for (index, statement) in live(trust(role)?, context) {
        if !statement.allows_action("sts:AssumeRoleWithWebIdentity") {
            continue;
        }
        for (principal, host) in statement.principals().filter_map(|principal| provider(principal, context)) {
            found = true;
            match problem((role, statement), principal, host, context) {
                Ok(problem) => evidence
                    .extend(problem.map(|problem| format!("{}: {host}: {problem}", statement_name(index, statement)))),
                Err(unread) => gap = Some(unread),
            }
        }
    }
    match gap {
        Some(gap) if evidence.is_empty() => Err(gap),
        Some(_) | None if found => Ok(Verdict::fail_if_any(evidence)),
        Some(_) | None => Ok(Verdict::NotApplicable),
    }
}

/// The provider that a principal is, and its name as condition keys begin.
fn provider<'p>(principal: &'p Principal, context: &Context) -> Option<(&'p Principal, &'p str)> {
    let text = principal.as_str();
    let host = text.split_once(":oidc-provider/").map(|(_, host)| host);
    let host =
        host.or_else(|| BUILT_IN.into_iter().find(|known| *known == text).or_else(|| (text == "*").then_some(text)))?;
    // A cluster's provider vouches for service accounts, whose names want rules of their own.
    let is_judged = principal.kind() == PrincipalKind::Federated && !context.access.issuers.is_cluster(host);
    is_judged.then_some((principal, host))
}

/// What is missing of the limits that a statement has to set.
fn problem(
    (role, statement): (&Role, &Statement),
    principal: &Principal,
    host: &str,
    context: &Context,
) -> Result<Option<String>, Gap> {
    let audience = format!("{host}:aud");
    // An identity pool is the audience; whom it lets in is the pool's own matter.
    if host != "cognito-identity.amazonaws.com"
        && let Some(open) = openness(role, statement, host)?
    {
        return Ok(Some(open));
    }
    let mut audiences = statement.conditions.iter().filter(|condition| asks_for(condition, &audience));
    let is_fixed = audiences.any(|condition| condition.values().iter().all(|value| !value.contains('*')));
    if is_fixed || !needs_audience(principal, context)? {
        return Ok(None);
    }
    strange(statement.conditions.iter(), &audience, Action::IamGetAccountAuthorizationDetails, &role.arn)?;
    Ok(Some("no condition asks for aud".to_owned()))
}

/// Whether tokens for several applications pass unless a condition fixes the audience.
fn needs_audience(principal: &Principal, context: &Context) -> Result<bool, Gap> {
    let providers = &context.inventory().iam.oidc_providers;
    match providers.find(|provider| provider.arn.as_str() == principal.as_str())? {
        Some(provider) => Ok(provider.details.known()?.audiences.len() > 1),
        None => Ok(BUILT_IN.contains(&principal.as_str())),
    }
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use serde_json::{Value, json};

    use crate::testing::Cases;
    use palisade_scenes::Scene;
    use palisade_scenes::iam::{and_provider, trusting};

    const GITHUB: &str = "token.actions.githubusercontent.com";
    let by = |principal: &str, condition: Value| {
        trusting(json!({
            "Effect": "Allow", "Principal": { "Federated": principal }, "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": condition,
        }))
    };
    let with = |condition: Value, audiences: &[&str]| -> Scene {
        and_provider(by(&format!("arn:aws:iam::111122223333:oidc-provider/{GITHUB}"), condition), GITHUB, audiences)
    };
    let sub = |operator: &str, value: &str| {
        with(json!({ operator: { format!("{GITHUB}:sub"): value } }), &["sts.amazonaws.com"])
    };
    let claims = |host: &str, claims: &[(&str, &str)]| -> Scene {
        let mut condition = json!({ "StringEquals": { format!("{host}:aud"): "sts.amazonaws.com" } });
        for (claim, value) in claims {
            let operator = if value.contains('*') { "StringLike" } else { "StringEquals" };
            condition[operator][format!("{host}:{claim}")] = json!(value);
        }
        let provider = format!("arn:aws:iam::111122223333:oidc-provider/{host}");
        and_provider(by(&provider, condition), host, &["sts.amazonaws.com"])
    };
    let main = json!({ format!("{GITHUB}:sub"): "repo:shop/orders:ref:refs/heads/main" });
    let mut both = main.clone();
    both[format!("{GITHUB}:aud")] = json!("sts.amazonaws.com");
    Cases::default()
        .pass(sub("StringEquals", "repo:shop/orders:ref:refs/heads/main"))
        .pass(sub("StringLike", "repo:shop/orders:*"))
        .pass(with(json!({ "StringEquals": both }), &["sts.amazonaws.com", "elsewhere"]))
        .pass(by(
            "cognito-identity.amazonaws.com",
            json!({
                "StringEquals": { "cognito-identity.amazonaws.com:aud": "eu-west-1:0a1b" }
            }),
        ))
        .pass(sub("StringLike", "repo:shop@12/orders@34:*"))
        .unknown(sub("StringLike", "organization:shop:project:*"))
        .pass(claims(GITHUB, &[("repository_id", "34"), ("environment", "live")]))
        .fail(claims(GITHUB, &[("repository_owner_id", "12"), ("environment", "live")]))
        .unknown(claims(GITHUB, &[("a_new_claim", "34")]))
        .pass(claims("gitlab.com", &[("project_id", "7"), ("ref_protected", "true")]))
        .pass(claims("id.example.com", &[("sub", "one")]))
        .unknown(claims("id.example.com", &[("sub", "team-*")]))
        .fail(claims("id.example.com", &[]))
        .fail(with(json!({}), &["sts.amazonaws.com"]))
        .fail(with(json!({ "StringEquals": { format!("{GITHUB}:aud"): "sts.amazonaws.com" } }), &["sts.amazonaws.com"]))
        .fail(with(json!({ "StringEquals": main }), &["sts.amazonaws.com", "elsewhere"]))
        .fail(sub("StringLike", "*"))
        .fail(sub("StringLike", "repo:*"))
        .fail(sub("StringLike", "repo:shop*/orders:ref:refs/heads/main"))
        .fail(sub("StringLike", "repo:shop/*"))
        .fail(sub("StringLike", "repo:shop/orders*"))
        .fail(sub("StringEqualsIfExists", "repo:shop/orders:ref:refs/heads/main"))
        .fail(sub("ForAllValues:StringEquals", "repo:shop/orders:ref:refs/heads/main"))
        .fail(by("cognito-identity.amazonaws.com", json!({})))
        .unknown(sub("StringResembles", "repo:shop/orders:ref:refs/heads/main"))
        .pass(with(
            json!({
                "StringResembles": { format!("{GITHUB}:sub"): "repo:shop/*" },
                "StringEquals": { format!("{GITHUB}:sub"): "repo:shop/orders:ref:refs/heads/main" },
            }),
            &["sts.amazonaws.com"],
        ))
        .not_applicable(by("arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/A1", json!({})))
        .not_applicable(by("arn:aws:iam::111122223333:oidc-provider/oidc-eks.eu-west-1.api.aws/id/A1", json!({})))
        .not_applicable(palisade_scenes::iam::role(|_| {}))
}
