//! Policies of Kyverno, of both generations, reduced to what they are about and what they do.

use k8s_openapi::api::admissionregistration::v1 as admissionregistration;
use palisade_model::kubernetes::{
    AdmissionScope, Demand, Enforcement, EngineFilter, EnginePolicy, EngineRule, Exempt, ModeOverride, Narrowing,
    PolicyEngine, PolicyException, Selector,
};
use palisade_model::{Fact, Gap};
use palisade_policy::matches;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::admission::scope;
use super::engines::{Custom, items, texts};
use super::metadata::{name, selector};

/// A policy of Kyverno, of either generation. What cannot be parsed makes its rules unknown, with the gap that `unreadable`
/// makes of a reason.
///
/// Source: <https://kyverno.io/docs/policy-types/>
pub(in crate::cluster) fn kyverno_policy(
    kind: &str,
    object: &Custom,
    unreadable: impl Fn(&str) -> Gap,
) -> EnginePolicy {
    let is_older = ["ClusterPolicy", "Policy"].contains(&kind);
    let rules = if is_older { rules(&object.spec) } else { newer_rule(kind, &object.spec) };
    let mut modes: Vec<Enforcement> = match &rules {
        Ok(rules) => rules.iter().flat_map(told_modes).collect(),
        Err(Malformed) => Vec::new(),
    };
    modes.sort_by_key(|mode| format!("{mode:?}"));
    modes.dedup();
    let name = name(&object.metadata);
    let rules = match rules {
        Ok(rules) => Fact::Known(rules),
        Err(Malformed) => Fact::Unknown(unreadable(&format!("{kind} {name} has a form that is not known"))),
    };
    EnginePolicy {
        engine: PolicyEngine::Kyverno,
        kind: kind.to_owned(),
        namespace: object.metadata.namespace.clone(),
        name,
        modes,
        ready: ready(&object.status),
        rules,
    }
}

fn told_modes(rule: &EngineRule) -> Vec<Enforcement> {
    rule.modes.iter().chain(rule.overrides.iter().map(|one| &one.mode)).cloned().collect()
}

