use palisade_model::{Action, Place, Reason};
use serde_json::json;

use super::*;

#[expect(clippy::needless_pass_by_value, reason = "a literal `json!` reads better without a reference")]
fn read(group: &str, kind: &str, namespace: Option<&str>, spec: Value) -> PolicyForm {
    let object = json!({ "metadata": { "name": "one", "namespace": namespace }, "spec": spec });
    let policy = foreign_policy(group, kind, serde_json::from_value(object).unwrap(), |why| Gap {
        action: Action::KubernetesListAdminNetworkPolicies,
        place: Place::account(),
        reason: Reason::Failed(why.to_owned()),
    });
    policy.form.known().unwrap().clone()
}

fn in_shop(group: &str, kind: &str, spec: Value) -> PolicyForm {
    read(group, kind, Some("shop"), spec)
}

fn rules(stance: &Stance) -> &[TrafficRule] {
    let Stance::Only(rules) = stance else { panic!("{stance:?}") };
    rules
}

#[test]
fn rules_of_the_network_policy_group_deny_or_do_nothing() {
    let rule = |action: &str| json!([{ "action": action, "from": [{ "namespaces": {} }] }]);
    let form = |spec: Value| read("policy.networking.k8s.io", "ClusterNetworkPolicy", None, spec);
    let everywhere = form(json!({ "subject": { "namespaces": {} }, "ingress": rule("Deny") }));
    assert!(everywhere.namespaces.unwrap().is_everything() && everywhere.pods.unwrap().is_everything());
    assert_eq!((everywhere.ingress, everywhere.egress), (Stance::Denies, Stance::None));
    let pods = json!({ "pods": { "namespaceSelector": {}, "podSelector": { "matchLabels": { "app": "web" } } } });
    let of_web = form(json!({ "subject": pods, "ingress": rule("Accept"), "egress": rule("Pass") }));
    assert_eq!(of_web.pods, Some(Selector::label("app", "web")));
    assert_eq!((of_web.ingress, of_web.egress), (Stance::None, Stance::None));
    assert_eq!(form(json!({})).namespaces, None);
}

#[test]
fn an_application_network_policy_is_one_of_kubernetes_with_domains() {
    let spec = json!({ "podSelector": {}, "policyTypes": ["Ingress", "Egress"], "egress": [
        { "to": [{ "domainNames": ["sts.eu-west-1.amazonaws.com"] }], "ports": [{ "protocol": "TCP", "port": 443 }] },
    ] });
    let form = in_shop("networking.k8s.aws", "ApplicationNetworkPolicy", spec);
    assert!(rules(&form.ingress).is_empty());
    assert!(matches!(rules(&form.egress)[0].peers[0], Peer::Other(_)), "{form:?}");
}

#[test]
fn policies_of_cilium_are_read_as_cilium_does() {
    let form = |spec: Value| in_shop("cilium.io", "CiliumNetworkPolicy", spec);
    let ingress = |rules: Value| form(json!({ "endpointSelector": {}, "ingress": rules })).ingress;
    assert!(rules(&ingress(json!([]))).is_empty());
    assert!(rules(&ingress(json!([{}]))).is_empty(), "an empty rule lets nothing through");
    assert_eq!(rules(&ingress(json!([{ "fromEntities": ["world"] }])))[0].peers.len(), 2);
    let at_port = json!([{ "toPorts": [{ "ports": [{ "port": "443", "protocol": "TCP" }] }] }]);
    assert_eq!(rules(&ingress(at_port))[0].ports[0].port.as_deref(), Some("443"));
    let own = ingress(json!([{ "fromEndpoints": [{}] }]));
    assert!(matches!(&rules(&own)[0].peers[0], Peer::Pods { namespaces: None, .. }), "{own:?}");
    let other =
        ingress(json!([{ "fromEndpoints": [{ "matchLabels": { "k8s:io.kubernetes.pod.namespace": "lab" } }] }]));
    let lab = Selector::label(Namespace::NAME, "lab");
    assert!(matches!(&rules(&other)[0].peers[0], Peer::Pods { namespaces: Some(labels), .. } if *labels == lab));
    let lax = json!({ "endpointSelector": {}, "enableDefaultDeny": { "ingress": false }, "ingress": [{}] });
    assert_eq!(form(lax).ingress, Stance::None);
    let denying = json!({ "endpointSelector": {}, "ingressDeny": [{ "fromEntities": ["world"] }] });
    assert_eq!(form(denying).ingress, Stance::Denies);
}

#[test]
fn policies_of_calico_are_read_as_calico_does() {
    let form = |spec: Value| in_shop("crd.projectcalico.org", "NetworkPolicy", spec);
    assert!(form(json!({})).pods.unwrap().is_everything());
    assert_eq!(form(json!({ "selector": "app in {'a'}" })).pods, None);
    let closed = form(json!({ "selector": "all()", "types": ["Ingress"] }));
    assert_eq!((closed.ingress, closed.egress), (Stance::Only(vec![]), Stance::None));
    let open = form(json!({ "types": ["Ingress"], "ingress": [{ "action": "Allow" }] }));
    assert_eq!(rules(&open.ingress), [TrafficRule::default()]);
    let behind = form(json!({ "ingress": [{ "action": "Deny" }, { "action": "Allow" }] }));
    assert!(matches!(rules(&behind.ingress)[0].peers[0], Peer::Other(_)));
    let ranged = json!({ "action": "Allow", "protocol": "TCP", "destination": { "ports": ["1:65535"] } });
    assert!(rules(&form(json!({ "ingress": [ranged] })).ingress)[0].has_all_ports());
    let global = json!({ "selector": "projectcalico.org/namespace == 'lab' && app == 'web'" });
    let global = read("crd.projectcalico.org", "GlobalNetworkPolicy", None, global);
    assert_eq!(global.namespaces.unwrap().requirements[0].values, ["lab"]);
}
