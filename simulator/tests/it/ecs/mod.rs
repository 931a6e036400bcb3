//! ECS: clusters, what runs in them, and how it is asked for.

mod demo;
mod parts;
mod running;

use std::fmt::Write as _;

use palisade_simulator::{Account, Denial, Faults, Simulator};
use serde_json::{Value, json as value};

use crate::client::{Answer, json, simulator, with_faults};

async fn ask(simulator: &Simulator, operation: &str, body: Value) -> Answer {
    json(simulator, "ecs", &format!("AmazonEC2ContainerServiceV20141113.{operation}"), &body).await
}

async fn ecs(simulator: &Simulator, operation: &str, body: Value) -> Value {
    ask(simulator, operation, body).await.json()
}

/// What is refused, and how.
async fn refused(simulator: &Simulator, operation: &str, body: Value) -> (String, String) {
    let answer = ask(simulator, operation, body).await;
    assert_eq!(answer.status, 400, "{}", answer.body);
    let error = answer.json();
    (error["__type"].as_str().unwrap().to_owned(), error["message"].as_str().unwrap().to_owned())
}

fn file(ecs: &str) -> String {
    format!("account: \"111122223333\"\nregions: {{ us-east-1: {{ ecs: {{ {ecs} }} }} }}\n")
}

async fn with(ecs: &str) -> Simulator {
    simulator(&file(ecs)).await
}

const SHOP: &str = r#"
    clusters: [{
        name: shop, settings: { containerInsights: enhanced }, exec: { logging: NONE }, tags: { team: shop },
        capacity_providers: [FARGATE, FARGATE_SPOT, machines],
        services: [
            { name: web, task_definition: web, desired: 2, network: { subnets: [subnet-a], security_groups: [sg-a], public: true },
              load_balancers: [{ target_group: targetgroup/web/1, port: 8080 }], exec: true, circuit_breaker: true, tags: { team: web } },
            { name: spot, task_definition: "web:2", desired: 4, strategy: [{ provider: FARGATE, base: 1, weight: 0 }, FARGATE_SPOT] },
            { name: agent, task_definition: agent, launch: EC2, scheduling: DAEMON },
        ],
        tasks: [
            { id: once, task_definition: "web:1", started_by: marta, overrides: { task_role: admin, containers: [{ name: web, env: { MODE: debug } }] } },
            { task_definition: web, stopped: 0 days ago, stop_code: EssentialContainerExited },
        ],
        instances: [
            { machine: i-1, provider: machines, block_metadata: true, attributes: { ecs.capability.task-eni: null, zone: north } },
            { machine: i-2, disconnected: true, status: ACTIVE },
            { id: far },
            { machine: i-3, provider: managed },
        ],
        daemons: [{ name: guard, task_definition: guard, exec: true }],
    }, { name: default }],
    task_definitions: [
        { family: web, revision: 3, earlier: 1, containers: [{ image: "ecr:shop/web:1", ports: [8080], env: { MODE: live }, secrets: { KEY: "ssm:parameter/key" }, log_group: /shop/web }] },
        { family: web, revision: 1, status: INACTIVE },
        { family: gone, status: INACTIVE },
        { family: agent, launch: EC2, pid: host, volumes: [{ name: docker, host_path: /var/run/docker.sock }],
          containers: [{ image: "agent@sha256:01", ports: [9000], mounts: { docker: "/var/run/docker.sock:ro" }, privileged: true }] },
    ],
    daemon_task_definitions: [{ family: guard, pid: shared }],
    capacity_providers: [{ name: machines, auto_scaling_group: machines }, { name: managed, cluster: shop, managed_instances: {} }],
    account_settings: { guardDutyActivate: "on" },
    gateways: [{ name: front, clusters: [shop] }]
"#;

