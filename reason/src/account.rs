//! The account under judgement: look-ups over the inventory and over what identities can do, made once.

use std::cell::OnceCell;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::access::cluster_roles::{ClusterRoles, ClusterUse};
use crate::access::escalation::{ChokePoint, Escalations, Found};
use crate::access::{Access, Actor};
use crate::in_cluster::running::RunningPods;
use crate::tasks::uses::Uses;
use palisade_model::ecr::{Ecr, Image, Repository};
use palisade_model::iam::{Role, User};
use palisade_model::lambda::{AccountSettings, CodeSigningConfig, EventSourceMapping, Function};
use palisade_model::settings::Settings;
use palisade_model::workload::{Kind, Workload, Workloads};
use palisade_model::{Action, Arn, Gap, Inventory, Place, Queue, Reason, Region};

/// An account, and what it takes to ask about it beyond one resource: other resources, thresholds, trust and the date.
pub struct Account<'a> {
    inventory: &'a Inventory,
    /// What steers the judgement.
    pub settings: &'a Settings,
    /// What identities can do.
    pub access: Access<'a>,
    escalations: Escalations<'a>,
    roles: HashMap<&'a Arn, &'a Role>,
    functions: HashMap<&'a Arn, &'a Function>,
    mappings: HashMap<&'a str, Vec<&'a EventSourceMapping>>,
    workloads_by_role: HashMap<&'a Arn, Vec<Workload<'a>>>,
    workloads: Workloads<'a>,
    cluster_roles: ClusterRoles<'a>,
    running_pods: OnceCell<RunningPods<'a>>,
    uses: OnceCell<Uses<'a>>,
}

impl<'a> Account<'a> {
    /// Indexes an inventory.
    pub fn new(inventory: &'a Inventory, settings: &'a Settings) -> Self {
        let lambdas = || inventory.regions.values().map(|region| &region.lambda);
        let functions = || lambdas().flat_map(|lambda| lambda.functions.seen());
        let mut mappings: HashMap<_, Vec<_>> = HashMap::new();
        for mapping in lambdas().flat_map(|lambda| lambda.event_source_mappings.seen()) {
            mappings.entry(unqualified(&mapping.function)).or_default().push(mapping);
        }
        let mut workloads = inventory.workloads();
        let (mut unread, mut unread_tasks) = (None, None);
        let mut workloads_by_role: HashMap<_, Vec<_>> = HashMap::new();
        for workload in &workloads.seen {
            let (roles, gap) = workload.roles();
            for role in roles {
                workloads_by_role.entry(role).or_default().push(workload.clone());
            }
            match workload.kind {
                Kind::Tasks(_) => unread_tasks = unread_tasks.or(gap),
                Kind::Function(_) | Kind::Controller(_) => unread = unread.or(gap),
            }
        }
        // Of pods and tasks it takes reads of their own to tell the roles.
        workloads.unseen.controllers = workloads.unseen.controllers.or(unread);
        workloads.unseen.tasks = workloads.unseen.tasks.or(unread_tasks);
        Self {
            inventory,
            settings,
            access: Access::new(inventory),
            escalations: Escalations::new(inventory),
            roles: inventory.iam.roles.seen().iter().map(|role| (&role.arn, role)).collect(),
            functions: functions().map(|function| (&function.arn, function)).collect(),
            mappings,
            workloads_by_role,
            workloads,
            cluster_roles: ClusterRoles::new(inventory),
            running_pods: OnceCell::new(),
            uses: OnceCell::new(),
        }
    }

