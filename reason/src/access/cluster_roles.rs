//! Which roles clusters use, and for what.

use std::collections::HashMap;
use std::fmt;

use palisade_model::eks::{Cluster, Configuration, NodeGroupDetails, PodIdentityDetails};
use palisade_model::{Arn, Fact, Gap, Inventory};

/// A cluster's use of a role.
#[derive(Clone, Debug, PartialEq)]
pub struct ClusterUse<'a> {
    /// The cluster.
    pub cluster: &'a Cluster,
    /// What for.
    pub purpose: Purpose<'a>,
}

/// What a cluster uses a role for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose<'a> {
    /// Its control plane, which is EKS's own code.
    ControlPlane,
    /// The nodes of a managed group.
    NodeGroup(&'a str),
    /// The nodes that Auto Mode runs.
    AutoMode,
    /// Pulling images and writing logs for the pods of a Fargate profile.
    FargateProfile(&'a str),
    /// A managed capability, which does what objects of the cluster ask for.
    Capability(&'a str),
    /// The pods of an add-on.
    Addon(&'a str),
    /// The pods of a service account.
    Pods {
        /// The namespace.
        namespace: &'a str,
        /// The service account.
        service_account: &'a str,
    },
}

impl Purpose<'_> {
    /// Whether code of the account's runs as the role, or decides what is done as it.
    pub fn is_workload(self) -> bool {
        match self {
            Self::ControlPlane => false,
            Self::NodeGroup(_)
            | Self::AutoMode
            | Self::FargateProfile(_)
            | Self::Capability(_)
            | Self::Addon(_)
            | Self::Pods { .. } => true,
        }
    }
}

/// `service account shop/orders of cluster shop`.
impl fmt::Display for ClusterUse<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.purpose {
            Purpose::ControlPlane => formatter.write_str("control plane"),
            Purpose::NodeGroup(name) => write!(formatter, "node group {name}"),
            Purpose::AutoMode => formatter.write_str("nodes of Auto Mode"),
            Purpose::FargateProfile(name) => write!(formatter, "Fargate profile {name}"),
            Purpose::Capability(name) => write!(formatter, "capability {name}"),
            Purpose::Addon(name) => write!(formatter, "add-on {name}"),
            Purpose::Pods { namespace, service_account } => {
                write!(formatter, "service account {namespace}/{service_account}")
            }
        }?;
        write!(formatter, " of cluster {}", self.cluster.name)
    }
}

/// The roles that clusters use.
#[derive(Debug, Default)]
pub struct ClusterRoles<'a> {
    uses: HashMap<&'a Arn, Vec<ClusterUse<'a>>>,
    gap: Option<&'a Gap>,
}

impl<'a> ClusterRoles<'a> {
    /// Indexes an inventory.
    pub fn new(inventory: &'a Inventory) -> Self {
        let mut roles = Self { uses: HashMap::new(), gap: inventory.regions_gap.as_ref() };
        for region in inventory.regions.values() {
            roles.miss(region.eks.clusters.gap());
            for cluster in region.eks.clusters.seen() {
                roles.control_plane(cluster);
                roles.compute(cluster);
                roles.pods(cluster);
            }
        }
        roles
    }

