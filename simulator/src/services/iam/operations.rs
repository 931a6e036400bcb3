//! The operations of IAM, and those that need no file of their own.

use super::{PAGE, details, last_accessed, no_such_entity, page_end, shapes};
use crate::account::{AccessKey, User};
use crate::services::{Answerer, Ask, Operation, Service, ThrottleError};
use crate::wire::xml::Xml;
use crate::wire::{Answer, Protocol, ServiceError};

pub(crate) static SERVICE: Service = Service {
    name: "iam",
    prefix: "iam",
    protocol: Protocol::Query,
    namespace: "https://iam.amazonaws.com/doc/2010-05-08/",
    global: true,
    throttle: ThrottleError { status: 400, code: "Throttling", message: "Rate exceeded" },
    broken: "ServiceFailure",
    invalid_token: "ValidationError",
    operations: &[
        Operation::rpc("GetAccountAuthorizationDetails", details::get_account_authorization_details as Answerer),
        Operation::rpc("ListRoles", list_roles),
        Operation::rpc("ListOpenIDConnectProviders", list_oidc_providers),
        Operation::rpc("GetOpenIDConnectProvider", get_oidc_provider)
            .on(|ask| ask.parameter("OpenIDConnectProviderArn")),
        Operation::rpc("GetAccountSummary", get_account_summary),
        Operation::rpc("ListAccountAliases", list_account_aliases),
        Operation::rpc("ListAccessKeys", list_access_keys).on(user_arn),
        Operation::rpc("GetAccessKeyLastUsed", get_access_key_last_used).on(|ask| ask.parameter("AccessKeyId")),
        Operation::rpc("GenerateServiceLastAccessedDetails", last_accessed::generate).on(|ask| ask.parameter("Arn")),
        Operation::rpc("GetServiceLastAccessedDetails", last_accessed::get).on(|ask| ask.parameter("JobId")),
    ],
};

fn list_roles(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let prefix = ask.parameter("PathPrefix").unwrap_or_else(|| "/".to_owned());
    let roles = &ask.world.account.iam.roles;
    let roles: Vec<_> = roles.iter().filter(|role| role.path.starts_with(&prefix)).collect();
    let page = ask.page(&roles, &PAGE)?;
    let mut xml = Xml::default();
    xml.members("Roles", page.items, |xml, role| shapes::listed_role(xml, ask.world, role));
    page_end(&mut xml, page.next.as_deref());
    Ok(Answer::Xml(xml))
}

fn list_oidc_providers(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let account = &ask.world.account;
    let mut xml = Xml::default();
    xml.members("OpenIDConnectProviderList", &account.iam.oidc_providers, |xml, provider| {
        xml.text("Arn", &account.arn("iam", "", &format!("oidc-provider/{}", provider.url)));
    });
    Ok(Answer::Xml(xml))
}

fn get_oidc_provider(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let arn = ask.parameter("OpenIDConnectProviderArn").unwrap_or_default();
    let url = arn.split_once(":oidc-provider/").map_or("", |(_, url)| url);
    let provider = ask.world.account.iam.oidc_providers.iter().find(|provider| provider.url == url);
    let provider = provider.ok_or_else(|| no_such_entity(format!("OpenIDConnect Provider not found for arn {arn}")))?;
    let mut xml = Xml::default();
    xml.text("Url", &provider.url);
    xml.members("ClientIDList", &provider.client_ids, |xml, id| xml.escape(id));
    xml.members("ThumbprintList", &provider.thumbprints, |xml, print| xml.escape(print));
    xml.text("CreateDate", &ask.world.iso(provider.created));
    shapes::tags(&mut xml, &provider.tags);
    Ok(Answer::Xml(xml))
}

fn get_account_summary(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let iam = &ask.world.account.iam;
    let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
    let mut entries = std::collections::BTreeMap::from([
        ("Users", count(iam.users.len())),
        ("Roles", count(iam.roles.len())),
        ("Groups", count(iam.groups.len())),
        ("Policies", count(iam.policies.len())),
        ("Providers", count(iam.oidc_providers.len())),
        ("AccountMFAEnabled", 1),
        ("AccountAccessKeysPresent", 0),
        ("RolesQuota", 1000),
    ]);
    entries.extend(iam.summary.iter().map(|(name, value)| (name.as_str(), *value)));
    let mut xml = Xml::default();
    xml.within("SummaryMap", |xml| {
        for (name, value) in entries {
            xml.within("entry", |xml| {
                xml.text("key", name);
                xml.value("value", value);
            });
        }
    });
    Ok(Answer::Xml(xml))
}

fn list_account_aliases(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let mut xml = Xml::default();
    xml.members("AccountAliases", &ask.world.account.alias, |xml, alias| xml.escape(alias));
    page_end(&mut xml, None);
    Ok(Answer::Xml(xml))
}

fn user_arn(ask: &Ask<'_>) -> Option<String> {
    let name = ask.parameter("UserName")?;
    Some(ask.world.account.arn("iam", "", &format!("user/{name}")))
}

fn list_access_keys(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let name = ask.parameter("UserName").unwrap_or_default();
    let user = ask.world.account.iam.users.iter().find(|user| user.name == name);
    let user = user.ok_or_else(|| no_such_entity(format!("The user with name {name} cannot be found.")))?;
    let page = ask.page(&user.access_keys, &PAGE)?;
    let mut xml = Xml::default();
    xml.members("AccessKeyMetadata", page.items, |xml, key| {
        xml.text("UserName", &user.name);
        xml.text("AccessKeyId", &key.id);
        xml.text("Status", &key.status);
        xml.text("CreateDate", &ask.world.iso(key.created));
    });
    page_end(&mut xml, page.next.as_deref());
    Ok(Answer::Xml(xml))
}

fn get_access_key_last_used(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let id = ask.parameter("AccessKeyId").unwrap_or_default();
    let users = &ask.world.account.iam.users;
    let found: Option<(&User, &AccessKey)> =
        users.iter().find_map(|user| Some((user, user.access_keys.iter().find(|key| key.id == id)?)));
    let (user, key) = found.ok_or_else(|| no_such_entity(format!("The Access Key with id {id} cannot be found")))?;
    let mut xml = Xml::default();
    xml.text("UserName", &user.name);
    xml.within("AccessKeyLastUsed", |xml| {
        xml.text_if("LastUsedDate", key.last_used.map(|last| ask.world.iso(last)).as_deref());
        xml.text("ServiceName", if key.last_used.is_some() { "s3" } else { "N/A" });
        xml.text("Region", if key.last_used.is_some() { ask.world.account.home_region() } else { "N/A" });
    });
    Ok(Answer::Xml(xml))
}
