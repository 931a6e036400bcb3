//! Load balancers in an account file.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::carriers::{Form, one_of_each};
use super::{Account, Moment, Region};
use crate::ids;

/// A load balancer.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct LoadBalancer {
    pub(crate) name: String,
    /// `internet-facing` when left out.
    pub(crate) scheme: Option<String>,
    /// `application` when left out.
    #[serde(rename = "type")]
    pub(crate) kind: Option<String>,
    pub(crate) vpc: Option<String>,
    pub(crate) subnets: Vec<String>,
    pub(crate) security_groups: Vec<String>,
    pub(crate) listeners: Vec<Listener>,
    /// The name of the web ACL in front of it.
    pub(crate) web_acl: Option<String>,
    pub(crate) created: Moment,
}

impl LoadBalancer {
    pub(crate) fn kind(&self) -> &str {
        self.kind.as_deref().unwrap_or("application")
    }

    /// The part of its ARN that those of its listeners and rules begin with too, such as `app/shop/50dc6c495c0c9188`.
    pub(crate) fn path(&self, region: &str) -> String {
        let kind = match self.kind() {
            "network" => "net",
            "gateway" => "gwy",
            _ => "app",
        };
        format!("{kind}/{}/{}", self.name, ids::hexadecimal(&format!("load balancer {region} {}", self.name), 16))
    }
}

/// A listener. Only its port is needed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Listener {
    pub(crate) port: u16,
    /// `HTTPS` on port 443, else `HTTP`, or `TCP` of a network load balancer.
    pub(crate) protocol: Option<String>,
    /// The security policy of TLS, AWS's default when left out.
    pub(crate) policy: Option<String>,
    /// The certificate; one that is made up when left out.
    pub(crate) certificate: Option<String>,
    /// The target group it forwards to, by name.
    pub(crate) to: Option<String>,
    /// `https`: sends the client there.
    pub(crate) redirect: Option<Redirect>,
    /// What it does in the API's own form.
    pub(crate) actions: Vec<Form>,
    /// In the order of their priority.
    pub(crate) rules: Vec<ListenerRule>,
}

/// What a listener or one of its rules does with a request: one of three.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reaction<'a> {
    pub(crate) to: Option<&'a str>,
    pub(crate) redirect: Option<Redirect>,
    pub(crate) actions: &'a [Form],
}

impl Listener {
    pub(crate) fn reaction(&self) -> Reaction<'_> {
        Reaction { to: self.to.as_deref(), redirect: self.redirect, actions: &self.actions }
    }
}

impl ListenerRule {
    pub(crate) fn reaction(&self) -> Reaction<'_> {
        Reaction { to: self.to.as_deref(), redirect: self.redirect, actions: &self.actions }
    }
}

/// Where a client is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Redirect {
    Https,
}

/// A rule of a listener besides the default one.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ListenerRule {
    /// The pattern of paths it holds for.
    pub(crate) path: Option<String>,
    /// The host it holds for.
    pub(crate) host: Option<String>,
    /// The API's own form.
    pub(crate) conditions: Vec<Form>,
    /// The target group it forwards to, by name.
    pub(crate) to: Option<String>,
    /// `https`: sends the client there.
    pub(crate) redirect: Option<Redirect>,
    /// What it does in the API's own form.
    pub(crate) actions: Vec<Form>,
}

/// A target group.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct TargetGroup {
    pub(crate) name: String,
    /// The end of its ARN; made up when left out.
    pub(crate) id: Option<String>,
    /// `HTTP` when left out.
    pub(crate) protocol: Option<String>,
    /// 80 when left out.
    pub(crate) port: Option<u16>,
    /// `ip` when left out.
    #[serde(rename = "type")]
    pub(crate) kind: Option<String>,
    pub(crate) vpc: Option<String>,
}

impl Account {
    /// The ARN of the target group of that name, which need not be in the file.
    pub(crate) fn target_group_arn(&self, region: &str, name: &str) -> String {
        if name.starts_with("arn:") {
            return name.to_owned();
        }
        let known = self.regions.get(region).into_iter().flat_map(|region| &region.target_groups);
        let id = known.filter(|group| group.name == name).find_map(|group| group.id.clone());
        let id = id.unwrap_or_else(|| ids::hexadecimal(&format!("target group {region} {name}"), 16));
        self.arn("elasticloadbalancing", region, &format!("targetgroup/{name}/{id}"))
    }

    pub(crate) fn load_balancer_arn(&self, region: &str, balancer: &LoadBalancer) -> String {
        self.arn("elasticloadbalancing", region, &format!("loadbalancer/{}", balancer.path(region)))
    }

    /// A load balancer has one listener on a port at most.
    pub(crate) fn listener_arn(&self, region: &str, balancer: &LoadBalancer, listener: &Listener) -> String {
        let path = balancer.path(region);
        let id = ids::hexadecimal(&format!("listener {path} {}", listener.port), 16);
        self.arn("elasticloadbalancing", region, &format!("listener/{path}/{id}"))
    }
}

/// Refuses listeners that do nothing, or forward to what is not there.
pub(super) fn check(region: &Region) -> Result<(), String> {
    let groups: BTreeSet<&str> = region.target_groups.iter().map(|group| group.name.as_str()).collect();
    for balancer in &region.load_balancers {
        let name = &balancer.name;
        for listener in &balancer.listeners {
            let port = listener.port;
            for reaction in listener.rules.iter().map(ListenerRule::reaction).chain([listener.reaction()]) {
                let ways = [reaction.to.is_some(), reaction.redirect.is_some(), !reaction.actions.is_empty()];
                if ways.into_iter().filter(|&way| way).count() != 1 {
                    return Err(format!(
                        "load balancer `{name}`, port {port}: a listener and each of its rules needs one of `to`, \
                         `redirect` and `actions`"
                    ));
                }
                if let Some(group) = reaction.to.filter(|group| !groups.contains(group)) {
                    return Err(format!(
                        "load balancer `{name}`, port {port}: there is no target group called `{group}`"
                    ));
                }
            }
        }
        one_of_each(
            &format!("listeners of `{name}`"),
            balancer.listeners.iter().map(|listener| listener.port.to_string()),
        )?;
    }
    one_of_each("load balancers", region.load_balancers.iter().map(|balancer| balancer.name.clone()))?;
    one_of_each("target groups", region.target_groups.iter().map(|group| group.name.clone()))
}
