//! Whom a statement lets in by way of an OpenID Connect provider: what its conditions fix of the claims that the provider
//! documents.
//!
//! Every condition must hold and any of its values will do, so that the least of what the values fix counts, and what
//! several conditions fix counts together. Negated conditions, and those that are true of a token without the claim, fix
//! nothing.

mod claims;
mod fixed;
mod grammar;
mod providers;

use std::collections::BTreeSet;

use palisade_policy::{BaseOperator, Condition, Statement};

pub use fixed::Fixed;
pub use providers::{DATED, Provider, provider};

use super::trust;
use crate::wording::written;
use palisade_model::iam::Role;
use palisade_model::{Action, Gap};

/// Claims of every provider's tokens that say for whom a token was made, and not of whom.
const OF_THE_AUDIENCE: [&str; 4] = ["amr", "aud", "azp", "oaud"];

/// How far a statement limits who may come in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// To one project, pipeline, user or service, or to those of one tenant that run one file.
    Limited,
    /// Further, for this reason.
    Wider(String),
    /// Nobody can tell, as this is not known.
    Unknown(String),
}

/// Why a statement of a role's trust policy lets in more than one project of the provider with this host, if it does.
pub fn openness(role: &Role, statement: &Statement, host: &str) -> Result<Option<String>, Gap> {
    let action = Action::IamGetAccountAuthorizationDetails;
    match reach(statement, host) {
        Reach::Limited => Ok(None),
        Reach::Unknown(what) => Err(Gap::undecided(action, &role.arn, format!("it is not known {what}"))),
        Reach::Wider(why) => {
            let claims = statement.conditions.iter().filter(|condition| is_claim(condition, host));
            let strange = claims.map(Condition::key).collect::<BTreeSet<_>>();
            strange
                .into_iter()
                .try_for_each(|key| trust::strange(statement.conditions.iter(), key, action, &role.arn))?;
            Ok(Some(why))
        }
    }
}

/// How far a statement limits who may come in by the provider with this host.
pub fn reach(statement: &Statement, host: &str) -> Reach {
    let conditions: Vec<_> = statement.conditions.iter().filter_map(|condition| claim(condition, host)).collect();
    match provider(host) {
        Some(provider) => of_provider(provider, &conditions, &statement.conditions),
        None => of_stranger(host, &conditions),
    }
}

/// Whether a condition is about a claim of the provider that says who comes.
fn is_claim(condition: &Condition, host: &str) -> bool {
    name(condition, host).is_some_and(|name| !OF_THE_AUDIENCE.contains(&name.as_str()))
}

/// The name of the provider's claim that a condition is about, in lower case.
fn name(condition: &Condition, host: &str) -> Option<String> {
    let key = condition.key().to_ascii_lowercase();
    Some(key.strip_prefix(&host.to_ascii_lowercase())?.strip_prefix(':')?.to_owned())
}

/// A condition that asks for a claim of the provider, with the claim's name.
fn claim<'s>(condition: &'s Condition, host: &str) -> Option<(&'s Condition, String)> {
    let asks = is_claim(condition, host) && trust::asks_for(condition, condition.key());
    Some((condition, name(condition, host).filter(|_| asks)?))
}

/// A condition that asks for a session tag, with the tag's name in lower case.
fn tag(condition: &Condition) -> Option<(&Condition, String)> {
    let key = condition.key().to_ascii_lowercase();
    let tag = key.strip_prefix("aws:requesttag/")?;
    trust::asks_for(condition, condition.key()).then(|| (condition, tag.to_owned()))
}

