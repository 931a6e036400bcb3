//! The account as a whole, its functions and its roles.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{ID, Size, TEAMS, clusters, is_among, pick, registry, subnet_id, tasks};
use crate::account::{
    Account, Document, EcrPublic, EventSourceMapping, Function, Iam, Lambda, LastUsed, Layer, LayerUse, LayerVersion,
    Moment, Queue, Region, Role, Subnet, Url, Vpc,
};
use crate::ids;

impl Account {
    /// Makes up an account of a size. The same size always makes the same account.
    pub fn generate(size: &Size) -> Account {
        let mut regions: BTreeMap<String, Region> =
            size.regions.iter().map(|name| (name.clone(), empty_region(name, size))).collect();
        let count = regions.len().max(1);
        for (index, region) in (0..size.functions).zip(size.regions.iter().cycle()) {
            if let Some(place) = regions.get_mut(region) {
                place.lambda.functions.push(function(index, size.roles, region));
            }
        }
        for (index, region) in (0..size.event_source_mappings).zip(size.regions.iter().cycle()) {
            if let Some(place) = regions.get_mut(region) {
                add_mapping(place, index / count);
            }
        }
        for (index, region) in (0..size.repositories).zip(size.regions.iter().cycle()) {
            if let Some(place) = regions.get_mut(region) {
                place.ecr.repositories.push(registry::repository(index, size));
            }
        }
        for (index, region) in (0..size.clusters).zip(size.regions.iter().cycle()) {
            if let Some(place) = regions.get_mut(region) {
                clusters::add(place, region, index, size);
            }
        }
        for (index, region) in (0..size.services).zip(size.regions.iter().cycle()) {
            if let Some(place) = regions.get_mut(region) {
                tasks::add(place, region, index, size);
            }
        }
        let mut shared = if size.clusters > 0 { clusters::roles() } else { Vec::new() };
        if size.services > 0 {
            shared.extend(tasks::roles());
        }
        Account {
            downloads: None,
            id: ID.to_owned(),
            partition: "aws".to_owned(),
            alias: None,
            caller: None,
            page_size: None,
            today: None,
            organization: None,
            ecr_public: EcrPublic::default(),
            iam: Iam { roles: (0..size.roles).map(role).chain(shared).collect(), ..Iam::default() },
            buckets: Vec::new(),
            regions,
        }
    }
}

const DUTIES: &[&str] = &["handler", "sync", "export", "notify", "worker", "webhook", "cleanup", "index"];
const RUNTIMES: &[&str] = &["nodejs24.x", "nodejs22.x", "python3.13", "python3.12", "java21", "provided.al2023"];

fn function_name(index: usize) -> String {
    format!("{}-{}-{index:05}", pick(index, "team", TEAMS), pick(index, "duty", DUTIES))
}

fn role_name(index: usize) -> String {
    format!("{}-{}-role-{index:05}", pick(index, "team", TEAMS), pick(index, "duty", DUTIES))
}

fn function(index: usize, roles: usize, region: &str) -> Function {
    let is_asynchronous = is_among(index, "async", 10);
    let is_web = is_among(index, "url", 2);
    let team = pick(index, "team", TEAMS).to_owned();
    let mut function = Function {
        name: function_name(index),
        description: format!("{team} service"),
        runtime: Some(pick(index, "runtime", RUNTIMES).to_owned()),
        role: (roles > 0).then(|| role_name(index % roles)),
        timeout: Some(30),
        memory: Some(512),
        tracing: is_among(index, "tracing", 60).then(|| "Active".to_owned()),
        tags: BTreeMap::from([("team".to_owned(), team)]),
        ..Function::default()
    };
    if is_among(index, "policy", 85) || is_web {
        function.policy = Some(policy(index, region, is_asynchronous, is_web));
    }
    if is_web {
        function.url = Some(Url { auth: Some("NONE".to_owned()), ..Url::default() });
    }
    if is_asynchronous && is_among(index, "dead letter", 50) {
        function.dead_letter = Some("sqs:failed-events".to_owned());
    }
    if is_among(index, "environment", 30) {
        function.environment = environment(index);
    }
    if is_among(index, "layer", 40) {
        let arn = format!("arn:aws:lambda:{region}:017000801446:layer:AWSLambdaPowertoolsTypeScriptV2:23");
        function.layers = vec![LayerUse::Arn(arn)];
    }
    if is_among(index, "vpc", 15) {
        function.vpc = Some(Vpc {
            id: None,
            subnets: vec![subnet_id(region, 0), subnet_id(region, 1)],
            security_groups: vec![format!("sg-{}", ids::hexadecimal(region, 17))],
        });
    }
    function
}

