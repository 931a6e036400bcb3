//! Workloads: whatever runs code of the account with an identity of the account, whichever service runs it.
//!
//! What every workload has is asked of [`Workload`]; what only one kind has stands in its [`Kind`], which is matched without
//! a wildcard, so that a new kind meets every decision. A new kind is a collector, a conversion here, and what is special
//! about it.

use std::collections::BTreeMap;

use crate::ecs;
use crate::eks::Cluster;
use crate::environment::Variable;
use crate::kubernetes::{Controller, EnvironmentVariable, ServiceAccount};
use crate::lambda::{Function, Vpc};
use crate::{Action, Arn, Fact, Gap, Inside, Inventory};

/// Something that runs code of the account.
#[derive(Clone, Debug)]
pub struct Workload<'a> {
    /// What findings about it are about.
    pub arn: Arn,
    /// Its name, unique among those of its kind and place.
    pub name: &'a str,
    /// What it is.
    pub kind: Kind<'a>,
}

/// What a workload is, with all that is special about it.
#[derive(Clone, Copy, Debug)]
pub enum Kind<'a> {
    /// A function of Lambda.
    Function(&'a Function),
    /// A controller of pods in a cluster that was looked into, or a pod on its own.
    Controller(Inside<'a, Controller>),
    /// Tasks of ECS: those of a service, or one that stands alone.
    Tasks(Tasks<'a>),
}

/// Tasks of ECS that are started alike.
#[derive(Clone, Copy, Debug)]
pub struct Tasks<'a> {
    /// The Region's part of ECS.
    pub ecs: &'a ecs::Ecs,
    /// The cluster that they run in.
    pub cluster: &'a ecs::Cluster,
    /// Who keeps them running.
    pub keeper: Keeper<'a>,
}

/// Who keeps tasks running.
#[derive(Clone, Copy, Debug)]
pub enum Keeper<'a> {
    /// A service.
    Service(&'a ecs::Service),
    /// Nobody: a task on its own.
    Task(&'a ecs::Task),
}

impl<'a> Tasks<'a> {
    /// The definitions by which they run, as far as they are known, and the gap when there may be more.
    pub fn definitions(&self) -> (Vec<&'a ecs::TaskDefinition>, Option<Gap>) {
        let mut gap = None;
        let mut arns: Vec<&'a Arn> = Vec::new();
        match self.keeper {
            Keeper::Service(service) => match &service.details {
                Fact::Known(details) => arns.extend(details.running_definitions()),
                Fact::Unknown(unread) => gap = Some(unread.clone()),
            },
            Keeper::Task(task) => match &task.details {
                Fact::Known(details) => arns.push(&details.definition),
                Fact::Unknown(unread) => gap = Some(unread.clone()),
            },
        }
        let mut found = Vec::new();
        for arn in arns {
            match self.ecs.definition(arn).map(|definition| &definition.details) {
                Some(Fact::Known(definition)) => found.extend(definition),
                Some(Fact::Unknown(unread)) => gap = gap.or_else(|| Some(unread.clone())),
                None => gap = gap.or_else(|| self.ecs.definitions.gap().cloned()),
            }
        }
        (found, gap)
    }

    /// What is said in place of the definition; only a task on its own can be told apart.
    fn overrides(&self) -> Option<&'a ecs::Overrides> {
        match self.keeper {
            Keeper::Service(_) => None,
            Keeper::Task(task) => match &task.details {
                Fact::Known(details) => Some(&details.overrides),
                Fact::Unknown(_) => None,
            },
        }
    }

    /// The roles of the tasks themselves, and the gap when there may be more.
    fn roles(&self) -> (Vec<&'a Arn>, Option<Gap>) {
        if let Some(role) = self.overrides().and_then(|overrides| overrides.task_role.as_ref()) {
            return (vec![role], None);
        }
        let (definitions, gap) = self.definitions();
        let mut roles: Vec<_> = definitions.iter().filter_map(|definition| definition.task_role.as_ref()).collect();
        roles.sort();
        roles.dedup();
        (roles, gap)
    }

    fn variables(&self) -> (Vec<&'a Variable>, Option<Gap>) {
        let (definitions, gap) = self.definitions();
        let containers = definitions.iter().flat_map(|definition| &definition.containers);
        let mut variables: Vec<_> = containers.flat_map(|container| &container.environment).collect();
        let said = self.overrides().into_iter().flat_map(|overrides| &overrides.containers);
        variables.extend(said.flat_map(|container| &container.environment));
        (variables, gap)
    }

    fn tags(&self) -> Result<&'a BTreeMap<String, String>, Gap> {
        match self.keeper {
            Keeper::Service(service) => Ok(&service.details.known()?.tags),
            Keeper::Task(task) => {
                let definition = &task.details.known()?.definition;
                let missing = || Gap::undecided(Action::EcsDescribeTaskDefinition, definition, "it is not described");
                let found = self.ecs.definition(definition).ok_or_else(missing)?;
                Ok(&found.details.known()?.as_ref().ok_or_else(missing)?.tags)
            }
        }
    }
}