    /// What clusters use a role for, as far as seen, and the gap when there may be more.
    pub fn uses_of(&self, role: &Arn) -> (&[ClusterUse<'a>], Option<Gap>) {
        (self.uses.get(role).map_or(&[], Vec::as_slice), self.gap.cloned())
    }

    fn control_plane(&mut self, cluster: &'a Cluster) {
        let Some(configuration) = self.read(&cluster.configuration) else { return };
        let Configuration { role, auto_mode_role, .. } = configuration;
        self.add(cluster, role.as_ref(), Purpose::ControlPlane);
        self.add(cluster, auto_mode_role.as_ref(), Purpose::AutoMode);
    }

    fn compute(&mut self, cluster: &'a Cluster) {
        self.miss(cluster.node_groups.gap());
        for group in cluster.node_groups.seen() {
            let Some(NodeGroupDetails { role, .. }) = self.read(&group.details) else { continue };
            self.add(cluster, role.as_ref(), Purpose::NodeGroup(&group.name));
        }
        self.miss(cluster.fargate_profiles.gap());
        for profile in cluster.fargate_profiles.seen() {
            let Some(details) = self.read(&profile.details) else { continue };
            self.add(cluster, details.role.as_ref(), Purpose::FargateProfile(&profile.name));
        }
        self.miss(cluster.capabilities.gap());
        for capability in cluster.capabilities.seen() {
            let Some(role) = self.read(&capability.role) else { continue };
            self.add(cluster, role.as_ref(), Purpose::Capability(&capability.name));
        }
    }

    fn pods(&mut self, cluster: &'a Cluster) {
        self.miss(cluster.addons.gap());
        for addon in cluster.addons.seen() {
            let Some(details) = self.read(&addon.details) else { continue };
            self.add(cluster, details.role.as_ref(), Purpose::Addon(&addon.name));
        }
        self.miss(cluster.pod_identities.gap());
        for pods in cluster.pod_identities.seen() {
            let Some(PodIdentityDetails { role, target_role, .. }) = self.read(&pods.details) else { continue };
            let purpose = Purpose::Pods { namespace: &pods.namespace, service_account: &pods.service_account };
            self.add(cluster, Some(role), purpose);
            self.add(cluster, target_role.as_ref(), purpose);
        }
    }

    fn add(&mut self, cluster: &'a Cluster, role: Option<&'a Arn>, purpose: Purpose<'a>) {
        if let Some(role) = role {
            self.uses.entry(role).or_default().push(ClusterUse { cluster, purpose });
        }
    }

    /// A fact's value; remembers that there is none.
    fn read<T>(&mut self, fact: &'a Fact<T>) -> Option<&'a T> {
        match fact {
            Fact::Known(value) => Some(value),
            Fact::Unknown(gap) => {
                self.miss(Some(gap));
                None
            }
        }
    }

    fn miss(&mut self, gap: Option<&'a Gap>) {
        self.gap = self.gap.or(gap);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::access::workload::is_workload;
    use crate::account::Account;
    use palisade_model::eks::{Capability, PodIdentity};
    use palisade_model::{Action, Listing, Place, Reason};
    use palisade_scenes::clusters::{addon, node_group, pods};
    use palisade_scenes::{Scene, cluster, new_role, policy, role_arn};

    fn gap() -> Gap {
        Gap { action: Action::EksListPodIdentityAssociations, place: Place::account(), reason: Reason::Throttled }
    }

    /// A cluster with this association, beside the role `target`, which trusts `principal`, and the role of the pods.
    fn targeted(association: Listing<PodIdentity>, principal: &Value) -> Scene {
        let mut target = new_role("target");
        target.trust = policy(json!({ "Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole" }));
        let mut own = new_role("orders-role");
        own.trust = policy(json!({
            "Effect": "Allow", "Principal": { "Service": "pods.eks.amazonaws.com" }, "Action": "sts:AssumeRole"
        }));
        cluster(|cluster| cluster.pod_identities = association)
            .lambda(|lambda| lambda.functions = Listing::whole(vec![]))
            .iam(|iam| iam.roles = Listing::whole(vec![target, own, new_role("plain")]))
    }

    fn judge(scene: &Scene) -> Result<bool, Gap> {
        let account = Account::new(&scene.inventory, &scene.settings);
        is_workload(account.role(&role_arn("target")).unwrap().unwrap(), &account)
    }

    fn associated(target: Option<&str>) -> Listing<PodIdentity> {
        let mut pods = pods("shop", "orders", "orders-role");
        let Fact::Known(details) = &mut pods.details else { unreachable!() };
        details.target_role = target.map(role_arn);
        Listing::whole(vec![pods])
    }

    #[test]
    fn every_use_names_its_cluster() {
        let capability =
            Capability { name: "ack".to_owned(), kind: "ACK".to_owned(), role: Fact::Known(Some(role_arn("shared"))) };
        let scene = cluster(|cluster| {
            cluster.node_groups = Listing::whole(vec![node_group(|group| group.role = Some(role_arn("shared")))]);
            cluster.addons = Listing::whole(vec![addon("vpc-cni", |addon| addon.role = Some(role_arn("shared")))]);
            cluster.pod_identities = Listing::whole(vec![pods("shop", "orders", "shared")]);
            cluster.capabilities = Listing::whole(vec![capability]);
        });
        let context = Account::new(&scene.inventory, &scene.settings);
        let (uses, gap) = context.cluster_uses_of_role(&role_arn("shared"));
        let told: Vec<_> = uses.iter().map(ToString::to_string).collect();
        assert_eq!(
            told,
            [
                "node group workers of cluster shop",
                "capability ack of cluster shop",
                "add-on vpc-cni of cluster shop",
                "service account shop/orders of cluster shop",
            ]
        );
        assert_eq!(gap, None);
        let (uses, _) = context.cluster_uses_of_role(&role_arn("cluster-role"));
        assert_eq!(uses.iter().map(|used| used.purpose).collect::<Vec<_>>(), [Purpose::ControlPlane]);
        assert!(!uses[0].purpose.is_workload());
    }

    #[test]
    fn a_role_that_pods_take_on_second_is_a_workload() {
        let account = json!({ "AWS": "arn:aws:iam::111122223333:root" });
        assert_eq!(judge(&targeted(associated(Some("target")), &account)), Ok(true));
        assert_eq!(judge(&targeted(associated(None), &account)), Ok(false));
    }

    #[test]
    fn whether_pods_take_a_role_on_is_unknown_while_associations_are() {
        let unread = || Listing::unread(gap());
        for principal in ["111122223333", "arn:aws:iam::111122223333:role/orders-role", "*"] {
            assert_eq!(judge(&targeted(unread(), &json!({ "AWS": principal }))), Err(gap()), "{principal}");
        }
        for principal in ["444455556666", "arn:aws:iam::111122223333:role/plain", "arn:aws:iam::111122223333:user/ada"]
        {
            assert_eq!(judge(&targeted(unread(), &json!({ "AWS": principal }))), Ok(false), "{principal}");
        }
        assert_eq!(judge(&targeted(unread(), &json!({ "Service": "config.amazonaws.com" }))), Ok(false));
    }
}
