//! Functions, their versions and aliases, and the settings that have a call of their own.

use serde_json::{Value, json};

use super::configuration::{code_size, listed, whole};
use super::{PAGE, asked_function, not_found, page_of, published, qualified_arn};
use crate::account::{Function, Version};
use crate::ids;
use crate::services::Ask;
use crate::services::paging::PageRule;
use crate::wire::json::object;
use crate::wire::{Answer, ServiceError};

const DEFAULT_CONCURRENCY: u32 = 1000;

pub(super) fn list(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let functions = &ask.world.region(ask.region).lambda.functions;
    if ask.parameter("FunctionVersion").as_deref() != Some("ALL") {
        let page = ask.page(functions, &PAGE)?;
        let items = page.items.iter().map(|function| listed(ask, function, None, false)).collect();
        return Ok(page_of("Functions", items, page.next));
    }
    let all: Vec<(&Function, Option<Version>)> = functions
        .iter()
        .flat_map(|function| {
            let versions = published(function).into_iter().map(Some);
            std::iter::once(None).chain(versions).map(move |version| (function, version))
        })
        .collect();
    let page = ask.page(&all, &PAGE)?;
    let tell = |(function, version): &(&Function, Option<Version>)| listed(ask, function, version.as_ref(), true);
    Ok(page_of("Functions", page.items.iter().map(tell).collect(), page.next))
}

/// The version that a qualifier stands for: `None` for what is not published.
fn version_of(function: &Function, qualifier: Option<&str>) -> Option<Version> {
    let qualifier = qualifier?;
    let alias = function.aliases.iter().find(|alias| alias.name == qualifier);
    let number = alias.map_or(qualifier, |alias| alias.version.as_str());
    published(function).into_iter().find(|version| version.number == number)
}

pub(super) fn get_configuration(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let (function, qualifier) = asked_function(ask)?;
    let version = version_of(function, qualifier.as_deref());
    Ok(Answer::Json(whole(ask, function, version.as_ref(), qualifier.is_some())))
}

pub(super) fn get(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let (function, qualifier) = asked_function(ask)?;
    let version = version_of(function, qualifier.as_deref());
    let concurrency = function.reserved_concurrency;
    Ok(Answer::Json(object([
        ("Configuration", whole(ask, function, version.as_ref(), qualifier.is_some())),
        ("Code", code(ask, function)),
        ("Tags", if function.tags.is_empty() { Value::Null } else { json!(function.tags) }),
        ("Concurrency", concurrency.map(|reserved| json!({"ReservedConcurrentExecutions": reserved})).into()),
    ])))
}

fn code(ask: &Ask<'_>, function: &Function) -> Value {
    let Some(image) = &function.image else {
        // AWS gives a signed link to the code; this one leads nowhere.
        let name = &function.name;
        let location = format!("https://code.invalid/snapshots/{}/{name}-{}", ask.world.account.id, ids::uuid(name));
        return json!({"RepositoryType": "S3", "Location": location});
    };
    let digest = || {
        let repository = image.split('@').next().unwrap_or(image);
        let end = repository.rfind('/').unwrap_or(0);
        let name = repository[end..].find(':').map_or(repository, |tag| &repository[..end + tag]);
        format!("{name}@sha256:{}", ids::hexadecimal(image, 64))
    };
    let resolved = match &function.resolved_image {
        Some(resolved) => resolved.clone(),
        None if image.contains('@') => image.clone(),
        None => match ask.world.resolve_image(image) {
            Some(digest) => format!("{}@{digest}", image.rsplit_once(':').map_or(image.as_str(), |(name, _)| name)),
            None => digest(),
        },
    };
    json!({"RepositoryType": "ECR", "ImageUri": image, "ResolvedImageUri": resolved})
}

pub(super) fn list_versions(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let (function, _) = asked_function(ask)?;
    let versions: Vec<Option<Version>> =
        std::iter::once(None).chain(published(function).into_iter().map(Some)).collect();
    let page = ask.page(&versions, &PAGE)?;
    let items = page.items.iter().map(|version| listed(ask, function, version.as_ref(), true)).collect();
    Ok(page_of("Versions", items, page.next))
}