    /// Everything that was collected.
    pub fn inventory(&self) -> &'a Inventory {
        self.inventory
    }

    /// The account's organisation: as AWS says, or else as the settings do.
    pub fn organization(&self) -> Option<&'a str> {
        self.access.organization().or(self.settings.organization.as_deref())
    }

    /// Whether an organisation is the account's own; a gap when neither AWS nor the settings tell which that is.
    pub fn is_own_organization(&self, id: &str) -> Result<bool, Gap> {
        match self.organization() {
            Some(own) => Ok(own == id),
            None => self.inventory.organization.known().map(|_| false),
        }
    }

    /// The day of judging, in UTC.
    pub fn today(&self) -> Date {
        self.settings.now.to_zoned(TimeZone::UTC).date()
    }

    /// The Region that an ARN names, if it was audited.
    pub fn region(&self, arn: &Arn) -> Option<&'a Region> {
        self.inventory.regions.iter().find(|(name, _)| name.as_str() == arn.region()).map(|(_, region)| region)
    }

    /// As [`Account::region`], for what cannot be judged without it.
    pub fn audited_region(&self, arn: &Arn) -> Result<&'a Region, Gap> {
        let why = || Gap::undecided(Action::AccountListRegions, arn, "its Region was not audited");
        self.region(arn).ok_or_else(why)
    }

    /// The registry of the Region that an ARN names, with its repositories, if that Region was audited.
    pub fn ecr(&self, arn: &Arn) -> Option<&'a Ecr> {
        self.region(arn).map(|region| &region.ecr)
    }

    /// A repository of this account, by its ARN.
    pub fn repository(&self, arn: &Arn) -> Result<Option<&'a Repository>, Gap> {
        match self.ecr(arn) {
            Some(ecr) => ecr.repositories.find(|repository| repository.arn == *arn),
            None => Ok(None),
        }
    }

    /// The gap when an image may be in use that is not known to be: a list of workloads, or what counts them, could not be
    /// read. What the run chose not to read is no reason to doubt.
    pub fn knows_uses(&self, image: &Image) -> Result<(), Gap> {
        let repository = self.repository(&image.repository)?;
        match repository.and_then(|repository| repository.images.gap()) {
            Some(gap) if !gap.reason.is_choice() => Err(gap.clone()),
            Some(_) | None => Ok(()),
        }
    }

    /// A role of this account, by its ARN.
    pub fn role(&self, arn: &Arn) -> Result<Option<&'a Role>, Gap> {
        match self.roles.get(arn) {
            Some(role) => Ok(Some(role)),
            None => self.inventory.iam.roles.complete().map(|_| None),
        }
    }

    /// The function that a mapping feeds, whatever qualifier it names.
    pub fn function(&self, arn: &Arn) -> Result<Option<&'a Function>, Gap> {
        let unqualified = Arn::from(unqualified(arn));
        match (self.functions.get(&unqualified), self.region(arn)) {
            (Some(function), _) => Ok(Some(function)),
            (None, Some(region)) => region.lambda.functions.complete().map(|_| None),
            (None, None) => Ok(None),
        }
    }

    /// The ways in which a role may escalate its privileges; a gap when its policies are not all known.
    pub fn escalations_of(&self, role: &'a Role) -> Result<Found, Gap> {
        Ok(self.escalations.of(&self.access, &*self.access.role(role)?))
    }

    /// The statements whose removal ends most of the ways in which these identities may escalate, those first.
    pub fn choke_points(&self, is_meant: impl Fn(&Arn) -> bool) -> Vec<ChokePoint> {
        self.escalations.choke_points(&self.access, is_meant)
    }

    /// The ways in which any identity may escalate its privileges.
    pub fn escalations_from(&self, principal: &Actor<'a>) -> Found {
        self.escalations.of(&self.access, principal)
    }

    /// A user of this account with all its policies.
    pub fn user(&self, arn: &Arn) -> Result<Option<Rc<Actor<'a>>>, Gap> {
        let user = self.inventory.iam.users.find(|user| user.arn == *arn)?;
        user.map(|user| self.access.user(user)).transpose()
    }

    /// The user to whom an access key belongs, by the hash of the key's id.
    pub fn owner_of_key(&self, hash: &str) -> Result<Option<&'a User>, Gap> {
        let users = &self.inventory.iam.users;
        let mut unread = None;
        for user in users.seen() {
            match user.access_keys.known() {
                Ok(keys) if keys.iter().any(|key| key == hash) => return Ok(Some(user)),
                Ok(_) => {}
                Err(gap) => unread = Some(gap),
            }
        }
        users.complete()?;
        unread.map_or(Ok(None), Err)
    }

    /// The workloads that are given a role, as far as seen. What else clusters use it for is told by
    /// [`Self::cluster_uses_of_role`].
    pub fn workloads_of_role(&self, role: &Arn) -> &[Workload<'a>] {
        self.workloads_by_role.get(role).map_or(&[], Vec::as_slice)
    }

    /// All workloads. A role that pods may have, and that was not read, counts as a controller that was not seen.
    pub fn workloads(&self) -> &Workloads<'a> {
        &self.workloads
    }

    /// What clusters use a role for: what was seen, and the gap when there may be more.
    pub fn cluster_uses_of_role(&self, role: &Arn) -> (&[ClusterUse<'a>], Option<Gap>) {
        self.cluster_roles.uses_of(role)
    }

    /// The pods that run in the clusters that were looked into.
    pub fn running_pods(&self) -> &RunningPods<'a> {
        self.running_pods.get_or_init(|| RunningPods::new(self.inventory))
    }

    /// What uses the definitions of ECS.
    pub fn uses(&self) -> &Uses<'a> {
        self.uses.get_or_init(|| Uses::new(self.inventory))
    }

    /// The event source mappings of a function: those seen, and the gap when there may be more.
    pub fn mappings_of(&self, function: &Function) -> (&[&'a EventSourceMapping], Option<Gap>) {
        let seen = self.mappings.get(function.arn.as_str()).map_or(&[] as &[_], Vec::as_slice);
        let gap = self.region(&function.arn).and_then(|region| region.lambda.event_source_mappings.gap());
        (seen, gap.cloned())
    }

    /// Lambda's limits for the account in the Region of a function.
    pub fn account_settings(&self, function: &Function) -> Result<&'a AccountSettings, Gap> {
        match self.region(&function.arn) {
            Some(region) => region.lambda.account_settings.known(),
            None => Err(Gap {
                action: Action::LambdaGetAccountSettings,
                place: Place::resource(&function.arn),
                reason: Reason::NotAsked,
            }),
        }
    }

    /// The code signing configuration that guards a function.
    pub fn code_signing(&self, function: &Function) -> Result<Option<&'a CodeSigningConfig>, Gap> {
        let Some(region) = self.region(&function.arn) else { return Ok(None) };
        let configs = &region.lambda.code_signing_configs;
        let guards = |config: &&CodeSigningConfig| config.functions.seen().contains(&function.arn);
        if let Some(config) = configs.seen().iter().find(guards) {
            return Ok(Some(config));
        }
        for config in configs.complete()? {
            config.functions.complete()?;
        }
        Ok(None)
    }

    /// The queue with this ARN; `None` when there is none (any more) or when it is not in the audited account.
    pub fn queue(&self, arn: &Arn) -> Result<Option<&'a Queue>, Gap> {
        let Some(fact) = self.region(arn).and_then(|region| region.queues.get(arn)) else { return Ok(None) };
        Ok(fact.known()?.as_ref())
    }

    /// The queue with this ARN, or `None` when there is none (any more). A queue of another account is a gap.
    pub fn readable_queue(&self, arn: &Arn) -> Result<Option<&'a Queue>, Gap> {
        if arn.account() != self.inventory.account.as_str() {
            let reason = Reason::Elsewhere(arn.account().into());
            return Err(Gap { action: Action::SqsGetQueueAttributes, place: Place::resource(arn), reason });
        }
        self.queue(arn)
    }

    /// The Availability Zone ids of subnets. A subnet that AWS no longer knows has none.
    pub fn zones(&self, function: &Function, subnets: &[String]) -> Result<BTreeMap<String, Option<String>>, Gap> {
        let Some(region) = self.region(&function.arn) else { return Ok(BTreeMap::new()) };
        let known = region.network.subnets.known()?;
        let zone = |id: &String| (id.clone(), known.get(id).map(|subnet| subnet.zone.clone()));
        Ok(subnets.iter().map(zone).collect())
    }

    /// Whether an account is the audited one, or one that the settings trust.
    pub fn trusts(&self, account: &str) -> bool {
        account == self.inventory.account.as_str()
            || self.settings.trusted_accounts.iter().any(|trusted| trusted.as_str() == account)
    }
}

/// A function's ARN without version or alias.
fn unqualified(arn: &Arn) -> &str {
    let text = arn.as_str();
    match text.match_indices(':').nth(6) {
        Some((end, _)) => &text[..end],
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_qualifier_is_taken_off() {
        let arn = Arn::from("arn:aws:lambda:eu-west-1:111122223333:function:orders:live");
        assert_eq!(unqualified(&arn), "arn:aws:lambda:eu-west-1:111122223333:function:orders");
        assert_eq!(unqualified(&Arn::from(unqualified(&arn))), unqualified(&arn));
    }
}
