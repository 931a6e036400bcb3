//! Lambda: functions and what hangs on them.

mod configuration;
mod functions;
mod layers;
mod mappings;
mod policies;
mod signing;
mod urls;

use serde_json::{Value, json};

use super::paging::PageRule;
use super::{Answerer, Ask, Operation, Service, ThrottleError, object};
use crate::account::Function;
use crate::calls::Outcome;
use crate::wire::{Answer, Protocol, ServiceError};

pub(super) static SERVICE: Service = Service {
    name: "lambda",
    prefix: "lambda",
    protocol: Protocol::RestJson,
    namespace: "",
    global: false,
    throttle: ThrottleError { status: 429, code: "TooManyRequestsException", message: "Rate Exceeded." },
    broken: "ServiceException",
    invalid_token: "InvalidParameterValueException",
    operations: OPERATIONS,
};

const OPERATIONS: &[Operation] = &[
    Operation::get("ListFunctions", "/2015-03-31/functions", functions::list as Answerer),
    on_function("GetFunction", "/2015-03-31/functions/{}", functions::get),
    on_function("GetFunctionConfiguration", "/2015-03-31/functions/{}/configuration", functions::get_configuration),
    on_function("ListVersionsByFunction", "/2015-03-31/functions/{}/versions", functions::list_versions),
    on_function("ListAliases", "/2015-03-31/functions/{}/aliases", functions::list_aliases),
    on_function("GetFunctionConcurrency", "/2019-09-30/functions/{}/concurrency", functions::get_concurrency),
    on_function(
        "ListProvisionedConcurrencyConfigs",
        "/2019-09-30/functions/{}/provisioned-concurrency",
        functions::list_provisioned,
    ),
    on_function(
        "GetRuntimeManagementConfig",
        "/2021-07-20/functions/{}/runtime-management-config",
        functions::get_runtime_management,
    ),
    on_function("GetFunctionRecursionConfig", "/2024-08-31/functions/{}/recursion-config", functions::get_recursion),
    Operation::get("ListTags", "/2017-03-31/tags/{}", functions::list_tags).on(|ask| Some(ask.label(0).to_owned())),
    Operation::get("GetAccountSettings", "/2016-08-19/account-settings", functions::get_account_settings),
    on_function("GetPolicy", "/2015-03-31/functions/{}/policy", policies::get_policy),
    Operation::get("GetResourcePolicy", "/2026-07-09/resource-policy/{}", policies::get_resource_policy)
        .on(|ask| Some(ask.label(0).to_owned()))
        .also("GetPolicy"),
    on_function("ListFunctionUrlConfigs", "/2021-10-31/functions/{}/urls", urls::list),
    on_function("GetFunctionUrlConfig", "/2021-10-31/functions/{}/url", urls::get),
    on_function(
        "ListFunctionEventInvokeConfigs",
        "/2019-09-25/functions/{}/event-invoke-config/list",
        urls::list_event_invoke,
    ),
    Operation::get("ListEventSourceMappings", "/2015-03-31/event-source-mappings", mappings::list),
    Operation::get("ListLayers", "/2018-10-31/layers", layers::list),
    Operation::get("ListLayerVersions", "/2018-10-31/layers/{}/versions", layers::list_versions).on(layers::layer_arn),
    Operation::get("GetLayerVersionPolicy", "/2018-10-31/layers/{}/versions/{}/policy", layers::get_policy)
        .on(layers::version_arn),
    Operation::get("ListCodeSigningConfigs", "/2020-04-22/code-signing-configs", signing::list),
    Operation::get("GetCodeSigningConfig", "/2020-04-22/code-signing-configs/{}", signing::get)
        .on(|ask| Some(ask.label(0).to_owned())),
    Operation::get(
        "ListFunctionsByCodeSigningConfig",
        "/2020-04-22/code-signing-configs/{}/functions",
        signing::list_functions,
    )
    .on(|ask| Some(ask.label(0).to_owned())),
    on_function(
        "GetFunctionCodeSigningConfig",
        "/2020-06-30/functions/{}/code-signing-config",
        signing::get_of_function,
    ),
    Operation::get("ListCapacityProviders", "/2025-11-30/capacity-providers", no_capacity_providers),
];

const fn on_function(name: &'static str, path: &'static str, answer: Answerer) -> Operation {
    Operation::get(name, path, answer).on(|ask| {
        let (name, qualifier) = reference(ask, ask.label(0));
        Some(qualified_arn(ask, &name, qualifier.as_deref()))
    })
}

/// How Lambda pages most lists: 50 at once, whatever is asked.
const PAGE: PageRule = PageRule { token: "Marker", size: "MaxItems", default: 50, most: 50 };

/// Splits what names a function (name, partial or full ARN, each with or without a version or alias).
fn reference(ask: &Ask<'_>, text: &str) -> (String, Option<String>) {
    let rest = text.split_once(":function:").map_or(text, |(_, rest)| rest);
    let rest = rest.strip_prefix("function:").unwrap_or(rest);
    let (name, inside) = match rest.split_once(':') {
        Some((name, qualifier)) => (name, Some(qualifier.to_owned())),
        None => (rest, None),
    };
    (name.to_owned(), ask.parameter("Qualifier").or(inside))
}

fn function_arn(ask: &Ask<'_>, name: &str) -> String {
    ask.world.account.arn("lambda", ask.region, &format!("function:{name}"))
}

fn qualified_arn(ask: &Ask<'_>, name: &str, qualifier: Option<&str>) -> String {
    let arn = function_arn(ask, name);
    qualifier.map_or_else(|| arn.clone(), |qualifier| format!("{arn}:{qualifier}"))
}

/// The function a call is about, and the version or alias.
fn asked_function<'a>(ask: &Ask<'a>) -> Result<(&'a Function, Option<String>), ServiceError> {
    named_function(ask, ask.label(0))
}

fn named_function<'a>(ask: &Ask<'a>, text: &str) -> Result<(&'a Function, Option<String>), ServiceError> {
    let (name, qualifier) = reference(ask, text);
    let missing = || {
        let arn = qualified_arn(ask, &name, qualifier.as_deref());
        not_found(format!("Function not found: {arn}"))
    };
    let function = ask.world.function(ask.region, &name).ok_or_else(missing)?;
    let is_there = match qualifier.as_deref() {
        None | Some("$LATEST") => true,
        Some(other) => {
            function.aliases.iter().any(|alias| alias.name == other)
                || configuration::published(function).iter().any(|version| version.number == other)
        }
    };
    if is_there { Ok((function, qualifier)) } else { Err(missing()) }
}

fn not_found(message: impl Into<String>) -> ServiceError {
    ServiceError::new(404, "ResourceNotFoundException", message).member("Type", "User").outcome(Outcome::NotFound)
}

/// A page of a list under its name, with the marker of the next.
fn page_of(name: &'static str, items: Vec<Value>, next: Option<String>) -> Answer {
    Answer::Json(object([(name, items.into()), ("NextMarker", next.into())]))
}

fn no_capacity_providers(_: &Ask<'_>) -> Result<Answer, ServiceError> {
    Ok(Answer::Json(json!({"CapacityProviders": []})))
}