fn of_provider(provider: &Provider, asked: &[(&Condition, String)], all: &[Condition]) -> Reach {
    // A provider that puts claims into session tags signs them with the token.
    let tags: Vec<_> = if provider.tags_are_claims { all.iter().filter_map(tag).collect() } else { Vec::new() };
    let mut possible = BTreeSet::from([provider.fixed]);
    let (mut strange, mut counted) = (Vec::new(), Vec::new());
    for (condition, name) in asked.iter().chain(&tags) {
        match provider.grammar(name).and_then(|grammar| fixed_by(condition, grammar)) {
            Some(fixed) => {
                possible = possible.iter().flat_map(|one| fixed.iter().map(move |other| *one | *other)).collect();
                counted.push(written(condition));
            }
            None => strange.push(written(condition)),
        }
    }
    let Some(least) = possible.into_iter().find(|fixed| !fixed.is_enough()) else { return Reach::Limited };
    if !strange.is_empty() {
        return Reach::Unknown(format!("whom {} lets in of {}", strange.join(" and "), provider.name));
    }
    if counted.is_empty() {
        return Reach::Wider("no condition asks for sub".to_owned());
    }
    let (tenant, project) = provider.words;
    let spans = if least.has(Fixed::TENANT) {
        format!("more than one {project} of the {tenant}")
    } else {
        format!("more than one {tenant}")
    };
    Reach::Wider(format!("{} spans {spans}", counted.join(" and ")))
}

/// What a condition fixes, for each way in which a claim can meet it; `None` when one of its values has no form that the
/// provider documents.
fn fixed_by(condition: &Condition, grammar: grammar::Grammar) -> Option<BTreeSet<Fixed>> {
    let each = condition.values().iter().map(|value| grammar.fixed_by(value, has_wildcards(condition)));
    let each: Vec<_> = each.collect();
    let is_whole = !each.is_empty() && each.iter().all(|fixed| !fixed.is_empty());
    is_whole.then(|| each.into_iter().flatten().collect())
}

fn has_wildcards(condition: &Condition) -> bool {
    condition
        .operator()
        .base()
        .is_some_and(|base| matches!(base, BaseOperator::StringLike | BaseOperator::ArnLike | BaseOperator::ArnEquals))
}

