//! Everything of an inventory that could not be read.

use super::ecr::{Ecr, Image, Registry, Repository};
use super::ecs::{self, Ecs};
use super::eks::{Cluster, Eks, NodeGroup};
use super::iam::Iam;
use super::kubernetes::Objects;
use super::lambda::{Function, Lambda};
use super::load_balancing::LoadBalancing;
use super::network::Network;
use super::{Fact, Gap, Inventory, Region};

impl Inventory {
    /// Every hole in the inventory, those of choice included. The organisation's control policies are left out: only some
    /// accounts may read them, and a report says so by itself.
    pub fn gaps(&self) -> impl Iterator<Item = &Gap> {
        let regions = self.regions.values().flat_map(Region::gaps);
        let public = &self.public_repositories;
        let policies = public.seen().iter().filter_map(|repository| of(&repository.policy));
        self.regions_gap.iter().chain(self.iam.gaps()).chain(public.gap()).chain(policies).chain(regions)
    }
}

impl Iam {
    fn gaps(&self) -> impl Iterator<Item = &Gap> {
        let Self { roles, users, groups, policies, oidc_providers } = self;
        let lists = [roles.gap(), users.gap(), groups.gap(), policies.gap(), oidc_providers.gap()];
        let services = roles.seen().iter().filter_map(|role| of(&role.services));
        let keys = users.seen().iter().filter_map(|user| of(&user.access_keys));
        let details = oidc_providers.seen().iter().filter_map(|provider| of(&provider.details));
        lists.into_iter().flatten().chain(services).chain(keys).chain(details)
    }
}

impl Region {
    fn gaps(&self) -> impl Iterator<Item = &Gap> {
        let Self { lambda, ecr, ecs, eks, network, load_balancing, queues } = self;
        let of_queues = queues.values().filter_map(of);
        let services = lambda.gaps().chain(ecr.gaps()).chain(ecs.gaps()).chain(eks.gaps());
        network.gaps().chain(of_queues).chain(load_balancing.gaps()).chain(services)
    }
}

impl Network {
    fn gaps(&self) -> impl Iterator<Item = &Gap> {
        let Self { subnets, route_tables, security_groups, flow_logs, interfaces, instances } = self;
        let facts = [of(subnets), of(route_tables), of(security_groups), of(flow_logs), of(interfaces), of(instances)];
        facts.into_iter().flatten()
    }
}

impl LoadBalancing {
    fn gaps(&self) -> impl Iterator<Item = &Gap> {
        let Self { target_groups, load_balancers } = self;
        let balancers = load_balancers.known().into_iter().flatten();
        let of_balancers = balancers.flat_map(|balancer| {
            let rules = balancer.listeners.known().into_iter().flatten().filter_map(|listener| of(&listener.rules));
            [of(&balancer.listeners), of(&balancer.web_acl)].into_iter().flatten().chain(rules)
        });
        [of(target_groups), of(load_balancers)].into_iter().flatten().chain(of_balancers)
    }
}

impl Ecs {
    fn gaps(&self) -> impl Iterator<Item = &Gap> {
        let Self { clusters, definitions, launchers, settings, gateways, ebs_encrypted_by_default, buckets } = self;
        // The gap of the definitions is that of whatever may name more of them.
        let facts =
            [clusters.gap(), launchers.gap(), of(settings), gateways.gap(), of(ebs_encrypted_by_default), of(buckets)];
        let of_gateways = gateways.seen().iter().filter_map(|gateway| of(&gateway.details));
        let of_definitions = definitions.seen().iter().filter_map(|definition| of(&definition.details));
        let of_launchers = launchers.seen().iter().filter_map(|launcher| of(&launcher.details));
        let of_clusters = clusters.seen().iter().flat_map(ecs::Cluster::gaps);
        let parts = of_clusters.chain(of_definitions).chain(of_launchers).chain(of_gateways);
        facts.into_iter().flatten().chain(parts)
    }
}

impl ecs::Cluster {
    /// Those of the cluster itself and of its lists, without those of their items.
    pub(super) fn own_gaps(&self) -> impl Iterator<Item = &Gap> {
        let lists = [
            of(&self.details),
            of(&self.capacity_providers),
            self.services.gap(),
            self.tasks.gap(),
            self.instances.gap(),
            self.daemons.gap(),
        ];
        lists.into_iter().flatten()
    }

    fn gaps(&self) -> impl Iterator<Item = &Gap> {
        let services = self.services.seen().iter().flat_map(ecs::Service::gaps);
        let tasks = self.tasks.seen().iter().filter_map(|task| of(&task.details));
        let instances = self.instances.seen().iter().filter_map(|instance| of(&instance.details));
        let daemons = self.daemons.seen().iter().flat_map(ecs::Daemon::gaps);
        self.own_gaps().chain(services).chain(tasks).chain(instances).chain(daemons)
    }
}

impl ecs::Service {
    pub(super) fn gaps(&self) -> impl Iterator<Item = &Gap> {
        [of(&self.details), of(&self.revisions), of(&self.express)].into_iter().flatten()
    }
}

impl ecs::Daemon {
    pub(super) fn gaps(&self) -> impl Iterator<Item = &Gap> {
        [of(&self.details), of(&self.revisions)].into_iter().flatten()
    }
}

