//! IAM, whole, from one call: `GetAccountAuthorizationDetails`, its five kinds of entity as five chains of pages.

mod usage;

use std::collections::HashSet;

use aws_sdk_iam::operation::get_account_authorization_details::GetAccountAuthorizationDetailsOutput as Output;
use aws_sdk_iam::operation::get_open_id_connect_provider::GetOpenIdConnectProviderOutput;
use aws_sdk_iam::operation::list_open_id_connect_providers::ListOpenIdConnectProvidersOutput;
use aws_sdk_iam::types::{
    AttachedPermissionsBoundary, AttachedPolicy, EntityType, GroupDetail, ManagedPolicyDetail, PolicyDetail,
    RoleDetail, UserDetail,
};
use aws_smithy_types::DateTime;
use futures_util::future::join_all;
use jiff::Timestamp;
use palisade_model::iam::{
    Group, Iam, InlinePolicy, LastUsed, ManagedPolicy, OidcDetails, OidcProvider, PolicyText, Role, User,
};
use palisade_model::{Action, Arn, Listing, Partition, Place, RegionName};
use palisade_policy::Document;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::ask::{Ask, Page};
use crate::aws::session::Session;
pub(super) use usage::complete;

/// Collects the account's identities and policies.
pub(super) async fn collect(session: &Session, partition: &Partition, ask: &Ask) -> Iam {
    let client = aws_sdk_iam::Client::new(&session.in_region(&partition.global_region()));
    let (roles, users, groups, own, managed, oidc_providers) = tokio::join!(
        entities(&client, ask, EntityType::Role, |output| each(output.role_detail_list.as_deref(), role)),
        entities(&client, ask, EntityType::User, |output| each(output.user_detail_list.as_deref(), user)),
        entities(&client, ask, EntityType::Group, |output| each(output.group_detail_list.as_deref(), group)),
        entities(&client, ask, EntityType::LocalManagedPolicy, |output| each(output.policies.as_deref(), policy)),
        entities(&client, ask, EntityType::AwsManagedPolicy, |output| each(output.policies.as_deref(), policy)),
        oidc_providers(&client, ask),
    );
    let policies = [own.seen(), managed.seen()].concat();
    let gap = own.gap().or(managed.gap()).cloned();
    Iam {
        roles: unique(roles, |role| &role.arn),
        users: unique(users, |user| &user.arn),
        groups: unique(groups, |group| &group.arn),
        policies: unique(Listing::new(policies, gap), |policy| &policy.arn),
        oidc_providers,
    }
}

/// A list in which each name stands once: what changed while it was listed may be on two pages.
fn unique<T>(listing: Listing<T>, name: impl Fn(&T) -> &Arn) -> Listing<T> {
    let (mut items, gap) = listing.into_parts();
    let mut seen = HashSet::new();
    items.retain(|item| seen.insert(name(item).clone()));
    Listing::new(items, gap)
}

/// OpenID Connect providers; the call that lists them gives all at once.
async fn oidc_providers(client: &aws_sdk_iam::Client, ask: &Ask) -> Listing<OidcProvider> {
    let page = |_| client.list_open_id_connect_providers().send();
    let read = |output: ListOpenIdConnectProvidersOutput| {
        let arns = output.open_id_connect_provider_list().iter().filter_map(|provider| provider.arn());
        Some(Page { items: arns.map(Arn::from).collect(), next: None })
    };
    let action = Action::IamListOpenIdConnectProviders;
    let listing = ask.list(action, &Place::account(), "", page, read).await;
    let details = listing.seen().iter().map(async |arn: &Arn| {
        let call = || client.get_open_id_connect_provider().open_id_connect_provider_arn(arn.as_str()).send();
        let read = |output: GetOpenIdConnectProviderOutput| {
            Some(OidcDetails { issuer: output.url()?.to_owned(), audiences: output.client_id_list().to_vec() })
        };
        let place = Place::resource(arn);
        let details = ask.ask(Action::IamGetOpenIdConnectProvider, &place, call, read).await;
        OidcProvider { arn: arn.clone(), details }
    });
    Listing::new(join_all(details).await, listing.gap().cloned())
}

