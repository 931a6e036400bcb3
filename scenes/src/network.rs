//! Network policies for tests.

use palisade_model::kubernetes::{ForeignNetworkPolicy, NetworkPolicy, PolicyForm, Selector, Stance};
use palisade_model::{Fact, Listing};

use crate::Scene;
use crate::kubernetes::{namespace, new_default_deny};

/// A policy of the namespace `shop`; then changed.
pub fn policy(name: &str, change: impl FnOnce(&mut NetworkPolicy)) -> NetworkPolicy {
    let mut policy = new_default_deny();
    name.clone_into(&mut policy.name);
    change(&mut policy);
    policy
}

/// Selects the pods of one app.
pub fn app(name: &str) -> Selector {
    Selector { labels: [("app".to_owned(), name.to_owned())].into(), requirements: vec![] }
}

/// The namespace `shop` with these policies and no others; it is the subject.
pub fn guarded_by(policies: Vec<NetworkPolicy>) -> Scene {
    namespace(|_| {}).objects(|objects| objects.network.policies = Listing::whole(policies))
}

/// Adds a policy of a network plug-in that holds back all incoming traffic of all pods.
pub fn and_foreign(scene: Scene, kind: &str, namespace: Option<&str>) -> Scene {
    with_form(scene, kind, namespace, |_| {})
}

/// As [`and_foreign`], with what the policy does changed.
pub fn and_form(scene: Scene, namespace: Option<&str>, change: impl FnOnce(&mut PolicyForm)) -> Scene {
    let kind = if namespace.is_some() { "CiliumNetworkPolicy" } else { "CiliumClusterwideNetworkPolicy" };
    with_form(scene, kind, namespace, change)
}

fn with_form(scene: Scene, kind: &str, namespace: Option<&str>, change: impl FnOnce(&mut PolicyForm)) -> Scene {
    let mut form = PolicyForm {
        namespaces: Some(Selector::default()),
        pods: Some(Selector::default()),
        ingress: Stance::Only(vec![]),
        egress: Stance::None,
    };
    change(&mut form);
    let policy = ForeignNetworkPolicy {
        group: "cilium.io".to_owned(),
        kind: kind.to_owned(),
        namespace: namespace.map(str::to_owned),
        name: "one".to_owned(),
        form: Fact::Known(form),
    };
    scene.objects(|objects| objects.network.foreign_policies = Listing::whole(vec![policy]))
}
