//! A function's configuration, as every operation that tells one writes it.

use serde_json::{Value, json};

use crate::account::{Function, LayerUse, Version, Vpc, iso_with_offset};
use crate::ids;
use crate::services::Ask;
use crate::wire::json::object;

/// What `ListFunctions` tells of a function, or of a published version of it.
pub(super) fn listed(ask: &Ask<'_>, function: &Function, version: Option<&Version>, is_qualified: bool) -> Value {
    let number = version.map_or("$LATEST", |version| version.number.as_str());
    let arn = super::qualified_arn(ask, &function.name, is_qualified.then_some(number));
    let modified = version.map_or(function.last_modified, |version| version.published);
    let description = version.and_then(|version| version.description.as_ref()).unwrap_or(&function.description);
    let is_image = function.image.is_some();
    let signing_job = function.signing_profile.as_ref().map(|_| signing_job(ask, function));
    object([
        ("FunctionName", function.name.clone().into()),
        ("FunctionArn", arn.into()),
        ("Runtime", runtime(function, version).into()),
        ("Role", ask.world.role_arn(&function.role_name()).into()),
        ("Handler", (!is_image).then(|| function.handler.as_deref().unwrap_or("index.handler")).into()),
        ("CodeSize", code_size(function).into()),
        ("Description", description.clone().into()),
        ("Timeout", function.timeout.unwrap_or(3).into()),
        ("MemorySize", function.memory.unwrap_or(128).into()),
        ("LastModified", iso_with_offset(ask.world.time(modified)).into()),
        ("CodeSha256", code_digest(ask, function, number).into()),
        ("Version", number.into()),
        ("VpcConfig", function.vpc.as_ref().map(|vpc| vpc_config(ask, vpc)).into()),
        ("DeadLetterConfig", dead_letter(ask, function)),
        ("Environment", environment(function, version)),
        ("KMSKeyArn", function.kms_key.as_ref().map(|key| ask.world.account.complete_arn(key, ask.region)).into()),
        ("TracingConfig", json!({"Mode": function.tracing.as_deref().unwrap_or("PassThrough")})),
        ("RevisionId", ids::uuid(&format!("{} {} {number}", ask.region, function.name)).into()),
        ("Layers", layers(function)),
        ("FileSystemConfigs", file_systems(function)),
        ("PackageType", if is_image { "Image" } else { "Zip" }.into()),
        ("Architectures", json!([function.architecture.as_deref().unwrap_or("x86_64")])),
        ("EphemeralStorage", json!({"Size": function.storage.unwrap_or(512)})),
        ("SnapStart", snap_start(function)),
        ("LoggingConfig", logging(function)),
        ("SigningProfileVersionArn", function.signing_profile.clone().into()),
        ("SigningJobArn", signing_job.into()),
    ])
}

/// What `GetFunction` tells in addition: the state, and the exact runtime.
pub(super) fn whole(ask: &Ask<'_>, function: &Function, version: Option<&Version>, is_qualified: bool) -> Value {
    let mut value = listed(ask, function, version, is_qualified);
    if let Value::Object(members) = &mut value {
        let mut put = |name: &str, value: Value| members.insert(name.to_owned(), value);
        put("State", function.state.as_deref().unwrap_or("Active").into());
        put("LastUpdateStatus", "Successful".into());
        if let Some(reason) = &function.state_reason {
            put("StateReason", reason.clone().into());
            put("StateReasonCode", reason_code(function).into());
        }
        if let Some(runtime) = runtime(function, version) {
            let digest = ids::hexadecimal(&runtime, 64);
            let partition = &ask.world.account.partition;
            let arn = format!("arn:{partition}:lambda:{}::runtime:{digest}", ask.region);
            put("RuntimeVersionConfig", json!({"RuntimeVersionArn": arn}));
        }
    }
    value
}

fn reason_code(function: &Function) -> &'static str {
    match function.state.as_deref() {
        Some("Inactive") => "Idle",
        Some("Pending") => "Creating",
        _ => "InternalError",
    }
}