/// Where a workload is in the network.
#[derive(Clone, Copy, Debug)]
pub enum NetworkPlace<'a> {
    /// In a network of AWS's, with the internet before it.
    Service,
    /// In these subnets of a VPC.
    Vpc(&'a Vpc),
    /// In the VPC of this cluster.
    Cluster(&'a Cluster),
    /// In the VPC of tasks of ECS: each definition, deployment and machine has its own place in it.
    Tasks(Tasks<'a>),
}

impl<'a> From<&'a Function> for Workload<'a> {
    fn from(function: &'a Function) -> Self {
        Self { arn: function.arn.clone(), name: &function.name, kind: Kind::Function(function) }
    }
}

impl<'a> From<Inside<'a, Controller>> for Workload<'a> {
    fn from(inside: Inside<'a, Controller>) -> Self {
        let Inside { object, cluster, .. } = inside;
        let arn = cluster.workload_arn(&object.namespace, &object.owner());
        Self { arn, name: &object.name, kind: Kind::Controller(inside) }
    }
}

impl<'a> From<Tasks<'a>> for Workload<'a> {
    fn from(tasks: Tasks<'a>) -> Self {
        let (arn, name) = match tasks.keeper {
            Keeper::Service(service) => (service.arn.clone(), service.name.as_str()),
            Keeper::Task(task) => (task.arn.clone(), task.arn.as_str().rsplit('/').next().unwrap_or_default()),
        };
        Self { arn, name, kind: Kind::Tasks(tasks) }
    }
}

impl<'a> Workload<'a> {
    /// The name of the Region that it runs in.
    pub fn region(&self) -> &str {
        self.arn.region()
    }

    /// The roles that are given to it, and the gap when there may be more. Whether their trust policies let it take them on
    /// is another question.
    pub fn roles(&self) -> (Vec<&'a Arn>, Option<Gap>) {
        match self.kind {
            Kind::Function(function) => (vec![&function.role], None),
            Kind::Controller(inside) => roles_of_pods(inside),
            Kind::Tasks(tasks) => tasks.roles(),
        }
    }

    /// Its environment variables, and the gap when there may be more. Those that come from elsewhere are not among them.
    pub fn variables(&self) -> (Vec<&'a Variable>, Option<Gap>) {
        match self.kind {
            Kind::Function(function) => match &function.environment {
                Fact::Known(variables) => (variables.iter().collect(), None),
                Fact::Unknown(gap) => (Vec::new(), Some(gap.clone())),
            },
            Kind::Controller(inside) => {
                let all = inside.object.template.containers.iter().flat_map(|container| &container.environment);
                let written = all.filter_map(|variable| match variable {
                    EnvironmentVariable::Literal(variable) => Some(variable),
                    EnvironmentVariable::Reference { .. } => None,
                });
                (written.collect(), None)
            }
            Kind::Tasks(tasks) => tasks.variables(),
        }
    }

    /// Its tags; a controller of pods has labels instead.
    pub fn tags(&self) -> Result<&'a BTreeMap<String, String>, Gap> {
        match self.kind {
            Kind::Function(function) => function.tags.known(),
            Kind::Controller(inside) => Ok(&inside.object.labels),
            Kind::Tasks(tasks) => tasks.tags(),
        }
    }

    /// Where it is in the network.
    pub fn place(&self) -> NetworkPlace<'a> {
        match self.kind {
            Kind::Function(function) => function.vpc.as_ref().map_or(NetworkPlace::Service, NetworkPlace::Vpc),
            Kind::Controller(inside) => NetworkPlace::Cluster(inside.cluster),
            Kind::Tasks(tasks) => NetworkPlace::Tasks(tasks),
        }
    }
}

