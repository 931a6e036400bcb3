//! Classes of ingresses, gateways and their routes, bindings of target groups.

use k8s_openapi::api::networking::v1 as networking;
use palisade_model::kubernetes::{
    AllowedRoutes, Gateway, GatewayClass, IngressClass, IngressClassParams, Listener, LoadBalancerConfiguration,
    ObjectReference, ReferenceGrant, Route, RouteParent, Selector, TargetGroupBinding,
};
use serde_json::Value;

use super::engines::{Custom, items, texts};
use super::kyverno::{Malformed, parsed};
use super::metadata::{name, namespace_of, selector};

/// The API group of gateways.
const GATEWAYS: &str = "gateway.networking.k8s.io";

fn text(value: &Value, pointer: &str) -> Option<String> {
    value.pointer(pointer).and_then(Value::as_str).map(str::to_owned)
}

/// A reference, whose group and kind are these unless it says otherwise.
fn reference(value: &Value, group: &str, kind: &str) -> ObjectReference {
    ObjectReference {
        group: text(value, "/group").unwrap_or_else(|| group.to_owned()),
        kind: text(value, "/kind").unwrap_or_else(|| kind.to_owned()),
        namespace: text(value, "/namespace"),
        name: text(value, "/name").unwrap_or_default(),
    }
}

pub(in crate::cluster) fn ingress_class(object: networking::IngressClass) -> IngressClass {
    let name = name(&object.metadata);
    let spec = object.spec.unwrap_or_default();
    let parameters = spec.parameters.map(|parameters| ObjectReference {
        group: parameters.api_group.unwrap_or_default(),
        kind: parameters.kind,
        namespace: parameters.namespace,
        name: parameters.name,
    });
    IngressClass { name, controller: spec.controller, parameters }
}

/// Both APIs have the same members but for the certificates.
pub(in crate::cluster) fn ingress_class_params(group: &str, object: &Custom) -> IngressClassParams {
    let spec = &object.spec;
    let either = |names: &[&str]| names.iter().flat_map(|name| texts(spec, name)).collect::<Vec<_>>();
    // A selector of another form selects nothing that is known to be selected.
    let namespaces = parsed(spec, "namespaceSelector").map(|found| found.map_or_else(Selector::default, selector));
    IngressClassParams {
        group: group.to_owned(),
        name: name(&object.metadata),
        scheme: text(spec, "/scheme"),
        inbound_cidrs: either(&["/inboundCIDRs"]),
        prefix_lists: either(&["/prefixListsIDs", "/PrefixListsIDs"]),
        certificates: either(&["/certificateArn", "/certificateARNs"]),
        ssl_redirect: text(spec, "/sslRedirectPort"),
        ingress_group: text(spec, "/group/name"),
        namespaces: namespaces.unwrap_or_default(),
    }
}

pub(in crate::cluster) fn gateway_class(object: &Custom) -> GatewayClass {
    GatewayClass {
        name: name(&object.metadata),
        controller: text(&object.spec, "/controllerName").unwrap_or_default(),
        parameters: object.spec.get("parametersRef").map(|parameters| reference(parameters, "", "")),
    }
}

pub(in crate::cluster) fn gateway(object: &Custom) -> Gateway {
    let spec = &object.spec;
    Gateway {
        namespace: namespace_of(&object.metadata),
        name: name(&object.metadata),
        class: text(spec, "/gatewayClassName").unwrap_or_default(),
        parameters: spec.pointer("/infrastructure/parametersRef").map(|parameters| reference(parameters, "", "")),
        listeners: items(spec, "/listeners").map(listener).collect(),
        addresses: items(&object.status, "/addresses").filter_map(|address| text(address, "/value")).collect(),
    }
}

fn listener(listener: &Value) -> Listener {
    let from = text(listener, "/allowedRoutes/namespaces/from");
    let within = listener.pointer("/allowedRoutes/namespaces").unwrap_or(&Value::Null);
    Listener {
        name: text(listener, "/name").unwrap_or_default(),
        port: port(listener).unwrap_or_default(),
        protocol: text(listener, "/protocol").unwrap_or_default(),
        allows: match from.as_deref() {
            None | Some("Same") => AllowedRoutes::Same,
            Some("All") => AllowedRoutes::All,
            Some("Selector") => match parsed(within, "selector") {
                Ok(Some(chosen)) => AllowedRoutes::Selector(selector(chosen)),
                Ok(None) | Err(Malformed) => AllowedRoutes::Other("a selector that is not known".to_owned()),
            },
            Some(other) => AllowedRoutes::Other(other.to_owned()),
        },
    }
}

fn port(value: &Value) -> Option<u16> {
    value.get("port").and_then(Value::as_u64).and_then(|port| u16::try_from(port).ok())
}

pub(in crate::cluster) fn load_balancer_configuration(object: &Custom) -> LoadBalancerConfiguration {
    LoadBalancerConfiguration {
        namespace: namespace_of(&object.metadata),
        name: name(&object.metadata),
        scheme: text(&object.spec, "/scheme"),
        source_ranges: texts(&object.spec, "/sourceRanges"),
        merging: text(&object.spec, "/mergingMode"),
    }
}

