//! The registry's own settings.

use std::sync::Arc;

use aws_sdk_ecr::operation::describe_pull_through_cache_rules::DescribePullThroughCacheRulesOutput;
use aws_sdk_ecr::operation::describe_registry::DescribeRegistryOutput;
use aws_sdk_ecr::operation::describe_repository_creation_templates::DescribeRepositoryCreationTemplatesOutput;
use aws_sdk_ecr::operation::get_account_setting::GetAccountSettingOutput;
use aws_sdk_ecr::operation::get_registry_policy::GetRegistryPolicyOutput;
use aws_sdk_ecr::operation::get_registry_scanning_configuration::GetRegistryScanningConfigurationOutput;
use aws_sdk_ecr::operation::get_signing_configuration::GetSigningConfigurationOutput;
use aws_sdk_ecr::operation::list_pull_time_update_exclusions::ListPullTimeUpdateExclusionsOutput;
use aws_sdk_ecr::types::{
    EncryptionConfigurationForRepositoryCreationTemplate, PullThroughCacheRule, RegistryScanningRule,
    ReplicationRule as SdkReplicationRule, RepositoryCreationTemplate, RepositoryFilterType,
    ScanFrequency as SdkFrequency, ScanType as SdkScanType, ScanningRepositoryFilterType, SigningRepositoryFilterType,
    SigningRule as SdkSigningRule,
};
use palisade_model::ecr::{
    BasicScanner, CreationTemplate, InspectorStatus, Lifecycle, PolicyScope, PullThroughRule, Registry,
    ReplicationRule, ScanFrequency, ScanRule, ScanType, Scanning, SigningRule,
};
use palisade_model::iam::PolicyText;
use palisade_model::{Action, Arn, Fact, Listing, Place, RegionName};

use super::repository::{encryption, tag_mutability};
use crate::ask::{Ask, Page};
use crate::aws::signed::Signed;
use crate::caller::Caller;

type Client = aws_sdk_ecr::Client;

/// The most that ECR gives on one page.
const PAGE: i32 = 1000;

/// Reads the settings of the registry in one Region, of which those of scanning are known.
pub(super) async fn collect(
    client: &Client,
    signed: &Signed,
    caller: &Caller,
    region: &RegionName,
    scanning: Fact<Scanning>,
    ask: &Ask,
) -> Registry {
    let place = Place::region(region);
    // All at once: a call that fails alone is told from a service that is down by the answers to the others.
    let (
        policy,
        policy_scope,
        basic_scanner,
        inspector,
        replication,
        pull_through_rules,
        creation_templates,
        signing,
        pull_time_exclusions,
    ) = tokio::join!(
        policy(client, &place, ask),
        policy_scope(client, &place, ask),
        basic_scanner(client, &scanning, &place, ask),
        inspector(signed, caller, &scanning, &place, ask),
        replication(client, &place, ask),
        pull_through_rules(client, &place, ask),
        creation_templates(client, &place, ask),
        signing(client, &place, ask),
        pull_time_exclusions(client, &place, ask),
    );
    Registry {
        arn: format!("arn:{}:ecr:{region}:{}:registry", caller.partition, caller.account).into(),
        policy,
        policy_scope,
        scanning,
        replication,
        pull_through_rules,
        creation_templates,
        signing,
        inspector,
        basic_scanner,
        pull_time_exclusions,
    }
}

async fn policy(client: &Client, place: &Arc<Place>, ask: &Ask) -> Fact<Option<PolicyText>> {
    let call = || client.get_registry_policy().send();
    let read = |output: GetRegistryPolicyOutput| output.policy_text().map(PolicyText::parse);
    ask.ask_optional(Action::EcrGetRegistryPolicy, place, &["RegistryPolicyNotFoundException"], call, read).await
}

async fn policy_scope(client: &Client, place: &Arc<Place>, ask: &Ask) -> Fact<PolicyScope> {
    let call = || client.get_account_setting().name("REGISTRY_POLICY_SCOPE").send();
    let read = |output: GetAccountSettingOutput| {
        Some(match output.value()? {
            "V1" => PolicyScope::V1,
            "V2" => PolicyScope::V2,
            other => PolicyScope::Other(other.to_owned()),
        })
    };
    ask.ask(Action::EcrGetAccountSetting, place, call, read).await
}

