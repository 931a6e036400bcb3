//! What each definition is used for: the services, tasks, daemons and launchers that name it, and where they run it.

use std::collections::{BTreeSet, HashMap};

use palisade_model::ecs::{
    Cluster, Definition, Ecs, LaunchChoice, LaunchType, Origin, Placement, ProviderKind, Target, Task, TaskDefinition,
    TaskDetails,
};
use palisade_model::{Action, Arn, Fact, Gap, Inventory};

/// Something that runs a definition, or will.
#[derive(Clone, Debug)]
pub struct Use<'a> {
    /// The service, task, daemon, launcher, or the definition itself where it is one of jobs or not registered yet.
    pub who: &'a Arn,
    /// How it uses it.
    pub how: How<'a>,
    /// The cluster; none where nothing names it.
    pub cluster: Option<&'a Cluster>,
    /// What it runs on, or why that is not known.
    pub launch_type: Result<LaunchType, Gap>,
    /// Where its tasks are in the network; none outside of `awsvpc` mode, and where only the task's interface tells.
    pub network: Option<&'a Placement>,
    /// The platform of Fargate: `Linux`, `Windows Server 2022 Core` …
    pub platform_family: Option<&'a str>,
}

/// How a definition is used.
#[derive(Clone, Copy, Debug)]
pub enum How<'a> {
    /// By a stage of a service's rollout, of which tasks run or are to.
    Service,
    /// By a task that runs.
    Task(&'a TaskDetails),
    /// By a managed daemon.
    Daemon,
    /// By a launcher that is on.
    Launcher(&'a Target),
    /// By what is made of it alone: jobs of Batch, and what will run once it is registered.
    Itself,
}

/// A definition that is in use, with everything that uses it.
#[derive(Clone, Copy, Debug)]
pub struct Running<'a> {
    /// The definition.
    pub definition: &'a Definition,
    /// What it says.
    pub task: &'a TaskDefinition,
    /// What uses it, at least one.
    pub uses: &'a [Use<'a>],
    /// The Region's part of ECS.
    pub ecs: &'a Ecs,
}

impl<'a> Running<'a> {
    /// What it runs on, each once; a gap where that is not known of some use.
    pub fn launch_types(&self) -> Result<BTreeSet<LaunchType>, Gap> {
        self.uses.iter().map(|used| used.launch_type.clone()).collect()
    }

    /// Whether some of it runs outside of Fargate, on a machine that it shares. Known as soon as one use does.
    pub fn shares_machines(&self) -> Result<bool, Gap> {
        self.runs_on(|launch_type| *launch_type != LaunchType::Fargate)
    }

    /// Whether some use runs on what a question accepts. Known as soon as one use does. A launch type that is not known here
    /// is a gap.
    pub fn runs_on(&self, accepts: impl Fn(&LaunchType) -> bool) -> Result<bool, Gap> {
        let mut unknown = None;
        for used in self.uses {
            match &used.launch_type {
                Ok(LaunchType::Other(word)) => {
                    let action = Action::EcsDescribeServices;
                    unknown = Some(Gap::not_known(action, used.who, "launchType", word));
                }
                Ok(launch_type) if accepts(launch_type) => return Ok(true),
                Ok(_) => {}
                Err(gap) => unknown = Some(gap.clone()),
            }
        }
        unknown.map_or(Ok(false), Err)
    }

    /// Whether its containers are of Windows.
    pub fn is_windows(&self) -> bool {
        let is_windows = |text: &str| text.to_ascii_uppercase().starts_with("WINDOWS");
        match &self.task.operating_system {
            Some(system) => is_windows(system),
            None => self.uses.iter().filter_map(|used| used.platform_family).any(is_windows),
        }
    }

    /// The network mode in force: on Linux `bridge` where none is named.
    pub fn network_mode(&self) -> &'a str {
        self.task.network_mode.as_deref().unwrap_or("bridge")
    }

    /// What uses it, in words, each once: `service/shop/web`.
    pub fn users(&self) -> Vec<&'a str> {
        let mut names: Vec<_> = self.uses.iter().map(|used| used.who.resource()).collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}

