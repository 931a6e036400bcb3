//! Webhooks and admission policies.

use k8s_openapi::api::admissionregistration::v1;
use palisade_model::Fact;
use palisade_model::kubernetes::{
    AdmissionPolicy, AdmissionPolicyBinding, AdmissionRule, AdmissionScope, FailurePolicy, ParameterNotFound,
    ParameterReference, Selector, ValidationAction, Webhook, WebhookConfiguration, WebhookTarget,
};

use super::metadata::{name, selector};

/// How long an API server waits for a webhook that names no time.
///
/// Source: <https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#timeouts>
const TIMEOUT_SECONDS: u32 = 10;

pub(in crate::cluster) fn validating_webhooks(object: v1::ValidatingWebhookConfiguration) -> WebhookConfiguration {
    let webhooks = object.webhooks.unwrap_or_default().into_iter().map(|webhook| Webhook {
        name: webhook.name,
        failure_policy: failure_policy(webhook.failure_policy.as_deref()),
        rules: webhook.rules.unwrap_or_default().into_iter().map(rule).collect(),
        namespaces: webhook.namespace_selector.map_or_else(Selector::default, selector),
        objects: webhook.object_selector.map_or_else(Selector::default, selector),
        match_conditions: count(webhook.match_conditions.as_deref()),
        target: target(webhook.client_config),
        timeout_seconds: timeout(webhook.timeout_seconds),
    });
    WebhookConfiguration { name: name(&object.metadata), webhooks: webhooks.collect() }
}

pub(in crate::cluster) fn mutating_webhooks(object: v1::MutatingWebhookConfiguration) -> WebhookConfiguration {
    let webhooks = object.webhooks.unwrap_or_default().into_iter().map(|webhook| Webhook {
        name: webhook.name,
        failure_policy: failure_policy(webhook.failure_policy.as_deref()),
        rules: webhook.rules.unwrap_or_default().into_iter().map(rule).collect(),
        namespaces: webhook.namespace_selector.map_or_else(Selector::default, selector),
        objects: webhook.object_selector.map_or_else(Selector::default, selector),
        match_conditions: count(webhook.match_conditions.as_deref()),
        target: target(webhook.client_config),
        timeout_seconds: timeout(webhook.timeout_seconds),
    });
    WebhookConfiguration { name: name(&object.metadata), webhooks: webhooks.collect() }
}

pub(in crate::cluster) fn admission_policy(object: v1::ValidatingAdmissionPolicy) -> AdmissionPolicy {
    let spec = object.spec.unwrap_or_default();
    AdmissionPolicy {
        name: name(&object.metadata),
        failure_policy: failure_policy(spec.failure_policy.as_deref()),
        scope: scope(spec.match_constraints),
        validations: count(spec.validations.as_deref()),
        match_conditions: count(spec.match_conditions.as_deref()),
        parameters: Fact::Known(spec.param_kind.map(|kind| {
            let [version, kind] = [kind.api_version, kind.kind].map(Option::unwrap_or_default);
            format!("{version} {kind}")
        })),
    }
}

pub(in crate::cluster) fn admission_policy_binding(
    object: v1::ValidatingAdmissionPolicyBinding,
) -> AdmissionPolicyBinding {
    let spec = object.spec;
    let action = |action: String| match action.as_str() {
        "Deny" => ValidationAction::Deny,
        "Warn" => ValidationAction::Warn,
        "Audit" => ValidationAction::Audit,
        _ => ValidationAction::Other(action),
    };
    AdmissionPolicyBinding {
        name: name(&object.metadata),
        policy: spec.policy_name,
        actions: spec.validation_actions.into_iter().map(action).collect(),
        scope: scope(spec.match_resources),
        parameters: Fact::Known(spec.param_ref.map(parameters)),
    }
}

fn parameters(reference: v1::ParamRef) -> ParameterReference {
    ParameterReference {
        which: reference.name.unwrap_or_else(|| "any that are selected".to_owned()),
        not_found: match reference.parameter_not_found_action.as_deref() {
            Some("Allow") => ParameterNotFound::Allow,
            Some("Deny") => ParameterNotFound::Deny,
            other => ParameterNotFound::Other(other.unwrap_or("not said").to_owned()),
        },
    }
}

