//! Services of ECS in made-up accounts, and the revisions that they have been.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{ID, Size, TEAMS, is_among, pick, subnet_id};
use crate::account::ecs::{
    Cluster, Instance, Launch, LoadBalancer, Members, Network, Provider, Service, Share, TaskDefinition,
};
use crate::account::{
    self, Document, Listener, LogGroup, Metadata, Moment, Region, Role, SecurityGroup, TargetGroup, Trust,
};
use crate::ids;

const SERVICES_OF_A_CLUSTER: usize = 50;
const TASKS_OF_A_SERVICE: u32 = 3;
const INSTANCES_OF_A_CLUSTER: usize = 10;
const TASK_ROLES: usize = 100;
const PROVIDER: &str = "machines";
const GROUP: &str = "/shop/tasks";

/// The roles that all made-up services share.
pub(super) fn roles() -> Vec<Role> {
    let role = |name: &str, service: &str, policy: &str| {
        let mut role = Role::named(name);
        role.trust = Trust::Service(service.to_owned());
        role.policies = if policy.is_empty() { Vec::new() } else { vec![policy.to_owned()] };
        role
    };
    let mut all = vec![
        role("task-execution", "ecs-tasks", "AmazonECSTaskExecutionRolePolicy"),
        role("task-machines", "ec2", "AmazonSSMManagedInstanceCore"),
    ];
    all.extend((0..TASK_ROLES).map(|number| {
        let mut role = role(&task_role(number), "ecs-tasks", "");
        let table = format!("arn:aws:dynamodb:*:{ID}:table/{}-data", pick(number, "team", TEAMS));
        let actions = if is_among(number, "wide task", 8) {
            json!("dynamodb:*")
        } else {
            json!(["dynamodb:GetItem", "dynamodb:Query"])
        };
        let statement = json!([{"Action": actions, "Resource": table}]);
        role.inline = BTreeMap::from([("data".to_owned(), Document::new(json!({"Statement": statement})))]);
        role
    }));
    all
}

fn task_role(number: usize) -> String {
    format!("task-{number:03}")
}

fn group_id(region: &str) -> String {
    format!("sg-{}", ids::hexadecimal(&format!("tasks {region}"), 17))
}

/// Adds the `index`-th service, its task definition, and its cluster if it is the first there.
pub(super) fn add(place: &mut Region, region: &str, index: usize, size: &Size) {
    let is_full = |cluster: &Cluster| cluster.services.len() >= SERVICES_OF_A_CLUSTER;
    if place.ecs.clusters.last().is_none_or(is_full) {
        add_cluster(place, region);
    }
    let name = format!("{}-service-{index:05}", pick(index, "team", TEAMS));
    let share = size.revisions / size.services + usize::from(index < size.revisions % size.services);
    let is_fargate = is_among(index, "fargate", 50);
    place.ecs.task_definitions.push(definition(index, &name, is_fargate, u32::try_from(share).unwrap_or(1).max(1)));
    let has_balancer = is_among(index, "balancer", 10);
    if has_balancer {
        add_balancer(place, region, index, &name);
    }
    let service = service(index, region, name, is_fargate, has_balancer);
    if let Some(cluster) = place.ecs.clusters.last_mut() {
        cluster.services.push(service);
    }
}

/// A cluster, and the machines in it. The first of a Region brings what all of them share.
fn add_cluster(place: &mut Region, region: &str) {
    let number = place.ecs.clusters.len();
    if number == 0 {
        place.ecs.capacity_providers.push(Provider { name: PROVIDER.to_owned(), ..Provider::default() });
        place.log_groups.push(LogGroup { name: GROUP.to_owned(), retention_days: Some(90), key: None });
        place.security_groups.push(SecurityGroup {
            id: group_id(region),
            name: "tasks".to_owned(),
            vpc: format!("vpc-{}", ids::hexadecimal(region, 17)),
            ingress: Vec::new(),
        });
    }
    let name = format!("cluster-{number:03}");
    let machines: Vec<String> = (0..INSTANCES_OF_A_CLUSTER)
        .map(|machine| format!("i-{}", ids::hexadecimal(&format!("{region} {name} {machine}"), 17)))
        .collect();
    place.instances.extend(machines.iter().enumerate().map(|(machine, id)| account::Instance {
        id: id.clone(),
        subnet: Some(subnet_id(region, machine % 2)),
        profile: Some("task-machines".to_owned()),
        metadata: Metadata { tokens: Some("required".to_owned()), hop_limit: Some(1), ..Metadata::default() },
        ..account::Instance::default()
    }));
    let instances = machines.into_iter().map(|machine| Instance {
        machine: Some(machine),
        provider: Some(PROVIDER.to_owned()),
        block_metadata: is_among(number, "block", 60),
        ..Instance::default()
    });
    place.ecs.clusters.push(Cluster {
        name,
        settings: BTreeMap::from([("containerInsights".to_owned(), "enabled".to_owned())]),
        capacity_providers: vec!["FARGATE".to_owned(), PROVIDER.to_owned()],
        instances: instances.collect(),
        ..Cluster::default()
    });
}