/// What makes basic scans, where they are made.
async fn basic_scanner(
    client: &Client,
    scanning: &Fact<Scanning>,
    place: &Arc<Place>,
    ask: &Ask,
) -> Fact<BasicScanner> {
    let action = Action::EcrGetAccountSetting;
    match scanning {
        Fact::Unknown(gap) => return Fact::Unknown(gap.clone()),
        Fact::Known(Scanning { kind: ScanType::Enhanced, .. }) => return Fact::not_asked(action, place),
        Fact::Known(Scanning { kind: ScanType::Basic | ScanType::Other(_), .. }) => {}
    }
    let name = "BASIC_SCAN_TYPE_VERSION";
    let call = || client.get_account_setting().name(name).send();
    let read = |output: GetAccountSettingOutput| {
        Some(match output.value()? {
            "AWS_NATIVE" => BasicScanner::Native,
            "CLAIR" => BasicScanner::Clair,
            other => BasicScanner::Other(other.to_owned()),
        })
    };
    ask.ask_named(action, place, name, call, read).await
}

async fn pull_time_exclusions(client: &Client, place: &Arc<Place>, ask: &Ask) -> Listing<Arn> {
    let page = |token| client.list_pull_time_update_exclusions().max_results(PAGE).set_next_token(token).send();
    let read = |output: ListPullTimeUpdateExclusionsOutput| {
        let principals = output.pull_time_update_exclusions.as_ref()?.iter();
        Some(Page { items: principals.map(|arn| Arn::from(arn.as_str())).collect(), next: output.next_token })
    };
    ask.list(Action::EcrListPullTimeUpdateExclusions, place, "", page, read).await
}

/// How the registry's images are scanned.
pub(super) async fn scanning(client: &Client, place: &Arc<Place>, ask: &Ask) -> Fact<Scanning> {
    let call = || client.get_registry_scanning_configuration().send();
    let read = |output: GetRegistryScanningConfigurationOutput| {
        let configuration = output.scanning_configuration()?;
        let kind = match configuration.scan_type()? {
            SdkScanType::Basic => ScanType::Basic,
            SdkScanType::Enhanced => ScanType::Enhanced,
            other => ScanType::Other(other.as_str().to_owned()),
        };
        Some(Scanning { kind, rules: configuration.rules().iter().map(scan_rule).collect() })
    };
    ask.ask(Action::EcrGetRegistryScanningConfiguration, place, call, read).await
}

/// A rule by filters of a kind that is not known here does not say which repositories it is about.
fn scan_rule(rule: &RegistryScanningRule) -> ScanRule {
    let filters = rule.repository_filters();
    let strange = filters.iter().find(|filter| *filter.filter_type() != ScanningRepositoryFilterType::Wildcard);
    let frequency = match (strange, rule.scan_frequency()) {
        (Some(filter), frequency) => {
            ScanFrequency::Other(format!("{frequency} by filters of the type {}", filter.filter_type()))
        }
        (None, SdkFrequency::ScanOnPush) => ScanFrequency::OnPush,
        (None, SdkFrequency::ContinuousScan) => ScanFrequency::Continuous,
        (None, SdkFrequency::Manual) => ScanFrequency::Manual,
        (None, other) => ScanFrequency::Other(other.as_str().to_owned()),
    };
    ScanRule { frequency, filters: filters.iter().map(|filter| filter.filter().to_owned()).collect() }
}

/// Whether Inspector scans images, where scanning is its task.
///
/// Source: <https://docs.aws.amazon.com/inspector/v2/APIReference/API_State.html>
async fn inspector(
    signed: &Signed,
    caller: &Caller,
    scanning: &Fact<Scanning>,
    place: &Arc<Place>,
    ask: &Ask,
) -> Fact<InspectorStatus> {
    let action = Action::InspectorBatchGetAccountStatus;
    match scanning {
        Fact::Unknown(gap) => return Fact::Unknown(gap.clone()),
        Fact::Known(Scanning { kind: ScanType::Basic, .. }) => return Fact::not_asked(action, place),
        Fact::Known(Scanning { kind: ScanType::Enhanced | ScanType::Other(_), .. }) => {}
    }
    let call = || signed.inspector_status(&caller.account);
    let read = |state: Option<String>| {
        let state = state?;
        Some(match state.as_str() {
            "ENABLED" => InspectorStatus::Enabled,
            "ENABLING" | "DISABLING" | "DISABLED" | "SUSPENDING" | "SUSPENDED" => InspectorStatus::Not(state),
            _ => InspectorStatus::Other(state),
        })
    };
    ask.ask(action, place, call, read).await
}

async fn replication(client: &Client, place: &Arc<Place>, ask: &Ask) -> Fact<Vec<ReplicationRule>> {
    let call = || client.describe_registry().send();
    let read = |output: DescribeRegistryOutput| {
        output.replication_configuration()?.rules().iter().map(replication_rule).collect()
    };
    ask.ask(Action::EcrDescribeRegistry, place, call, read).await
}