/// The roles of the service account of pods: by its annotation (IRSA), and by EKS Pod Identity.
///
/// Sources: <https://docs.aws.amazon.com/eks/latest/userguide/iam-roles-for-service-accounts.html>,
/// <https://docs.aws.amazon.com/eks/latest/userguide/pod-identities.html>
fn roles_of_pods(inside: Inside<'_, Controller>) -> (Vec<&Arn>, Option<Gap>) {
    let Inside { object: Controller { namespace, template, .. }, objects, cluster } = inside;
    let is_own =
        |account: &&ServiceAccount| account.namespace == *namespace && account.name == template.service_account;
    let account = objects.service_accounts.seen().iter().find(is_own);
    let mut roles: Vec<_> = account.and_then(|account| account.role.as_ref()).into_iter().collect();
    let mut gap = objects.service_accounts.gap().filter(|_| account.is_none()).or(cluster.pod_identities.gap());
    for association in cluster.pod_identities.seen() {
        if association.namespace != *namespace || association.service_account != template.service_account {
            continue;
        }
        match &association.details {
            Fact::Known(details) => roles.extend(std::iter::once(&details.role).chain(&details.target_role)),
            Fact::Unknown(unread) => gap = gap.or(Some(unread)),
        }
    }
    (roles, gap.cloned())
}

/// The workloads that were seen, and why there may be more.
#[derive(Clone, Debug, Default)]
pub struct Workloads<'a> {
    /// Region by Region, kind by kind.
    pub seen: Vec<Workload<'a>>,
    /// Why there may be more.
    pub unseen: Unseen,
}

/// Why there may be workloads that were not seen, kind by kind. Taken apart without `..`, so that a new kind meets every
/// decision.
#[derive(Clone, Debug, Default)]
pub struct Unseen {
    /// Functions.
    pub functions: Option<Gap>,
    /// Controllers of pods. That clusters were not looked into by choice is no reason.
    pub controllers: Option<Gap>,
    /// Services and tasks of ECS.
    pub tasks: Option<Gap>,
}

impl Inventory {
    /// All workloads.
    pub fn workloads(&self) -> Workloads<'_> {
        let mut all = Workloads::default();
        for region in self.regions.values() {
            all.seen.extend(region.lambda.functions.seen().iter().map(Workload::from));
            miss(&mut all.unseen.functions, region.lambda.functions.gap());
            miss(&mut all.unseen.controllers, region.eks.clusters.gap());
            for cluster in region.eks.clusters.seen() {
                match &cluster.inside {
                    Fact::Known(objects) => {
                        for list in objects.workloads.lists() {
                            let inside = list.seen().iter().map(|object| Inside { object, objects, cluster });
                            all.seen.extend(inside.map(Workload::from));
                            miss(&mut all.unseen.controllers, list.gap());
                        }
                    }
                    Fact::Unknown(gap) => {
                        miss(&mut all.unseen.controllers, Some(gap).filter(|gap| !gap.reason.is_choice()));
                    }
                }
            }
            miss(&mut all.unseen.tasks, region.ecs.clusters.gap());
            for cluster in region.ecs.clusters.seen() {
                miss(&mut all.unseen.tasks, cluster.services.gap());
                miss(&mut all.unseen.tasks, cluster.tasks.gap());
                let of = |keeper| Workload::from(Tasks { ecs: &region.ecs, cluster, keeper });
                all.seen.extend(cluster.services.seen().iter().map(Keeper::Service).map(of));
                let alone = cluster.tasks.seen().iter().filter(|task| stands_alone(task));
                all.seen.extend(alone.map(Keeper::Task).map(of));
            }
        }
        let Unseen { functions, controllers, tasks } = &mut all.unseen;
        for unseen in [functions, controllers, tasks] {
            miss(unseen, self.regions_gap.as_ref());
        }
        all
    }
}

/// Whether a task may run that no service keeps running.
fn stands_alone(task: &ecs::Task) -> bool {
    match &task.details {
        Fact::Known(details) => details.stands_alone() && !details.is_stopped,
        Fact::Unknown(_) => true,
    }
}

/// Keeps the first gap.
fn miss(unseen: &mut Option<Gap>, gap: Option<&Gap>) {
    if unseen.is_none() {
        *unseen = gap.cloned();
    }
}
