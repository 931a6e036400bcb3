//! EventBridge Pipes.

use serde_json::{Value, json};

use super::paging::PageRule;
use super::{Answerer, Ask, Operation, Service, ThrottleError};
use crate::account::Pipe;
use crate::calls::Outcome;
use crate::wire::json::object;
use crate::wire::{Answer, Protocol, ServiceError};

pub(super) static SERVICE: Service = Service {
    name: "pipes",
    prefix: "pipes",
    protocol: Protocol::RestJson,
    namespace: "",
    global: false,
    throttle: ThrottleError { status: 429, code: "ThrottlingException", message: "Rate exceeded" },
    broken: "InternalException",
    invalid_token: "ValidationException",
    operations: &[
        Operation::get("ListPipes", "/v1/pipes", list_pipes as Answerer).on(all_pipes),
        Operation::get("DescribePipe", "/v1/pipes/{}", describe_pipe).on(asked_arn),
    ],
};

const PAGE: PageRule = PageRule { token: "NextToken", size: "Limit", default: 100, most: 100 };

fn arn(ask: &Ask<'_>, name: &str) -> String {
    ask.world.account.arn("pipes", ask.region, &format!("pipe/{name}"))
}

fn all_pipes(ask: &Ask<'_>) -> Option<String> {
    Some(arn(ask, "*"))
}

fn asked_arn(ask: &Ask<'_>) -> Option<String> {
    Some(arn(ask, ask.label(0)))
}

/// The state it is in.
fn current(pipe: &Pipe) -> &str {
    pipe.state.as_deref().unwrap_or("RUNNING")
}

/// The state it was told to be in.
fn desired(pipe: &Pipe) -> &str {
    if current(pipe).starts_with("STOP") { "STOPPED" } else { "RUNNING" }
}

fn list_pipes(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let prefix = |name: &str| ask.parameter(name).unwrap_or_default();
    let (name, source, target) = (prefix("NamePrefix"), prefix("SourcePrefix"), prefix("TargetPrefix"));
    let (is_in, is_told) = (ask.parameter("CurrentState"), ask.parameter("DesiredState"));
    let is_wanted = |pipe: &&Pipe| {
        pipe.name.starts_with(&name)
            && ask.short_arn(&pipe.source).starts_with(&source)
            && ask.short_arn(&pipe.target).starts_with(&target)
            && is_in.as_deref().is_none_or(|state| state == current(pipe))
            && is_told.as_deref().is_none_or(|state| state == desired(pipe))
    };
    let all: Vec<&Pipe> = ask.world.region(ask.region).pipes.iter().filter(is_wanted).collect();
    let page = ask.page(&all, &PAGE)?;
    let pipes: Value = page.items.iter().map(|pipe| summary(ask, pipe)).collect();
    Ok(Answer::Json(object([("Pipes", pipes), ("NextToken", page.next.into())])))
}

fn summary(ask: &Ask<'_>, pipe: &Pipe) -> Value {
    let created = ask.world.seconds(pipe.created);
    object([
        ("Name", pipe.name.as_str().into()),
        ("Arn", arn(ask, &pipe.name).into()),
        ("DesiredState", desired(pipe).into()),
        ("CurrentState", current(pipe).into()),
        ("StateReason", "User initiated".into()),
        ("CreationTime", created.into()),
        ("LastModifiedTime", created.into()),
        ("Source", ask.short_arn(&pipe.source).into()),
        ("Target", ask.short_arn(&pipe.target).into()),
        ("Enrichment", pipe.enrichment.as_ref().map(|enrichment| ask.short_arn(enrichment)).into()),
    ])
}

fn describe_pipe(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let name = ask.label(0);
    let pipe = ask.world.region(ask.region).pipes.iter().find(|pipe| pipe.name == name);
    let pipe = pipe.ok_or_else(|| {
        ServiceError::new(404, "NotFoundException", format!("Pipe {name} does not exist.")).outcome(Outcome::NotFound)
    })?;
    let mut described = summary(ask, pipe);
    let role = pipe.role.clone().unwrap_or_else(|| format!("{name}-pipe"));
    let more = object([
        ("Description", pipe.description.clone().into()),
        ("SourceParameters", pipe.source_parameters.as_ref().map(|form| ask.form(form)).into()),
        ("TargetParameters", pipe.target_parameters.as_ref().map(|form| ask.form(form)).into()),
        ("RoleArn", ask.world.role_arn(&role).into()),
        ("KmsKeyIdentifier", pipe.key.as_ref().map(|key| ask.short_arn(key)).into()),
        ("Tags", json!(pipe.tags)),
    ]);
    if let (Value::Object(described), Value::Object(more)) = (&mut described, more) {
        described.extend(more);
    }
    Ok(Answer::Json(described))
}
