//! Whether Inspector is on.

use serde_json::{Value, json};

use crate::calls::Outcome;
use crate::services::Ask;
use crate::wire::{Answer, ServiceError};

/// Whether Inspector is on: as the file says, or as the registry's kind of scanning needs it.
fn status<'a>(ask: &Ask<'a>) -> &'a str {
    let region = ask.world.region(ask.region);
    let usual = if region.ecr.scanning.is_enhanced() { "ENABLED" } else { "DISABLED" };
    region.inspector.status.as_deref().unwrap_or(usual)
}

/// Where it is off, Inspector refuses its lists as if the caller may not read them.
pub(super) fn must_be_on(ask: &Ask<'_>, what: &str) -> Result<(), ServiceError> {
    if status(ask) == "ENABLED" {
        return Ok(());
    }
    let message = format!("Invoking account does not have access to list {what}.");
    Err(ServiceError::new(403, "AccessDeniedException", message).outcome(Outcome::Denied))
}

/// A status with what the model requires beside it even where nothing went wrong.
fn state(status: &str) -> Value {
    let (code, message) = match status {
        "ENABLED" => ("ALREADY_ENABLED", "It is enabled already."),
        _ => ("RESOURCE_NOT_FOUND", "It is not enabled."),
    };
    json!({"status": status, "errorCode": code, "errorMessage": message})
}

pub(super) fn of_accounts(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let own = &ask.world.account.id;
    let mut asked = ask.request.list("accountIds");
    if asked.is_empty() {
        asked.push(own.clone());
    }
    let whole = status(ask);
    let ecr = ask.world.region(ask.region).inspector.ecr.as_deref().unwrap_or(whole);
    let (known, foreign): (Vec<String>, Vec<String>) = asked.into_iter().partition(|id| id == own);
    let known: Value = known
        .iter()
        .map(|id| {
            json!({
                "accountId": id,
                "state": state(whole),
                "resourceState": {
                    "ec2": state("DISABLED"),
                    "ecr": state(ecr),
                    "lambda": state("DISABLED"),
                    "lambdaCode": state("DISABLED"),
                    "codeRepository": state("DISABLED"),
                },
            })
        })
        .collect();
    let refused = |id: &String| json!({"accountId": id, "errorCode": "ACCESS_DENIED", "errorMessage": "Access denied"});
    Ok(Answer::Json(json!({"accounts": known, "failedAccounts": foreign.iter().map(refused).collect::<Value>()})))
}
