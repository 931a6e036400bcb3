//! Constraints of Gatekeeper, reduced to what they are about and what they do.

use palisade_model::kubernetes::{
    Demand, Enforcement, EngineExemption, EngineFilter, EnginePolicy, EngineRule, Narrowing, PolicyEngine, Selector,
};
use palisade_model::{Fact, Gap};
use serde_json::Value;

use super::engines::{Custom, items, texts};
use super::kyverno::{Malformed, parsed};
use super::metadata::{name, selector};

/// The point at which Gatekeeper's webhook enforces.
///
/// Source: <https://open-policy-agent.github.io/gatekeeper/website/docs/enforcement-points/>
const WEBHOOK: [&str; 2] = ["validation.gatekeeper.sh", "*"];

/// A constraint of Gatekeeper; it denies unless it says otherwise. What cannot be parsed makes its rule unknown, with the gap
/// that `unreadable` makes of a reason.
///
/// Sources: <https://open-policy-agent.github.io/gatekeeper/website/docs/violations/>,
/// <https://open-policy-agent.github.io/gatekeeper/website/docs/howto/#the-match-field>
pub(in crate::cluster) fn constraint(kind: &str, object: &Custom, unreadable: impl Fn(&str) -> Gap) -> EnginePolicy {
    let action = object.spec.get("enforcementAction").and_then(Value::as_str).unwrap_or("deny");
    let at_webhook = |scoped: &&Value| {
        items(scoped, "/enforcementPoints").any(|point| point["name"].as_str().is_some_and(|it| WEBHOOK.contains(&it)))
    };
    let scoped = items(&object.spec, "/scopedEnforcementActions").filter(at_webhook);
    let scoped = scoped.filter_map(|scoped| scoped["action"].as_str());
    let actions: Vec<&str> = if action == "scoped" { scoped.collect() } else { vec![action] };
    let modes: Vec<_> = actions.into_iter().map(mode).collect();
    let name = name(&object.metadata);
    let rules = match about(object.spec.get("match").unwrap_or(&Value::Null)) {
        Ok(about) => Fact::Known(vec![EngineRule {
            name: None,
            demand: Demand::Object,
            modes: modes.clone(),
            overrides: Vec::new(),
            about,
            excluded: Vec::new(),
            conditions: 0,
        }]),
        Err(Malformed) => Fact::Unknown(unreadable(&format!("{kind} {name} has a form that is not known"))),
    };
    EnginePolicy {
        engine: PolicyEngine::Gatekeeper,
        kind: kind.to_owned(),
        namespace: object.metadata.namespace.clone(),
        name,
        modes,
        ready: None,
        rules,
    }
}

fn mode(action: &str) -> Enforcement {
    match action {
        "deny" => Enforcement::Deny,
        "dryrun" => Enforcement::Audit,
        "warn" => Enforcement::Warn,
        other => Enforcement::Other(other.to_owned()),
    }
}

/// What a constraint matches: any of its kinds, within the namespaces and labels that all have in common.
fn about(matched: &Value) -> Result<Vec<Vec<EngineFilter>>, Malformed> {
    let text = |key: &str| matched.get(key).and_then(Value::as_str);
    let labels: Option<_> = parsed(matched, "labelSelector")?;
    let labels = labels.map_or_else(Selector::default, selector);
    let is_narrow = !labels.is_everything() || text("name").is_some_and(|name| name != "*");
    // What is generated from a workload's template is no request of its own.
    let is_of_requests = text("scope") != Some("Cluster") && text("source") != Some("Generated");
    let base = EngineFilter {
        pods: is_of_requests,
        kinds: Vec::new(),
        namespaces: texts(matched, "/namespaces"),
        excluded_namespaces: texts(matched, "/excludedNamespaces"),
        namespace_labels: parsed(matched, "namespaceSelector")?.map_or_else(Selector::default, selector),
        narrowed: if is_narrow { Narrowing::ByPod } else { Narrowing::None },
    };
    let of_kinds = |entry: &Value| {
        let has = |key: &str, wanted: &str| {
            let values = texts(entry, key);
            values.is_empty() || values.iter().any(|value| value == "*" || value == wanted)
        };
        let pods = base.pods && has("/kinds", "Pod") && has("/apiGroups", "");
        vec![EngineFilter { pods, kinds: texts(entry, "/kinds"), ..base.clone() }]
    };
    let kinds: Vec<_> = items(matched, "/kinds").map(of_kinds).collect();
    Ok(if kinds.is_empty() { vec![vec![base]] } else { kinds })
}

