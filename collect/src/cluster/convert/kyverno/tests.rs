use palisade_model::{Action, Place, Reason};
use serde_json::json;

use super::*;

fn object(spec: &Value) -> Custom {
    serde_json::from_value(json!({ "metadata": { "name": "one" }, "spec": spec })).unwrap()
}

fn gap(why: &str) -> Gap {
    let reason = Reason::Failed(why.to_owned());
    Gap { action: Action::KubernetesListClusterPolicies, place: Place::account(), reason }
}

fn policy(kind: &str, spec: &Value) -> EnginePolicy {
    kyverno_policy(kind, &object(spec), gap)
}

#[expect(clippy::needless_pass_by_value, reason = "a literal `json!` reads better without a reference")]
fn about_pods(validate: Value) -> Value {
    json!({ "name": "one", "match": { "any": [{ "resources": { "kinds": ["Pod"] } }] }, "validate": validate })
}

#[test]
fn a_policy_audits_unless_it_says_otherwise() {
    let modes = |spec: Value| policy("ClusterPolicy", &spec).modes;
    assert_eq!(modes(json!({ "rules": [about_pods(json!({}))] })), [Enforcement::Audit]);
    let enforced = json!({ "validationFailureAction": "enforce", "rules": [about_pods(json!({}))] });
    assert_eq!(modes(enforced), [Enforcement::Deny]);
    let own = about_pods(json!({ "failureAction": "Enforce" }));
    assert_eq!(modes(json!({ "rules": [own.clone()] })), [Enforcement::Deny]);
    assert_eq!(modes(json!({ "rules": [own], "admission": false })), [Enforcement::Audit]);
    assert_eq!(modes(json!({ "rules": [{ "name": "mutates", "mutate": {} }] })), []);
}

#[test]
fn the_first_rule_that_says_a_mode_says_it_for_the_policy() {
    let rules = json!({ "rules": [
        about_pods(json!({ "failureAction": "Audit" })), about_pods(json!({ "failureAction": "Enforce" })),
    ] });
    let read = policy("ClusterPolicy", &rules);
    let Fact::Known(rules) = read.rules else { panic!("{read:?}") };
    assert!(rules.iter().all(|rule| rule.modes == [Enforcement::Audit]), "{rules:?}");
}

#[test]
fn a_newer_policy_denies_unless_it_says_otherwise() {
    let constraints = json!({ "resourceRules": [
        { "apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"] },
    ] });
    let modes = |kind: &str, more: Value| {
        let mut spec = json!({ "matchConstraints": constraints });
        spec.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        policy(kind, &spec).modes
    };
    let deny = json!({ "validationActions": ["Deny", "Audit"] });
    assert_eq!(modes("ValidatingPolicy", deny), [Enforcement::Audit, Enforcement::Deny]);
    assert_eq!(modes("NamespacedValidatingPolicy", json!({})), [Enforcement::Deny]);
    let background = json!({ "evaluation": { "admission": { "enabled": false } } });
    assert_eq!(modes("ImageValidatingPolicy", background), [Enforcement::Audit]);
    assert_eq!(modes("ValidatingPolicy", json!({ "evaluation": { "mode": "JSON" } })), []);
    assert_eq!(modes("MutatingPolicy", json!({})), []);
}

#[test]
fn pods_are_known_in_every_form_of_their_kind() {
    for (kind, is) in [
        ("Pod", true),
        ("v1/Pod", true),
        ("*/Pod", true),
        ("*", true),
        ("*/*", true),
        ("Po*", true),
        ("/v1/Pod", true),
        ("*/*/Pod", true),
        ("apps/v1/Pod", false),
        ("Pod/ephemeralcontainers", false),
        ("v1/Pod/exec", false),
        ("Deployment", false),
        ("Service", false),
    ] {
        assert_eq!(is_of_pods(kind), is, "{kind}");
    }
}

#[test]
fn what_limits_a_rule_is_read() {
    let rule = json!({
        "name": "one",
        "match": { "all": [
            { "resources": { "kinds": ["Pod"], "namespaces": ["shop-*"] } },
            { "resources": { "selector": { "matchLabels": { "app": "web" } } } },
        ] },
        "exclude": { "any": [{ "clusterRoles": ["cluster-admin"] }, { "resources": {} }] },
        "preconditions": { "all": [
            { "key": "{{ request.operation || 'BACKGROUND' }}", "operator": "NotEquals", "value": "DELETE" },
            { "key": "{{ request.object.spec.hostNetwork }}", "operator": "Equals", "value": true },
        ] },
        "validate": { "failureActionOverrides": [{ "action": "Audit", "namespaces": ["dev-*"] }] },
    });
    let Fact::Known(rules) = policy("ClusterPolicy", &json!({ "rules": [rule] })).rules else { panic!() };
    let EngineRule { about, excluded, conditions, overrides, .. } = &rules[0];
    let narrowed: Vec<_> = about[0].iter().map(|filter| filter.narrowed).collect();
    assert_eq!((about.len(), narrowed), (1, vec![Narrowing::None, Narrowing::ByPod]));
    assert_eq!((excluded.len(), excluded[0][0].narrowed), (1, Narrowing::ByCaller));
    assert_eq!((*conditions, overrides[0].namespaces[0].as_str()), (1, "dev-*"));
}

#[test]
fn a_selector_of_another_form_is_not_passed_over() {
    let filters = json!({ "any": [{ "resources": { "kinds": ["Pod"], "namespaceSelector": "shop" } }] });
    let rule = json!({ "name": "one", "match": filters, "validate": {} });
    assert!(matches!(policy("ClusterPolicy", &json!({ "rules": [rule] })).rules, Fact::Unknown(_)));
}
