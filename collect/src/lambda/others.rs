//! What stands beside the functions: event source mappings, layers, code signing, account limits.

use std::collections::BTreeSet;

use aws_sdk_lambda::operation::list_functions_by_code_signing_config::ListFunctionsByCodeSigningConfigOutput;
use aws_sdk_lambda::types::{CodeSigningPolicy, EventSourceMappingConfiguration};
use futures_util::future::join_all;
use palisade_model::iam::PolicyText;
use palisade_model::lambda::{AccountSettings, CodeSigningConfig, EventSourceMapping, Function, Layer, OnUntrusted};
use palisade_model::{Action, Arn, Fact, Gap, Listing, Place, RegionName, Switch};

use crate::ask::{Ask, Page};
use crate::caller::Caller;
use crate::sdk::UNSAID;

type Client = aws_sdk_lambda::Client;

/// What Lambda answers when a layer version has no policy, or is gone.
const MISSING: &[&str] = &["ResourceNotFoundException"];

/// Lambda's limits for the account.
pub(super) async fn account_settings(client: &Client, region: &RegionName, ask: &Ask) -> Fact<AccountSettings> {
    let call = || client.get_account_settings().send();
    let read = |output: aws_sdk_lambda::operation::get_account_settings::GetAccountSettingsOutput| {
        let limit = output.account_limit()?;
        let concurrency = limit.concurrent_executions();
        let unreserved = limit.unreserved_concurrent_executions()?;
        Some(AccountSettings {
            concurrency: concurrency.try_into().ok()?,
            unreserved_concurrency: unreserved.try_into().ok()?,
            functions: output
                .account_usage()
                .and_then(|usage| usage.function_count().try_into().ok())
                .unwrap_or_default(),
        })
    };
    ask.ask(Action::LambdaGetAccountSettings, &Place::region(region), call, read).await
}

/// What feeds functions from queues and streams.
pub(super) async fn event_source_mappings(
    client: &Client,
    region: &RegionName,
    ask: &Ask,
) -> Listing<EventSourceMapping> {
    let page = |marker| client.list_event_source_mappings().max_items(100).set_marker(marker).send();
    let read = |output: aws_sdk_lambda::operation::list_event_source_mappings::ListEventSourceMappingsOutput| {
        let items = output.event_source_mappings.as_ref()?.iter().map(mapping).collect::<Option<_>>()?;
        Some(Page { items, next: output.next_marker.filter(|marker| !marker.is_empty()) })
    };
    ask.list(Action::LambdaListEventSourceMappings, &Place::region(region), "", page, read).await
}

/// None when a mapping does not say what it feeds, or where it reads from: only sources outside of AWS have no ARN.
fn mapping(configuration: &EventSourceMappingConfiguration) -> Option<EventSourceMapping> {
    if configuration.event_source_arn().is_none() && configuration.self_managed_event_source().is_none() {
        return None;
    }
    let function = Arn::from(configuration.function_arn()?);
    let arn = if let Some(arn) = configuration.event_source_mapping_arn() {
        Arn::from(arn)
    } else {
        // Mappings made before they had ARNs of their own are named by their id.
        let (partition, region, account) = (function.partition(), function.region(), function.account());
        let id = configuration.uuid()?;
        Arn::from(format!("arn:{partition}:lambda:{region}:{account}:event-source-mapping:{id}"))
    };
    let on_failure = configuration.destination_config().and_then(|config| config.on_failure());
    Some(EventSourceMapping {
        arn,
        function,
        source: configuration.event_source_arn().map(Arn::from),
        enabled: enabled(configuration.state()),
        failure_destination: on_failure.and_then(|target| target.destination()).map(Arn::from),
    })
}

/// Whether a mapping is switched on. One that does not say feeds its function.
///
/// Source: <https://docs.aws.amazon.com/lambda/latest/api/API_EventSourceMappingConfiguration.html>
fn enabled(state: Option<&str>) -> Switch {
    const ON: [&str; 4] = ["Creating", "Enabling", "Enabled", "Updating"];
    const OFF: [&str; 3] = ["Disabling", "Disabled", "Deleting"];
    state.map_or(Switch::On, |state| Switch::read(state, &ON, &OFF))
}