async fn entities<T: Serialize + DeserializeOwned>(
    client: &aws_sdk_iam::Client,
    ask: &Ask,
    kind: EntityType,
    read: impl Fn(&Output) -> Option<Vec<T>>,
) -> Listing<T> {
    let page = |marker| {
        let request = client.get_account_authorization_details().max_items(1000);
        request.filter(kind.clone()).set_marker(marker).send()
    };
    let read = |output: Output| {
        let items = read(&output)?;
        page_of(items, output.is_truncated, output.marker)
    };
    let action = Action::IamGetAccountAuthorizationDetails;
    ask.list(action, &Place::account(), kind.as_str(), page, read).await
}

/// The entities that an answer lists; none when it lacks the list.
fn each<D, T>(details: Option<&[D]>, convert: impl Fn(&D) -> T) -> Option<Vec<T>> {
    Some(details?.iter().map(convert).collect())
}

/// A page of IAM's; none when the answer says that it is cut short and not where to go on.
fn page_of<T>(items: Vec<T>, is_truncated: bool, marker: Option<String>) -> Option<Page<T>> {
    if is_truncated && marker.is_none() {
        return None;
    }
    Some(Page { items, next: marker.filter(|_| is_truncated) })
}

fn role(detail: &RoleDetail) -> Role {
    let arn = Arn::from(detail.arn().unwrap_or_default());
    Role {
        services: usage::unread_services(&arn),
        arn,
        name: text(detail.role_name()),
        id: text(detail.role_id()),
        created_at: timestamp(detail.create_date()),
        trust: document(detail.assume_role_policy_document()),
        inline: inline(detail.role_policy_list()),
        attached: attached(detail.attached_managed_policies()),
        boundary: boundary(detail.permissions_boundary()),
        last_used: detail.role_last_used().and_then(|used| {
            Some(LastUsed { at: timestamp(used.last_used_date())?, region: used.region().map(RegionName::from) })
        }),
    }
}

fn user(detail: &UserDetail) -> User {
    let arn = Arn::from(detail.arn().unwrap_or_default());
    User {
        access_keys: usage::unread_keys(&arn),
        arn,
        name: text(detail.user_name()),
        id: text(detail.user_id()),
        groups: detail.group_list().to_vec(),
        inline: inline(detail.user_policy_list()),
        attached: attached(detail.attached_managed_policies()),
        boundary: boundary(detail.permissions_boundary()),
    }
}

fn group(detail: &GroupDetail) -> Group {
    Group {
        arn: Arn::from(detail.arn().unwrap_or_default()),
        name: text(detail.group_name()),
        inline: inline(detail.group_policy_list()),
        attached: attached(detail.attached_managed_policies()),
    }
}

fn policy(detail: &ManagedPolicyDetail) -> ManagedPolicy {
    let in_force = detail.policy_version_list().iter().find(|version| version.is_default_version());
    ManagedPolicy {
        arn: Arn::from(detail.arn().unwrap_or_default()),
        name: text(detail.policy_name()),
        document: document(in_force.and_then(|version| version.document())),
        attachments: detail.attachment_count().and_then(|count| count.try_into().ok()).unwrap_or_default(),
    }
}

fn inline(policies: &[PolicyDetail]) -> Vec<InlinePolicy> {
    let inline = |detail: &PolicyDetail| InlinePolicy {
        name: text(detail.policy_name()),
        document: document(detail.policy_document()),
    };
    policies.iter().map(inline).collect()
}

fn attached(policies: &[AttachedPolicy]) -> Vec<Arn> {
    policies.iter().filter_map(|policy| policy.policy_arn()).map(Arn::from).collect()
}

fn boundary(boundary: Option<&AttachedPermissionsBoundary>) -> Option<Arn> {
    boundary?.permissions_boundary_arn().map(Arn::from)
}

/// IAM percent-encodes its documents. One that is missing is not an empty one.
fn document(encoded: Option<&str>) -> PolicyText {
    match encoded.map(Document::parse_percent_encoded) {
        Some(Ok(document)) => PolicyText::Parsed(document),
        Some(Err(error)) => PolicyText::Malformed(error.to_string()),
        None => PolicyText::Malformed("AWS gave no document".to_owned()),
    }
}

fn text(value: Option<&str>) -> String {
    value.unwrap_or_default().to_owned()
}

fn timestamp(time: Option<&DateTime>) -> Option<Timestamp> {
    Timestamp::from_second(time?.secs()).ok()
}
