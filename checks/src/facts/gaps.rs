//! Everything of an inventory that could not be read.

use super::iam::Iam;
use super::lambda::{Function, Lambda};
use super::{Fact, Gap, Inventory, Region};

impl Inventory {
    /// Every hole in the inventory, those of choice included. The organisation's control policies are left out: only some
    /// accounts may read them, and a report says so by itself.
    pub fn gaps(&self) -> impl Iterator<Item = &Gap> {
        let regions = self.regions.values().flat_map(Region::gaps);
        self.regions_gap.iter().chain(self.iam.gaps()).chain(regions)
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
        let Self { lambda, subnets, queues } = self;
        of(subnets).into_iter().chain(queues.values().filter_map(of)).chain(lambda.gaps())
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

impl Function {
    fn gaps(&self) -> impl Iterator<Item = &Gap> {
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
    match fact {
        Fact::Known(_) => None,
        Fact::Unknown(gap) => Some(gap),
    }
}
