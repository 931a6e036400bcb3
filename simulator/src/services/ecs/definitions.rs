//! Task definitions: families, and their revisions.

use serde_json::{Value, json};

use super::{Here, containers, includes, overlay, page_of, running, stages, tags, tail};
use crate::account::ecs::{Launch, TaskDefinition};
use crate::calls::Outcome;
use crate::services::Ask;
use crate::wire::json::object;
use crate::wire::{Answer, ServiceError};

/// A revision of a task definition.
#[derive(Debug, Clone, Copy)]
pub(super) struct Revision<'a> {
    pub(super) definition: &'a TaskDefinition,
    pub(super) number: u32,
}

impl Revision<'_> {
    pub(super) fn arn(&self, here: Here<'_>) -> String {
        here.arn(&format!("task-definition/{}:{}", self.definition.family, self.number))
    }

    /// Those that stand before the one that the file describes are `ACTIVE`.
    fn status(&self) -> &str {
        if self.number == self.definition.revision() { self.definition.status() } else { "ACTIVE" }
    }

    pub(super) fn is_same(&self, other: &Revision<'_>) -> bool {
        self.number == other.number && self.definition.family == other.definition.family
    }
}

/// The revision that `family`, `family:revision` or an ARN of either means: the newest active one where it says none.
pub(super) fn find<'a>(here: Here<'a>, name: &str) -> Option<Revision<'a>> {
    let name = tail(name);
    let (family, number) = match name.split_once(':') {
        Some((family, number)) => (family, Some(number.parse::<u32>().ok()?)),
        None => (name, None),
    };
    let of_family = here.world.task_definitions(here.region, family);
    match number {
        Some(number) => of_family
            .filter(|one| (one.first()..=one.revision()).contains(&number))
            .map(|definition| Revision { definition, number })
            .next(),
        None => of_family.filter_map(newest).max_by_key(|one| one.number),
    }
}

fn newest(definition: &TaskDefinition) -> Option<Revision<'_>> {
    let last = definition.revision();
    let number = if definition.status() == "ACTIVE" { last } else { last.checked_sub(1)? };
    (number >= definition.first()).then_some(Revision { definition, number })
}

pub(super) fn describe(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let here = Here::of(ask);
    let found = find(here, &ask.parameter("taskDefinition").unwrap_or_default());
    // An inactive one is shown only for as long as something runs it.
    let shown = found.filter(|one| one.status() != "INACTIVE" || is_used(here, one));
    let revision = shown.ok_or_else(|| {
        ServiceError::new(400, "ClientException", "Unable to describe task definition.").outcome(Outcome::NotFound)
    })?;
    let own_tags = if includes(ask, "TAGS") { tags(&revision.definition.tags) } else { Value::Null };
    Ok(Answer::Json(object([("taskDefinition", described(here, &revision)), ("tags", own_tags)])))
}

/// Whether a service, one of its deployments or task sets, or a task names it.
fn is_used(here: Here<'_>, revision: &Revision<'_>) -> bool {
    here.ecs().clusters.iter().any(|cluster| {
        let mut services = cluster.services.iter();
        services.any(|service| stages::of(here, cluster, service).iter().any(|one| one.revision.is_same(revision)))
            || running::tasks(here, cluster).iter().any(|task| task.runs(revision))
    })
}

