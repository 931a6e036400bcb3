//! What surrounds ECS in a simulated account: launchers, load balancers, the network of tasks.

use std::time::Duration;

use palisade_model::ecs::{Launcher, LauncherKind, Origin};
use palisade_model::load_balancing::ListenerAction;
use palisade_model::secret::Class;
use palisade_model::{Fact, Inventory, Reason, Region, Switch};
use palisade_simulator::{Account, Denial, Faults};

use super::{collected_of, run};

const ACCOUNT: &str = r#"
account: "111122223333"
iam: { roles: [{ name: start }, { name: run }] }
buckets: [{ name: shop-settings }, { name: shop-logs, region: eu-west-1 }]
regions:
  us-east-1:
    subnets:
      - { id: subnet-1, vpc: vpc-1, zone: us-east-1a, cidr: 10.1.1.0/24 }
      - { id: subnet-2, vpc: vpc-2, zone: us-east-1b, cidr: 10.2.1.0/24 }
      - { id: subnet-3, vpc: vpc-3, zone: us-east-1b, cidr: 10.3.1.0/24 }
    route_tables:
      - { id: rtb-1, vpc: vpc-1, main: true, default_route: igw-1 }
      - { id: rtb-2, vpc: vpc-2, main: true, default_route: nat-1 }
      - { id: rtb-3, vpc: vpc-3, main: true }
    security_groups:
      - { id: sg-web, name: web, vpc: vpc-1, ingress: [{ ports: [8080, 8080], cidrs: [0.0.0.0/0] }] }
      - { id: sg-door, name: door, vpc: vpc-1 }
      - { id: sg-machines, name: machines, vpc: vpc-2 }
      - { id: sg-default-1, name: default, vpc: vpc-1 }
      - { id: sg-default-2, name: default, vpc: vpc-2 }
      - { id: sg-unused, name: unused, vpc: vpc-3 }
    instances:
      - { id: i-0001, subnet: subnet-2, security_groups: [sg-machines], profile: machines, metadata: { tokens: optional, hop_limit: 2 } }
      - { id: i-0002, subnet: subnet-3 }
    target_groups: [{ name: web, port: 8080, vpc: vpc-1 }, { name: unused }]
    load_balancers:
      - name: front
        subnets: [subnet-1]
        security_groups: [sg-door]
        web_acl: shield
        listeners:
          - port: 80
            redirect: https
            rules: [{ path: /old/*, to: web }]
          - { port: 443, policy: ELBSecurityPolicy-2016-08, to: web }
      - { name: inner, scheme: internal, listeners: [{ port: 80, to: web }] }
      - { name: other, listeners: [{ port: 80, to: unused }] }
    event_buses: [{ name: orders }]
    rules:
      - name: nightly
        targets:
          - Id: count
            Arn: ecs:cluster/shop
            RoleArn: start
            EcsParameters: { TaskDefinitionArn: "ecs:task-definition/web", LaunchType: FARGATE, NetworkConfiguration: { awsvpcConfiguration: { Subnets: [subnet-2] } } }
            Input: { containerOverrides: [{ name: app, environment: [{ name: DB_PASSWORD, value: Tr0ub4dor-3xtra }] }] }
          - { Id: note, Arn: "sqs:notes" }
      - { name: paid, bus: orders, state: DISABLED, targets: [{ Id: a, Arn: "ecs:cluster/shop", EcsParameters: { TaskDefinitionArn: "ecs:task-definition/web:1" } }] }
      - { name: elsewhere, targets: [{ Id: a, Arn: "sqs:notes" }] }
    schedules:
      - { name: report, group: weekly, target: { Arn: "arn:aws:scheduler:::aws-sdk:ecs:runTask", RoleArn: start, Input: { Cluster: shop, TaskDefinition: "web:1" } } }
      - { name: ping, target: { Arn: "lambda:function:ping", RoleArn: start } }
    pipes:
      - { name: jobs, source: "sqs:jobs", target: "ecs:cluster/shop", role: start, state: STOPPED, target_parameters: { EcsTaskParameters: { TaskDefinitionArn: $.definition } } }
      - { name: rest, source: "sqs:a", target: "lambda:function:b" }
    state_machines:
      - name: import
        role: start
        definition: { StartAt: Run, States: { Run: { Type: Task, Resource: "arn:aws:states:::ecs:runTask.sync", Parameters: { Cluster: shop, TaskDefinition: web }, End: true } } }
      - { name: plain, definition: { StartAt: End, States: { End: { Type: Succeed } } } }
      - { name: sealed, definition: { StartAt: End, States: {} }, key: "kms:key/1", key_denied: true }
    job_definitions:
      - { name: render, revision: 2, container: { image: render, privileged: true, jobRoleArn: run } }
      - { name: pods, eks: { podProperties: {} } }
    ecs:
      task_definitions:
        - { family: web, launch: FARGATE, containers: [{ name: app, image: "ecr:web:1", ports: [8080], environmentFiles: [{ type: s3, value: "arn:aws:s3:::shop-settings/web.env" }] }] }
      clusters:
        - name: shop
          instances: [{ machine: i-0001 }]
          services:
            - name: web
              task_definition: web
              network: { subnets: [subnet-1], security_groups: [sg-web], public: true }
              load_balancers: [{ target_group: web, port: 8080 }, { target_group: "targetgroup/gone/0123456789abcdef", port: 8080 }]
              volumes: [{ name: data, managedEBSVolume: { roleArn: "arn:aws:iam::111122223333:role/run", encrypted: false } }]
"#;

async fn collected(faults: Faults) -> Inventory {
    Box::pin(collected_of(Account::from_yaml(ACCOUNT).unwrap(), faults, Duration::from_mins(1))).await
}

fn region(inventory: &Inventory) -> &Region {
    &inventory.regions[&"us-east-1".into()]
}

fn known<T>(fact: &Fact<T>) -> &T {
    fact.known().unwrap()
}

fn launcher<'a>(region: &'a Region, kind: LauncherKind, name: &str) -> &'a Launcher {
    let all = region.ecs.launchers.seen();
    all.iter().find(|one| one.kind == kind && one.name == name).unwrap_or_else(|| panic!("{name}: {all:?}"))
}

#[test]
fn whoever_starts_tasks_is_found_and_nobody_else() {
    run(|| async {
        let inventory = collected(Faults::default()).await;
        let region = region(&inventory);
        assert_eq!(region.ecs.launchers.gap(), None);
        let names: Vec<_> = region.ecs.launchers.seen().iter().map(|one| one.arn.resource()).collect();
        let expected = [
            "rule/nightly",
            "rule/orders/paid",
            "pipe/jobs",
            "schedule/weekly/report",
            "stateMachine:import",
            "stateMachine:sealed",
        ];
        assert_eq!(names, expected);

        let rule = known(&launcher(region, LauncherKind::Rule, "nightly").details);
        assert_eq!((&rule.enabled, rule.targets.len()), (&Switch::On, 1));
        assert_eq!(rule.targets[0].overrides.containers[0].environment[0].secret, Some(Class::Named));
        let paid = known(&launcher(region, LauncherKind::Rule, "paid").details);
        assert_eq!(paid.enabled, Switch::Off);
        let schedule = known(&launcher(region, LauncherKind::Schedule, "report").details);
        assert_eq!(schedule.targets[0].definition.as_ref().unwrap().resource(), "task-definition/web:1");
        let pipe = known(&launcher(region, LauncherKind::Pipe, "jobs").details);
        assert_eq!((&pipe.enabled, &pipe.targets[0].definition), (&Switch::Off, &None));
        assert_eq!(pipe.targets[0].overrides.dynamic, ["TaskDefinitionArn"]);
        let sealed = &launcher(region, LauncherKind::StateMachine, "sealed").details;
        assert!(matches!(sealed.gap().unwrap().reason, Reason::Denied(_)), "{sealed:?}");

        let jobs: Vec<_> = region.ecs.definitions.seen().iter().filter(|one| one.origin == Origin::Job).collect();
        let [job] = jobs.as_slice() else { panic!("{jobs:?}") };
        assert!(known(&job.details).as_ref().unwrap().containers[0].privileged);
        assert!(known(&region.ecs.buckets).contains("shop-logs"));
        assert!(!known(&region.ecs.ebs_encrypted_by_default));
        assert!(!serde_json::to_string(&inventory).unwrap().contains("Tr0ub4dor"));
    });
}

#[test]
fn load_balancers_before_services_are_read_and_a_group_that_is_gone_hides_no_other() {
    run(|| async {
        let inventory = collected(Faults::default()).await;
        let balancing = &region(&inventory).load_balancing;
        let [group] = known(&balancing.target_groups).as_slice() else { panic!("{balancing:?}") };
        assert_eq!(group.load_balancers.len(), 2);
        let [front, inner] = known(&balancing.load_balancers).as_slice() else { panic!("{balancing:?}") };
        assert_eq!((front.name.as_str(), front.is_internet_facing), ("front", true));
        assert_eq!(front.security_groups, ["sg-door"]);
        assert!(known(&front.web_acl).as_ref().unwrap().resource().starts_with("regional/webacl/shield/"));
        let [clear, safe] = known(&front.listeners).as_slice() else { panic!("{front:?}") };
        assert_eq!(clear.default_actions, [ListenerAction::Redirect("HTTPS".to_owned())]);
        assert_eq!(*known(&clear.rules), [vec![ListenerAction::Forward(vec![group.arn.clone()])]]);
        assert_eq!(safe.tls_policy.as_deref(), Some("ELBSecurityPolicy-2016-08"));
        assert_eq!(safe.default_actions, [ListenerAction::Forward(vec![group.arn.clone()])]);
        assert!(known(&safe.rules).is_empty());
        assert!(!inner.is_internet_facing && inner.web_acl.gap().is_some_and(|gap| gap.reason.is_choice()));
        assert_eq!(known(&inner.listeners).len(), 1);
    });
}

#[test]
fn the_network_of_tasks_is_read_and_no_other() {
    run(|| async {
        let inventory = collected(Faults::default()).await;
        let network = &region(&inventory).network;
        let subnets: Vec<_> = known(&network.subnets).keys().map(String::as_str).collect();
        assert_eq!(subnets, ["subnet-1", "subnet-2"]);
        let tables: Vec<_> =
            known(&network.route_tables).iter().map(|one| (one.vpc.as_str(), one.leads_to_internet)).collect();
        assert_eq!(tables, [("vpc-1", true), ("vpc-2", false)]);
        let groups: Vec<_> = known(&network.security_groups).keys().map(String::as_str).collect();
        // The rule names no group, so that the default one of its VPC holds.
        assert_eq!(groups, ["sg-default-2", "sg-door", "sg-machines", "sg-web"]);
        assert_eq!(known(&network.security_groups)["sg-default-2"].vpc.as_deref(), Some("vpc-2"));
        let [interface] = known(&network.interfaces).values().collect::<Vec<_>>()[..] else { panic!("{network:?}") };
        assert!(interface.public_address.is_some());
        assert_eq!(
            (interface.subnet.as_deref(), interface.security_groups.as_slice()),
            (Some("subnet-1"), &["sg-web".to_owned()][..])
        );
        let [(id, machine)] = known(&network.instances).iter().collect::<Vec<_>>()[..] else { panic!("{network:?}") };
        assert_eq!((id.as_str(), machine.metadata.hop_limit), ("i-0001", Some(2)));
        assert_eq!(machine.security_groups, ["sg-machines"]);
        assert_eq!(machine.profile.as_ref().unwrap().resource(), "instance-profile/machines");
    });
}

#[test]
fn lists_are_read_to_their_last_page() {
    run(|| async {
        let whole = collected(Faults::default()).await;
        let account = Account::from_yaml(ACCOUNT).unwrap().in_pages_of(1);
        let paged = Box::pin(collected_of(account, Faults::default(), Duration::from_mins(1))).await;
        let (whole, paged) = (region(&whole), region(&paged));
        assert_eq!(paged.ecs.launchers, whole.ecs.launchers);
        assert_eq!(paged.ecs.definitions, whole.ecs.definitions);
        assert_eq!(paged.ecs.buckets, whole.ecs.buckets);
        assert_eq!(paged.load_balancing, whole.load_balancing);
        assert_eq!(paged.network, whole.network);
    });
}

#[test]
fn a_list_that_is_denied_is_the_gap_of_all_launchers() {
    run(|| async {
        for action in ["events:ListEventBuses", "events:ListRuleNamesByTarget", "pipes:ListPipes"] {
            let faults = Faults { deny: vec![Denial::of(action)], ..Faults::default() };
            let inventory = collected(faults).await;
            let launchers = &region(&inventory).ecs.launchers;
            assert_eq!(launchers.gap().unwrap().action.name(), action);
            assert!(launchers.seen().iter().any(|one| one.name == "report"));
        }
        let faults = Faults { deny: vec![Denial::of("events:DescribeRule")], ..Faults::default() };
        let inventory = collected(faults).await;
        let rule = launcher(region(&inventory), LauncherKind::Rule, "nightly");
        assert_eq!(rule.details.gap().unwrap().action.name(), "events:DescribeRule");
    });
}

#[test]
fn nothing_is_asked_where_there_are_no_clusters() {
    run(|| async {
        let account = ACCOUNT.split("    ecs:\n").next().unwrap();
        let account = Account::from_yaml(account).unwrap();
        let inventory = Box::pin(collected_of(account, Faults::default(), Duration::from_mins(1))).await;
        let services = ["batch", "elasticloadbalancing", "events", "pipes", "s3", "scheduler", "states", "wafv2"];
        let asked = inventory.calls.by_action.keys().filter(|action| services.contains(&action.service()));
        assert_eq!(asked.count(), 0);
        assert!(region(&inventory).ecs.launchers.seen().is_empty());
        assert!(known(&region(&inventory).network.instances).is_empty());
    });
}