pub(super) fn list_aliases(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let (function, _) = asked_function(ask)?;
    let rule = PageRule { default: 10_000, most: 10_000, ..PAGE };
    let page = ask.page(&function.aliases, &rule)?;
    let items = page
        .items
        .iter()
        .map(|alias| {
            let routing = (!alias.weights.is_empty()).then(|| json!({"AdditionalVersionWeights": alias.weights}));
            object([
                ("AliasArn", qualified_arn(ask, &function.name, Some(&alias.name)).into()),
                ("Name", alias.name.clone().into()),
                ("FunctionVersion", alias.version.clone().into()),
                ("Description", alias.description.clone().into()),
                ("RoutingConfig", routing.into()),
                ("RevisionId", ids::uuid(&format!("{} {}", function.name, alias.name)).into()),
            ])
        })
        .collect();
    Ok(page_of("Aliases", items, page.next))
}

pub(super) fn get_concurrency(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let (function, _) = asked_function(ask)?;
    Ok(Answer::Json(object([("ReservedConcurrentExecutions", function.reserved_concurrency.into())])))
}

pub(super) fn list_provisioned(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let (function, _) = asked_function(ask)?;
    let provisioned: Vec<Value> = function
        .aliases
        .iter()
        .filter_map(|alias| {
            let wanted = alias.provisioned?;
            Some(json!({
                "FunctionArn": qualified_arn(ask, &function.name, Some(&alias.name)),
                "RequestedProvisionedConcurrentExecutions": wanted,
                "AvailableProvisionedConcurrentExecutions": wanted,
                "AllocatedProvisionedConcurrentExecutions": wanted,
                "Status": "READY",
            }))
        })
        .collect();
    let page = ask.page(&provisioned, &PAGE)?;
    Ok(page_of("ProvisionedConcurrencyConfigs", page.items.to_vec(), page.next))
}

pub(super) fn get_runtime_management(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let (function, qualifier) = asked_function(ask)?;
    let management = &function.runtime_management;
    let qualifier = qualifier.as_deref().unwrap_or("$LATEST");
    Ok(Answer::Json(object([
        ("UpdateRuntimeOn", management.update.as_deref().unwrap_or("Auto").into()),
        ("RuntimeVersionArn", management.version_arn.clone().into()),
        ("FunctionArn", qualified_arn(ask, &function.name, Some(qualifier)).into()),
    ])))
}

pub(super) fn get_recursion(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let (function, _) = asked_function(ask)?;
    Ok(Answer::Json(json!({"RecursiveLoop": function.recursion.as_deref().unwrap_or("Terminate")})))
}

pub(super) fn list_tags(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    if !ask.label(0).contains(":function:") {
        return Err(not_found("The resource you requested does not exist."));
    }
    let (function, _) = asked_function(ask)?;
    Ok(Answer::Json(json!({"Tags": function.tags})))
}

pub(super) fn get_account_settings(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let lambda = &ask.world.region(ask.region).lambda;
    let settings = &lambda.account_settings;
    let total = settings.concurrent_executions.unwrap_or(DEFAULT_CONCURRENCY);
    let reserved: u32 = lambda.functions.iter().filter_map(|function| function.reserved_concurrency).sum();
    let size: u64 = lambda.functions.iter().map(code_size).sum();
    Ok(Answer::Json(json!({
        "AccountLimit": {
            "TotalCodeSize": 80_530_636_800_u64,
            "CodeSizeUnzipped": 262_144_000,
            "CodeSizeZipped": 52_428_800,
            "ConcurrentExecutions": total,
            "UnreservedConcurrentExecutions": settings.unreserved.unwrap_or_else(|| total.saturating_sub(reserved)),
        },
        "AccountUsage": {"TotalCodeSize": size, "FunctionCount": lambda.functions.len()},
    })))
}
