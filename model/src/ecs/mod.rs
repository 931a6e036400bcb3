//! ECS: what runs in the clusters of one Region, by which definitions, and who else starts tasks there.

mod cluster;
mod daemon;
mod definition;
mod instance;
mod launcher;
mod overrides;
mod place;
mod service;
mod task;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::{Arn, Fact, Gap, Listing};
pub use cluster::{Cluster, ClusterDetails, ExecLogging, ExecSettings};
pub use daemon::{Daemon, DaemonDetails, DaemonRevision};
pub use definition::{
    BindMount, Container, Definition, EfsVolume, FirelensRouter, Log, Mount, Origin, PortMapping, SecretReference,
    TaskDefinition, Text, Volume, VolumeKind,
};
pub use instance::{CapacityProvider, ContainerInstance, InstanceDetails, ProviderKind};
pub use launcher::{Launcher, LauncherDetails, LauncherKind, Target};
pub use overrides::{ContainerOverride, Overrides};
pub use place::{LaunchChoice, LaunchType, Placement};
pub use service::{
    Controller, Deployment, Express, ImageOfRevision, ManagedVolume, Service, ServiceConnect, ServiceDetails,
    ServiceRevision, ServiceTarget, Stage,
};
pub use task::{PortBinding, RunningContainer, Task, TaskDetails};

/// What ECS holds in one Region, as far as it runs or is about to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ecs {
    /// The clusters.
    pub clusters: Listing<Cluster>,
    /// The definitions by which something runs, or will when a rule or schedule wants it; with those of daemons and the job
    /// definitions of Batch. Short where it is not known what runs. Sorted by ARN.
    pub definitions: Listing<Definition>,
    /// Who starts tasks besides services. Read where there are clusters.
    pub launchers: Listing<Launcher>,
    /// The account's settings in force, by name: `defaultLogDriverMode`, `guardDutyActivate` … Read where there are clusters.
    pub settings: Fact<BTreeMap<String, String>>,
    /// The gateways. Read where there are clusters.
    pub gateways: Listing<Gateway>,
    /// Whether new volumes of EBS are encrypted whatever is asked for. Read where a service makes volumes that are not.
    pub ebs_encrypted_by_default: Fact<bool>,
    /// Names of the buckets that the account owns. Read where containers take variables from files.
    pub buckets: Fact<BTreeSet<String>>,
}

/// A part of a cluster of ECS, together with what is around it.
#[derive(Debug)]
pub struct InCluster<'a, T> {
    /// The part.
    pub object: &'a T,
    /// Its cluster.
    pub cluster: &'a Cluster,
    /// The Region's part of ECS.
    pub ecs: &'a Ecs,
}

impl<T> Clone for InCluster<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for InCluster<'_, T> {}

/// A gateway: load balancing that ECS manages.
///
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeGateway.html>
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gateway {
    /// Its ARN.
    pub arn: Arn,
    /// Its name.
    pub name: String,
    /// How it is configured.
    pub details: Fact<GatewayDetails>,
}

/// How a gateway is configured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GatewayDetails {
    /// `PUBLIC` or `PRIVATE`.
    pub access: String,
    /// The web ACL before it.
    pub web_acl: Option<Arn>,
    /// The security group before it, where the customer named one.
    pub security_group: Option<String>,
    /// How requests are handled that mislead servers behind: `monitor`, `defensive`, `strictest`; none when not said.
    pub desync_mode: Option<String>,
    /// Whether accesses are logged.
    pub has_access_logs: bool,
    /// The role with which ECS makes the load balancer.
    pub role: Option<Arn>,
}

impl Ecs {
    /// A Region in which nothing runs.
    pub fn empty(gap: Option<Gap>) -> Self {
        let listing_gap = gap.clone();
        Self {
            clusters: Listing::new(Vec::new(), gap),
            definitions: Listing::new(Vec::new(), listing_gap),
            launchers: Listing::whole(Vec::new()),
            settings: Fact::Known(BTreeMap::new()),
            gateways: Listing::whole(Vec::new()),
            ebs_encrypted_by_default: Fact::Known(false),
            buckets: Fact::Known(BTreeSet::new()),
        }
    }

    /// The gaps that stand for things that run, or will, and are not known: clusters, services, tasks, launchers, and
    /// definitions that could not be read.
    pub fn unknown_uses(&self) -> impl Iterator<Item = &Gap> {
        let clusters = self.clusters.seen().iter().flat_map(|cluster| {
            let lists = [cluster.services.gap(), cluster.tasks.gap(), cluster.daemons.gap()].into_iter().flatten();
            let services = cluster.services.seen().iter().filter_map(|service| service.details.gap());
            let tasks = cluster.tasks.seen().iter().filter_map(|task| task.details.gap());
            let daemons = cluster.daemons.seen().iter();
            let daemons = daemons.flat_map(|daemon| [daemon.details.gap(), daemon.revisions.gap()]).flatten();
            lists.chain(services).chain(tasks).chain(daemons)
        });
        let launchers = self.launchers.seen().iter().filter_map(|launcher| launcher.details.gap());
        let definitions = self.definitions.seen().iter().filter_map(|definition| definition.details.gap());
        let lists = [self.clusters.gap(), self.launchers.gap()].into_iter().flatten();
        lists.chain(clusters).chain(launchers).chain(definitions)
    }

    /// A cluster by its ARN; a gap where it may be among those that were not listed.
    pub fn cluster(&self, arn: &Arn) -> Result<Option<&Cluster>, Gap> {
        self.clusters.find(|cluster| cluster.arn == *arn)
    }

    /// A definition by its ARN, as far as seen. They are sorted.
    pub fn definition(&self, arn: &Arn) -> Option<&Definition> {
        let all = self.definitions.seen();
        all.binary_search_by(|definition| definition.arn.cmp(arn)).ok().map(|place| &all[place])
    }

    /// All services of all clusters, each with its cluster, as far as seen.
    pub fn services(&self) -> impl Iterator<Item = (&Cluster, &Service)> {
        let of = |cluster| -> Box<dyn Iterator<Item = _>> { Box::new(Self::services_of(cluster)) };
        self.clusters.seen().iter().flat_map(of)
    }

    fn services_of(cluster: &Cluster) -> impl Iterator<Item = (&Cluster, &Service)> {
        cluster.services.seen().iter().map(move |service| (cluster, service))
    }

    /// All tasks of all clusters, each with its cluster, as far as seen.
    pub fn tasks(&self) -> impl Iterator<Item = (&Cluster, &Task)> {
        self.clusters.seen().iter().flat_map(|cluster| cluster.tasks.seen().iter().map(move |task| (cluster, task)))
    }
}
