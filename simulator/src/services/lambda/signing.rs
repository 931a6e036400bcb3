//! Code signing configs.

use serde_json::{Value, json};

use super::{asked_function, function_arn, page_of};
use crate::account::{CodeSigning, iso_with_offset};
use crate::calls::Outcome;
use crate::ids;
use crate::services::Ask;
use crate::services::paging::PageRule;
use crate::wire::json::object;
use crate::wire::{Answer, ServiceError};

const PAGE: PageRule = PageRule { default: 10_000, most: 10_000, ..super::PAGE };

fn arn_of(ask: &Ask<'_>, config: &CodeSigning) -> String {
    ask.world.account.arn("lambda", ask.region, &format!("code-signing-config:{}", id_of(config)))
}

fn id_of(config: &CodeSigning) -> String {
    format!("csc-{}", ids::hexadecimal(&config.name, 17))
}

fn configs<'a>(ask: &Ask<'a>) -> &'a [CodeSigning] {
    &ask.world.region(ask.region).lambda.code_signing_configs
}

fn asked<'a>(ask: &Ask<'a>) -> Result<&'a CodeSigning, ServiceError> {
    let wanted = ask.label(0);
    configs(ask).iter().find(|config| arn_of(ask, config) == wanted).ok_or_else(|| {
        let message = format!("CodeSigningConfig not found: {wanted}");
        ServiceError::new(404, "ResourceNotFoundException", message).outcome(Outcome::NotFound)
    })
}

pub(super) fn list(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let page = ask.page(configs(ask), &PAGE)?;
    let items = page.items.iter().map(|config| write(ask, config)).collect();
    Ok(page_of("CodeSigningConfigs", items, page.next))
}

pub(super) fn get(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let config = asked(ask)?;
    Ok(Answer::Json(json!({"CodeSigningConfig": write(ask, config)})))
}

fn write(ask: &Ask<'_>, config: &CodeSigning) -> Value {
    json!({
        "CodeSigningConfigId": id_of(config),
        "CodeSigningConfigArn": arn_of(ask, config),
        "Description": config.description,
        "AllowedPublishers": {"SigningProfileVersionArns": config.publishers},
        "CodeSigningPolicies": {"UntrustedArtifactOnDeployment": config.policy.as_deref().unwrap_or("Warn")},
        "LastModified": iso_with_offset(ask.world.time(config.last_modified)),
    })
}

pub(super) fn list_functions(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let config = asked(ask)?;
    let functions: Vec<String> = ask
        .world
        .region(ask.region)
        .lambda
        .functions
        .iter()
        .filter(|function| function.code_signing.as_ref() == Some(&config.name))
        .map(|function| function_arn(ask, &function.name))
        .collect();
    let page = ask.page(&functions, &PAGE)?;
    Ok(page_of("FunctionArns", page.items.iter().map(|arn| arn.clone().into()).collect(), page.next))
}

pub(super) fn get_of_function(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let (function, _) = asked_function(ask)?;
    let config = configs(ask).iter().find(|config| function.code_signing.as_ref() == Some(&config.name));
    Ok(Answer::Json(object([
        ("FunctionName", function.name.clone().into()),
        ("CodeSigningConfigArn", config.map(|config| arn_of(ask, config)).into()),
    ])))
}