/// None for filters of a kind that is not known here: they would be read as prefixes that they are not.
fn replication_rule(rule: &SdkReplicationRule) -> Option<ReplicationRule> {
    let filters = rule.repository_filters();
    let known = filters.iter().all(|filter| *filter.filter_type() == RepositoryFilterType::PrefixMatch);
    let destinations = rule.destinations().iter();
    known.then(|| ReplicationRule {
        destinations: destinations
            .map(|destination| (destination.registry_id().into(), destination.region().into()))
            .collect(),
        prefixes: filters.iter().map(|filter| filter.filter().to_owned()).collect(),
    })
}

async fn pull_through_rules(client: &Client, place: &Arc<Place>, ask: &Ask) -> Listing<PullThroughRule> {
    let page = |token| client.describe_pull_through_cache_rules().max_results(PAGE).set_next_token(token).send();
    let read = |output: DescribePullThroughCacheRulesOutput| {
        let rules = output.pull_through_cache_rules.as_ref()?.iter();
        Some(Page { items: rules.map(pull_through_rule).collect::<Option<_>>()?, next: output.next_token })
    };
    ask.list(Action::EcrDescribePullThroughCacheRules, place, "", page, read).await
}

fn pull_through_rule(rule: &PullThroughCacheRule) -> Option<PullThroughRule> {
    Some(PullThroughRule {
        prefix: rule.ecr_repository_prefix()?.to_owned(),
        upstream: rule.upstream_registry_url()?.to_owned(),
        registry: rule.upstream_registry().map(|registry| registry.as_str().to_owned()),
        credential: rule.credential_arn().map(Arn::from),
        role: rule.custom_role_arn().map(Arn::from),
        upstream_prefix: rule.upstream_repository_prefix().filter(|prefix| *prefix != "ROOT").map(str::to_owned),
    })
}

async fn creation_templates(client: &Client, place: &Arc<Place>, ask: &Ask) -> Listing<CreationTemplate> {
    let page = |token| client.describe_repository_creation_templates().max_results(PAGE).set_next_token(token).send();
    let read = |output: DescribeRepositoryCreationTemplatesOutput| {
        let templates = output.repository_creation_templates.as_ref()?.iter();
        Some(Page { items: templates.map(creation_template).collect::<Option<_>>()?, next: output.next_token })
    };
    ask.list(Action::EcrDescribeRepositoryCreationTemplates, place, "", page, read).await
}

fn creation_template(template: &RepositoryCreationTemplate) -> Option<CreationTemplate> {
    let encryption_of = template.encryption_configuration();
    let kind = encryption_of.map(EncryptionConfigurationForRepositoryCreationTemplate::encryption_type);
    let text = |text: Option<&str>| text.filter(|text| !text.is_empty()).map(str::to_owned);
    Some(CreationTemplate {
        prefix: template.prefix()?.to_owned(),
        applied_for: template.applied_for().iter().map(|cause| cause.as_str().to_owned()).collect(),
        tag_mutability: tag_mutability(
            template.image_tag_mutability(),
            template.image_tag_mutability_exclusion_filters(),
        ),
        encryption: encryption(kind, encryption_of.and_then(|configuration| configuration.kms_key())),
        has_lifecycle: text(template.lifecycle_policy()).is_some(),
        lifecycle: Fact::Known(text(template.lifecycle_policy()).as_deref().map(Lifecycle::parse)),
        policy: text(template.repository_policy()).as_deref().map(PolicyText::parse),
    })
}

async fn signing(client: &Client, place: &Arc<Place>, ask: &Ask) -> Fact<Vec<SigningRule>> {
    let call = || client.get_signing_configuration().send();
    let read = |output: GetSigningConfigurationOutput| {
        output.signing_configuration()?.rules().iter().map(signing_rule).collect()
    };
    let absent = &["SigningConfigurationNotFoundException"];
    match ask.ask_optional(Action::EcrGetSigningConfiguration, place, absent, call, read).await {
        Fact::Known(rules) => Fact::Known(rules.unwrap_or_default()),
        Fact::Unknown(gap) => Fact::Unknown(gap),
    }
}

/// None for filters of a kind that is not known here.
fn signing_rule(rule: &SdkSigningRule) -> Option<SigningRule> {
    let filters = rule.repository_filters();
    let known = filters.iter().all(|filter| *filter.filter_type() == SigningRepositoryFilterType::WildcardMatch);
    known.then(|| SigningRule {
        profile: Arn::from(rule.signing_profile_arn()),
        filters: filters.iter().map(|filter| filter.filter().to_owned()).collect(),
    })
}
