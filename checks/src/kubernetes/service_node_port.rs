use crate::check::{Control, Gathered, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::eks::Cluster;
use palisade_model::kubernetes::{Service, ServiceKind};
use palisade_model::{Action, Gap};

check! {
    /// Service is reached at a port of every node
    ///
    /// ## Why
    /// A service of the type `NodePort` opens a port on every node, whatever runs there. Who reaches it is decided by
    /// the security groups of the nodes alone, and network policies see the node as the sender.
    ///
    /// ## Severity
    /// Low: it takes a security group that lets somebody in.
    ///
    /// ## Fix
    /// Use a `ClusterIP` behind an ingress, or a load balancer with IP targets, which needs no port of the nodes.
    ///
    /// ## References
    /// - <https://kubernetes.io/docs/concepts/services-networking/service/#type-nodeport>
    CHECK {
        id: "kubernetes-service-node-port",
        severity: Severity::Low,
        controls: &[Control::checklist("services-exposed-on-purpose")],
        since: "0.1.0",
        rule: Rule::Cluster(evaluate),
    }
}

fn evaluate(cluster: &Cluster, _: &Context) -> Outcome {
    let services = &cluster.inside.known()?.network.services;
    Gathered::of(services, |service| judge(service, cluster)).outcome()
}

fn judge(service: &Service, cluster: &Cluster) -> Result<Option<String>, Gap> {
    let Service { namespace, name, kind, ports, .. } = service;
    match kind {
        ServiceKind::NodePort => {
            let ports: Vec<_> = ports.iter().filter_map(|port| port.node_port).map(|port| port.to_string()).collect();
            Ok(Some(format!("service {namespace}/{name} has the type NodePort, ports {}", ports.join(", "))))
        }
        ServiceKind::ClusterIp | ServiceKind::LoadBalancer | ServiceKind::ExternalName => Ok(None),
        ServiceKind::Other(kind) => {
            let (action, what) = (Action::KubernetesListServices, format!("the type of service {namespace}/{name}"));
            Err(Gap::not_known(action, &cluster.arn, what, kind))
        }
    }
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_scenes::in_cluster::{served, service};
    use palisade_scenes::kubernetes::inside;

    let of_kind = |kind| {
        served(service(|service| {
            service.kind = kind;
            service.ports[0].node_port = Some(30_443);
        }))
    };
    Cases::default()
        .pass(of_kind(ServiceKind::ClusterIp))
        .pass(of_kind(ServiceKind::LoadBalancer))
        .pass(of_kind(ServiceKind::ExternalName))
        .fail(of_kind(ServiceKind::NodePort))
        .unknown(of_kind(ServiceKind::Other("Anycast".to_owned())))
        .not_applicable(inside(|_| {}))
}
