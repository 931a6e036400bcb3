//! Functions as `ListFunctions` gives them: configuration only. What takes a call of its own is added afterwards.

use aws_sdk_lambda::operation::list_functions::ListFunctionsOutput;
use aws_sdk_lambda::types::{
    EnvironmentResponse, FunctionConfiguration, LogFormat as SdkLogFormat, PackageType, TracingMode,
};
use palisade_model::environment::Variable;
use palisade_model::lambda::{Function, LogFormat, Logging, Package, Tracing, Vpc};
use palisade_model::{Action, Arn, By, Fact, Gap, Place, Reason, RegionName, Runtime};

use crate::ask::{Ask, Page};
use crate::sdk::UNSAID;

/// Lists the functions of a Region, handing on each page as soon as it is there.
pub(super) async fn list(
    client: &aws_sdk_lambda::Client,
    region: &RegionName,
    ask: &Ask,
    arrive: impl FnMut(Vec<Function>),
) -> Option<Gap> {
    let page = |marker| client.list_functions().max_items(50).set_marker(marker).send();
    let read = |output: ListFunctionsOutput| {
        let items = output.functions.as_ref()?.iter().map(convert).collect::<Option<_>>()?;
        Some(Page { items, next: output.next_marker.filter(|marker| !marker.is_empty()) })
    };
    ask.pages(Action::LambdaListFunctions, &Place::region(region), "", page, read, arrive).await
}

/// None when a function lacks what every function has.
fn convert(configuration: &FunctionConfiguration) -> Option<Function> {
    let arn = Arn::from(configuration.function_arn()?);
    let place = Place::resource(&arn);
    Some(Function {
        name: configuration.function_name()?.to_owned(),
        runtime: configuration.runtime().map(|runtime| Runtime(runtime.as_str().to_owned())),
        package: package(configuration.package_type()),
        role: Arn::from(configuration.role()?),
        timeout_seconds: number(configuration.timeout())?,
        memory_mb: number(configuration.memory_size())?,
        ephemeral_storage_mb: configuration.ephemeral_storage()?.size().try_into().ok()?,
        environment: environment(configuration.environment(), &arn),
        environment_key: configuration.kms_key_arn().filter(|arn| !arn.is_empty()).map(Arn::from),
        vpc: vpc(configuration),
        layers: configuration.layers().iter().map(|layer| layer.arn().map(Arn::from)).collect::<Option<_>>()?,
        dead_letter_target: configuration
            .dead_letter_config()
            .and_then(|config| config.target_arn())
            .filter(|arn| !arn.is_empty())
            .map(Arn::from),
        tracing: tracing(configuration),
        logging: logging(configuration),
        policy: Fact::not_asked(Action::LambdaGetPolicy, &place),
        urls: Fact::not_asked(Action::LambdaListFunctionUrlConfigs, &place),
        reserved_concurrency: Fact::not_asked(Action::LambdaGetFunctionConcurrency, &place),
        failure_destinations: Fact::not_asked(Action::LambdaListFunctionEventInvokeConfigs, &place),
        image: Fact::not_asked(Action::LambdaGetFunction, &place),
        qualifiers: Fact::not_asked(Action::LambdaListAliases, &place),
        tags: Fact::not_asked(Action::TagGetResources, &place),
        arn,
    })
}

fn package(package: Option<&PackageType>) -> Package {
    match package {
        Some(PackageType::Image) => Package::Image,
        Some(PackageType::Zip) => Package::Zip,
        Some(other) => Package::Other(other.as_str().to_owned()),
        None => Package::Other(UNSAID.to_owned()),
    }
}

/// Lambda decrypts the environment for the caller, and says so in the answer when it may not. Values are classified here
/// and go no further.
fn environment(environment: Option<&EnvironmentResponse>, arn: &Arn) -> Fact<Vec<Variable>> {
    let Some(environment) = environment else { return Fact::Known(Vec::new()) };
    if let Some(error) = environment.error() {
        let code = error.error_code().or(error.message()).unwrap_or("the environment could not be decrypted");
        let denied = code.contains("AccessDenied");
        let reason = if denied { Reason::Denied(By::Unsaid) } else { Reason::Failed(code.to_owned()) };
        return Fact::Unknown(Gap { action: Action::KmsDecrypt, place: Place::resource(arn), reason });
    }
    let Some(variables) = environment.variables() else {
        return Fact::Unknown(Gap::undecided(
            Action::LambdaListFunctions,
            arn,
            "the answer lacks the environment's variables",
        ));
    };
    let mut variables: Vec<_> = variables.iter().map(|(name, value)| Variable::classify(name, value)).collect();
    variables.sort_by(|left, right| left.name.cmp(&right.name));
    Fact::Known(variables)
}

fn vpc(configuration: &FunctionConfiguration) -> Option<Vpc> {
    let config = configuration.vpc_config()?;
    let id = config.vpc_id().filter(|id| !id.is_empty())?;
    Some(Vpc {
        id: id.to_owned(),
        subnets: config.subnet_ids().to_vec(),
        security_groups: config.security_group_ids().to_vec(),
    })
}

fn tracing(configuration: &FunctionConfiguration) -> Tracing {
    match configuration.tracing_config().and_then(|config| config.mode()) {
        Some(TracingMode::Active) => Tracing::Active,
        Some(TracingMode::PassThrough) => Tracing::PassThrough,
        Some(other) => Tracing::Other(other.as_str().to_owned()),
        None => Tracing::Other(UNSAID.to_owned()),
    }
}

fn logging(configuration: &FunctionConfiguration) -> Logging {
    let config = configuration.logging_config();
    let format = match config.and_then(|config| config.log_format()) {
        Some(SdkLogFormat::Json) => LogFormat::Json,
        Some(SdkLogFormat::Text) => LogFormat::Text,
        Some(other) => LogFormat::Other(other.as_str().to_owned()),
        None => LogFormat::Other(UNSAID.to_owned()),
    };
    Logging {
        format,
        application_level: config
            .and_then(|config| config.application_log_level())
            .map(|level| level.as_str().to_owned()),
        group: config.and_then(|config| config.log_group()).map(str::to_owned),
    }
}

fn number(value: Option<i32>) -> Option<u32> {
    value.and_then(|value| value.try_into().ok())
}
