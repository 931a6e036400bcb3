//! Function URLs, and what becomes of asynchronous calls: both belong to a function or an alias.

use serde_json::{Value, json};

use super::{PAGE, asked_function, not_found, page_of, qualified_arn};
use crate::account::{Cors, EventInvoke, Function, Url};
use crate::ids;
use crate::services::Ask;
use crate::wire::json::object;
use crate::wire::{Answer, ServiceError};

/// The URLs of a function, with the alias each belongs to.
fn urls(function: &Function) -> impl Iterator<Item = (Option<&str>, &Url)> {
    let own = function.url.iter().map(|url| (None, url));
    let of_aliases =
        function.aliases.iter().filter_map(|alias| alias.url.as_ref().map(|url| (Some(alias.name.as_str()), url)));
    own.chain(of_aliases)
}

pub(super) fn list(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let (function, _) = asked_function(ask)?;
    let urls: Vec<(Option<&str>, &Url)> = urls(function).collect();
    let page = ask.page(&urls, &PAGE)?;
    let items = page.items.iter().map(|(alias, url)| write(ask, function, *alias, url)).collect();
    Ok(page_of("FunctionUrlConfigs", items, page.next))
}

pub(super) fn get(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let (function, qualifier) = asked_function(ask)?;
    let found = urls(function).find(|(alias, _)| *alias == qualifier.as_deref());
    let (alias, url) = found.ok_or_else(|| not_found("The resource you requested does not exist."))?;
    Ok(Answer::Json(write(ask, function, alias, url)))
}

fn write(ask: &Ask<'_>, function: &Function, alias: Option<&str>, url: &Url) -> Value {
    let arn = qualified_arn(ask, &function.name, alias);
    let host = ids::characters(&arn, b"abcdefghijklmnopqrstuvwxyz234567", 32);
    let modified = ask.world.iso(function.last_modified);
    object([
        ("FunctionUrl", format!("https://{host}.lambda-url.{}.on.aws/", ask.region).into()),
        ("FunctionArn", arn.into()),
        ("AuthType", url.auth.as_deref().unwrap_or("AWS_IAM").into()),
        ("Cors", url.cors.as_ref().map(cors).into()),
        ("CreationTime", modified.clone().into()),
        ("LastModifiedTime", modified.into()),
        ("InvokeMode", url.invoke_mode.as_deref().unwrap_or("BUFFERED").into()),
    ])
}

fn cors(cors: &Cors) -> Value {
    let list = |values: &[String]| if values.is_empty() { Value::Null } else { json!(values) };
    object([
        ("AllowCredentials", cors.credentials.into()),
        ("AllowOrigins", list(&cors.origins)),
        ("AllowMethods", list(&cors.methods)),
        ("AllowHeaders", list(&cors.headers)),
        ("ExposeHeaders", list(&cors.expose)),
        ("MaxAge", cors.max_age.into()),
    ])
}

pub(super) fn list_event_invoke(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let (function, _) = asked_function(ask)?;
    let own = function.event_invoke.iter().map(|config| ("$LATEST", config));
    let of_aliases = function
        .aliases
        .iter()
        .filter_map(|alias| alias.event_invoke.as_ref().map(|config| (alias.name.as_str(), config)));
    let configs: Vec<(&str, &EventInvoke)> = own.chain(of_aliases).collect();
    let page = ask.page(&configs, &PAGE)?;
    let items = page.items.iter().map(|(qualifier, config)| event_invoke(ask, function, qualifier, config)).collect();
    Ok(page_of("FunctionEventInvokeConfigs", items, page.next))
}

fn event_invoke(ask: &Ask<'_>, function: &Function, qualifier: &str, config: &EventInvoke) -> Value {
    let destination = |target: &Option<String>| match target {
        Some(target) => json!({"Destination": ask.world.account.complete_arn(target, ask.region)}),
        None => json!({}),
    };
    object([
        ("FunctionArn", qualified_arn(ask, &function.name, Some(qualifier)).into()),
        ("LastModified", ask.world.time(function.last_modified).as_second().into()),
        ("MaximumRetryAttempts", config.retries.into()),
        ("MaximumEventAgeInSeconds", config.max_age.into()),
        (
            "DestinationConfig",
            json!({"OnSuccess": destination(&config.on_success), "OnFailure": destination(&config.on_failure)}),
        ),
    ])
}
