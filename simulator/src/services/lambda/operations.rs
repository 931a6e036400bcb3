//! The operations of Lambda.

use serde_json::json;

use super::{functions, layers, mappings, policies, qualified_arn, reference, signing, urls};
use crate::services::{Answerer, Ask, Operation, Service, ThrottleError};
use crate::wire::{Answer, Protocol, ServiceError};

pub(crate) static SERVICE: Service = Service {
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

fn no_capacity_providers(_: &Ask<'_>) -> Result<Answer, ServiceError> {
    Ok(Answer::Json(json!({"CapacityProviders": []})))
}