fn policy(index: usize, region: &str, is_asynchronous: bool, is_web: bool) -> Document {
    let name = function_name(index);
    let (service, source) = if is_asynchronous {
        ("events.amazonaws.com", format!("arn:aws:events:{region}:{ID}:rule/{name}"))
    } else {
        ("apigateway.amazonaws.com", format!("arn:aws:execute-api:{region}:{ID}:a1b2c3d4e5/*/POST/{name}"))
    };
    let mut statements = vec![json!({
        "Sid": "invoke",
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "lambda:InvokeFunction",
        "Condition": {"ArnLike": {"AWS:SourceArn": source}},
    })];
    if is_web {
        statements.push(json!({
            "Sid": "FunctionURLAllowPublicAccess",
            "Effect": "Allow",
            "Principal": "*",
            "Action": "lambda:InvokeFunctionUrl",
            "Condition": {"StringEquals": {"lambda:FunctionUrlAuthType": "NONE"}},
        }));
    }
    Document::new(json!({"Statement": Value::Array(statements)}))
}

fn environment(index: usize) -> BTreeMap<String, String> {
    let mut variables = BTreeMap::from([
        ("LOG_LEVEL".to_owned(), "info".to_owned()),
        ("TABLE_NAME".to_owned(), format!("{}-data", pick(index, "team", TEAMS))),
    ]);
    if is_among(index, "secret", 5) {
        let password = ids::hexadecimal(&format!("password {index}"), 24);
        variables.insert("DATABASE_PASSWORD".to_owned(), password);
    }
    variables
}

fn role(index: usize) -> Role {
    let team = pick(index, "team", TEAMS);
    let table = format!("arn:aws:dynamodb:*:{ID}:table/{team}-data");
    let (actions, resource) = if is_among(index, "wide", 8) {
        (json!("dynamodb:*"), json!("*"))
    } else {
        (json!(["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"]), json!(table))
    };
    let statement = json!([{"Sid": "Data", "Effect": "Allow", "Action": actions, "Resource": resource}]);
    let mut role = Role::named(&role_name(index));
    role.policies = vec!["AWSLambdaBasicExecutionRole".to_owned()];
    role.inline = BTreeMap::from([("data".to_owned(), Document::new(json!({"Statement": statement})))]);
    role.last_used = (!is_among(index, "unused", 5)).then_some(LastUsed::Date(Moment::DaysAgo(1)));
    role.tags = BTreeMap::from([("team".to_owned(), team.to_owned())]);
    role
}

fn empty_region(name: &str, size: &Size) -> Region {
    let subnets = ["a", "b"].iter().enumerate().map(|(number, letter)| Subnet {
        id: subnet_id(name, number),
        vpc: format!("vpc-{}", ids::hexadecimal(name, 17)),
        zone: format!("{name}{letter}"),
        cidr: format!("10.0.{number}.0/24"),
        free_addresses: 200,
        public: false,
        tags: BTreeMap::new(),
    });
    Region {
        subnets: subnets.collect(),
        ecr: registry::empty(size.enhanced),
        lambda: Lambda { layers: (0..size.layers).map(layer).collect(), ..Lambda::default() },
        ..Region::default()
    }
}

fn layer(index: usize) -> Layer {
    Layer { name: format!("shared-{index:03}"), versions: vec![LayerVersion { number: 1, ..LayerVersion::default() }] }
}