impl Eks {
    fn gaps(&self) -> impl Iterator<Item = &Gap> {
        let Self { clusters, versions, detector, coverage } = self;
        let facts = [clusters.gap(), of(versions), of(detector), of(coverage)];
        facts.into_iter().flatten().chain(clusters.seen().iter().flat_map(Cluster::gaps))
    }
}

impl Cluster {
    /// Those of the cluster itself and of its lists, without those of their items.
    pub(super) fn own_gaps(&self) -> impl Iterator<Item = &Gap> {
        let lists = [
            of(&self.configuration),
            of(&self.log_group),
            self.node_groups.gap(),
            self.fargate_profiles.gap(),
            self.addons.gap(),
            self.access_entries.gap(),
            self.pod_identities.gap(),
            self.identity_providers.gap(),
            self.capabilities.gap(),
            self.insights.gap(),
            self.instances.gap(),
        ];
        lists.into_iter().flatten()
    }

    fn gaps(&self) -> impl Iterator<Item = &Gap> {
        let groups = self.node_groups.seen().iter().filter_map(|group| of(&group.details));
        let profiles = self.fargate_profiles.seen().iter().filter_map(|profile| of(&profile.details));
        let addons = self.addons.seen().iter().filter_map(|addon| of(&addon.details));
        let entries = self.access_entries.seen().iter();
        let entries = entries.flat_map(|entry| of(&entry.details).into_iter().chain(of(&entry.policies)));
        let identities = self.pod_identities.seen().iter().filter_map(|identity| of(&identity.details));
        let providers = self.identity_providers.seen().iter().filter_map(|provider| of(&provider.details));
        let capabilities = self.capabilities.seen().iter().filter_map(|capability| of(&capability.role));
        let templates = self.node_groups.seen().iter().filter_map(NodeGroup::metadata_gap);
        let inside = self.inside.known().into_iter().flat_map(Objects::gaps).chain(of(&self.inside));
        let parts = groups.chain(templates).chain(profiles).chain(addons).chain(entries).chain(identities);
        self.own_gaps().chain(parts).chain(providers).chain(capabilities).chain(inside)
    }
}

impl Ecr {
    fn gaps(&self) -> impl Iterator<Item = &Gap> {
        let Self { registry, repositories } = self;
        let of_repositories = repositories.seen().iter().flat_map(Repository::gaps);
        registry.gaps().chain(repositories.gap()).chain(of_repositories)
    }
}

impl Registry {
    fn gaps(&self) -> impl Iterator<Item = &Gap> {
        let facts = [
            of(&self.policy),
            of(&self.policy_scope),
            of(&self.scanning),
            of(&self.replication),
            of(&self.signing),
            of(&self.inspector),
            of(&self.basic_scanner),
            self.pull_through_rules.gap(),
            self.creation_templates.gap(),
            self.pull_time_exclusions.gap(),
        ];
        facts.into_iter().flatten()
    }
}

impl Repository {
    /// Those of what is read of the repository itself: which of its images matter hangs on others.
    pub(super) fn read_gaps(&self) -> impl Iterator<Item = &Gap> {
        [of(&self.policy), of(&self.lifecycle), self.artifacts.gap()].into_iter().flatten()
    }

    fn gaps(&self) -> impl Iterator<Item = &Gap> {
        let of_images = self.images.seen().iter().flat_map(Image::gaps);
        self.read_gaps().chain(self.images.gap()).chain(of_images)
    }
}

impl Image {
    pub(super) fn gaps(&self) -> impl Iterator<Item = &Gap> {
        let of_contents = self
            .contents
            .known()
            .into_iter()
            .flatten()
            .flat_map(|content| [of(&content.files), of(&content.attestations)]);
        [of(&self.scan), of(&self.signature), of(&self.contents)].into_iter().chain(of_contents).flatten()
    }
}

impl Lambda {
    fn gaps(&self) -> impl Iterator<Item = &Gap> {
        let Self { functions, event_source_mappings, layers, code_signing_configs, account_settings } = self;
        let lists = [
            functions.gap(),
            event_source_mappings.gap(),
            layers.gap(),
            code_signing_configs.gap(),
            of(account_settings),
        ];
        let of_functions = functions.seen().iter().flat_map(Function::gaps);
        let policies = layers.seen().iter().filter_map(|layer| of(&layer.policy));
        let guarded = code_signing_configs.seen().iter().filter_map(|config| config.functions.gap());
        lists.into_iter().flatten().chain(of_functions).chain(policies).chain(guarded)
    }
}

impl NodeGroup {
    fn metadata_gap(&self) -> Option<&Gap> {
        match &self.details {
            Fact::Known(details) => details.launch_template.as_ref().and_then(|template| of(&template.metadata)),
            Fact::Unknown(_) => None,
        }
    }
}

impl Function {
    pub(super) fn gaps(&self) -> impl Iterator<Item = &Gap> {
        let facts = [
            of(&self.environment),
            of(&self.policy),
            of(&self.urls),
            of(&self.reserved_concurrency),
            of(&self.failure_destinations),
            of(&self.image),
            of(&self.qualifiers),
            of(&self.tags),
        ];
        let qualifiers = self.qualifiers.known().into_iter().flatten().filter_map(|qualifier| of(&qualifier.policy));
        facts.into_iter().flatten().chain(qualifiers)
    }
}

fn of<T>(fact: &Fact<T>) -> Option<&Gap> {
    fact.gap()
}