/// A route of whichever kind. What a rule mirrors to another service reaches that as well; what has the weight 0 does not.
pub(in crate::cluster) fn route(kind: &str, object: &Custom) -> Route {
    let rules: Vec<_> = items(&object.spec, "/rules").collect();
    let weighty = |backend: &&Value| backend.get("weight").and_then(Value::as_u64) != Some(0);
    let led = rules.iter().flat_map(|rule| items(rule, "/backendRefs").filter(weighty));
    let filters = || {
        rules.iter().flat_map(|rule| {
            items(rule, "/filters").chain(items(rule, "/backendRefs").flat_map(|backend| items(backend, "/filters")))
        })
    };
    let mirrored = filters().filter_map(|filter| filter.pointer("/requestMirror/backendRef"));
    let backends: Vec<_> = led.chain(mirrored).map(|backend| reference(backend, "", "Service")).collect();
    let sends_on = |rule: &&Value| {
        items(rule, "/filters").any(|filter| filter.pointer("/requestRedirect/scheme").is_some_and(|it| it == "https"))
    };
    Route {
        kind: kind.to_owned(),
        namespace: namespace_of(&object.metadata),
        name: name(&object.metadata),
        parents: items(&object.spec, "/parentRefs").map(|parent| route_parent(parent, &object.status)).collect(),
        redirects: !rules.is_empty() && rules.iter().all(sends_on),
        backends,
    }
}

fn route_parent(parent: &Value, status: &Value) -> RouteParent {
    let same = |told: &&Value| {
        told["parentRef"]["name"] == parent["name"]
            && told["parentRef"]["namespace"] == parent["namespace"]
            && told["parentRef"]["sectionName"] == parent["sectionName"]
    };
    let told = items(status, "/parents").find(same);
    let accepted = told.and_then(|told| items(told, "/conditions").find(|condition| condition["type"] == "Accepted"));
    RouteParent {
        target: reference(parent, GATEWAYS, "Gateway"),
        section: text(parent, "/sectionName"),
        port: port(parent),
        accepted: accepted.map(|condition| condition["status"] == "True"),
    }
}

pub(in crate::cluster) fn reference_grant(object: &Custom) -> ReferenceGrant {
    let all = |pointer: &str| items(&object.spec, pointer).map(|one| reference(one, "", "")).collect();
    ReferenceGrant {
        namespace: namespace_of(&object.metadata),
        name: name(&object.metadata),
        from: all("/from"),
        to: all("/to"),
    }
}

pub(in crate::cluster) fn target_group_binding(object: &Custom) -> TargetGroupBinding {
    let is_kept = |name: &String| TargetGroupBinding::KEPT_LABELS.iter().any(|end| name.ends_with(end));
    let labels = object.metadata.labels.clone().unwrap_or_default();
    TargetGroupBinding {
        namespace: namespace_of(&object.metadata),
        name: name(&object.metadata),
        service: text(&object.spec, "/serviceRef/name").unwrap_or_default(),
        target_group: text(&object.spec, "/targetGroupARN").or_else(|| text(&object.spec, "/targetGroupName")),
        labels: labels.into_iter().filter(|(name, _)| is_kept(name)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn object(spec: &Value, status: &Value) -> Custom {
        let metadata = json!({ "name": "one", "namespace": "shop" });
        serde_json::from_value(json!({ "metadata": metadata, "spec": spec, "status": status })).unwrap()
    }

    #[test]
    fn parameters_of_both_controllers_are_read() {
        let read = |group: &str, spec: Value| ingress_class_params(group, &object(&spec, &Value::Null));
        let own = read(
            "elbv2.k8s.aws",
            json!({ "scheme": "internal", "certificateArn": ["arn:1"], "group": { "name": "g" } }),
        );
        assert_eq!((own.scheme.as_deref(), own.certificates.len()), (Some("internal"), 1));
        assert_eq!(own.ingress_group.as_deref(), Some("g"));
        let auto =
            read("eks.amazonaws.com", json!({ "certificateARNs": ["arn:1", "arn:2"], "inboundCIDRs": ["10.0.0.0/8"] }));
        assert_eq!((auto.certificates.len(), auto.inbound_cidrs.len(), auto.scheme), (2, 1, None));
    }

    #[test]
    fn a_route_leads_where_its_rules_do() {
        let spec = json!({ "parentRefs": [{ "name": "front", "sectionName": "web" }], "rules": [{
            "backendRefs": [{ "name": "web", "port": 80 }, { "name": "old", "weight": 0 }],
            "filters": [{ "type": "RequestMirror", "requestMirror": { "backendRef": { "name": "copy", "namespace": "lab" } } }],
        }] });
        let status = json!({ "parents": [{ "parentRef": { "name": "front", "sectionName": "web" }, "conditions": [
            { "type": "Accepted", "status": "False" },
        ] }] });
        let route = route("HTTPRoute", &object(&spec, &status));
        let names: Vec<_> = route.backends.iter().map(|backend| backend.name.as_str()).collect();
        assert_eq!(names, ["web", "copy"]);
        assert_eq!((route.parents[0].accepted, route.parents[0].target.kind.as_str()), (Some(false), "Gateway"));
        assert!(!route.redirects);
    }

    #[test]
    fn a_route_that_only_redirects_is_told() {
        let to = |scheme: &str| json!({ "filters": [{ "type": "RequestRedirect", "requestRedirect": { "scheme": scheme } }] });
        let redirects = |rules: Value| route("HTTPRoute", &object(&json!({ "rules": rules }), &Value::Null)).redirects;
        assert!(redirects(json!([to("https")])));
        assert!(!redirects(json!([to("https"), to("http")])) && !redirects(json!([])));
    }

    #[test]
    fn a_listener_takes_routes_of_its_own_namespace_unless_it_says_otherwise() {
        let allows = |allowed: Value| listener(&json!({ "name": "web", "port": 80, "allowedRoutes": allowed })).allows;
        assert_eq!(allows(Value::Null), AllowedRoutes::Same);
        assert_eq!(allows(json!({ "namespaces": { "from": "All" } })), AllowedRoutes::All);
        assert!(matches!(allows(json!({ "namespaces": { "from": "None" } })), AllowedRoutes::Other(_)));
    }
}