/// What uses the definitions of an account.
#[derive(Debug, Default)]
pub struct Uses<'a>(HashMap<&'a Arn, Vec<Use<'a>>>);

impl<'a> Uses<'a> {
    /// Goes through everything that runs, or will.
    pub fn new(inventory: &'a Inventory) -> Self {
        let mut uses = Self::default();
        for region in inventory.regions.values() {
            uses.add_region(&region.ecs);
        }
        uses
    }

    /// What uses a definition.
    pub fn of(&self, definition: &Arn) -> &[Use<'a>] {
        self.0.get(definition).map_or(&[], Vec::as_slice)
    }

    /// A definition with what uses it; none where nothing does, or where AWS does not describe it.
    pub fn running<'u>(&'u self, definition: &'u Definition, ecs: &'u Ecs) -> Result<Option<Running<'u>>, Gap>
    where
        'a: 'u,
    {
        let uses = self.of(&definition.arn);
        if uses.is_empty() {
            return Ok(None);
        }
        let task = definition.details.known()?;
        Ok(task.as_ref().map(|task| Running { definition, task, uses, ecs }))
    }

    fn add_region(&mut self, ecs: &'a Ecs) {
        for cluster in ecs.clusters.seen() {
            self.add_services(cluster);
            for task in cluster.tasks.seen() {
                self.add_task(task, cluster);
            }
            self.add_daemons(cluster);
        }
        for launcher in ecs.launchers.seen() {
            let Fact::Known(details) = &launcher.details else { continue };
            // One of which it is not known whether it is on may start tasks.
            if details.enabled == palisade_model::Switch::Off {
                continue;
            }
            for target in &details.targets {
                let Some(definition) = &target.definition else { continue };
                let cluster = target.cluster.as_ref().and_then(|arn| ecs.cluster(arn).ok().flatten());
                let used = Use {
                    who: &launcher.arn,
                    how: How::Launcher(target),
                    cluster,
                    launch_type: of_target(target, cluster, definition, ecs),
                    network: target.network.as_ref(),
                    platform_family: None,
                };
                self.add(definition, used);
            }
        }
        let is_used_alone = |definition: &&Definition| match definition.origin {
            Origin::Job | Origin::Planned => true,
            Origin::Task | Origin::Daemon => false,
        };
        for definition in ecs.definitions.seen().iter().filter(is_used_alone) {
            let used = Use {
                who: &definition.arn,
                how: How::Itself,
                cluster: None,
                launch_type: of_definition(definition),
                network: None,
                platform_family: None,
            };
            self.add(&definition.arn, used);
        }
    }

    fn add(&mut self, definition: &'a Arn, used: Use<'a>) {
        self.0.entry(definition).or_default().push(used);
    }

    fn add_services(&mut self, cluster: &'a Cluster) {
        for service in cluster.services.seen() {
            let Fact::Known(details) = &service.details else { continue };
            for stage in details.running_deployments() {
                let is_said = stage.launch.launch_type.is_some() || !stage.launch.providers.is_empty();
                let launch = if is_said { &stage.launch } else { &details.launch };
                let used = Use {
                    who: &service.arn,
                    how: How::Service,
                    cluster: Some(cluster),
                    launch_type: launch_type(launch, cluster),
                    network: stage.network.as_ref().or(details.network.as_ref()),
                    platform_family: launch.platform_family.as_deref(),
                };
                self.add(&stage.definition, used);
            }
        }
    }

    fn add_task(&mut self, task: &'a Task, cluster: &'a Cluster) {
        let Fact::Known(details) = &task.details else { return };
        if details.is_stopped {
            return;
        }
        let used = Use {
            who: details.service().and_then(|name| cluster.service(name)).map_or(&task.arn, |service| &service.arn),
            how: How::Task(details),
            cluster: Some(cluster),
            launch_type: of_task(details, cluster),
            network: None,
            platform_family: details.platform_family.as_deref(),
        };
        self.add(&details.definition, used);
    }

    fn add_daemons(&mut self, cluster: &'a Cluster) {
        for daemon in cluster.daemons.seen() {
            let Fact::Known(revisions) = &daemon.revisions else { continue };
            for revision in revisions {
                let used = Use {
                    who: &daemon.arn,
                    how: How::Daemon,
                    cluster: Some(cluster),
                    // Managed daemons exist for Managed Instances alone.
                    launch_type: Ok(LaunchType::ManagedInstances),
                    network: None,
                    platform_family: None,
                };
                self.add(&revision.definition, used);
            }
        }
    }
}