/// A provider that is not in the table. One exact subject is one identity, by the standard; what else its claims mean
/// is its own matter.
///
/// Source: <https://openid.net/specs/openid-connect-core-1_0.html#IDToken>
fn of_stranger(host: &str, asked: &[(&Condition, String)]) -> Reach {
    let is_open = |condition: &Condition| {
        has_wildcards(condition) && condition.values().iter().any(|value| value.chars().all(|one| one == '*'))
    };
    let limiting: Vec<_> = asked.iter().filter(|(condition, _)| !is_open(condition)).collect();
    let is_exact = |condition: &Condition| {
        condition.values().iter().all(|value| !value.contains("${"))
            && (!has_wildcards(condition) || condition.values().iter().all(|value| !value.contains(['*', '?'])))
    };
    if limiting.iter().any(|(condition, name)| name == "sub" && is_exact(condition)) {
        return Reach::Limited;
    }
    match (limiting.first(), asked.first()) {
        (Some((condition, _)), _) => Reach::Unknown(format!("whom {} lets in of {host}", written(condition))),
        (None, Some((condition, _))) => Reach::Wider(format!("{} spans everybody", written(condition))),
        (None, None) => Reach::Wider("no condition asks for sub".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use palisade_policy::Document;
    use serde_json::json;

    use super::*;

    const GITHUB: &str = "token.actions.githubusercontent.com";
    const CIRCLE: &str = "oidc.circleci.com/org/1-2";
    const BITBUCKET: &str = "api.bitbucket.org/2.0/workspaces/shop/pipelines-config/identity/oidc";
    const BUILDKITE: &str = "agent.buildkite.com";
    const TERRAFORM: &str = "app.terraform.io";
    const STRANGER: &str = "id.example.com";

    /// How far a statement with these claims reaches; a value with a star is compared as a pattern.
    fn reached(host: &str, claims: &[(&str, &str)]) -> Reach {
        let mut condition = json!({ "StringEquals": { format!("{host}:aud"): "sts.amazonaws.com" } });
        for (claim, value) in claims {
            let operator = if value.contains('*') { "StringLike" } else { "StringEquals" };
            let key = if claim.starts_with("aws:") { (*claim).to_owned() } else { format!("{host}:{claim}") };
            condition[operator][key] = json!(value);
        }
        under(host, &condition)
    }

    fn under(host: &str, condition: &serde_json::Value) -> Reach {
        let statement = json!({
            "Effect": "Allow", "Principal": { "Federated": format!("arn:aws:iam::111122223333:oidc-provider/{host}") },
            "Action": "sts:AssumeRoleWithWebIdentity", "Condition": condition,
        });
        let text = json!({ "Version": "2012-10-17", "Statement": statement }).to_string();
        reach(&Document::parse(&text).unwrap().statements[0], host)
    }

    #[test]
    fn one_project_is_enough() {
        let workflow = "shop/deploy/.github/workflows/x.yml@refs/heads/main";
        for (host, claims) in [
            (GITHUB, &[("sub", "repo:shop/orders:ref:refs/heads/main")] as &[_]),
            (GITHUB, &[("sub", "repo:shop/orders:environment:*")]),
            (GITHUB, &[("sub", "repo:shop@12/orders@34:*")]),
            (GITHUB, &[("sub", "repository_id:34:environment:live")]),
            (GITHUB, &[("sub", "repository_owner:shop:job_workflow_ref:shop/deploy/.github/workflows/x.yml@v1")]),
            (GITHUB, &[("repository", "shop/orders"), ("environment", "live")]),
            (GITHUB, &[("job_workflow_ref", workflow), ("repository_owner_id", "12")]),
            (GITHUB, &[("job_workflow_ref", workflow), ("sub", "repo:shop/*")]),
            (GITHUB, &[("sub", "repo:shop/*"), ("repository_id", "34")]),
            (GITHUB, &[("a_new_claim", "x"), ("repository_id", "34")]),
            ("token.actions.githubusercontent.com/acme", &[("sub", "repo:shop/orders:*")]),
            ("gitlab.com", &[("sub", "project_path:shop/eu/orders:ref_type:branch:ref:*")]),
            ("gitlab.com", &[("project_id", "7"), ("ref_protected", "true")]),
            (
                "gitlab.com",
                &[("namespace_id", "7"), ("ci_config_ref_uri", "gitlab.com/shop/ci//x.yml@refs/heads/main")],
            ),
            (CIRCLE, &[("sub", "org/1-2/project/3-4/user/*")]),
            (CIRCLE, &[("sub", "org/1-2/project/3-4/user/*/vcs-origin/github.com/shop/orders/vcs-ref/*")]),
            (CIRCLE, &[("oidc.circleci.com/project-id", "3-4")]),
            (BUILDKITE, &[("sub", "organization:shop:pipeline:orders:ref:*:commit:*:step:*")]),
            (BUILDKITE, &[("organization_slug", "shop"), ("pipeline_slug", "orders")]),
            (BUILDKITE, &[("aws:RequestTag/organization_slug", "shop"), ("aws:RequestTag/pipeline_slug", "orders")]),
            (BITBUCKET, &[("sub", "{1-2}:*")]),
            (BITBUCKET, &[("sub", "{1-2}*:{3-4}")]),
            (TERRAFORM, &[("sub", "organization:shop:project:*:workspace:orders:run_phase:*")]),
            ("accounts.google.com", &[("sub", "1122334455")]),
            ("graph.facebook.com", &[("id", "1122334455")]),
            ("oidc.eks.eu-west-1.amazonaws.com/id/A1", &[("sub", "system:serviceaccount:shop:orders")]),
            (STRANGER, &[("sub", "one")]),
        ] {
            assert_eq!(reached(host, claims), Reach::Limited, "{host} {claims:?}");
        }
    }

    #[test]
    fn a_tenant_or_less_is_not() {
        let workflow = "shop/deploy/.github/workflows/x.yml@refs/heads/main";
        for (host, claims) in [
            (GITHUB, &[] as &[_]),
            (GITHUB, &[("sub", "repo:*")]),
            (GITHUB, &[("sub", "repo:shop/*")]),
            (GITHUB, &[("sub", "repo:shop/orders*")]),
            (GITHUB, &[("sub", "repo:shop*@12/orders@34:*")]),
            (GITHUB, &[("sub", "repository_owner:shop:environment:live")]),
            (GITHUB, &[("sub", "*:environment:live")]),
            (GITHUB, &[("repository_owner_id", "12"), ("environment", "live")]),
            (GITHUB, &[("environment", "live"), ("ref", "refs/heads/main")]),
            (GITHUB, &[("repository", "shop/*")]),
            (GITHUB, &[("job_workflow_ref", workflow)]),
            (GITHUB, &[("actor", "ada")]),
            ("token.actions.acme.ghe.com", &[("environment", "live")]),
            ("gitlab.com", &[("sub", "project_path:shop/*:ref_type:branch:ref:main")]),
            ("gitlab.com", &[("sub", "project_path:shop/eu/*:ref_type:branch:ref:main")]),
            ("gitlab.com", &[("namespace_id", "7"), ("ref_protected", "true")]),
            ("gitlab.com", &[("user_login", "ada")]),
            (CIRCLE, &[("sub", "org/*")]),
            (CIRCLE, &[("sub", "org/1-2/project/*/user/*/vcs-origin/*/vcs-ref/refs/heads/main")]),
            // A branch may be called `a/vcs-origin/github.com/shop/orders/vcs-ref/b`.
            (CIRCLE, &[("sub", "org/1-2/project/*/user/*/vcs-origin/github.com/shop/orders/vcs-ref/*")]),
            (BUILDKITE, &[("sub", "organization:shop:pipeline:*")]),
            (BUILDKITE, &[("pipeline_slug", "orders")]),
            (BITBUCKET, &[("sub", "*:{3-4}")]),
            (TERRAFORM, &[("sub", "organization:shop:project:orders:workspace:*:run_phase:*")]),
            (TERRAFORM, &[("sub", "organization:*:project:shop:workspace:orders:run_phase:apply")]),
            ("graph.facebook.com", &[("app_id", "1122334455")]),
            (STRANGER, &[]),
            (STRANGER, &[("sub", "*")]),
            // Elsewhere tags are what the provider makes of them.
            (GITHUB, &[("aws:RequestTag/repository_id", "34")]),
        ] {
            assert!(matches!(reached(host, claims), Reach::Wider(_)), "{host} {claims:?}");
        }
    }

    #[test]
    fn what_is_not_documented_is_not_known() {
        for (host, claims) in [
            (GITHUB, &[("a_new_claim", "34")] as &[_]),
            (GITHUB, &[("sub", "organization:shop:project:*")]),
            (BUILDKITE, &[("sub", "0184990a-477b-4fa8-9968-496074483cee")]),
            (STRANGER, &[("sub", "team-*")]),
            (STRANGER, &[("department", "shop")]),
        ] {
            assert!(matches!(reached(host, claims), Reach::Unknown(_)), "{host} {claims:?}");
        }
    }

    #[test]
    fn one_value_that_is_open_opens_the_condition_and_a_condition_true_without_the_claim_fixes_nothing() {
        let of = |operator: &str, values: serde_json::Value| {
            under(GITHUB, &json!({ operator: { format!("{GITHUB}:sub"): values } }))
        };
        assert!(matches!(of("StringLike", json!(["repo:shop/orders:*", "repo:*"])), Reach::Wider(_)));
        assert_eq!(of("ForAnyValue:StringLike", json!(["repo:shop/orders:*", "repo:shop/till:*"])), Reach::Limited);
        for operator in ["StringNotEquals", "StringEqualsIfExists", "ForAllValues:StringEquals"] {
            assert!(matches!(of(operator, json!("repo:shop/orders:pull_request")), Reach::Wider(_)), "{operator}");
        }
    }
}
