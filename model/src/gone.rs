//! Resources that were deleted between the list that names them and a read of their own.

use super::ecr::{Image, Repository};
use super::ecs::{self, Ecs};
use super::eks::{AccessEntry, Cluster};
use super::iam::{Role, User};
use super::lambda::Function;
use super::{Arn, Fact, Gap, Inventory, Listing, Reason, Region};

impl Inventory {
    /// Takes everything out of the inventory that turned out to be deleted while it was read, and keeps the names: what is
    /// gone neither passes nor fails, and is no hole in what is known.
    pub fn bury(&mut self) {
        let mut gone = std::mem::take(&mut self.gone);
        take(&mut self.iam.roles, &mut gone, |role: &mut Role| is_gone(&role.services), |role| role.arn.clone());
        take(&mut self.iam.users, &mut gone, |user: &mut User| is_gone(&user.access_keys), |user| user.arn.clone());
        take(&mut self.iam.oidc_providers, &mut gone, |one| is_gone(&one.details), |one| one.arn.clone());
        take(&mut self.public_repositories, &mut gone, |one| is_gone(&one.policy), |one| one.arn.clone());
        for region in self.regions.values_mut() {
            region.bury(&mut gone);
        }
        gone.sort();
        gone.dedup();
        self.gone = gone;
    }
}

impl Region {
    fn bury(&mut self, gone: &mut Vec<Arn>) {
        let Self { lambda, ecr, ecs, eks, network: _, load_balancing: _, queues: _ } = self;
        ecs.bury(gone);
        let of_function = |function: &mut Function| {
            if let Fact::Known(qualifiers) = &mut function.qualifiers {
                qualifiers.retain(|qualifier| !is_gone(&qualifier.policy));
            }
            function.gaps().any(says_gone)
        };
        take(&mut lambda.functions, gone, of_function, |function| function.arn.clone());
        take(&mut lambda.layers, gone, |layer| is_gone(&layer.policy), |layer| layer.arn.clone());
        let configs = &mut lambda.code_signing_configs;
        take(configs, gone, |config| ends_gone(&config.functions), |config| config.arn.clone());
        let of_repository = |repository: &mut Repository| repository.read_gaps().any(says_gone);
        take(&mut ecr.repositories, gone, of_repository, |repository| repository.arn.clone());
        for repository in ecr.repositories.seen_mut() {
            repository.bury(gone);
        }
        // What is gone with the whole is not named by itself.
        take(&mut eks.clusters, gone, |cluster| cluster.own_gaps().any(says_gone), |cluster| cluster.arn.clone());
        for cluster in eks.clusters.seen_mut() {
            cluster.bury(gone);
        }
    }
}

impl Ecs {
    fn bury(&mut self, gone: &mut Vec<Arn>) {
        let of_cluster = |cluster: &mut ecs::Cluster| cluster.own_gaps().any(says_gone);
        take(&mut self.clusters, gone, of_cluster, |cluster| cluster.arn.clone());
        take(&mut self.launchers, gone, |one| is_gone(&one.details), |one| one.arn.clone());
        take(&mut self.gateways, gone, |one| is_gone(&one.details), |one| one.arn.clone());
        for cluster in self.clusters.seen_mut() {
            take(&mut cluster.services, gone, |one| one.gaps().any(says_gone), |one| one.arn.clone());
            take(&mut cluster.tasks, gone, |one| is_gone(&one.details), |one| one.arn.clone());
            take(&mut cluster.instances, gone, |one| is_gone(&one.details), |one| one.arn.clone());
            take(&mut cluster.daemons, gone, |one| one.gaps().any(says_gone), |one| one.arn.clone());
        }
    }
}

impl Repository {
    fn bury(&mut self, gone: &mut Vec<Arn>) {
        let images = self.images.take_out(|image: &mut Image| image.gaps().any(says_gone));
        self.artifacts.take_out(|artifact| images.iter().any(|image| image.artifact.digest == artifact.digest));
        gone.extend(images.into_iter().map(|image| image.arn));
    }
}

impl Cluster {
    /// What is gone of a cluster that is still there; parts have no ARN that is known once they are gone.
    fn bury(&mut self, gone: &mut Vec<Arn>) {
        let part = |kind: &str, name: &str| Arn::from(format!("{}/{kind}/{name}", self.arn));
        take(&mut self.node_groups, gone, |one| is_gone(&one.details), |one| part("nodegroup", &one.name));
        take(&mut self.fargate_profiles, gone, |one| is_gone(&one.details), |one| part("fargateprofile", &one.name));
        take(&mut self.addons, gone, |one| is_gone(&one.details), |one| part("addon", &one.name));
        take(&mut self.capabilities, gone, |one| is_gone(&one.role), |one| part("capability", &one.name));
        take(
            &mut self.identity_providers,
            gone,
            |one| is_gone(&one.details),
            |one| part("identityproviderconfig", &one.name),
        );
        let of_entry = |entry: &mut AccessEntry| is_gone(&entry.details) || is_gone(&entry.policies);
        take(&mut self.access_entries, gone, of_entry, |entry| part("access-entry", entry.principal.as_str()));
        take(&mut self.pod_identities, gone, |one| is_gone(&one.details), |one| one.arn.clone());
    }
}

fn take<T>(
    listing: &mut Listing<T>,
    gone: &mut Vec<Arn>,
    leaves: impl FnMut(&mut T) -> bool,
    name: impl Fn(&T) -> Arn,
) {
    gone.extend(listing.take_out(leaves).iter().map(name));
}

fn is_gone<T>(fact: &Fact<T>) -> bool {
    match fact {
        Fact::Known(_) => false,
        Fact::Unknown(gap) => says_gone(gap),
    }
}

fn ends_gone<T>(listing: &Listing<T>) -> bool {
    listing.gap().is_some_and(says_gone)
}

fn says_gone(gap: &Gap) -> bool {
    let mut reason = &gap.reason;
    while let Reason::Partial(inner) = reason {
        reason = inner;
    }
    *reason == Reason::Gone
}