fn runtime(function: &Function, version: Option<&Version>) -> Option<String> {
    if function.image.is_some() {
        return None;
    }
    let own = version.and_then(|version| version.runtime.as_deref()).or(function.runtime.as_deref());
    Some(own.unwrap_or("nodejs24.x").to_owned())
}

pub(super) fn code_size(function: &Function) -> u64 {
    let made_up = || 2_000 + ids::hash(&function.name) % 12_000_000;
    function.code_size.unwrap_or_else(|| if function.image.is_some() { 0 } else { made_up() })
}

fn code_digest(ask: &Ask<'_>, function: &Function, number: &str) -> String {
    let made_up = || match function.resolved_image.as_deref().and_then(|image| image.split_once("@sha256:")) {
        Some((_, digest)) => digest.to_owned(),
        None if function.image.is_some() => ids::hexadecimal(&function.name, 64),
        None => ids::base64_digest(&format!("{} {} {number}", ask.region, function.name)),
    };
    function.code_sha256.clone().unwrap_or_else(made_up)
}

fn signing_job(ask: &Ask<'_>, function: &Function) -> String {
    ask.world.account.arn("signer", ask.region, &format!("/signing-jobs/{}", ids::uuid(&function.name)))
}

fn vpc_config(ask: &Ask<'_>, vpc: &Vpc) -> Value {
    let subnets = &ask.world.region(ask.region).subnets;
    let of_subnet = || subnets.iter().find(|subnet| vpc.subnets.contains(&subnet.id)).map(|subnet| subnet.vpc.clone());
    let id = vpc.id.clone().or_else(of_subnet).unwrap_or_default();
    json!({
        "VpcId": id,
        "SubnetIds": vpc.subnets,
        "SecurityGroupIds": vpc.security_groups,
        "Ipv6AllowedForDualStack": false,
    })
}

fn dead_letter(ask: &Ask<'_>, function: &Function) -> Value {
    let Some(target) = &function.dead_letter else {
        return Value::Null;
    };
    json!({"TargetArn": ask.world.account.complete_arn(target, ask.region)})
}

fn environment(function: &Function, version: Option<&Version>) -> Value {
    if let Some(error) = &function.environment_error {
        return json!({"Error": {"ErrorCode": error.code, "Message": error.message}});
    }
    let variables = version.and_then(|version| version.environment.as_ref()).unwrap_or(&function.environment);
    if variables.is_empty() {
        return Value::Null;
    }
    json!({"Variables": variables})
}

fn layers(function: &Function) -> Value {
    if function.layers.is_empty() {
        return Value::Null;
    }
    function
        .layers
        .iter()
        .map(|layer| match layer {
            LayerUse::Arn(arn) => json!({"Arn": arn, "CodeSize": layer_size(arn)}),
            LayerUse::Signed { arn, signing_profile, signing_job } => object([
                ("Arn", arn.clone().into()),
                ("CodeSize", layer_size(arn).into()),
                ("SigningProfileVersionArn", signing_profile.clone().into()),
                ("SigningJobArn", signing_job.clone().into()),
            ]),
        })
        .collect()
}

fn layer_size(arn: &str) -> u64 {
    50_000 + ids::hash(arn) % 9_000_000
}

fn file_systems(function: &Function) -> Value {
    if function.file_systems.is_empty() {
        return Value::Null;
    }
    let systems = function.file_systems.iter();
    systems.map(|system| json!({"Arn": system.arn, "LocalMountPath": system.path})).collect()
}

fn snap_start(function: &Function) -> Value {
    let apply = function.snap_start.as_deref().unwrap_or("None");
    json!({"ApplyOn": apply, "OptimizationStatus": if apply == "None" { "Off" } else { "On" }})
}

fn logging(function: &Function) -> Value {
    let logging = &function.logging;
    let group = logging.group.clone().unwrap_or_else(|| format!("/aws/lambda/{}", function.name));
    object([
        ("LogFormat", logging.format.as_deref().unwrap_or("Text").into()),
        ("ApplicationLogLevel", logging.application_level.clone().into()),
        ("SystemLogLevel", logging.system_level.clone().into()),
        ("LogGroup", group.into()),
    ])
}
