//! EKS in one Region, as AWS describes it.

mod access;
mod cluster;
mod compute;
mod guard_duty;
mod names;
mod reader;

use std::collections::BTreeMap;
use std::sync::Arc;

use aws_sdk_eks::types::VersionStatus;
use futures_util::StreamExt as _;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use palisade_model::eks::{Cluster, Eks, Version, VersionSupport};
use palisade_model::{Action, Arn, Fact, Gap, Listing, Place, RegionName};

use crate::ask::{Ask, Page};
use crate::aws::session::Session;
use crate::aws::signed::Signed;
use crate::caller::Caller;
use crate::network;
use crate::sdk::timestamp;
use reader::{At, Reader, whole};

/// Clusters whose details are read at once. The pacer sets the speed; this bounds memory and connections.
const AT_ONCE: usize = 8;

/// Collects one Region.
pub(super) async fn collect(session: &Arc<Session>, caller: &Caller, region: &RegionName, ask: &Ask) -> Eks {
    let client = aws_sdk_eks::Client::new(&session.in_region(region));
    let reader = Reader { client, signed: Signed::new(session, region), region, ask };
    let place = Place::region(region);
    let page = |token| reader.client.list_clusters().max_results(100).set_next_token(token).send();
    let names: Listing<String> = ask.list(Action::EksListClusters, &place, "", page, names::of).await;
    if names.seen().is_empty() {
        return without_clusters(names.gap().cloned(), &place);
    }
    let clusters = futures_util::stream::iter(names.seen()).map(|name| reader.cluster(caller, name));
    let (mut clusters, versions, detector) = tokio::join!(
        clusters.buffer_unordered(AT_ONCE).collect::<Vec<Cluster>>(),
        reader.versions(),
        guard_duty::detector(&reader),
    );
    clusters.sort_by(|left, right| left.arn.cmp(&right.arn));
    clusters.dedup_by(|later, earlier| later.arn == earlier.arn);
    reader.instances(&mut clusters).await;
    let coverage = guard_duty::coverage(&reader, &detector).await;
    ask.progress.say(&format!("{region}: {} clusters", clusters.len()));
    let detector = match detector {
        Fact::Known(found) => Fact::Known(found.map(|found| found.detector)),
        Fact::Unknown(gap) => Fact::Unknown(gap),
    };
    Eks { clusters: Listing::new(clusters, names.gap().cloned()), versions, detector, coverage }
}

/// What is only asked where there are clusters is left out.
fn without_clusters(gap: Option<Gap>, place: &Arc<Place>) -> Eks {
    Eks {
        clusters: Listing::new(Vec::new(), gap),
        versions: Fact::not_asked(Action::EksDescribeClusterVersions, place),
        detector: Fact::not_asked(Action::GuardDutyListDetectors, place),
        coverage: Fact::not_asked(Action::GuardDutyListCoverage, place),
    }
}

impl Reader<'_> {
    /// Everything about one cluster.
    async fn cluster(&self, caller: &Caller, name: &str) -> Cluster {
        let Caller { account, partition, arn: _, source: _ } = caller;
        let arn = Arn::from(format!("arn:{partition}:eks:{}:{account}:cluster/{name}", self.region));
        let place = Place::resource(&arn);
        let configuration = self.configuration(name, &place).await;
        let at = &At { name, place: &place };
        let (node_groups, fargate_profiles, addons, capabilities) = Box::pin(async {
            tokio::join!(self.node_groups(at), self.fargate_profiles(at), self.addons(at), self.capabilities(at))
        })
        .await;
        let (access_entries, pod_identities, identity_providers, insights, log_group) = Box::pin(async {
            tokio::join!(
                self.access_entries(at, &configuration),
                self.pod_identities(at),
                self.identity_providers(at),
                self.insights(at),
                self.log_group(at),
            )
        })
        .await;
        Cluster {
            arn,
            name: name.to_owned(),
            configuration,
            node_groups,
            fargate_profiles,
            addons,
            access_entries,
            pod_identities,
            identity_providers,
            capabilities,
            insights,
            // They are read for all clusters of the Region together.
            instances: Listing::whole(Vec::new()),
            log_group,
            inside: Fact::not_asked(Action::KubernetesGetVersion, &place),
        }
    }

    /// Which versions EKS supports, and until when.
    async fn versions(&self) -> Fact<Vec<Version>> {
        let place = Place::region(self.region);
        let page = |token| {
            let call = self.client.describe_cluster_versions().include_all(true).max_results(100);
            call.set_next_token(token).send()
        };
        let read = |output: aws_sdk_eks::operation::describe_cluster_versions::DescribeClusterVersionsOutput| {
            let versions = output.cluster_versions.as_ref()?.iter().map(version).collect::<Option<_>>()?;
            Some(Page { items: versions, next: output.next_token })
        };
        whole(self.ask.list(Action::EksDescribeClusterVersions, &place, "", page, read).await)
    }

    /// Reads the instances of all clusters in one go, and gives each cluster its own.
    async fn instances(&self, clusters: &mut [Cluster]) {
        let names: Vec<String> = clusters.iter().map(|cluster| cluster.name.clone()).collect();
        let place = Place::region(self.region);
        let mut found: BTreeMap<String, Vec<_>> = BTreeMap::new();
        let mut gap = None;
        for (number, names) in names.chunks(network::FILTER_VALUES).enumerate() {
            let page = |token: Option<String>| async move { self.signed.describe_nodes(names, token.as_deref()).await };
            let read = |(items, next)| Some(Page { items, next });
            let label = number.to_string();
            let listing = self.ask.list(Action::Ec2DescribeInstances, &place, &label, page, read).await;
            for (cluster, instance) in listing.seen() {
                found.entry(cluster.clone()).or_default().push(instance.clone());
            }
            gap = gap.or_else(|| listing.gap().cloned());
        }
        for cluster in clusters {
            let instances = found.remove(&cluster.name).unwrap_or_default();
            cluster.instances = Listing::new(instances, gap.clone());
        }
    }
}

fn version(version: &aws_sdk_eks::types::ClusterVersionInformation) -> Option<Version> {
    let day = |moment: Option<&aws_smithy_types::DateTime>| -> Option<Date> {
        Some(timestamp(moment)?.to_zoned(TimeZone::UTC).date())
    };
    Some(Version {
        version: version.cluster_version()?.to_owned(),
        support: match version.version_status() {
            Some(VersionStatus::StandardSupport) => VersionSupport::Standard,
            Some(VersionStatus::ExtendedSupport) => VersionSupport::Extended,
            Some(VersionStatus::Unsupported) => VersionSupport::Unsupported,
            Some(other) => VersionSupport::Other(other.as_str().to_owned()),
            None => VersionSupport::Other("not said".to_owned()),
        },
        standard_until: day(version.end_of_standard_support_date()),
        extended_until: day(version.end_of_extended_support_date()),
    })
}