fn described(here: Here<'_>, revision: &Revision<'_>) -> Value {
    let (definition, world) = (revision.definition, here.world);
    let launch = definition.launch();
    let fargate = |usual: u32| (launch == Launch::Fargate).then_some(usual);
    let role = |name: &Option<String>| Value::from(name.as_ref().map(|name| world.role_arn(name)));
    let size = |given: Option<u32>, usual: u32| Value::from(given.or(fargate(usual)).map(|one| one.to_string()));
    let platform = (definition.system.is_some() || definition.architecture.is_some()).then(|| {
        json!({
            "cpuArchitecture": definition.architecture.as_deref().unwrap_or("X86_64"),
            "operatingSystemFamily": definition.system.as_deref().unwrap_or("LINUX"),
        })
    });
    let is_inactive = revision.status() != "ACTIVE";
    let registered = Value::from(world.seconds(definition.registered));
    let mut value = object([
        ("taskDefinitionArn", revision.arn(here).into()),
        ("containerDefinitions", containers::described(here, definition).into()),
        ("family", definition.family.as_str().into()),
        ("taskRoleArn", role(&definition.task_role)),
        ("executionRoleArn", role(&definition.execution_role)),
        ("networkMode", definition.network_mode().into()),
        ("revision", revision.number.into()),
        ("volumes", containers::volumes(&definition.volumes)),
        ("status", revision.status().into()),
        ("requiresAttributes", json!([])),
        ("placementConstraints", json!([])),
        ("compatibilities", compatibilities(definition)),
        ("runtimePlatform", platform.into()),
        ("requiresCompatibilities", json!([launch.name()])),
        ("cpu", size(definition.cpu, 256)),
        ("memory", size(definition.memory, 512)),
        ("pidMode", definition.pid.clone().into()),
        ("ipcMode", definition.ipc.clone().into()),
        ("registeredAt", registered.clone()),
        ("deregisteredAt", if is_inactive { registered } else { Value::Null }),
        ("registeredBy", registrar(here, definition.registered_by.as_deref()).into()),
    ]);
    overlay(&mut value, &definition.api);
    value
}

/// Who registered a task definition: a role by name or ARN, the account's root when left out.
pub(super) fn registrar(here: Here<'_>, role: Option<&str>) -> String {
    role.map_or_else(|| here.world.account.arn("iam", "", "root"), |role| here.world.role_arn(role))
}

fn compatibilities(definition: &TaskDefinition) -> Value {
    let has_interface = definition.network_mode() == Some("awsvpc");
    match definition.launch() {
        Launch::Fargate => json!(["EC2", "FARGATE"]),
        Launch::ManagedInstances => json!(["EC2", "MANAGED_INSTANCES"]),
        Launch::Ec2 if has_interface => json!(["EC2"]),
        Launch::Ec2 | Launch::External => json!(["EXTERNAL", "EC2"]),
    }
}

/// The definitions in the order of their families and revisions.
fn ordered(here: Here<'_>) -> Vec<&TaskDefinition> {
    let mut all: Vec<&TaskDefinition> = here.ecs().task_definitions.iter().collect();
    all.sort_by_key(|one| (&one.family, one.revision()));
    all
}

pub(super) fn list(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let here = Here::of(ask);
    let (family, status) = (ask.parameter("familyPrefix"), ask.parameter("status"));
    let status = status.as_deref().unwrap_or("ACTIVE");
    let definitions = ordered(here).into_iter();
    let of_family = definitions.filter(|one| family.as_ref().is_none_or(|wanted| one.family == *wanted));
    let mut revisions: Vec<Revision<'_>> = of_family
        .flat_map(|definition| {
            (definition.first()..=definition.revision()).map(move |number| Revision { definition, number })
        })
        .filter(|one| one.status() == status)
        .collect();
    if ask.parameter("sort").as_deref() == Some("DESC") {
        revisions.reverse();
    }
    page_of(ask, "taskDefinitionArns", (100, 100), &revisions, |one| one.arn(here).into())
}

pub(super) fn list_families(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let here = Here::of(ask);
    let prefix = ask.parameter("familyPrefix").unwrap_or_default();
    let status = ask.parameter("status");
    let mut families: Vec<(&str, bool)> = Vec::new();
    for one in ordered(here).into_iter().filter(|one| one.family.starts_with(&prefix)) {
        let is_active = newest(one).is_some();
        match families.last_mut().filter(|(family, _)| *family == one.family) {
            Some((_, was_active)) => *was_active |= is_active,
            None => families.push((&one.family, is_active)),
        }
    }
    match status.as_deref() {
        Some("ACTIVE") => families.retain(|(_, is_active)| *is_active),
        Some("INACTIVE") => families.retain(|(_, is_active)| !is_active),
        _ => {}
    }
    page_of(ask, "families", (100, 100), &families, |(family, _)| (*family).into())
}
