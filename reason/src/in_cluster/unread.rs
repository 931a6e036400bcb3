//! What is in a cluster, bears on a verdict, and is not read: reports name it, so that nobody takes silence for a pass.

use palisade_model::Inventory;
use palisade_model::eks::Cluster;
use palisade_model::kubernetes::Objects;

/// The API groups of controllers that let the internet in by objects of their own, which are not read; and single kinds of
/// groups that are read in part.
///
/// Sources: the controllers' own pages, and
/// <https://kubernetes.io/docs/concepts/services-networking/ingress-controllers/>
const WAYS_IN: [&str; 17] = [
    "aga.k8s.aws",
    "apisix.apache.org",
    "cis.f5.com",
    "configuration.konghq.com",
    "contour.heptio.com",
    "core.haproxy.org",
    "gateway.networking.x-k8s.io",
    "getambassador.io",
    "k8s.nginx.org",
    "listenersets.gateway.networking.k8s.io",
    "networking.istio.io",
    "projectcontour.io",
    "route.openshift.io",
    "tailscale.com",
    "traefik.containo.us",
    "traefik.io",
    "voyager.appscode.com",
];

/// What is not read of the clusters that were looked into, each in words with its cluster.
pub fn unread(inventory: &Inventory) -> Vec<String> {
    inventory.looked_into().flat_map(|(cluster, objects)| of(cluster, objects)).collect()
}

fn of(cluster: &Cluster, objects: &Objects) -> Vec<String> {
    let is_one = |name: &&String| {
        let group = name.split_once('.').map_or("", |(_, group)| group);
        WAYS_IN.iter().any(|own| *own == group || *own == name.as_str())
    };
    let mut kinds: Vec<&str> = objects.definitions.seen().iter().filter(is_one).map(String::as_str).collect();
    kinds.sort_unstable();
    let mut told = Vec::new();
    if !kinds.is_empty() {
        told.push(format!("ways into cluster {} by {}", cluster.name, kinds.join(", ")));
    }
    for (kind, fields) in &objects.newer_fields {
        let fields = fields.join(", ");
        told.push(format!("fields of {kind} of cluster {} that are newer than this version: {fields}", cluster.name));
    }
    told
}