/// A queue and the function that reads it: the `index`-th of the Region, round and round.
fn add_mapping(region: &mut Region, index: usize) {
    let functions = &region.lambda.functions;
    if functions.is_empty() {
        return;
    }
    let name = format!("work-{index:05}");
    let function = functions[index % functions.len()].name.clone();
    region.queues.push(Queue::named(&name, 180));
    region.lambda.event_source_mappings.push(EventSourceMapping {
        function,
        source: format!("sqs:{name}"),
        ..EventSourceMapping::default()
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::ecs::Launch;

    #[test]
    fn an_account_has_the_size_asked_for() {
        let size = Size {
            functions: 50,
            roles: 20,
            event_source_mappings: 6,
            regions: vec!["us-east-1".to_owned(), "eu-west-1".to_owned()],
            ..Size::default()
        };
        let account = Account::generate(&size);
        assert_eq!(account.iam.roles.len(), 20);
        for region in account.regions.values() {
            assert_eq!(region.lambda.functions.len(), 25);
            assert_eq!(region.lambda.event_source_mappings.len(), 3);
            assert_eq!(region.queues.len(), 3);
        }
    }

    #[test]
    fn the_mix_is_that_of_production() {
        let account = Account::generate(&Size { functions: 2000, ..Size::default() });
        let functions = &account.regions["us-east-1"].lambda.functions;
        let share = |is_wanted: &dyn Fn(&Function) -> bool| {
            functions.iter().filter(|function| is_wanted(function)).count() * 100 / functions.len()
        };
        assert!((82..=90).contains(&share(&|function| function.policy.is_some())));
        assert!((1..=3).contains(&share(&|function| function.url.is_some())));
        assert!((26..=34).contains(&share(&|function| !function.environment.is_empty())));
    }

    #[test]
    fn a_registry_has_the_size_asked_for() {
        let size = Size {
            repositories: 6,
            images: 50,
            regions: vec!["us-east-1".to_owned(), "eu-west-1".to_owned()],
            ..Size::default()
        };
        let repositories: Vec<_> =
            Account::generate(&size).regions.into_values().flat_map(|region| region.ecr.repositories).collect();
        let images: usize = repositories.iter().map(|repository| repository.images.len()).sum();
        assert_eq!((repositories.len(), images), (6, 50));
        assert!(repositories.iter().flat_map(|one| &one.images).any(|image| image.inspector.is_some()));
        let basic = Account::generate(&Size { enhanced: false, ..size });
        let images = basic.regions.values().flat_map(|region| &region.ecr.repositories).flat_map(|one| &one.images);
        assert!(images.clone().all(|image| image.inspector.is_none()));
        assert!(images.clone().any(|image| image.scan.is_some()));
    }

    #[test]
    fn clusters_have_the_size_asked_for() {
        let account = Account::generate(&Size { functions: 0, roles: 0, clusters: 3, pods: 40, ..Size::default() });
        let clusters = &account.regions["us-east-1"].eks.clusters;
        assert_eq!(clusters.len(), 3);
        for cluster in clusters {
            assert_eq!((cluster.node_groups.len(), cluster.fargate_profiles.len(), cluster.addons.len()), (5, 2, 6));
            assert_eq!((cluster.access_entries.len(), cluster.pod_identities.len()), (20, 10));
        }
        assert_eq!(clusters.iter().filter(|cluster| cluster.kubernetes.is_some()).count(), 1);
    }

    #[test]
    fn services_have_the_size_asked_for() {
        let size = Size { functions: 0, roles: 0, services: 120, revisions: 2410, ..Size::default() };
        let account = Account::generate(&size).checked().unwrap();
        let ecs = &account.regions["us-east-1"].ecs;
        let sizes: Vec<usize> = ecs.clusters.iter().map(|cluster| cluster.services.len()).collect();
        assert_eq!(sizes, [50, 50, 20]);
        let revisions: u32 = ecs.task_definitions.iter().map(|one| one.earlier + 1).sum();
        assert_eq!((ecs.task_definitions.len(), revisions), (120, 2410));
        let services = || ecs.clusters.iter().flat_map(|cluster| &cluster.services);
        assert!(services().all(|service| service.desired == Some(3)));
        let on_fargate = ecs.task_definitions.iter().filter(|one| one.launch() == Launch::Fargate).count();
        assert!((50..=70).contains(&on_fargate), "{on_fargate}");
        assert!((6..=20).contains(&services().filter(|service| !service.load_balancers.is_empty()).count()));
    }

    #[test]
    fn the_same_size_makes_the_same_account() {
        let made = || format!("{:?}", Account::generate(&Size { functions: 40, ..Size::default() }));
        assert_eq!(made(), made());
    }
}