/// The namespaces that Gatekeeper's Config leaves out of its webhook.
///
/// Source: <https://open-policy-agent.github.io/gatekeeper/website/docs/exempt-namespaces/>
pub(in crate::cluster) fn exemption(object: &Custom) -> EngineExemption {
    let at_webhook = |entry: &&Value| {
        let processes = texts(entry, "/processes");
        processes.iter().any(|process| process == "*" || process == "webhook")
    };
    let entries = items(&object.spec, "/match").filter(at_webhook);
    EngineExemption {
        name: name(&object.metadata),
        namespaces: entries.flat_map(|entry| texts(entry, "/excludedNamespaces")).collect(),
    }
}

#[cfg(test)]
mod tests {
    use palisade_model::{Action, Place, Reason};
    use serde_json::json;

    use super::*;

    fn object(spec: &Value) -> Custom {
        serde_json::from_value(json!({ "metadata": { "name": "one" }, "spec": spec })).unwrap()
    }

    fn read(spec: &Value) -> EnginePolicy {
        constraint("K8sPSPPrivilegedContainer", &object(spec), |why| {
            let reason = Reason::Failed(why.to_owned());
            Gap { action: Action::KubernetesListConstraints, place: Place::account(), reason }
        })
    }

    #[test]
    fn a_constraint_denies_unless_it_says_otherwise() {
        assert_eq!(read(&json!({})).modes, [Enforcement::Deny]);
        assert_eq!(read(&json!({ "enforcementAction": "dryrun" })).modes, [Enforcement::Audit]);
        let at = |point: &str| json!([{ "name": point }]);
        let scoped = json!({ "enforcementAction": "scoped", "scopedEnforcementActions": [
            { "action": "warn", "enforcementPoints": at("validation.gatekeeper.sh") },
            { "action": "deny", "enforcementPoints": at("gator.gatekeeper.sh") },
        ] });
        assert_eq!(read(&scoped).modes, [Enforcement::Warn]);
    }

    #[test]
    fn a_constraint_is_about_what_it_matches() {
        let pods = |matched: Value| {
            let Fact::Known(rules) = read(&json!({ "match": matched })).rules else { panic!() };
            let filters: Vec<_> = rules[0].about.iter().map(|filters| (filters[0].pods, filters[0].narrowed)).collect();
            filters
        };
        let kinds = |groups: &[&str], kinds: &[&str]| json!({ "apiGroups": groups, "kinds": kinds });
        assert_eq!(pods(json!({})), [(true, Narrowing::None)]);
        assert_eq!(pods(json!({ "kinds": [kinds(&[""], &["Pod"])] })), [(true, Narrowing::None)]);
        assert_eq!(pods(json!({ "kinds": [kinds(&["*"], &["*"])] })), [(true, Narrowing::None)]);
        assert_eq!(pods(json!({ "kinds": [kinds(&[""], &["Namespace"])] })), [(false, Narrowing::None)]);
        assert_eq!(pods(json!({ "kinds": [kinds(&["apps"], &["Pod"])] })), [(false, Narrowing::None)]);
        assert_eq!(pods(json!({ "scope": "Cluster" })), [(false, Narrowing::None)]);
        assert_eq!(pods(json!({ "labelSelector": { "matchLabels": { "app": "web" } } })), [(true, Narrowing::ByPod)]);
    }

    #[test]
    fn a_config_leaves_namespaces_out_of_the_webhook() {
        let config = json!({ "match": [
            { "excludedNamespaces": ["kube-*"], "processes": ["*"] },
            { "excludedNamespaces": ["shop"], "processes": ["audit"] },
            { "excludedNamespaces": ["lab"], "processes": ["audit", "webhook"] },
        ] });
        assert_eq!(exemption(&object(&config)).namespaces, ["kube-*", "lab"]);
    }
}