#[tokio::test]
async fn pages_and_batches_have_their_sizes() {
    let mut services = String::new();
    for number in 0..25 {
        write!(services, "{{ name: s{number}, task_definition: d }},").unwrap();
    }
    let simulator = with(&format!("clusters: [{{ name: c, services: [{services}] }}], task_definitions: [{{ family: d, revision: 250, earlier: 249 }}]")).await;
    let first = ecs(&simulator, "ListServices", value!({"cluster": "c"})).await;
    assert_eq!(first["serviceArns"].as_array().unwrap().len(), 10, "ten when no size is asked for");
    let rest =
        ecs(&simulator, "ListServices", value!({"cluster": "c", "maxResults": 100, "nextToken": first["nextToken"]}))
            .await;
    assert_eq!((rest["serviceArns"].as_array().unwrap().len(), rest.get("nextToken")), (15, None));
    let many = |count: usize| -> Vec<String> { (0..count).map(|number| format!("s{number}")).collect() };
    let found = ecs(&simulator, "DescribeServices", value!({"cluster": "c", "services": many(10)})).await;
    assert_eq!(found["services"].as_array().unwrap().len(), 10);
    for (operation, body) in [
        ("ListServices", value!({"cluster": "c", "maxResults": 101})),
        ("ListTasks", value!({"cluster": "c", "maxResults": 0})),
        ("DescribeServices", value!({"cluster": "c", "services": many(11)})),
        ("DescribeServices", value!({"cluster": "c", "services": []})),
        ("DescribeTasks", value!({"cluster": "c", "tasks": many(101)})),
        ("DescribeContainerInstances", value!({"cluster": "c", "containerInstances": many(101)})),
        ("DescribeClusters", value!({"clusters": many(101)})),
        ("DescribeServiceRevisions", value!({"serviceRevisionArns": many(21)})),
        ("DescribeDaemonRevisions", value!({"daemonRevisionArns": many(21)})),
        ("DescribeCapacityProviders", value!({"capacityProviders": many(101)})),
        ("ListServices", value!({"cluster": "c", "nextToken": "made up"})),
    ] {
        assert_eq!(refused(&simulator, operation, body).await.0, "InvalidParameterException", "{operation}");
    }
    let too_many = refused(&simulator, "DescribeServices", value!({"cluster": "c", "services": many(11)})).await;
    assert_eq!(too_many.1, "service names can have at most 10 items.");
    let (mut arns, mut token) = (0, Value::Null);
    loop {
        let page = ecs(&simulator, "ListTaskDefinitions", value!({"nextToken": token})).await;
        arns += page["taskDefinitionArns"].as_array().unwrap().len();
        token = page["nextToken"].clone();
        if token.is_null() {
            break;
        }
    }
    assert_eq!(arns, 250);
    let unknown = refused(&simulator, "ListTasks", value!({})).await;
    assert_eq!(unknown, ("ClusterNotFoundException".to_owned(), "Cluster not found.".to_owned()));
}

#[tokio::test]
async fn what_is_denied_is_denied_by_its_name() {
    let on = |action: &str, resource: &str| Denial { resource: Some(resource.to_owned()), ..Denial::of(action) };
    let deny = vec![
        on("ecs:DescribeServices", "service/shop/agent"),
        on("ecs:ListTasks", "cluster/default"),
        on("ecs:DescribeTaskDefinition", "task-definition/agent"),
        on("ecs:DescribeClusters", "cluster/default"),
        on("ecs:DescribeDaemon", "daemon/shop/guard"),
        on("ecs:DescribeGateway", "gateway/front"),
        Denial::of("ecs:ListClusters"),
    ];
    let simulator = with_faults(&file(SHOP), Faults { deny, ..Faults::default() }).await;
    let daemon = "arn:aws:ecs:us-east-1:111122223333:daemon/shop/guard";
    for (operation, body) in [
        ("DescribeServices", value!({"cluster": "shop", "services": ["web", "agent"]})),
        ("ListTasks", value!({})),
        ("DescribeTaskDefinition", value!({"taskDefinition": "agent:1"})),
        ("DescribeClusters", value!({})),
        ("DescribeDaemon", value!({"daemonArn": daemon})),
        ("DescribeGateway", value!({"gateway": "front"})),
        ("ListClusters", value!({})),
    ] {
        let (code, message) = refused(&simulator, operation, body).await;
        assert_eq!(code, "AccessDeniedException", "{operation}");
        assert!(message.contains(&format!("ecs:{operation} on resource: arn:aws:ecs:us-east-1:")), "{message}");
    }
    let services = ecs(&simulator, "DescribeServices", value!({"cluster": "shop", "services": ["web"]})).await;
    assert_eq!(services["services"].as_array().unwrap().len(), 1);
    assert!(ecs(&simulator, "ListTasks", value!({"cluster": "shop"})).await["taskArns"].is_array());
}

