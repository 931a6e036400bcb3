//! What functions, clusters and tasks lean on: their subnets, the VPCs around clusters and tasks, the queues that feed
//! functions.

mod tasks;

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::sync::Arc;

use futures_util::future::join_all;
use palisade_model::ecs::Ecs;
use palisade_model::eks::{Cluster, NodeGroupDetails};
use palisade_model::lambda::{EventSourceMapping, Function};
use palisade_model::load_balancing::LoadBalancing;
use palisade_model::network::{Network, SecurityGroup, Subnet};
use palisade_model::{Action, Arn, Fact, Place, Queue, RegionName};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::ask::{Ask, Page};
use crate::aws::session::Session;
use crate::aws::signed::{Answer, Paged, Signed};
use tasks::Tasks;

/// The most values that one filter of EC2 takes.
///
/// Source: <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html>
pub(super) const FILTER_VALUES: usize = 200;

/// What is known of the network: the subnets in use, the VPCs of clusters and tasks, and what tasks have of it.
pub(super) async fn collect(
    session: &Arc<Session>,
    region: &RegionName,
    functions: &[Function],
    clusters: &[Cluster],
    ecs: &Ecs,
    load_balancing: &LoadBalancing,
    ask: &Ask,
) -> Network {
    let reader = Reader { region, ask };
    let signed = &Signed::new(session, region);
    let of_planes = || clusters.iter().filter_map(|cluster| read(&cluster.configuration)).map(|plane| &plane.network);
    let of_clusters: BTreeSet<&String> = of_planes().filter_map(|network| network.vpc.as_ref()).collect();
    let watched: BTreeSet<&String> = of_clusters.iter().copied().chain(clusters.iter().flat_map(subnets_of)).collect();
    let (interfaces, instances, flow_logs) = tokio::join!(
        reader.all(Action::Ec2DescribeNetworkInterfaces, tasks::interfaces(ecs), async |ids, token| {
            signed.describe_network_interfaces(&ids, token.as_deref()).await
        }),
        reader.all(Action::Ec2DescribeInstances, tasks::machines(ecs), async |ids, token| {
            signed.describe_machines(&ids, token.as_deref()).await
        }),
        reader.all(Action::Ec2DescribeFlowLogs, watched, async |ids, token| {
            signed.describe_flow_logs(&ids, token.as_deref()).await
        }),
    );
    let tasks = Tasks { ecs, load_balancing, interfaces: &interfaces, instances: &instances };
    let of_functions = functions.iter().filter_map(|function| function.vpc.as_ref()).flat_map(|vpc| &vpc.subnets);
    let used = of_functions.chain(clusters.iter().flat_map(subnets_of)).chain(tasks.subnets()).collect();
    let subnets: Fact<BTreeMap<String, Subnet>> = reader
        .all(Action::Ec2DescribeSubnets, used, async |ids, token| signed.describe_subnets(&ids, token.as_deref()).await)
        .await;
    // Which VPCs tasks are in, their subnets tell.
    let vpcs = of_clusters.into_iter().chain(tasks.vpcs(&subnets)).collect();
    let sources = clusters.iter().flat_map(node_groups).flat_map(|group| &group.ssh_sources);
    let groups = of_planes()
        .flat_map(|network| &network.security_groups)
        .chain(sources)
        .chain(tasks.security_groups())
        .collect();
    let (route_tables, security_groups, defaults) = tokio::join!(
        reader.all(Action::Ec2DescribeRouteTables, vpcs, async |ids, token| {
            signed.describe_route_tables(&ids, token.as_deref()).await
        }),
        reader.all(Action::Ec2DescribeSecurityGroups, groups, async |ids, token| {
            signed.describe_security_groups(&ids, token.as_deref()).await
        }),
        reader.all(Action::Ec2DescribeSecurityGroups, tasks.vpcs_of_defaults(&subnets), async |ids, token| {
            signed.describe_default_security_groups(&ids, token.as_deref()).await
        }),
    );
    let security_groups = both(security_groups, defaults);
    Network { subnets, route_tables, security_groups, flow_logs, interfaces, instances }
}

