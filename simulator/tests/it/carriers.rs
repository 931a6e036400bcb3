//! What starts tasks and jobs: EventBridge, Scheduler, Pipes, Step Functions and Batch.

use palisade_simulator::{Account, Denial, Failure, FailureKind, Faults, Outcome, Simulator};
use serde_json::{Value, json as value};

use crate::client::{json, rest, simulator, with_faults};

const ACCOUNT: &str = r#"
account: "111122223333"
iam: { roles: [{ name: start-tasks, path: /shop/ }] }
regions:
  us-east-1:
    event_buses: [{ name: orders, policy: { Statement: [{ Principal: { AWS: "444455556666" }, Action: events:PutEvents }] } }]
    rules:
      - name: nightly
        schedule: cron(0 2 * * ? *)
        targets:
          - Id: "1"
            Arn: ecs:cluster/shop
            RoleArn: start-tasks
            EcsParameters: { TaskDefinitionArn: "ecs:task-definition/nightly:3", LaunchType: FARGATE, TaskCount: 1 }
            Input: { containerOverrides: [{ name: app, environment: [{ name: MODE, value: full }] }] }
          - { Id: "2", Arn: "sqs:jobs", InputTransformer: { InputPathsMap: { key: $.detail.key }, InputTemplate: "\"<key>\"" } }
      - { name: hourly, state: DISABLED, pattern: { source: [aws.s3] }, targets: [{ Id: a, Arn: "ecs:cluster/shop" }] }
      - { name: paid, bus: orders, targets: [{ Id: a, Arn: "ecs:cluster/shop" }] }
    schedules:
      - { name: report, expression: rate(7 days), target: { Arn: "ecs:cluster/shop", RoleArn: start-tasks, EcsParameters: { TaskDefinitionArn: "report" } } }
      - name: all
        group: batch
        target:
          Arn: arn:aws:scheduler:::aws-sdk:ecs:runTask
          RoleArn: start-tasks
          Input: { Cluster: shop, TaskDefinition: "report:3" }
    pipes:
      - name: orders
        source: sqs:orders
        target: ecs:cluster/shop
        role: start-tasks
        target_parameters: { EcsTaskParameters: { TaskDefinitionArn: $.body.definition, Overrides: { TaskRoleArn: $.body.role, ExecutionRoleArn: run } } }
      - { name: resting, source: "sqs:a", target: "lambda:function:b", state: STOPPED }
    state_machines:
      - name: import
        role: start-tasks
        definition: { StartAt: Run, States: { Run: { Type: Task, Resource: "arn:aws:states:::ecs:runTask.sync", End: true } } }
      - { name: sealed, type: EXPRESS, definition: "{}", key: "kms:key/1", key_denied: true }
    job_definitions:
      - { name: render, revision: 2, container: { image: render, privileged: true, jobRoleArn: start-tasks } }
      - { name: render, status: INACTIVE, container: { image: render } }
      - { name: many, platforms: [FARGATE], ecs: { taskProperties: [{ containers: [{ image: x }], taskRoleArn: start-tasks }] } }
"#;

const CLUSTER: &str = "arn:aws:ecs:us-east-1:111122223333:cluster/shop";
const ROLE: &str = "arn:aws:iam::111122223333:role/shop/start-tasks";

fn paged() -> String {
    ACCOUNT.replace("account: \"111122223333\"", "account: \"111122223333\"\npage_size: 1")
}

async fn events(simulator: &Simulator, operation: &str, body: Value) -> Value {
    json(simulator, "events", &format!("AWSEvents.{operation}"), &body).await.json()
}

#[tokio::test]
async fn rules_are_found_by_what_they_start() {
    let simulator = simulator(ACCOUNT).await;
    let buses = events(&simulator, "ListEventBuses", value!({})).await["EventBuses"].clone();
    assert_eq!((&buses[0]["Name"], &buses[1]["Name"]), (&value!("default"), &value!("orders")));
    assert_eq!(buses[1]["Arn"], "arn:aws:events:us-east-1:111122223333:event-bus/orders");
    assert!(buses[1]["Policy"].as_str().unwrap().contains("\"Resource\":\"arn:aws:events"));
    let names = events(&simulator, "ListRuleNamesByTarget", value!({"TargetArn": CLUSTER})).await;
    assert_eq!(names, value!({"RuleNames": ["nightly", "hourly"]}));
    for bus in [value!("orders"), buses[1]["Arn"].clone()] {
        let body = value!({"TargetArn": CLUSTER, "EventBusName": bus});
        assert_eq!(events(&simulator, "ListRuleNamesByTarget", body).await, value!({"RuleNames": ["paid"]}));
    }
    let body = value!({"TargetArn": CLUSTER, "EventBusName": "none"});
    let missing = events(&simulator, "ListRuleNamesByTarget", body).await;
    assert_eq!(missing["__type"], "ResourceNotFoundException");
}