/// Code signing configurations, and the functions of each by the reverse listing.
pub(super) async fn code_signing_configs(
    client: &Client,
    region: &RegionName,
    ask: &Ask,
) -> Listing<CodeSigningConfig> {
    let page = |marker| client.list_code_signing_configs().max_items(10_000).set_marker(marker).send();
    let read = |output: aws_sdk_lambda::operation::list_code_signing_configs::ListCodeSigningConfigsOutput| {
        let configs = output.code_signing_configs.as_ref()?.iter().map(|config| {
            let policies = config.code_signing_policies();
            let on_untrusted = match policies.and_then(|policies| policies.untrusted_artifact_on_deployment()) {
                Some(CodeSigningPolicy::Enforce) => OnUntrusted::Enforce,
                Some(CodeSigningPolicy::Warn) => OnUntrusted::Warn,
                Some(other) => OnUntrusted::Other(other.as_str().to_owned()),
                None => OnUntrusted::Other(UNSAID.to_owned()),
            };
            (Arn::from(config.code_signing_config_arn()), on_untrusted)
        });
        Some(Page { items: configs.collect(), next: output.next_marker.filter(|marker| !marker.is_empty()) })
    };
    let place = Place::region(region);
    let listing = ask.list(Action::LambdaListCodeSigningConfigs, &place, "", page, read).await;
    let configs = listing.seen().iter().map(async |(arn, on_untrusted)| CodeSigningConfig {
        arn: arn.clone(),
        on_untrusted: on_untrusted.clone(),
        functions: signed_functions(client, arn, ask).await,
    });
    Listing::new(join_all(configs).await, listing.gap().cloned())
}

async fn signed_functions(client: &Client, config: &Arn, ask: &Ask) -> Listing<Arn> {
    let page = |marker| {
        let request = client.list_functions_by_code_signing_config().code_signing_config_arn(config.as_str());
        request.max_items(10_000).set_marker(marker).send()
    };
    let read = |output: ListFunctionsByCodeSigningConfigOutput| {
        let items = output.function_arns.as_ref()?.iter().map(|arn| Arn::from(arn.as_str())).collect();
        Some(Page { items, next: output.next_marker.filter(|marker| !marker.is_empty()) })
    };
    let action = Action::LambdaListFunctionsByCodeSigningConfig;
    ask.list(action, &Place::resource(config), "", page, read).await
}

/// The latest version of each layer that the account owns.
pub(super) async fn owned_layers(client: &Client, region: &RegionName, ask: &Ask) -> Listing<Arn> {
    let page = |marker| client.list_layers().max_items(50).set_marker(marker).send();
    let read = |output: aws_sdk_lambda::operation::list_layers::ListLayersOutput| {
        let layers = output.layers.as_ref()?.iter();
        let latest = layers.map(|layer| Some(Arn::from(layer.latest_matching_version()?.layer_version_arn()?)));
        Some(Page {
            items: latest.collect::<Option<_>>()?,
            next: output.next_marker.filter(|marker| !marker.is_empty()),
        })
    };
    ask.list(Action::LambdaListLayers, &Place::region(region), "", page, read).await
}

/// The account's own layer versions, the latest and those in use, each with its policy.
pub(super) async fn layer_policies(
    client: &Client,
    caller: &Caller,
    owned: Listing<Arn>,
    functions: &Listing<Function>,
    ask: &Ask,
) -> Listing<Layer> {
    let used = functions.seen().iter().flat_map(|function| &function.layers);
    let own = used.filter(|arn| arn.account() == caller.account.as_str());
    let versions: BTreeSet<&Arn> = owned.seen().iter().chain(own).collect();
    let layers =
        versions.into_iter().map(async |arn| Layer { arn: arn.clone(), policy: policy(client, arn, ask).await });
    let gap = owned.gap().or(functions.gap()).cloned();
    Listing::new(join_all(layers).await, gap)
}

async fn policy(client: &Client, version: &Arn, ask: &Ask) -> Fact<Option<PolicyText>> {
    let action = Action::LambdaGetLayerVersionPolicy;
    let numbered = version.as_str().rsplit_once(':').and_then(|(layer, number)| Some((layer, number.parse().ok()?)));
    let Some((layer, number)): Option<(&str, i64)> = numbered else {
        return Fact::Unknown(Gap::undecided(action, version, "the layer's name ends in no version"));
    };
    let call = || client.get_layer_version_policy().layer_name(layer).version_number(number).send();
    let read = |output: aws_sdk_lambda::operation::get_layer_version_policy::GetLayerVersionPolicyOutput| {
        output.policy().map(PolicyText::parse)
    };
    ask.ask_optional(action, &Place::resource(version), MISSING, call, read).await
}
