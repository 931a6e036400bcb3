//! What an account file must hold of ECS besides its shape.

use std::collections::{BTreeMap, BTreeSet};

use super::members::{self, Members};
use super::{ACCOUNT_SETTINGS, Cluster, DaemonTaskDefinition, Ecs, Service, Share, Task, TaskDefinition};

impl Ecs {
    /// Refuses what no account could be.
    pub(crate) fn check(&self) -> Result<(), String> {
        let known = Known::of(self)?;
        differ("clusters of ECS", self.clusters.iter().map(|one| one.name.as_str()))?;
        differ("capacity providers", self.capacity_providers.iter().map(|one| one.name.as_str()))?;
        differ("gateways", self.gateways.iter().map(|one| one.name.as_str()))?;
        self.task_definitions.iter().try_for_each(definition)?;
        self.daemon_task_definitions.iter().try_for_each(daemon_definition)?;
        for name in self.account_settings.keys() {
            if !ACCOUNT_SETTINGS.iter().any(|(known, _)| known == name) {
                return Err(format!("ECS has no account setting `{name}`"));
            }
        }
        for one in &self.capacity_providers {
            members::check(&format!("the capacity provider `{}`", one.name), &one.api, members::PROVIDER)?;
            if one.managed_instances.is_some() && one.cluster.is_none() {
                return Err(format!("the capacity provider `{}` manages instances, of which `cluster`?", one.name));
            }
            known.cluster(&one.name, one.cluster.iter())?;
        }
        for one in &self.gateways {
            members::check(&format!("the gateway `{}`", one.name), &one.api, members::GATEWAY)?;
            known.cluster(&one.name, one.clusters.iter())?;
        }
        let in_cluster = |one: &Cluster, problem| format!("the cluster `{}` of ECS: {problem}", one.name);
        self.clusters.iter().try_for_each(|one| cluster(&known, one).map_err(|problem| in_cluster(one, problem)))
    }
}

/// The revisions of each family, first and last, of those that stand together.
type Families<'a> = BTreeMap<&'a str, Vec<(u32, u32)>>;

/// What may be named.
struct Known<'a> {
    definitions: Families<'a>,
    daemons: Families<'a>,
    providers: BTreeSet<&'a str>,
    clusters: BTreeSet<&'a str>,
}

impl<'a> Known<'a> {
    fn of(ecs: &'a Ecs) -> Result<Known<'a>, String> {
        let of_tasks = ecs.task_definitions.iter().map(|one| (one.family.as_str(), (one.first(), one.revision())));
        let of_daemons = ecs.daemon_task_definitions.iter();
        let of_daemons = of_daemons.map(|one| (one.family.as_str(), (one.revision(), one.revision())));
        let own = ecs.capacity_providers.iter().map(|one| one.name.as_str());
        Ok(Known {
            definitions: families(of_tasks)?,
            daemons: families(of_daemons)?,
            providers: own.chain(["FARGATE", "FARGATE_SPOT"]).collect(),
            clusters: ecs.clusters.iter().map(|one| one.name.as_str()).collect(),
        })
    }

    fn definition(&self, owner: &str, name: &str) -> Result<(), String> {
        found(&self.definitions, name)
            .then_some(())
            .ok_or_else(|| format!("{owner} runs `{name}`, which is none of the `task_definitions`"))
    }

    fn daemon(&self, owner: &str, name: &str) -> Result<(), String> {
        found(&self.daemons, name)
            .then_some(())
            .ok_or_else(|| format!("{owner} runs `{name}`, which is none of the `daemon_task_definitions`"))
    }

    fn provider<'b>(&self, owner: &str, mut names: impl Iterator<Item = &'b str>) -> Result<(), String> {
        let missing = names.find(|name| !self.providers.contains(name));
        missing.map_or(Ok(()), |name| Err(format!("{owner} has the capacity provider `{name}`, which is not there")))
    }

    fn cluster<'b>(&self, owner: &str, mut names: impl Iterator<Item = &'b String>) -> Result<(), String> {
        let missing = names.find(|name| !self.clusters.contains(name.as_str()));
        missing.map_or(Ok(()), |name| Err(format!("`{owner}` is of the cluster `{name}`, which is not there")))
    }
}

fn families<'a>(all: impl Iterator<Item = (&'a str, (u32, u32))>) -> Result<Families<'a>, String> {
    let mut families: Families<'_> = BTreeMap::new();
    for (family, (first, last)) in all {
        if family.is_empty() || last == 0 {
            return Err("a task definition lacks its family, or is revision 0".to_owned());
        }
        let known = families.entry(family).or_default();
        if known.iter().any(|(one, other)| first <= *other && *one <= last) {
            return Err(format!("there are two task definitions `{family}:{last}`"));
        }
        known.push((first, last));
    }
    Ok(families)
}

fn found(families: &Families<'_>, name: &str) -> bool {
    let name = name.rsplit('/').next().unwrap_or(name);
    let (family, revision) = name.split_once(':').map_or((name, None), |(family, number)| (family, Some(number)));
    let Some(known) = families.get(family) else { return false };
    let is_known = |number: u32| known.iter().any(|(first, last)| (*first..=*last).contains(&number));
    revision.is_none_or(|text| text.parse().is_ok_and(is_known))
}