#[tokio::test]
async fn rules_and_targets_are_described() {
    let simulator = simulator(ACCOUNT).await;
    let rule = events(&simulator, "DescribeRule", value!({"Name": "nightly"})).await;
    assert_eq!((&rule["State"], &rule["ScheduleExpression"]), (&value!("ENABLED"), &value!("cron(0 2 * * ? *)")));
    let rule = events(&simulator, "DescribeRule", value!({"Name": "paid", "EventBusName": "orders"})).await;
    assert_eq!(rule["Arn"], "arn:aws:events:us-east-1:111122223333:rule/orders/paid");
    let rule = events(&simulator, "DescribeRule", value!({"Name": "hourly"})).await;
    assert_eq!(rule["EventPattern"], r#"{"source":["aws.s3"]}"#);
    let targets = events(&simulator, "ListTargetsByRule", value!({"Rule": "nightly"})).await["Targets"].clone();
    assert_eq!((&targets[0]["Arn"], &targets[0]["RoleArn"]), (&value!(CLUSTER), &value!(ROLE)));
    let definition = "arn:aws:ecs:us-east-1:111122223333:task-definition/nightly:3";
    assert_eq!(targets[0]["EcsParameters"]["TaskDefinitionArn"], definition);
    let input: Value = serde_json::from_str(targets[0]["Input"].as_str().unwrap()).unwrap();
    assert_eq!(input["containerOverrides"][0]["environment"][0]["value"], "full");
    assert_eq!(targets[1]["InputTransformer"]["InputTemplate"], "\"<key>\"");
    for (operation, body) in [("DescribeRule", value!({"Name": "x"})), ("ListTargetsByRule", value!({"Rule": "paid"}))]
    {
        assert_eq!(events(&simulator, operation, body).await["__type"], "ResourceNotFoundException");
    }
}

#[tokio::test]
async fn rules_and_targets_come_in_pages() {
    let simulator = simulator(&paged()).await;
    let first = events(&simulator, "ListRuleNamesByTarget", value!({"TargetArn": CLUSTER})).await;
    assert_eq!(first["RuleNames"], value!(["nightly"]));
    let body = value!({"TargetArn": CLUSTER, "NextToken": first["NextToken"]});
    assert_eq!(events(&simulator, "ListRuleNamesByTarget", body).await, value!({"RuleNames": ["hourly"]}));
    let first = events(&simulator, "ListTargetsByRule", value!({"Rule": "nightly"})).await;
    let body = value!({"Rule": "nightly", "NextToken": first["NextToken"]});
    let second = events(&simulator, "ListTargetsByRule", body).await;
    assert_eq!((&second["Targets"][0]["Id"], second.get("NextToken")), (&value!("2"), None));
}

#[tokio::test]
async fn schedules_are_listed_by_group_and_described() {
    let simulator = simulator(ACCOUNT).await;
    let get = async |path: &str| rest(&simulator, "scheduler", &format!("GET {path}"), "").await;
    let first = get("/schedules?MaxResults=1").await.json();
    let schedule = &first["Schedules"][0];
    assert_eq!(schedule["Arn"], "arn:aws:scheduler:us-east-1:111122223333:schedule/default/report");
    assert_eq!(schedule["Target"], value!({"Arn": CLUSTER}));
    let token = first["NextToken"].as_str().unwrap();
    let second = get(&format!("/schedules?MaxResults=1&NextToken={token}")).await.json();
    assert_eq!((&second["Schedules"][0]["Name"], second.get("NextToken")), (&value!("all"), None));
    let of_group = get("/schedules?ScheduleGroup=batch").await.json();
    assert_eq!(of_group["Schedules"].as_array().unwrap().len(), 1);
    let all = get("/schedules/all?groupName=batch").await.json();
    assert_eq!(all["Target"]["Arn"], "arn:aws:scheduler:::aws-sdk:ecs:runTask");
    assert_eq!(all["Target"]["Input"], r#"{"Cluster":"shop","TaskDefinition":"report:3"}"#);
    assert_eq!((&all["State"], &all["FlexibleTimeWindow"]["Mode"]), (&value!("ENABLED"), &value!("OFF")));
    let report = get("/schedules/report").await.json();
    assert_eq!(report["Target"]["EcsParameters"]["TaskDefinitionArn"], "report");
    // Its group has to be said.
    let missing = get("/schedules/all").await;
    assert_eq!((missing.status, missing.header("x-amzn-errortype")), (404, Some("ResourceNotFoundException")));
}

#[tokio::test]
async fn pipes_are_listed_and_described() {
    let simulator = simulator(ACCOUNT).await;
    let get = async |path: &str| rest(&simulator, "pipes", &format!("GET {path}"), "").await;
    let first = get("/v1/pipes?Limit=1").await.json();
    assert_eq!((&first["Pipes"][0]["Name"], &first["Pipes"][0]["Target"]), (&value!("orders"), &value!(CLUSTER)));
    let token = first["NextToken"].as_str().unwrap();
    let second = get(&format!("/v1/pipes?Limit=1&NextToken={token}")).await.json();
    assert_eq!(second["Pipes"][0]["DesiredState"], "STOPPED");
    let to_ecs = get("/v1/pipes?TargetPrefix=arn%3Aaws%3Aecs%3A").await.json();
    assert_eq!(to_ecs["Pipes"].as_array().unwrap().len(), 1);
    let pipe = get("/v1/pipes/orders").await.json();
    assert_eq!((&pipe["RoleArn"], &pipe["CurrentState"]), (&value!(ROLE), &value!("RUNNING")));
    let parameters = &pipe["TargetParameters"]["EcsTaskParameters"];
    assert_eq!(parameters["TaskDefinitionArn"], "$.body.definition");
    assert_eq!(parameters["Overrides"]["TaskRoleArn"], "$.body.role");
    assert_eq!(parameters["Overrides"]["ExecutionRoleArn"], "arn:aws:iam::111122223333:role/run");
    let missing = get("/v1/pipes/none").await;
    assert_eq!((missing.status, missing.header("x-amzn-errortype")), (404, Some("NotFoundException")));
}

#[tokio::test]
async fn state_machines_are_listed_and_described() {
    let simulator = simulator(&paged()).await;
    let ask = async |operation: &str, body: Value| {
        json(&simulator, "states", &format!("AWSStepFunctions.{operation}"), &body).await
    };
    let first = ask("ListStateMachines", value!({})).await.json();
    let arn = first["stateMachines"][0]["stateMachineArn"].clone();
    assert_eq!(arn, "arn:aws:states:us-east-1:111122223333:stateMachine:import");
    let second = ask("ListStateMachines", value!({"nextToken": first["nextToken"]})).await.json();
    let sealed = second["stateMachines"][0].clone();
    assert_eq!((&sealed["type"], second.get("nextToken")), (&value!("EXPRESS"), None));
    let machine = ask("DescribeStateMachine", value!({"stateMachineArn": arn})).await;
    assert_eq!(machine.header("content-type"), Some("application/x-amz-json-1.0"));
    let machine = machine.json();
    assert_eq!((&machine["roleArn"], &machine["status"]), (&value!(ROLE), &value!("ACTIVE")));
    assert!(machine["definition"].as_str().unwrap().contains("arn:aws:states:::ecs:runTask.sync"));
    let arn = &sealed["stateMachineArn"];
    let refused = ask("DescribeStateMachine", value!({"stateMachineArn": arn})).await.json();
    assert_eq!(refused["__type"], "KmsAccessDeniedException");
    let body = value!({"stateMachineArn": arn, "includedData": "METADATA_ONLY"});
    let known = ask("DescribeStateMachine", body).await.json();
    let key = &known["encryptionConfiguration"]["kmsKeyId"];
    assert_eq!((&known["definition"], key), (&value!("{}"), &value!("arn:aws:kms:us-east-1:111122223333:key/1")));
    let missing = ask("DescribeStateMachine", value!({"stateMachineArn": "arn:x"})).await.json();
    assert_eq!(missing["__type"], "StateMachineDoesNotExist");
}

#[tokio::test]
async fn job_definitions_are_listed_by_status() {
    let simulator = simulator(ACCOUNT).await;
    let ask = async |body: Value| {
        rest(&simulator, "batch", "POST /v1/describejobdefinitions", &body.to_string()).await.json()
    };
    let first = ask(value!({"status": "ACTIVE", "maxResults": 1})).await;
    let render = &first["jobDefinitions"][0];
    assert_eq!(render["jobDefinitionArn"], "arn:aws:batch:us-east-1:111122223333:job-definition/render:2");
    let properties = &render["containerProperties"];
    assert_eq!((&properties["privileged"], &properties["jobRoleArn"]), (&value!(true), &value!(ROLE)));
    assert_eq!((&properties["environment"], &render["platformCapabilities"]), (&value!([]), &value!(["EC2"])));
    let second = ask(value!({"status": "ACTIVE", "nextToken": first["nextToken"]})).await;
    let many = &second["jobDefinitions"][0];
    assert_eq!(many["ecsProperties"]["taskProperties"][0]["taskRoleArn"], ROLE);
    assert!(second.get("nextToken").is_none());
    assert_eq!(ask(value!({})).await["jobDefinitions"].as_array().unwrap().len(), 3);
    assert_eq!(ask(value!({"status": "INACTIVE"})).await["jobDefinitions"][0]["revision"], 1);
}

#[tokio::test]
async fn each_can_be_denied_by_its_resource() {
    let denied = |action: &str, resource: &str| Denial { resource: Some(resource.to_owned()), ..Denial::of(action) };
    let deny = vec![
        denied("events:ListTargetsByRule", "rule/orders/paid"),
        denied("events:ListRuleNamesByTarget", "event-bus/orders"),
        denied("scheduler:GetSchedule", "schedule/batch/all"),
        denied("pipes:DescribePipe", "pipe/orders"),
        denied("states:DescribeStateMachine", "stateMachine:import"),
        denied("batch:DescribeJobDefinitions", "job-definition/"),
    ];
    let simulator = with_faults(ACCOUNT, Faults { deny, ..Faults::default() }).await;
    let by_target =
        events(&simulator, "ListRuleNamesByTarget", value!({"TargetArn": CLUSTER, "EventBusName": "orders"})).await;
    let text = "on resource: arn:aws:events:us-east-1:111122223333:event-bus/orders because no identity-based";
    assert!(by_target["message"].as_str().unwrap().contains(text), "{by_target}");
    events(&simulator, "ListRuleNamesByTarget", value!({"TargetArn": CLUSTER})).await;
    events(&simulator, "ListTargetsByRule", value!({"Rule": "paid", "EventBusName": "orders"})).await;
    events(&simulator, "ListTargetsByRule", value!({"Rule": "nightly"})).await;
    rest(&simulator, "scheduler", "GET /schedules/all?groupName=batch", "").await;
    rest(&simulator, "scheduler", "GET /schedules/report", "").await;
    rest(&simulator, "pipes", "GET /v1/pipes/orders", "").await;
    rest(&simulator, "pipes", "GET /v1/pipes/resting", "").await;
    let body = value!({"stateMachineArn": "arn:aws:states:us-east-1:111122223333:stateMachine:import"});
    json(&simulator, "states", "AWSStepFunctions.DescribeStateMachine", &body).await;
    json(&simulator, "states", "AWSStepFunctions.ListStateMachines", &value!({})).await;
    rest(&simulator, "batch", "POST /v1/describejobdefinitions", "{}").await;
    let outcomes: Vec<bool> = simulator.calls().iter().map(|call| call.outcome == Outcome::Denied).collect();
    assert_eq!(outcomes, [true, false, true, false, true, false, true, false, true, false, true]);
}

#[tokio::test]
async fn what_is_deleted_meanwhile_has_each_services_code() {
    let faults = Faults { failures: vec![Failure::of("*", FailureKind::Deleted)], ..Faults::default() };
    let simulator = with_faults(ACCOUNT, faults).await;
    let rule = events(&simulator, "ListTargetsByRule", value!({"Rule": "nightly"})).await;
    assert_eq!(rule["__type"], "ResourceNotFoundException");
    let pipe = rest(&simulator, "pipes", "GET /v1/pipes/orders", "").await;
    assert_eq!((pipe.status, pipe.header("x-amzn-errortype")), (404, Some("NotFoundException")));
    let body = value!({"stateMachineArn": "arn:x"});
    let machine = json(&simulator, "states", "AWSStepFunctions.DescribeStateMachine", &body).await.json();
    assert_eq!(machine["__type"], "StateMachineDoesNotExist");
}

#[test]
fn a_file_that_could_be_no_account_is_refused() {
    let refusal = |region: &str| {
        let yaml = format!("account: \"111122223333\"\nregions:\n  us-east-1:\n    {region}\n");
        Account::from_yaml(&yaml).unwrap_err().to_string()
    };
    for (region, said) in [
        ("rules: [{ name: a, colour: red }]", "colour"),
        ("rules: [{ name: a, bus: b }]", "not in `event_buses`"),
        ("rules: [{ name: a, targets: [{ Id: x }] }]", "a target of the rule `a` has no `Arn`"),
        ("rules: [{ name: a }, { name: a }]", "two rules called `default/a`"),
        ("schedules: [{ name: a, target: { Arn: b } }]", "the target of the schedule `a` has no `RoleArn`"),
        ("pipes: [{ name: a, source: b }]", "the pipe `a` has no source or no target"),
        ("state_machines: [{ name: a }]", "the state machine `a` has no definition"),
        ("job_definitions: [{ name: a }]", "needs one of `container`"),
        ("job_definitions: [{ name: a, container: text }]", "expected mapping"),
        ("pipes: [{ source: a, target: b }]", "one of the pipes has no name"),
    ] {
        assert!(refusal(region).contains(said), "{region}: {}", refusal(region));
    }
}
