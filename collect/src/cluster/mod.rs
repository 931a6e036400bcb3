//! Looking into clusters: what their own API tells, read with the session's identity or a kubeconfig.

mod convert;
mod door;
mod engines;
mod kubeconfig;
mod newer;
mod objects;
mod read;
mod token;
mod ways_in;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use futures_util::StreamExt as _;
use palisade_model::eks::{Cluster, ClusterStatus, Configuration};
use palisade_model::kubernetes::Objects;
use palisade_model::{Action, Arn, Fact, Gap, Inventory, Place, Reason, RegionName};

use crate::ask::Ask;
use crate::aws::session::Session;
use door::{Door, Target};
use newer::Newer;
use read::Reader;

/// Clusters that are looked into at once.
const AT_ONCE: usize = 4;

/// Which clusters are looked into.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Which {
    /// All that there are.
    #[default]
    All,
    /// None.
    None,
    /// Those with these names.
    Named(Vec<String>),
}

impl Which {
    fn includes(&self, cluster: &str) -> bool {
        match self {
            Self::All => true,
            Self::None => false,
            Self::Named(names) => names.iter().any(|name| name == cluster),
        }
    }

    /// The first name that no cluster has, unless clusters may be missing from the inventory.
    pub(crate) fn unknown<'a>(&'a self, inventory: &Inventory) -> Option<&'a str> {
        let Self::Named(names) = self else { return None };
        let lists = || inventory.regions.values().map(|region| &region.eks.clusters);
        let exists = |name: &str| lists().any(|clusters| clusters.seen().iter().any(|cluster| cluster.name == name));
        let whole = lists().all(|clusters| clusters.gap().is_none());
        names.iter().map(String::as_str).find(|name| whole && !exists(name))
    }
}

/// A kubeconfig file in place of the session's identity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kubeconfig {
    /// Where it is.
    pub file: PathBuf,
    /// The context to use; none for the current one.
    pub context: Option<String>,
}

/// Looks into the clusters of an inventory, and fills in what they tell.
pub async fn complete(
    session: &Arc<Session>,
    which: &Which,
    kubeconfig: Option<&Kubeconfig>,
    ask: &Ask,
    inventory: &mut Inventory,
) {
    let mut wanted = Vec::new();
    for (region, content) in &inventory.regions {
        let clusters = content.eks.clusters.seen().iter().filter(|cluster| which.includes(&cluster.name));
        wanted.extend(clusters.map(|cluster| (region.clone(), cluster.clone())));
    }
    let looks = wanted.into_iter().map(|(region, cluster)| async move {
        let inside = look_into(session, &region, &cluster, kubeconfig, ask).await;
        (cluster.arn, inside)
    });
    let found: Vec<_> = futures_util::stream::iter(looks).buffer_unordered(AT_ONCE).collect().await;
    let mut found: HashMap<Arn, Fact<Objects>> = found.into_iter().collect();
    for cluster in inventory.regions.values_mut().flat_map(|content| content.eks.clusters.seen_mut()) {
        if let Some(inside) = found.remove(&cluster.arn) {
            cluster.inside = inside;
        }
    }
}

async fn look_into(
    session: &Arc<Session>,
    region: &RegionName,
    cluster: &Cluster,
    kubeconfig: Option<&Kubeconfig>,
    ask: &Ask,
) -> Fact<Objects> {
    let place = Place::resource(&cluster.arn);
    let door = match kubeconfig {
        Some(Kubeconfig { file, context }) => {
            Door::kubeconfig(file, context.as_deref(), session.call_timeout()).await.map_err(|error| error.to_string())
        }
        None => match target(region, cluster) {
            Ok(target) => Ok(Door::eks(session, target)),
            Err(Refused::Unread(gap)) => return Fact::Unknown(gap),
            Err(Refused::Because(why)) => Err(why),
        },
    };
    let door = match door {
        Ok(door) => door,
        Err(why) => return Fact::Unknown(unknown(&place, Reason::Failed(why))),
    };
    let inside = Reader { door, ask, place: Arc::clone(&place), newer: Newer::default() }.objects().await;
    ask.progress.say(&match &inside {
        Fact::Known(objects) => format!("cluster {}: {} pods", cluster.name, objects.pods.seen().len()),
        Fact::Unknown(gap) => format!("cluster {}: {gap}", cluster.name),
    });
    match inside {
        Fact::Known(objects) => Fact::Known(objects),
        Fact::Unknown(gap) => Fact::Unknown(explained(gap, cluster)),
    }
}

/// Why a cluster is not even knocked at.
enum Refused {
    /// Its configuration could not be read.
    Unread(Gap),
    /// What its configuration says.
    Because(String),
}

fn target(region: &RegionName, cluster: &Cluster) -> Result<Target, Refused> {
    let configuration = cluster.configuration.known().map_err(Refused::Unread)?;
    let Configuration { status, endpoint, certificate_authority, elsewhere, id, .. } = configuration;
    if let ClusterStatus::Other(status) = status {
        return Err(Refused::Because(format!("the cluster is {status}")));
    }
    if elsewhere.as_deref() == Some("connected") {
        return Err(Refused::Because("the cluster is only registered with EKS and runs elsewhere".to_owned()));
    }
    let Some(endpoint) = endpoint else { return Err(Refused::Because("the cluster has no endpoint".to_owned())) };
    Ok(Target {
        name: id.clone().unwrap_or_else(|| cluster.name.clone()),
        region: region.clone(),
        endpoint: endpoint.clone(),
        certificate_authority: certificate_authority.clone(),
    })
}

/// What AWS says of a cluster explains why nobody answered.
fn explained(gap: Gap, cluster: &Cluster) -> Gap {
    let is_private = match &cluster.configuration {
        Fact::Known(configuration) => !configuration.reach.public,
        Fact::Unknown(_) => false,
    };
    match gap.reason {
        Reason::Unreachable if is_private => {
            let why = "no answer: the endpoint is private, and the run was not started inside its VPC";
            Gap { reason: Reason::Failed(why.to_owned()), ..gap }
        }
        Reason::Unreachable => {
            let why = "no answer: the endpoint lets in only certain addresses, or the network is in the way";
            Gap { reason: Reason::Failed(why.to_owned()), ..gap }
        }
        reason => Gap { reason, ..gap },
    }
}

fn unknown(place: &Arc<Place>, reason: Reason) -> Gap {
    Gap { action: Action::KubernetesGetVersion, place: Arc::clone(place), reason }
}
