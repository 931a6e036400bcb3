//! Scenes about the policies of ECR.

use serde_json::{Value, json};

use crate::{Scene, registry, repository};
use palisade_model::ecr::{
    CreationTemplate, Encryption, Lifecycle, PolicyScope, PullThroughRule, Registry, TagMutability,
};
use palisade_model::iam::PolicyText;
use palisade_model::{Fact, Listing};

/// The account's organisation, where a scene tells of one.
pub const ORGANIZATION: &str = "o-a1b2c3d4e5";

/// How the ARNs of the account's repositories begin.
pub const ACCOUNT_RESOURCE: &str = "arn:aws:ecr:eu-west-1:111122223333:repository/";

/// A statement of a repository policy, which names no resource.
#[expect(clippy::needless_pass_by_value, reason = "a literal `json!` reads better without a reference")]
pub fn gives(principal: Value, actions: &[&str], condition: Value) -> Value {
    json!({ "Sid": "given", "Effect": "Allow", "Principal": principal, "Action": actions, "Condition": condition })
}

/// The same about repositories whose names match a pattern, as a registry policy has it.
pub fn on(repositories: &str, mut statement: Value) -> Value {
    statement["Resource"] = json!(format!("{ACCOUNT_RESOURCE}{repositories}"));
    statement
}

/// A denial of these actions to everybody, on every repository.
#[expect(clippy::needless_pass_by_value, reason = "a literal `json!` reads better without a reference")]
pub fn denies(actions: &[&str], condition: Value) -> Value {
    json!({ "Effect": "Deny", "Principal": "*", "Action": actions, "Resource": "*", "Condition": condition })
}

/// A policy of these statements.
pub fn statements(statements: &[Value]) -> PolicyText {
    let policy = PolicyText::parse(&json!({ "Version": "2012-10-17", "Statement": statements }).to_string());
    assert!(matches!(policy, PolicyText::Parsed(_)), "{policy:?}");
    policy
}

/// An account whose repository `shop/storefront` has a policy of these statements.
pub fn repository_policy(given: &[Value]) -> Scene {
    let policy = statements(given);
    repository(|repository| repository.policy = Fact::Known(Some(policy)))
}

/// An account whose registry has a policy of these statements; the registry is the subject.
pub fn registry_policy(given: &[Value]) -> Scene {
    registry(|_| {}).with_registry_policy(given)
}

/// An account whose registry fetches images from these hosts, each with a secret and a role.
pub fn fetching(upstreams: &[(&str, Option<&str>, Option<&str>)]) -> Scene {
    let rule = |(host, secret, role): &(&str, Option<&str>, Option<&str>)| PullThroughRule {
        prefix: "upstream".to_owned(),
        upstream: (*host).to_owned(),
        registry: None,
        credential: secret.map(Into::into),
        role: role.map(Into::into),
        upstream_prefix: None,
    };
    let rules = upstreams.iter().map(rule).collect();
    registry(|registry| registry.pull_through_rules = Listing::whole(rules))
}

/// An account with templates for these prefixes, which are as they should be; then changed.
pub fn templates(prefixes: &[&str], change: impl Fn(&mut CreationTemplate)) -> Scene {
    let template = |prefix: &&str| {
        let mut template = CreationTemplate {
            prefix: (*prefix).to_owned(),
            applied_for: vec!["REPLICATION".to_owned()],
            tag_mutability: TagMutability::Immutable,
            encryption: Encryption::Aes256,
            has_lifecycle: true,
            lifecycle: Fact::Known(Some(Lifecycle::parse(
                r#"{"rules":[{"rulePriority":1,"action":{"type":"expire"},
                "selection":{"tagStatus":"any","countType":"imageCountMoreThan","countNumber":9}}]}"#,
            ))),
            policy: None,
        };
        change(&mut template);
        template
    };
    let templates = prefixes.iter().map(template).collect();
    registry(|registry| registry.creation_templates = Listing::whole(templates))
}

impl Scene {
    /// Changes the registry.
    pub fn and_registry(self, change: impl FnOnce(&mut Registry)) -> Self {
        self.region(|region| change(&mut region.ecr.registry))
    }

    /// Gives the registry a policy.
    pub fn with_registry_policy(self, given: &[Value]) -> Self {
        let policy = statements(given);
        self.and_registry(|registry| registry.policy = Fact::Known(Some(policy)))
    }

    /// Sets which actions the registry policy is about.
    pub fn in_scope(self, scope: PolicyScope) -> Self {
        self.and_registry(|registry| registry.policy_scope = Fact::Known(scope))
    }

    /// Puts the account into an organisation, as the settings tell.
    pub fn in_organization(self) -> Self {
        self.settings(|settings| settings.organization = Some(ORGANIZATION.to_owned()))
    }

    /// Trusts the account 444455556666.
    pub fn trusting(self) -> Self {
        self.settings(|settings| _ = settings.trusted_accounts.insert("444455556666".into()))
    }
}
