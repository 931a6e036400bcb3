//! IAM, whole, from one call: `GetAccountAuthorizationDetails`, its five kinds of entity as five chains of pages.

mod page;
mod usage;

use std::collections::HashSet;

use aws_sdk_iam::operation::get_account_authorization_details::GetAccountAuthorizationDetailsOutput as Output;
use aws_sdk_iam::operation::get_open_id_connect_provider::GetOpenIdConnectProviderOutput;
use aws_sdk_iam::operation::list_open_id_connect_providers::ListOpenIdConnectProvidersOutput;
use aws_sdk_iam::types::{
    AttachedPermissionsBoundary, AttachedPolicy, EntityType, GroupDetail, ManagedPolicyDetail, PolicyDetail,
    RoleDetail, UserDetail,
};
use futures_util::future::join_all;
use palisade_model::iam::{
    Group, Iam, InlinePolicy, LastUsed, ManagedPolicy, OidcDetails, OidcProvider, PolicyText, Role, User,
};
use palisade_model::{Action, Arn, Listing, Partition, Place, RegionName};
use palisade_policy::Document;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::ask::{Ask, Page};
use crate::aws::session::Session;
use crate::sdk::timestamp;
use page::page_of;
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
        let arns = output.open_id_connect_provider_list().iter().map(|provider| provider.arn().map(Arn::from));
        Some(Page { items: arns.collect::<Option<_>>()?, next: None })
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

/// The entities that an answer lists; none when it lacks the list, or what each of them has.
fn each<D, T>(details: Option<&[D]>, convert: impl Fn(&D) -> Option<T>) -> Option<Vec<T>> {
    details?.iter().map(convert).collect()
}

fn role(detail: &RoleDetail) -> Option<Role> {
    let arn = Arn::from(detail.arn()?);
    let profiles = detail.instance_profile_list().iter();
    Some(Role {
        instance_profiles: profiles.map(|profile| Arn::from(profile.arn())).collect(),
        services: usage::unread_services(&arn),
        arn,
        name: detail.role_name()?.to_owned(),
        id: detail.role_id()?.to_owned(),
        created_at: timestamp(detail.create_date()),
        trust: document(detail.assume_role_policy_document()),
        inline: inline(detail.role_policy_list())?,
        attached: attached(detail.attached_managed_policies())?,
        boundary: boundary(detail.permissions_boundary())?,
        last_used: detail.role_last_used().and_then(|used| {
            Some(LastUsed { at: timestamp(used.last_used_date())?, region: used.region().map(RegionName::from) })
        }),
    })
}

fn user(detail: &UserDetail) -> Option<User> {
    let arn = Arn::from(detail.arn()?);
    Some(User {
        access_keys: usage::unread_keys(&arn),
        arn,
        name: detail.user_name()?.to_owned(),
        id: detail.user_id()?.to_owned(),
        groups: detail.group_list().to_vec(),
        inline: inline(detail.user_policy_list())?,
        attached: attached(detail.attached_managed_policies())?,
        boundary: boundary(detail.permissions_boundary())?,
    })
}

fn group(detail: &GroupDetail) -> Option<Group> {
    Some(Group {
        arn: Arn::from(detail.arn()?),
        name: detail.group_name()?.to_owned(),
        inline: inline(detail.group_policy_list())?,
        attached: attached(detail.attached_managed_policies())?,
    })
}

fn policy(detail: &ManagedPolicyDetail) -> Option<ManagedPolicy> {
    let in_force = detail.policy_version_list().iter().find(|version| version.is_default_version());
    let arn = detail.arn()?;
    // A policy's ARN ends in its name, and not everything that answers as IAM does repeats it.
    let name = detail.policy_name().or_else(|| arn.rsplit('/').next())?;
    Some(ManagedPolicy {
        arn: Arn::from(arn),
        name: name.to_owned(),
        document: document(in_force.and_then(|version| version.document())),
        attachments: detail.attachment_count()?.try_into().ok()?,
    })
}

fn inline(policies: &[PolicyDetail]) -> Option<Vec<InlinePolicy>> {
    let inline = |detail: &PolicyDetail| {
        Some(InlinePolicy { name: detail.policy_name()?.to_owned(), document: document(detail.policy_document()) })
    };
    policies.iter().map(inline).collect()
}

fn attached(policies: &[AttachedPolicy]) -> Option<Vec<Arn>> {
    policies.iter().map(|policy| policy.policy_arn().map(Arn::from)).collect()
}

/// The boundary, if there is one; none of both when there is one that is not named.
#[expect(clippy::option_option, reason = "there is none, and the answer lacks it, are two things")]
fn boundary(boundary: Option<&AttachedPermissionsBoundary>) -> Option<Option<Arn>> {
    match boundary {
        None => Some(None),
        Some(boundary) => boundary.permissions_boundary_arn().map(|arn| Some(Arn::from(arn))),
    }
}

/// IAM percent-encodes its documents. One that is missing is not an empty one.
fn document(encoded: Option<&str>) -> PolicyText {
    match encoded.map(Document::parse_percent_encoded) {
        Some(Ok(document)) => PolicyText::Parsed(document),
        Some(Err(error)) => PolicyText::Malformed(error.to_string()),
        None => PolicyText::Malformed("AWS gave no document".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entity_without_what_each_has_leaves_its_list_unread() {
        let boundary = |arn: Option<&str>| {
            let boundary = AttachedPermissionsBoundary::builder().set_permissions_boundary_arn(arn.map(str::to_owned));
            RoleDetail::builder()
                .arn("arn:aws:iam::111122223333:role/web")
                .role_name("web")
                .role_id("AROA1")
                .permissions_boundary(boundary.build())
                .build()
        };
        let named = boundary(Some("arn:aws:iam::111122223333:policy/fence"));
        assert_eq!(each(Some(std::slice::from_ref(&named)), role).map(|roles| roles.len()), Some(1));
        assert_eq!(each(Some(&[named, boundary(None)]), role), None);
        assert_eq!(each(Some(&[UserDetail::builder().user_name("ann").build()]), user), None);
        let attached = AttachedPolicy::builder().policy_name("fence").build();
        let group_of = GroupDetail::builder().arn("arn:aws:iam::111122223333:group/all").group_name("all");
        assert_eq!(each(Some(&[group_of.attached_managed_policies(attached).build()]), group), None);
    }
}