fn differ<'a>(what: &str, names: impl Iterator<Item = &'a str>) -> Result<(), String> {
    let mut known = BTreeSet::new();
    for name in names {
        if name.is_empty() || !known.insert(name) {
            return Err(format!("there are two {what} called `{name}`, or one without a name"));
        }
    }
    Ok(())
}

fn definition(one: &TaskDefinition) -> Result<(), String> {
    let name = format!("the task definition `{}:{}`", one.family, one.revision());
    if one.earlier >= one.revision() {
        return Err(format!("{name} cannot have {} earlier ones", one.earlier));
    }
    members::check(&name, &one.api, members::TASK_DEFINITION)?;
    all(&format!("a container of {name}"), &one.containers, members::CONTAINER)?;
    all(&format!("a volume of {name}"), &one.volumes, members::VOLUME)
}

fn daemon_definition(one: &DaemonTaskDefinition) -> Result<(), String> {
    let name = format!("the daemon task definition `{}:{}`", one.family, one.revision());
    members::check(&name, &one.api, members::DAEMON_TASK_DEFINITION)?;
    all(&format!("a container of {name}"), &one.containers, members::DAEMON_CONTAINER)?;
    all(&format!("a volume of {name}"), &one.volumes, members::DAEMON_VOLUME)
}

fn all(what: &str, list: &[Members], shape: &str) -> Result<(), String> {
    list.iter().try_for_each(|one| members::check(what, one, shape))
}

fn cluster(known: &Known<'_>, one: &Cluster) -> Result<(), String> {
    members::check("it", &one.api, members::CLUSTER)?;
    differ("services", one.services.iter().map(|one| one.name.as_str()))?;
    differ("daemons", one.daemons.iter().map(|one| one.name.as_str()))?;
    known.provider("it", one.capacity_providers.iter().map(String::as_str))?;
    known.provider("it", one.default_strategy.iter().map(Share::provider))?;
    one.services.iter().try_for_each(|service| check_service(known, one, service))?;
    for (number, task) in one.tasks.iter().enumerate() {
        if task.definition.is_none() {
            return Err(format!("task {number} needs a `task_definition`"));
        }
        check_task(known, one, task)?;
    }
    for instance in &one.instances {
        members::check("an instance", &instance.api, members::INSTANCE)?;
        known.provider("an instance", instance.provider.iter().map(String::as_str))?;
    }
    for daemon in &one.daemons {
        let name = format!("the daemon `{}`", daemon.name);
        members::check(&name, &daemon.revision_api, members::DAEMON_REVISION)?;
        known.daemon(&name, &daemon.task_definition)?;
        known.provider(&name, daemon.providers.iter().map(String::as_str))?;
    }
    Ok(())
}

fn check_service(known: &Known<'_>, cluster: &Cluster, service: &Service) -> Result<(), String> {
    let name = format!("the service `{}`", service.name);
    members::check(&name, &service.api, members::SERVICE)?;
    members::check(&format!("a revision of {name}"), &service.revision_api, members::REVISION)?;
    known.definition(&name, &service.task_definition)?;
    known.provider(&name, service.strategy.iter().map(Share::provider))?;
    if service.launch.is_some() && !service.strategy.is_empty() {
        return Err(format!("{name} has both a launch type and a strategy"));
    }
    let deploys = service.controller() == "ECS";
    if (deploys && !service.task_sets.is_empty()) || (!deploys && !service.deployments.is_empty()) {
        return Err(format!("{name} has deployments with the controller ECS, and task sets with another"));
    }
    for one in &service.deployments {
        members::check(&format!("a deployment of {name}"), &one.api, members::DEPLOYMENT)?;
        one.task_definition.iter().try_for_each(|definition| known.definition(&name, definition))?;
        known.provider(&name, one.strategy.iter().map(Share::provider))?;
    }
    for one in &service.task_sets {
        members::check(&format!("a task set of {name}"), &one.api, members::TASK_SET)?;
        one.task_definition.iter().try_for_each(|definition| known.definition(&name, definition))?;
        known.provider(&name, one.strategy.iter().map(Share::provider))?;
    }
    if let Some(express) = &service.express {
        members::check(&name, &express.api, members::EXPRESS)?;
        members::check(
            &format!("a configuration of {name}"),
            &express.configuration_api,
            members::EXPRESS_CONFIGURATION,
        )?;
    }
    service.tasks.iter().flatten().try_for_each(|task| check_task(known, cluster, task))
}

fn check_task(known: &Known<'_>, cluster: &Cluster, task: &Task) -> Result<(), String> {
    members::check("a task", &task.api, members::TASK)?;
    task.definition.iter().try_for_each(|name| known.definition("a task", name))?;
    known.provider("a task", task.provider.iter().map(String::as_str))?;
    members::check("the overrides of a task", &task.overrides, members::OVERRIDE)?;
    for list in ["containers", "containerOverrides"].iter().filter_map(|name| task.overrides.get(*name)) {
        for one in list.as_array().into_iter().flatten().filter_map(serde_json::Value::as_object) {
            members::check("the overrides of a container", one, members::CONTAINER_OVERRIDE)?;
        }
    }
    if let Some(wanted) = &task.instance
        && !cluster.instances.iter().any(|one| [&one.id, &one.machine].contains(&&Some(wanted.clone())))
    {
        return Err(format!("a task runs on the instance `{wanted}`, which is not there"));
    }
    Ok(())
}
