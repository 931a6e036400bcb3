//! The load balancers before services of ECS, and how the internet gets from them to tasks.

use palisade_model::ecs::{Service, ServiceDetails, ServiceTarget};
use palisade_model::load_balancing::{Listener, ListenerAction, LoadBalancer};
use palisade_model::{Action, Arn, Gap, Region};

use super::network::{ANY_VERSION, Ports, open_rules};

/// A listener that leads to a service.
#[derive(Clone, Copy, Debug)]
pub struct WayIn<'a> {
    /// The load balancer.
    pub balancer: &'a LoadBalancer,
    /// Where it listens.
    pub listener: &'a Listener,
}

impl WayIn<'_> {
    /// Where it is, in words: `HTTP:80 of load balancer shop`.
    pub fn told(&self) -> String {
        let Self { balancer, listener } = self;
        format!("{}:{} of load balancer {}", listener.protocol, listener.port, balancer.name)
    }
}

/// The target groups of a service, those of its task sets included.
pub fn targets(details: &ServiceDetails) -> impl Iterator<Item = &ServiceTarget> {
    details.targets.iter().chain(details.running_deployments().flat_map(|stage| &stage.targets))
}

/// The listeners that face the internet and forward requests to a service, and the gap when there may be more. A listener
/// that forwards only by a rule is among them.
pub fn internet_facing<'a>(
    service: &Service,
    details: &ServiceDetails,
    region: &'a Region,
) -> (Vec<WayIn<'a>>, Option<Gap>) {
    let (mut ways, mut gap) = (Vec::new(), None);
    for target in targets(details) {
        let Some(group) = &target.group else {
            if let Some(name) = &target.classic {
                let why = format!("the classic load balancer {name} is not read");
                gap = Some(Gap::undecided(Action::ElbDescribeLoadBalancers, &service.arn, why));
            }
            continue;
        };
        match of_group(group, region) {
            Ok((found, unread)) => {
                ways.extend(found);
                gap = gap.or(unread);
            }
            Err(unread) => gap = Some(unread),
        }
    }
    (ways, gap)
}

fn of_group<'a>(group: &Arn, region: &'a Region) -> Result<(Vec<WayIn<'a>>, Option<Gap>), Gap> {
    let balancing = &region.load_balancing;
    // One that was deleted takes nothing in.
    let Some(known) = balancing.target_group(group)? else { return Ok((Vec::new(), None)) };
    let (mut ways, mut gap) = (Vec::new(), None);
    for arn in &known.load_balancers {
        let Some(balancer) = balancing.load_balancer(arn)?.filter(|balancer| balancer.is_internet_facing) else {
            continue;
        };
        match balancer.listeners.known() {
            Ok(listeners) => {
                for listener in listeners {
                    match leads_to(listener, group) {
                        Ok(true) => ways.push(WayIn { balancer, listener }),
                        Ok(false) => {}
                        Err(unread) => gap = Some(unread),
                    }
                }
            }
            Err(unread) => gap = Some(unread),
        }
    }
    Ok((ways, gap))
}

/// Whether a listener sends requests to a target group, by default or by a rule.
pub fn leads_to(listener: &Listener, group: &Arn) -> Result<bool, Gap> {
    let forwards = |actions: &[ListenerAction]| {
        actions.iter().any(|action| match action {
            ListenerAction::Forward(groups) => groups.contains(group),
            ListenerAction::Redirect(_)
            | ListenerAction::Answer
            | ListenerAction::Authenticate
            | ListenerAction::Other(_) => false,
        })
    };
    if forwards(&listener.default_actions) {
        return Ok(true);
    }
    Ok(listener.rules.known()?.iter().any(|actions| forwards(actions)))
}

/// Whether the internet gets through the security groups of a load balancer to one of its listeners; one without groups
/// lets everybody in.
pub fn is_open(way: &WayIn<'_>, most: u64, region: &Region) -> Result<bool, Gap> {
    let groups = &way.balancer.security_groups;
    if groups.is_empty() {
        return Ok(true);
    }
    let is_udp = matches!(way.listener.protocol.as_str(), "UDP" | "QUIC");
    let ports: Ports = vec![(way.listener.port, way.listener.port, is_udp)];
    Ok(!open_rules(groups, &ports, ANY_VERSION, most, region, &way.balancer.arn)?.is_empty())
}