/// The rules of a policy of the older generation that judge requests. The mode and its overrides are those of the first
/// rule that says any, and count for the whole policy; a policy audits unless it says otherwise.
///
/// Source: `GetValidationFailureAction` and `GetValidationFailureActionOverrides` of
/// <https://github.com/kyverno/kyverno/blob/main/api/kyverno/v1/spec_types.go>
fn rules(spec: &Value) -> Result<Vec<EngineRule>, Malformed> {
    let validating = || items(spec, "/rules").filter_map(|rule| rule.get("validate"));
    let own = validating().find_map(|validate| validate.get("failureAction").and_then(Value::as_str));
    let general = spec.get("validationFailureAction").and_then(Value::as_str);
    let mode = kyverno_mode(own.or(general).unwrap_or("Audit"));
    let mut within = validating().map(|validate| items(validate, "/failureActionOverrides").collect::<Vec<_>>());
    let within = within.find(|overrides| !overrides.is_empty());
    let overrides = within.unwrap_or_else(|| items(spec, "/validationFailureActionOverrides").collect());
    let overrides = overrides.into_iter().map(mode_override).collect::<Result<Vec<_>, _>>()?;
    let at_webhook = items(spec, "/webhookConfiguration/matchConditions").count();
    let is_at_admission = spec.get("admission").and_then(Value::as_bool) != Some(false);
    let mut found = Vec::new();
    for rule in items(spec, "/rules") {
        let demand = match (rule.get("validate"), rule.get("verifyImages")) {
            (Some(_), _) => Demand::Object,
            (None, Some(_)) => Demand::Images,
            (None, None) => continue,
        };
        let of_images = items(rule, "/verifyImages").find_map(|one| one.get("failureAction").and_then(Value::as_str));
        let mode = match demand {
            Demand::Object => mode.clone(),
            Demand::Images => of_images.map_or_else(|| mode.clone(), kyverno_mode),
        };
        let parameters = usize::from(rule.pointer("/validate/cel/paramRef").is_some());
        found.push(EngineRule {
            name: rule.get("name").and_then(Value::as_str).map(str::to_owned),
            demand,
            modes: vec![if is_at_admission { mode } else { Enforcement::Audit }],
            overrides: if is_at_admission { overrides.clone() } else { Vec::new() },
            about: filters(rule.get("match").unwrap_or(&Value::Null))?,
            excluded: filters(rule.get("exclude").unwrap_or(&Value::Null))?,
            conditions: count(conditions(rule) + at_webhook + parameters),
        });
    }
    Ok(found)
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn mode_override(one: &Value) -> Result<ModeOverride, Malformed> {
    Ok(ModeOverride {
        mode: kyverno_mode(one.get("action").and_then(Value::as_str).unwrap_or_default()),
        namespaces: texts(one, "/namespaces"),
        labels: parsed(one, "namespaceSelector")?.map_or_else(Selector::default, selector),
    })
}

/// What a `match` or `exclude` names: any of these, all filters of which must hold.
fn filters(block: &Value) -> Result<Vec<Vec<EngineFilter>>, Malformed> {
    let mut found = Vec::new();
    for one in items(block, "/any") {
        found.extend(filter(one)?.map(|filter| vec![filter]));
    }
    let together: Result<Vec<_>, _> = items(block, "/all").map(filter).collect();
    let together: Vec<_> = together?.into_iter().flatten().collect();
    if !together.is_empty() {
        found.push(together);
    }
    found.extend(filter(block)?.map(|filter| vec![filter]));
    Ok(found)
}

/// One filter; `None` for one that names nothing, and so matches nothing.
fn filter(one: &Value) -> Result<Option<EngineFilter>, Malformed> {
    let resources = one.get("resources").unwrap_or(&Value::Null);
    let has = |value: &Value, key: &str| {
        value.get(key).is_some_and(|part| {
            !(part.is_null() || part == &Value::Array(vec![]) || part == &Value::Object([].into_iter().collect()))
        })
    };
    let by_caller = ["subjects", "roles", "clusterRoles"].iter().any(|key| has(one, key));
    let parts = ["kinds", "name", "names", "namespaces", "annotations", "selector", "namespaceSelector", "operations"];
    if !by_caller && !parts.iter().any(|key| has(resources, key)) {
        return Ok(None);
    }
    let kinds = texts(resources, "/kinds");
    let operations = texts(resources, "/operations");
    let names: Vec<String> =
        [texts(resources, "/names"), Vec::from_iter(resources.get("name").and_then(Value::as_str).map(str::to_owned))]
            .concat();
    let by_pod = names.iter().any(|name| name != "*") || has(resources, "annotations") || has(resources, "selector");
    Ok(Some(EngineFilter {
        pods: (kinds.is_empty() || kinds.iter().any(|kind| is_of_pods(kind)))
            && (operations.is_empty() || operations.iter().any(|operation| operation == "CREATE")),
        kinds,
        namespaces: texts(resources, "/namespaces"),
        excluded_namespaces: Vec::new(),
        namespace_labels: parsed(resources, "namespaceSelector")?.map_or_else(Selector::default, selector),
        narrowed: match (by_pod, by_caller) {
            (true, _) => Narrowing::ByPod,
            (false, true) => Narrowing::ByCaller,
            (false, false) => Narrowing::None,
        },
    }))
}

/// Whether a kind as Kyverno writes it, `group/version/Kind/subresource` of which only the kind must be there, stands for
/// pods themselves.
///
/// Source: <https://kyverno.io/docs/policy-types/cluster-policy/match-exclude/>
fn is_of_pods(kind: &str) -> bool {
    let is_version =
        |part: &str| part == "*" || part.starts_with('v') && part[1..].starts_with(|it: char| it.is_ascii_digit());
    let parts: Vec<&str> = kind.split('/').collect();
    let (group, version, kind, subresource) = match parts.as_slice() {
        [kind] => ("*", "*", *kind, ""),
        [version, kind] if is_version(version) => ("*", *version, *kind, ""),
        [kind, subresource] => ("*", "*", *kind, *subresource),
        [group, version, kind] if is_version(version) => (*group, *version, *kind, ""),
        [version, kind, subresource] => ("*", *version, *kind, *subresource),
        [group, version, kind, subresource] => (*group, *version, *kind, *subresource),
        _ => return false,
    };
    matches(group, "") && matches(version, "v1") && matches(kind, "Pod") && matches(subresource, "")
}

/// How many preconditions a rule has, without those that are only about the operation and let a pod's creation through.
fn conditions(rule: &Value) -> usize {
    let preconditions = rule.get("preconditions").unwrap_or(&Value::Null);
    let plain = preconditions.as_array().into_iter().flatten();
    let listed = items(preconditions, "/any").chain(items(preconditions, "/all")).chain(plain);
    let open = listed.filter(|condition| !lets_creation_through(condition)).count();
    open + items(rule, "/celPreconditions").count()
}

fn lets_creation_through(condition: &Value) -> bool {
    let key = condition.get("key").and_then(Value::as_str).unwrap_or_default();
    let value = condition.get("value").unwrap_or(&Value::Null);
    let names_create = match value {
        Value::Array(values) => values.iter().any(|value| value == "CREATE"),
        value => value == "CREATE",
    };
    let operation = condition.get("operator").and_then(Value::as_str).unwrap_or_default();
    key.contains("request.operation")
        && match operation {
            "Equals" | "In" | "AnyIn" => names_create,
            "NotEquals" | "NotIn" | "AnyNotIn" | "AllNotIn" => !names_create,
            _ => false,
        }
}

/// A policy of the newer generation is one rule. One that is not about Kubernetes' objects has none, as those have that only
/// change or make objects.
///
/// Source: <https://kyverno.io/docs/policy-types/validating-policy/>
fn newer_rule(kind: &str, spec: &Value) -> Result<Vec<EngineRule>, Malformed> {
    let demand = match kind {
        "ValidatingPolicy" | "NamespacedValidatingPolicy" => Demand::Object,
        "ImageValidatingPolicy" | "NamespacedImageValidatingPolicy" => Demand::Images,
        _ => return Ok(Vec::new()),
    };
    if spec.pointer("/evaluation/mode").and_then(Value::as_str).is_some_and(|mode| mode != "Kubernetes") {
        return Ok(Vec::new());
    }
    let is_at_admission = spec.pointer("/evaluation/admission/enabled").and_then(Value::as_bool) != Some(false);
    // One that names no action denies.
    let named = texts(spec, "/validationActions");
    let modes = match (is_at_admission, named.as_slice()) {
        (false, _) => vec![Enforcement::Audit],
        (true, []) => vec![Enforcement::Deny],
        (true, named) => named.iter().map(|mode| kyverno_mode(mode)).collect(),
    };
    let constraints: Option<admissionregistration::MatchResources> = parsed(spec, "matchConstraints")?;
    let AdmissionScope { rules, excluded, namespaces, objects } = scope(constraints);
    let filter = |rule: &palisade_model::kubernetes::AdmissionRule| EngineFilter {
        pods: rule.creates_pods(),
        kinds: rule.resources.clone(),
        namespaces: Vec::new(),
        excluded_namespaces: Vec::new(),
        namespace_labels: namespaces.clone(),
        narrowed: if objects.is_everything() { Narrowing::None } else { Narrowing::ByPod },
    };
    let left_out =
        |rule| EngineFilter { namespace_labels: Selector::default(), narrowed: Narrowing::None, ..filter(rule) };
    Ok(vec![EngineRule {
        name: None,
        demand,
        modes,
        overrides: Vec::new(),
        about: rules.iter().map(|rule| vec![filter(rule)]).collect(),
        excluded: excluded.iter().map(|rule| vec![left_out(rule)]).collect(),
        conditions: count(items(spec, "/matchConditions").count()),
    }])
}

fn kyverno_mode(mode: &str) -> Enforcement {
    match mode.to_ascii_lowercase().as_str() {
        "enforce" | "deny" => Enforcement::Deny,
        "audit" => Enforcement::Audit,
        "warn" => Enforcement::Warn,
        _ => Enforcement::Other(mode.to_owned()),
    }
}

fn ready(status: &Value) -> Option<bool> {
    let is_ready = |condition: &&Value| condition["type"] == "Ready";
    let condition = items(status, "/conditions").find(is_ready);
    match condition.or_else(|| items(status, "/conditionStatus/conditions").find(is_ready)) {
        Some(condition) => Some(condition["status"] == "True"),
        None => ["/ready", "/conditionStatus/ready"].iter().find_map(|path| status.pointer(path)?.as_bool()),
    }
}

/// An exception from Kyverno's policies, of either generation. One that has expired exempts nothing.
///
/// Source: <https://kyverno.io/docs/exceptions/>
pub(in crate::cluster) fn policy_exception(object: &Custom, unreadable: impl Fn(&str) -> Gap) -> PolicyException {
    let spec = &object.spec;
    let names = items(spec, "/exceptions").filter_map(|exception| exception["policyName"].as_str());
    let references = items(spec, "/policyRefs").filter_map(|reference| reference["name"].as_str());
    let has_expired = object.status.get("expired").and_then(Value::as_bool) == Some(true);
    let older = spec.get("exceptions").is_some();
    let about = match (has_expired, older) {
        (true, _) => Ok(Vec::new()),
        (false, true) => filters(spec.get("match").unwrap_or(&Value::Null)),
        (false, false) => Ok(vec![Vec::new()]),
    };
    let further =
        ["/matchConditions", "/images", "/allowedValues", "/podSecurity", "/conditions/any", "/conditions/all"];
    let conditions = further.iter().map(|path| items(spec, path).count()).sum();
    let name = name(&object.metadata);
    let exempt = match about {
        Ok(about) => Fact::Known(Exempt { about, conditions: count(conditions) }),
        Err(Malformed) => Fact::Unknown(unreadable(&format!("PolicyException {name} has a form that is not known"))),
    };
    PolicyException {
        namespace: object.metadata.namespace.clone().unwrap_or_default(),
        name,
        policies: names.chain(references).map(str::to_owned).collect(),
        exempt,
    }
}

/// Something has another form than it is known to have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Malformed;

/// A member in the form of a type of Kubernetes; `None` when it is not there.
pub(super) fn parsed<T: DeserializeOwned>(value: &Value, key: &str) -> Result<Option<T>, Malformed> {
    match value.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(part) => serde_json::from_value(part.clone()).map(Some).map_err(|_| Malformed),
    }
}

#[cfg(test)]
mod tests;
