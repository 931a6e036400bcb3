//! STS: who calls, and as whom.

use super::{Answerer, Ask, Operation, Service, ThrottleError};
use crate::account::Role;
use crate::calls::Outcome;
use crate::ids;
use crate::wire::xml::Xml;
use crate::wire::{Answer, Protocol, ServiceError};

pub(super) static SERVICE: Service = Service {
    name: "sts",
    prefix: "sts",
    protocol: Protocol::Query,
    namespace: "https://sts.amazonaws.com/doc/2011-06-15/",
    global: false,
    throttle: ThrottleError { status: 400, code: "Throttling", message: "Rate exceeded" },
    broken: "InternalFailure",
    invalid_token: "ValidationError",
    operations: &[
        Operation::rpc("GetCallerIdentity", get_caller_identity as Answerer),
        Operation::rpc("AssumeRole", assume_role).on(|ask| ask.parameter("RoleArn")),
    ],
};

fn get_caller_identity(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let caller = ask.world.caller(ask.access_key);
    let mut xml = Xml::default();
    xml.text("Arn", &caller);
    xml.text("UserId", &user_id(&caller));
    xml.text("Account", &ask.world.account.id);
    Ok(Answer::Xml(xml))
}

fn assume_role(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let arn = ask.parameter("RoleArn").unwrap_or_default();
    let session = ask.parameter("RoleSessionName").unwrap_or_default();
    if session.is_empty() {
        return Err(ServiceError::new(400, "ValidationError", "roleSessionName must not be empty"));
    }
    let role = wanted_role(ask, &arn)?;
    let account = &ask.world.account;
    let assumed = format!("arn:{}:sts::{}:assumed-role/{}/{session}", account.partition, account.id, role.name);
    let key = ask.world.open_session(assumed.clone());
    let lifetime: i64 = ask.parameter("DurationSeconds").and_then(|seconds| seconds.parse().ok()).unwrap_or(3600);
    let expiration = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(lifetime);
    let mut xml = Xml::default();
    xml.within("Credentials", |xml| {
        xml.text("AccessKeyId", &key);
        xml.text("SecretAccessKey", &crate::world::World::session_secret(&key));
        xml.text("SessionToken", &ids::hexadecimal(&key, 128));
        xml.text("Expiration", &crate::account::iso(expiration));
    });
    xml.within("AssumedRoleUser", |xml| {
        xml.text("AssumedRoleId", &user_id(&assumed));
        xml.text("Arn", &assumed);
    });
    Ok(Answer::Xml(xml))
}

/// The role, if it is there and the external id is right. AWS doesn't say which of the two it was.
fn wanted_role<'a>(ask: &Ask<'a>, arn: &str) -> Result<&'a Role, ServiceError> {
    let account = &ask.world.account;
    let found = account.iam.roles.iter().find(|role| account.role_arn_in(&role.path, &role.name) == arn);
    let external_id = ask.parameter("ExternalId");
    found.filter(|role| role.external_id.is_none() || role.external_id == external_id).ok_or_else(|| {
        let caller = ask.world.caller(ask.access_key);
        let message = format!("User: {caller} is not authorized to perform: sts:AssumeRole on resource: {arn}");
        ServiceError::new(403, "AccessDenied", message).outcome(Outcome::Denied)
    })
}

/// The unique id behind a caller's ARN.
fn user_id(caller: &str) -> String {
    if let Some((_, rest)) = caller.split_once(":assumed-role/") {
        let (role, session) = rest.split_once('/').unwrap_or((rest, "session"));
        return format!("{}:{session}", ids::unique_id("AROA", role, 21));
    }
    let name = caller.rsplit('/').next().unwrap_or(caller);
    ids::unique_id("AIDA", name, 21)
}