fn service(index: usize, region: &str, name: String, is_fargate: bool, has_balancer: bool) -> Service {
    let network = Network {
        subnets: vec![subnet_id(region, 0), subnet_id(region, 1)],
        security_groups: vec![group_id(region)],
        public: is_fargate && is_among(index, "public task", 3),
    };
    let balancer = LoadBalancer { target_group: name.clone(), container: None, port: 8080, advanced: None };
    Service {
        task_definition: name.clone(),
        strategy: if is_fargate { Vec::new() } else { vec![Share::Name(PROVIDER.to_owned())] },
        desired: Some(TASKS_OF_A_SERVICE),
        network: is_fargate.then_some(network),
        load_balancers: if has_balancer { vec![balancer] } else { Vec::new() },
        exec: is_among(index, "exec", 10),
        circuit_breaker: is_among(index, "breaker", 70),
        tags: BTreeMap::from([("team".to_owned(), pick(index, "team", TEAMS).to_owned())]),
        name,
        ..Service::default()
    }
}

/// One entry stands for all revisions of the family.
fn definition(index: usize, family: &str, is_fargate: bool, revisions: u32) -> TaskDefinition {
    let mut container = Members::new();
    let mut put = |name: &str, value: Value| container.insert(name.to_owned(), value);
    put("name", "app".into());
    put("image", format!("ecr:{}/service-{index:05}:1.0.0", pick(index, "team", TEAMS)).into());
    put("ports", json!([8080]));
    put("env", environment(index));
    if is_among(index, "logged", 90) {
        put("log_group", GROUP.into());
    }
    if is_among(index, "task user", 60) {
        put("user", "10001".into());
    }
    if is_among(index, "read only", 40) {
        put("readonlyRootFilesystem", true.into());
    }
    if !is_fargate && is_among(index, "privileged", 3) {
        put("privileged", true.into());
    }
    TaskDefinition {
        family: family.to_owned(),
        revision: Some(revisions),
        earlier: revisions - 1,
        launch: Some(if is_fargate { Launch::Fargate } else { Launch::Ec2 }),
        task_role: Some(task_role(index % TASK_ROLES)),
        execution_role: Some("task-execution".to_owned()),
        registered: Moment::DaysAgo(i64::try_from(index % 200).unwrap_or(0)),
        containers: vec![container],
        ..TaskDefinition::default()
    }
}

fn environment(index: usize) -> Value {
    let mut variables = json!({"LOG_LEVEL": "info", "TABLE_NAME": format!("{}-data", pick(index, "team", TEAMS))});
    if is_among(index, "task secret", 5) {
        variables["DATABASE_PASSWORD"] = ids::hexadecimal(&format!("task password {index}"), 24).into();
    }
    variables
}

fn add_balancer(place: &mut Region, region: &str, index: usize, name: &str) {
    let vpc = Some(format!("vpc-{}", ids::hexadecimal(region, 17)));
    place.target_groups.push(TargetGroup {
        name: name.to_owned(),
        port: Some(8080),
        vpc: vpc.clone(),
        ..TargetGroup::default()
    });
    let port = if is_among(index, "clear", 30) { 80 } else { 443 };
    place.load_balancers.push(account::LoadBalancer {
        name: name.to_owned(),
        scheme: is_among(index, "internal", 50).then(|| "internal".to_owned()),
        vpc,
        subnets: vec![subnet_id(region, 0), subnet_id(region, 1)],
        security_groups: vec![group_id(region)],
        listeners: vec![Listener { port, to: Some(name.to_owned()), ..Listener::default() }],
        ..account::LoadBalancer::default()
    });
}
