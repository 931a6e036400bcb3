//! The roles of a cluster's nodes, which pods get at them, and whether they give the account away.

use crate::access::metadata::{Service, service_of};
use palisade_model::eks::{Cluster, NodeGroup, Tokens};
use palisade_model::{Action, Arn, Gap};

/// Which pods of a node reach its metadata service, which gives out the credentials of its role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// None.
    Nobody,
    /// Those on the network of the node.
    HostNetwork,
    /// All.
    Everybody,
}

/// The role of some nodes.
#[derive(Clone, Debug)]
pub struct NodeRole<'a> {
    /// The role.
    pub role: &'a Arn,
    /// How evidence names the nodes.
    pub nodes: String,
    /// Who gets at it.
    pub reach: Reach,
}

/// The roles of a cluster's nodes, as far as seen, and the gap when there may be more, or when it cannot be told who gets
/// at one. Auto Mode keeps all pods but those on the network of the node from it.
///
/// Source: <https://docs.aws.amazon.com/eks/latest/userguide/auto-security.html>
pub fn node_roles(cluster: &Cluster) -> (Vec<NodeRole<'_>>, Option<Gap>) {
    let (mut roles, mut gap) = (Vec::new(), cluster.node_groups.gap().or(cluster.instances.gap()).cloned());
    for group in cluster.node_groups.seen() {
        match role_of_group(group, cluster) {
            Ok(found) => roles.extend(found),
            Err(unknown) => _ = gap.get_or_insert(unknown),
        }
    }
    match cluster.control_plane() {
        Ok(Some(configuration)) if configuration.auto_mode => {
            let role = configuration.auto_mode_role.as_ref();
            let of_auto_mode = |role| NodeRole { role, nodes: "Auto Mode".to_owned(), reach: Reach::HostNetwork };
            roles.extend(role.map(of_auto_mode));
        }
        Ok(_) => {
            let own = cluster.instances.seen().iter().find(|instance| instance.node_group.is_none());
            let why = |id: &str| format!("the role of node {id}, which is of no managed group, is not known");
            let unknown = own.map(|node| cluster.unclear(Action::Ec2DescribeInstances, why(&node.id)));
            gap = gap.or(unknown);
        }
        Err(unknown) => _ = gap.get_or_insert(unknown),
    }
    (roles, gap)
}

fn role_of_group<'a>(group: &'a NodeGroup, cluster: &'a Cluster) -> Result<Option<NodeRole<'a>>, Gap> {
    let Some(role) = &group.details.known()?.role else { return Ok(None) };
    let instances = cluster.instances.seen().iter();
    let running = instances.filter(|instance| instance.node_group.as_ref() == Some(&group.name));
    let mut services: Vec<_> = running.map(|instance| Service::of_instance(instance, cluster)).collect();
    if services.is_empty() {
        // A group without nodes that run is known as such by the whole list alone.
        cluster.instances.complete()?;
        services.push(service_of(group)?);
    }
    let mut widest = Ok(Reach::Nobody);
    for service in &services {
        match (reach(service), &widest) {
            (Ok(Reach::Everybody), _) => {
                widest = Ok(Reach::Everybody);
                break;
            }
            (Ok(found), Ok(known)) => widest = Ok(found.max(*known)),
            (Ok(_), Err(_)) => {}
            (Err(gap), _) => widest = Err(gap),
        }
    }
    Ok(Some(NodeRole { role, nodes: format!("node group {}", group.name), reach: widest? }))
}

fn reach(service: &Service) -> Result<Reach, Gap> {
    if service.is_off()? {
        return Ok(Reach::Nobody);
    }
    match (&service.options.tokens, service.options.hop_limit) {
        (Some(Tokens::Optional), _) => Ok(Reach::Everybody),
        (Some(Tokens::Required), Some(hops)) if hops > 1 => Ok(Reach::Everybody),
        (Some(Tokens::Required), Some(_)) => Ok(Reach::HostNetwork),
        (Some(Tokens::Required), None) => Err(service.unsaid("HttpPutResponseHopLimit")),
        (Some(Tokens::Other(tokens)), _) => Err(service.unclear_tokens(Some(tokens))),
        (None, _) => Err(service.unclear_tokens(None)),
    }
}