/// A control that says nothing fails closed: that is the default of these APIs.
fn failure_policy(policy: Option<&str>) -> FailurePolicy {
    match policy {
        Some("Fail") | None => FailurePolicy::Fail,
        Some("Ignore") => FailurePolicy::Ignore,
        Some(other) => FailurePolicy::Other(other.to_owned()),
    }
}

fn timeout(seconds: Option<i32>) -> u32 {
    seconds.and_then(|seconds| seconds.try_into().ok()).unwrap_or(TIMEOUT_SECONDS)
}

fn count<T>(items: Option<&[T]>) -> u32 {
    items.map_or(0, |items| u32::try_from(items.len()).unwrap_or(u32::MAX))
}

/// Of an address only scheme and host are kept: the rest may hold a credential.
fn target(config: v1::WebhookClientConfig) -> WebhookTarget {
    if let Some(service) = config.service {
        return WebhookTarget::Service { namespace: service.namespace, name: service.name };
    }
    let Some(url) = config.url.and_then(|url| url.parse::<http::Uri>().ok()) else { return WebhookTarget::Other };
    let host = url.host().unwrap_or_default();
    WebhookTarget::Url(format!("{}://{host}", url.scheme_str().unwrap_or("https")))
}

fn rule(rule: v1::RuleWithOperations) -> AdmissionRule {
    AdmissionRule {
        api_groups: rule.api_groups.unwrap_or_default(),
        api_versions: rule.api_versions.unwrap_or_default(),
        operations: rule.operations.unwrap_or_default(),
        resources: rule.resources.unwrap_or_default(),
        resource_names: Vec::new(),
        scope: rule.scope.unwrap_or_else(|| "*".to_owned()),
    }
}

fn named_rule(rule: v1::NamedRuleWithOperations) -> AdmissionRule {
    AdmissionRule {
        api_groups: rule.api_groups.unwrap_or_default(),
        api_versions: rule.api_versions.unwrap_or_default(),
        operations: rule.operations.unwrap_or_default(),
        resources: rule.resources.unwrap_or_default(),
        resource_names: rule.resource_names.unwrap_or_default(),
        scope: rule.scope.unwrap_or_else(|| "*".to_owned()),
    }
}

/// What a policy or binding is about.
pub(super) fn scope(resources: Option<v1::MatchResources>) -> AdmissionScope {
    let Some(resources) = resources else { return AdmissionScope::default() };
    AdmissionScope {
        rules: resources.resource_rules.unwrap_or_default().into_iter().map(named_rule).collect(),
        excluded: resources.exclude_resource_rules.unwrap_or_default().into_iter().map(named_rule).collect(),
        namespaces: resources.namespace_selector.map_or_else(Selector::default, selector),
        objects: resources.object_selector.map_or_else(Selector::default, selector),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn of_an_address_only_the_host_is_kept() {
        let target = |config| target(serde_json::from_value(config).unwrap());
        let url = json!({ "url": "https://user:secret@hooks.example.com:8443/admit?token=secret" });
        assert_eq!(target(url), WebhookTarget::Url("https://hooks.example.com".to_owned()));
        let service = json!({ "service": { "namespace": "kyverno", "name": "kyverno-svc" } });
        assert!(matches!(target(service), WebhookTarget::Service { .. }));
        assert_eq!(target(json!({})), WebhookTarget::Other);
    }

    #[test]
    fn a_webhook_without_a_policy_fails_closed() {
        let webhooks = json!({ "metadata": { "name": "guard" }, "webhooks": [{
            "name": "guard.example.com", "admissionReviewVersions": ["v1"], "sideEffects": "None", "clientConfig": {},
        }] });
        let read = validating_webhooks(serde_json::from_value(webhooks).unwrap());
        assert_eq!((&read.webhooks[0].failure_policy, read.webhooks[0].timeout_seconds), (&FailurePolicy::Fail, 10));
    }
}