/// The security groups of two reads; neither is known when one is not.
fn both(
    one: Fact<BTreeMap<String, SecurityGroup>>,
    other: Fact<BTreeMap<String, SecurityGroup>>,
) -> Fact<BTreeMap<String, SecurityGroup>> {
    match (one, other) {
        (Fact::Known(mut all), Fact::Known(more)) => {
            all.extend(more);
            Fact::Known(all)
        }
        (Fact::Unknown(gap), _) | (_, Fact::Unknown(gap)) => Fact::Unknown(gap),
    }
}

/// What was read, to be followed further. What was not read has left its gap where it belongs.
fn read<T>(fact: &Fact<T>) -> Option<&T> {
    match fact {
        Fact::Known(value) => Some(value),
        Fact::Unknown(_) => None,
    }
}

fn node_groups(cluster: &Cluster) -> impl Iterator<Item = &NodeGroupDetails> {
    cluster.node_groups.seen().iter().filter_map(|group| read(&group.details))
}

/// The subnets of a cluster's control plane, node groups and Fargate profiles, as far as they are known.
fn subnets_of(cluster: &Cluster) -> impl Iterator<Item = &String> {
    let own = read(&cluster.configuration).into_iter().flat_map(|plane| &plane.network.subnets);
    let profiles = cluster.fargate_profiles.seen().iter().filter_map(|profile| read(&profile.details));
    own.chain(node_groups(cluster).flat_map(|group| &group.subnets))
        .chain(profiles.flat_map(|profile| &profile.subnets))
}

/// What is needed to read the network of a Region.
struct Reader<'a> {
    region: &'a RegionName,
    ask: &'a Ask,
}

impl Reader<'_> {
    /// Reads what is behind these ids, as many at once as a filter takes; nothing is asked for none.
    async fn all<T, C, F>(
        &self,
        action: Action,
        ids: BTreeSet<&String>,
        call: impl Fn(Vec<String>, Option<String>) -> F,
    ) -> Fact<C>
    where
        T: Clone + Serialize + DeserializeOwned,
        C: Default + Extend<T>,
        F: Future<Output = Answer<Paged<T>>>,
    {
        let ids: Vec<String> = ids.into_iter().cloned().collect();
        let place = Place::region(self.region);
        let mut all = C::default();
        for ids in ids.chunks(FILTER_VALUES) {
            let page = |token| call(ids.to_vec(), token);
            let to_page = |(items, next)| Some(Page { items, next });
            // The same call may be about other ids in a run that goes on with this one.
            let listing = self.ask.list(action, &place, &ids.join(","), page, to_page).await;
            match listing.complete() {
                Ok(found) => all.extend(found.iter().cloned()),
                Err(gap) => return Fact::Unknown(gap),
            }
        }
        Fact::Known(all)
    }
}

/// The account's own SQS queues that feed functions.
pub(super) async fn queues(
    signed: &Signed,
    account: &str,
    mappings: &[EventSourceMapping],
    ask: &Ask,
) -> BTreeMap<Arn, Fact<Option<Queue>>> {
    let sources = mappings.iter().filter_map(|mapping| mapping.source.as_ref());
    let own: BTreeSet<_> = sources.filter(|arn| arn.service() == "sqs" && arn.account() == account).collect();
    let read = own.into_iter().map(async |arn| {
        let call = || signed.get_queue_attributes(arn);
        let place = Place::resource(arn);
        let fact = ask.ask_optional(Action::SqsGetQueueAttributes, &place, MISSING_QUEUE, call, Some).await;
        (arn.clone(), fact)
    });
    join_all(read).await.into_iter().collect()
}

/// What SQS answers for a queue that does not exist, in the old wording and the new.
const MISSING_QUEUE: &[&str] = &["QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue"];
