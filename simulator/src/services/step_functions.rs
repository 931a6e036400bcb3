//! Step Functions: state machines, which start tasks among other things.

use serde_json::{Value, json};

use super::paging::PageRule;
use super::{Answerer, Ask, Operation, Service, ThrottleError};
use crate::account::StateMachine;
use crate::calls::Outcome;
use crate::ids;
use crate::wire::json::object;
use crate::wire::{Answer, Protocol, ServiceError};

pub(super) static SERVICE: Service = Service {
    name: "states",
    prefix: "states",
    protocol: Protocol::Json10,
    namespace: "",
    global: false,
    throttle: ThrottleError { status: 400, code: "ThrottlingException", message: "Rate exceeded" },
    broken: "InternalServerError",
    invalid_token: "InvalidToken",
    operations: &[
        Operation::rpc("ListStateMachines", list_state_machines as Answerer).on(all_machines),
        Operation::rpc("DescribeStateMachine", describe_state_machine).on(asked_arn),
    ],
};

const PAGE: PageRule = PageRule { token: "nextToken", size: "maxResults", default: 100, most: 1000 };

fn arn(ask: &Ask<'_>, name: &str) -> String {
    ask.world.account.arn("states", ask.region, &format!("stateMachine:{name}"))
}

fn all_machines(ask: &Ask<'_>) -> Option<String> {
    Some(arn(ask, "*"))
}

fn asked_arn(ask: &Ask<'_>) -> Option<String> {
    ask.parameter("stateMachineArn")
}

fn kind(machine: &StateMachine) -> &str {
    machine.kind.as_deref().unwrap_or("STANDARD")
}

fn list_state_machines(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let page = ask.page(&ask.world.region(ask.region).state_machines, &PAGE)?;
    let machines = page.items.iter().map(|machine| {
        json!({
            "stateMachineArn": arn(ask, &machine.name),
            "name": machine.name,
            "type": kind(machine),
            "creationDate": ask.world.seconds(machine.created),
        })
    });
    Ok(Answer::Json(object([("stateMachines", machines.collect()), ("nextToken", page.next.into())])))
}

fn describe_state_machine(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let asked = ask.parameter("stateMachineArn").unwrap_or_default();
    let all = &ask.world.region(ask.region).state_machines;
    let machine = all.iter().find(|machine| arn(ask, &machine.name) == asked).ok_or_else(|| {
        let message = format!("State Machine Does Not Exist: '{asked}'");
        ServiceError::new(400, "StateMachineDoesNotExist", message).outcome(Outcome::NotFound)
    })?;
    let wants_all = ask.parameter("includedData").as_deref() != Some("METADATA_ONLY");
    if machine.key_denied && wants_all {
        let message = "The caller does not have permission to use the KMS key of the state machine.";
        return Err(ServiceError::new(400, "KmsAccessDeniedException", message).outcome(Outcome::Denied));
    }
    let role = machine.role.clone().unwrap_or_else(|| format!("{}-states", machine.name));
    Ok(Answer::Json(object([
        ("stateMachineArn", asked.into()),
        ("name", machine.name.as_str().into()),
        ("status", machine.status.as_deref().unwrap_or("ACTIVE").into()),
        // Who asks for the rest alone gets an empty one.
        ("definition", if wants_all { ask.document(&machine.definition) } else { "{}".to_owned() }.into()),
        ("roleArn", ask.world.role_arn(&role).into()),
        ("type", kind(machine).into()),
        ("creationDate", ask.world.seconds(machine.created).into()),
        ("loggingConfiguration", logging(ask, machine)),
        ("tracingConfiguration", json!({"enabled": machine.tracing})),
        ("revisionId", ids::uuid(&format!("revision {}", machine.name)).into()),
        ("encryptionConfiguration", encryption(ask, machine)),
    ])))
}

fn logging(ask: &Ask<'_>, machine: &StateMachine) -> Value {
    let off = || json!({"level": "OFF", "includeExecutionData": false});
    machine.logging.as_ref().map_or_else(off, |logging| ask.form(logging))
}

fn encryption(ask: &Ask<'_>, machine: &StateMachine) -> Value {
    match &machine.key {
        Some(key) => json!({
            "type": "CUSTOMER_MANAGED_KMS_KEY",
            "kmsKeyId": ask.short_arn(key),
            "kmsDataKeyReusePeriodSeconds": 300,
        }),
        None => json!({"type": "AWS_OWNED_KEY"}),
    }
}
