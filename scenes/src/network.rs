//! Network policies for tests.

use palisade_model::Listing;
use palisade_model::kubernetes::{ForeignNetworkPolicy, NetworkPolicy, Selector};

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

/// Adds a policy of a network plug-in.
pub fn and_foreign(scene: Scene, kind: &str, namespace: Option<&str>) -> Scene {
    let policy = ForeignNetworkPolicy {
        group: "cilium.io".to_owned(),
        kind: kind.to_owned(),
        namespace: namespace.map(str::to_owned),
        name: "one".to_owned(),
    };
    scene.objects(|objects| objects.network.foreign_policies = Listing::whole(vec![policy]))
}
