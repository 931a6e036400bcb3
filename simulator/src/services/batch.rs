//! Batch: job definitions.

use serde_json::{Value, json};

use super::paging::PageRule;
use super::{Answerer, Ask, Operation, Service, ThrottleError};
use crate::account::{Form, JobDefinition};
use crate::wire::json::object;
use crate::wire::{Answer, Protocol, ServiceError};

pub(super) static SERVICE: Service = Service {
    name: "batch",
    prefix: "batch",
    protocol: Protocol::RestJson,
    namespace: "",
    global: false,
    throttle: ThrottleError { status: 429, code: "TooManyRequestsException", message: "Too Many Requests" },
    broken: "ServerException",
    invalid_token: "ClientException",
    operations: &[Operation::rest(
        "DescribeJobDefinitions",
        "POST",
        "/v1/describejobdefinitions",
        describe_job_definitions as Answerer,
    )
    .on(all_definitions)],
};

const PAGE: PageRule = PageRule { token: "nextToken", size: "maxResults", default: 100, most: 100 };

/// The lists that Batch answers of every container, empty or not.
const LISTS: [&str; 7] =
    ["command", "environment", "mountPoints", "resourceRequirements", "secrets", "ulimits", "volumes"];

fn arn(ask: &Ask<'_>, rest: &str) -> String {
    ask.world.account.arn("batch", ask.region, &format!("job-definition/{rest}"))
}

fn all_definitions(ask: &Ask<'_>) -> Option<String> {
    Some(arn(ask, "*"))
}

fn status(definition: &JobDefinition) -> &str {
    definition.status.as_deref().unwrap_or("ACTIVE")
}

fn describe_job_definitions(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let names = ask.request.list("jobDefinitions");
    let (name, wanted) = (ask.parameter("jobDefinitionName"), ask.parameter("status"));
    let is_wanted = |definition: &&JobDefinition| {
        let full = format!("{}:{}", definition.name, definition.revision());
        (names.is_empty() || names.iter().any(|name| *name == full || *name == arn(ask, &full)))
            && name.as_deref().is_none_or(|name| name == definition.name)
            && wanted.as_deref().is_none_or(|wanted| wanted == status(definition))
    };
    let all: Vec<&JobDefinition> = ask.world.region(ask.region).job_definitions.iter().filter(is_wanted).collect();
    let page = ask.page(&all, &PAGE)?;
    let definitions: Value = page.items.iter().map(|definition| written(ask, definition)).collect();
    Ok(Answer::Json(object([("jobDefinitions", definitions), ("nextToken", page.next.into())])))
}

fn written(ask: &Ask<'_>, definition: &JobDefinition) -> Value {
    let form = |form: &Option<Form>| Value::from(form.as_ref().map(|form| ask.form(form)));
    let platforms = if definition.platforms.is_empty() { json!(["EC2"]) } else { json!(definition.platforms) };
    object([
        ("jobDefinitionName", definition.name.as_str().into()),
        ("jobDefinitionArn", arn(ask, &format!("{}:{}", definition.name, definition.revision())).into()),
        ("revision", definition.revision().into()),
        ("status", status(definition).into()),
        ("type", if definition.nodes.is_some() { "multinode" } else { "container" }.into()),
        ("parameters", json!(definition.parameters)),
        ("containerProperties", definition.container.as_ref().map(|form| container(ask, form)).into()),
        ("ecsProperties", form(&definition.ecs)),
        ("nodeProperties", form(&definition.nodes)),
        ("eksProperties", form(&definition.eks)),
        // Jobs of Kubernetes have no platform.
        ("platformCapabilities", if definition.eks.is_some() { Value::Null } else { platforms }),
        ("containerOrchestrationType", if definition.eks.is_some() { "EKS" } else { "ECS" }.into()),
        ("tags", json!(definition.tags)),
    ])
}

fn container(ask: &Ask<'_>, form: &Form) -> Value {
    let mut properties = ask.form(form);
    for list in LISTS {
        if properties[list].is_null() {
            properties[list] = json!([]);
        }
    }
    properties
}