#[tokio::test]
async fn members_are_written_as_in_the_api() {
    let simulator = with(
        "clusters: [{ name: c, services: [{ name: s, task_definition: d, api: { propagateTags: SERVICE, createdBy: null }, revision_api: { guardDutyEnabled: true, containerImages: null } }] }],
         task_definitions: [{ family: d, api: { enableFaultInjection: true, volumes: null }, containers: [{ linuxParameters: { capabilities: { add: [SYS_PTRACE] } }, portMappings: null }] }]",
    )
    .await;
    let service =
        ecs(&simulator, "DescribeServices", value!({"cluster": "c", "services": ["s"]})).await["services"][0].clone();
    assert_eq!((&service["propagateTags"], service.get("createdBy")), (&"SERVICE".into(), None));
    let body = value!({"serviceRevisionArns": [service["currentServiceRevisions"][0]["arn"]]});
    let revision = ecs(&simulator, "DescribeServiceRevisions", body).await["serviceRevisions"][0].clone();
    assert_eq!((&revision["guardDutyEnabled"], revision.get("containerImages")), (&true.into(), None));
    let definition =
        ecs(&simulator, "DescribeTaskDefinition", value!({"taskDefinition": "d"})).await["taskDefinition"].clone();
    assert_eq!((&definition["enableFaultInjection"], definition.get("volumes")), (&true.into(), None));
    let container = &definition["containerDefinitions"][0];
    assert_eq!(container["linuxParameters"]["capabilities"]["add"][0], "SYS_PTRACE");
    assert!(container.get("portMappings").is_none());
}

#[test]
fn account_files_that_cannot_be_are_refused() {
    let read = |ecs: &str| Account::from_yaml(&file(ecs)).unwrap_err().to_string();
    for (ecs, says) in [
        ("clusters: [{ name: c, colour: red }]", "colour"),
        ("clusters: [{ name: c, default_strategy: [{ provider: FARGATE, wait: 1 }] }]", "Share"),
        ("clusters: [{ name: c }, { name: c }]", "two clusters of ECS called `c`"),
        ("clusters: [{ name: c, services: [{ name: s, task_definition: d }] }]", "the service `s` runs `d`"),
        (
            "clusters: [{ name: c, tasks: [{ task_definition: 'd:2' }] }], task_definitions: [{ family: d }]",
            "a task runs `d:2`",
        ),
        ("clusters: [{ name: c, tasks: [{}] }]", "task 0 needs a `task_definition`"),
        ("clusters: [{ name: c, capacity_providers: [p] }]", "the capacity provider `p`, which is not there"),
        ("clusters: [{ name: c, daemons: [{ name: g, task_definition: g }] }]", "the daemon `g` runs `g`"),
        (
            "clusters: [{ name: c, tasks: [{ task_definition: d, instance: i-1 }] }], task_definitions: [{ family: d }]",
            "the instance `i-1`",
        ),
        ("task_definitions: [{ family: d }, { family: d }]", "two task definitions `d:1`"),
        ("task_definitions: [{ family: d, revision: 3, earlier: 3 }]", "cannot have 3 earlier ones"),
        ("task_definitions: [{ family: d, containers: [{ priviledged: true }] }]", "has no member `priviledged`"),
        ("task_definitions: [{ family: d, volumes: [{ path: / }] }]", "has no member `path`"),
        ("task_definitions: [{ family: d, launch: LAMBDA }]", "LAMBDA"),
        (
            "clusters: [{ name: c, tasks: [{ task_definition: d, overrides: { role: r } }] }], task_definitions: [{ family: d }]",
            "has no member `role`",
        ),
        ("clusters: [{ name: c, api: { nam: x } }]", "has no member `nam`"),
        ("capacity_providers: [{ name: m, managed_instances: {} }]", "of which `cluster`?"),
        ("gateways: [{ name: g, clusters: [c] }]", "the cluster `c`, which is not there"),
        ("account_settings: { containerInsight: enabled }", "no account setting `containerInsight`"),
    ] {
        let problem = read(ecs);
        assert!(problem.contains(says), "{problem}");
    }
}