/// What tasks run on for which this was said, in a cluster: the launch type; else the first provider, of which a strategy
/// may hold one kind only; else what holds for the cluster; else EC2.
///
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html>
pub fn launch_type(choice: &LaunchChoice, cluster: &Cluster) -> Result<LaunchType, Gap> {
    if let Some(launch_type) = &choice.launch_type {
        return Ok(launch_type.clone());
    }
    if let Some(provider) = choice.providers.first() {
        return of_provider(provider, cluster);
    }
    match cluster.details.known()?.default_providers.first() {
        Some(provider) => of_provider(provider, cluster),
        None => Ok(LaunchType::Ec2),
    }
}

/// What a capacity provider runs tasks on; two names decide without a look.
pub fn of_provider(name: &str, cluster: &Cluster) -> Result<LaunchType, Gap> {
    if matches!(name, "FARGATE" | "FARGATE_SPOT") {
        return Ok(LaunchType::Fargate);
    }
    let providers = cluster.capacity_providers.known()?;
    let found = providers.iter().find(|provider| provider.name == name);
    let missing = || {
        let why = format!("the capacity provider {name} is not among those of the cluster");
        Gap::undecided(Action::EcsDescribeCapacityProviders, &cluster.arn, why)
    };
    match &found.ok_or_else(missing)?.kind {
        ProviderKind::Fargate => Ok(LaunchType::Fargate),
        ProviderKind::AutoScaling { .. } => Ok(LaunchType::Ec2),
        ProviderKind::ManagedInstances { .. } => Ok(LaunchType::ManagedInstances),
        ProviderKind::Other(word) => {
            Err(Gap::not_known(Action::EcsDescribeCapacityProviders, &cluster.arn, "type", word))
        }
    }
}

/// What a task runs on.
pub fn of_task(task: &TaskDetails, cluster: &Cluster) -> Result<LaunchType, Gap> {
    match (&task.launch_type, &task.capacity_provider) {
        (Some(launch_type), _) => Ok(launch_type.clone()),
        (None, Some(provider)) => of_provider(provider, cluster),
        (None, None) => Ok(LaunchType::Ec2),
    }
}

fn of_target(target: &Target, cluster: Option<&Cluster>, definition: &Arn, ecs: &Ecs) -> Result<LaunchType, Gap> {
    if let Some(launch_type) = &target.launch.launch_type {
        return Ok(launch_type.clone());
    }
    if let Some(cluster) = cluster {
        return launch_type(&target.launch, cluster);
    }
    if let Some("FARGATE" | "FARGATE_SPOT") = target.launch.providers.first().map(String::as_str) {
        return Ok(LaunchType::Fargate);
    }
    let described = ecs.definition(definition).map(of_definition);
    described
        .unwrap_or_else(|| Err(Gap::undecided(Action::EcsDescribeTaskDefinition, definition, "it is not described")))
}

/// What a definition asks to run on, where nothing else tells; the widest where it could run on several.
fn of_definition(definition: &Definition) -> Result<LaunchType, Gap> {
    let Some(task) = definition.details.known()? else {
        return Err(Gap::undecided(Action::EcsDescribeTaskDefinition, &definition.arn, "it is not described"));
    };
    let words = if task.requires.is_empty() { &task.compatibilities } else { &task.requires };
    Ok(match words.as_slice() {
        [one] => LaunchType::read(one),
        _ => LaunchType::Ec2,
    })
}
