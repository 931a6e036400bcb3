//! Load balancers before workloads.

use serde::{Deserialize, Serialize};

use crate::{Arn, Fact, Gap};

/// What is known of the load balancers before services of one Region. Read where services have target groups.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LoadBalancing {
    /// The target groups that services name.
    pub target_groups: Fact<Vec<TargetGroup>>,
    /// The load balancers of these target groups.
    pub load_balancers: Fact<Vec<LoadBalancer>>,
}

impl LoadBalancing {
    /// A Region in which no service has one.
    pub fn none() -> Self {
        Self { target_groups: Fact::Known(Vec::new()), load_balancers: Fact::Known(Vec::new()) }
    }

    /// A target group by its ARN; `None` when there is none (any more).
    pub fn target_group(&self, arn: &Arn) -> Result<Option<&TargetGroup>, Gap> {
        Ok(self.target_groups.known()?.iter().find(|group| group.arn == *arn))
    }

    /// A load balancer by its ARN; `None` when there is none (any more).
    pub fn load_balancer(&self, arn: &Arn) -> Result<Option<&LoadBalancer>, Gap> {
        Ok(self.load_balancers.known()?.iter().find(|balancer| balancer.arn == *arn))
    }
}

/// A target group.
///
/// Source: <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroup.html>
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetGroup {
    /// Its ARN.
    pub arn: Arn,
    /// The protocol to the targets: `HTTP`, `HTTPS`, `TCP`, `TLS` …; none for functions.
    pub protocol: Option<String>,
    /// The load balancers that send to it.
    pub load_balancers: Vec<Arn>,
}

/// A load balancer.
///
/// Source: <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancer.html>
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LoadBalancer {
    /// Its ARN.
    pub arn: Arn,
    /// Its name.
    pub name: String,
    /// `application`, `network`, `gateway`.
    pub kind: String,
    /// Whether it has addresses on the internet.
    pub is_internet_facing: bool,
    /// Its security groups; a network load balancer may have none.
    pub security_groups: Vec<String>,
    /// Where it listens.
    pub listeners: Fact<Vec<Listener>>,
    /// The web ACL before it. Read for application load balancers that face the internet.
    pub web_acl: Fact<Option<Arn>>,
}

/// Where a load balancer listens.
///
/// Source: <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Listener.html>
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Listener {
    /// Its ARN.
    pub arn: Arn,
    /// `HTTP`, `HTTPS`, `TCP`, `TLS`, `UDP` …
    pub protocol: String,
    /// The port.
    pub port: u16,
    /// The security policy of TLS, such as `ELBSecurityPolicy-TLS13-1-2-2021-06`.
    pub tls_policy: Option<String>,
    /// What it does where no rule holds.
    pub default_actions: Vec<ListenerAction>,
    /// What its rules do, the default left out. Read for application load balancers.
    pub rules: Fact<Vec<Vec<ListenerAction>>>,
}

/// What a listener does with a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ListenerAction {
    /// It sends it on to these target groups.
    Forward(Vec<Arn>),
    /// It sends the client elsewhere: to this protocol, `HTTPS` or `#{protocol}`.
    Redirect(String),
    /// It answers itself.
    Answer,
    /// It asks who the client is, first.
    Authenticate,
    /// Something that is not known here.
    Other(String),
}
