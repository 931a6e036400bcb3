//! Who makes a request.

use crate::principal::is_account_id;
use crate::request_context::RequestContext;

/// Who makes a request.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Caller {
    text: String,
    kind: CallerKind,
}

/// What kind of caller it is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum CallerKind {
    /// Nobody known: a request without a signature.
    Anonymous,
    /// Some user or role of an account, one does not know which.
    SomeoneIn(String),
    /// The root user of an account.
    Root(String),
    /// An IAM user.
    User {
        /// The account id.
        account: String,
        /// `user/path/name`.
        resource: String,
    },
    /// A role, that is any session of it.
    Role {
        /// The account id.
        account: String,
        /// `role/path/name`.
        resource: String,
    },
    /// One session of a role.
    Session {
        /// The account id.
        account: String,
        /// The role's name without its path.
        role: String,
        /// The session's name.
        session: String,
    },
    /// A session made by `GetFederationToken`.
    FederatedUser {
        /// The account id.
        account: String,
        /// The name given to the session.
        name: String,
    },
    /// An AWS service acting as itself.
    Service,
    /// Someone an identity provider vouches for, about to assume a role.
    Federated,
}

/// A text that names no caller.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} names no caller: expected an ARN, an account id, a service or `anonymous`")]
pub struct UnknownCaller(String);

/// Identity providers that are not written as ARNs.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-federated-web-identity>
const PROVIDERS: [&str; 4] =
    ["accounts.google.com", "cognito-identity.amazonaws.com", "graph.facebook.com", "www.amazon.com"];

impl Caller {
    /// Reads a caller: the ARN of a user, role, session, root user or identity provider, an account
    /// id (its root user), a service principal, or `anonymous` (also `*`).
    pub fn parse(text: &str) -> Result<Caller, UnknownCaller> {
        let kind = kind(text).ok_or_else(|| UnknownCaller(text.to_owned()))?;
        Ok(Caller { text: text.to_owned(), kind })
    }

    /// A request without a signature.
    pub fn anonymous() -> Caller {
        Caller { text: "anonymous".to_owned(), kind: CallerKind::Anonymous }
    }

    /// Some user or role of an account.
    pub fn someone_in(account: impl Into<String>) -> Caller {
        let text = account.into();
        Caller { kind: CallerKind::SomeoneIn(text.clone()), text }
    }

    /// An AWS service acting as itself, by its principal: `lambda.amazonaws.com`.
    pub fn service(principal: impl Into<String>) -> Caller {
        Caller { text: principal.into(), kind: CallerKind::Service }
    }

    /// Someone an identity provider vouches for, by its ARN or well-known name.
    pub fn federated(provider: impl Into<String>) -> Caller {
        Caller { text: provider.into(), kind: CallerKind::Federated }
    }

    /// The caller as it was given.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What kind of caller it is.
    pub fn kind(&self) -> &CallerKind {
        &self.kind
    }

    /// The account the caller belongs to; services, providers and the anonymous have none.
    pub fn account(&self) -> Option<&str> {
        match &self.kind {
            CallerKind::SomeoneIn(account)
            | CallerKind::Root(account)
            | CallerKind::User { account, .. }
            | CallerKind::Role { account, .. }
            | CallerKind::Session { account, .. }
            | CallerKind::FederatedUser { account, .. } => Some(account),
            CallerKind::Anonymous | CallerKind::Service | CallerKind::Federated => None,
        }
    }

    /// The bare name of the role behind a role or session.
    pub(crate) fn role_name(&self) -> Option<&str> {
        match &self.kind {
            CallerKind::Role { resource, .. } => resource.rsplit('/').next(),
            CallerKind::Session { role, .. } => Some(role),
            CallerKind::Anonymous
            | CallerKind::SomeoneIn(_)
            | CallerKind::Root(_)
            | CallerKind::User { .. }
            | CallerKind::FederatedUser { .. }
            | CallerKind::Service
            | CallerKind::Federated => None,
        }
    }

    /// Whether the caller is a service-linked role, which control policies leave alone. A session
    /// does not show its role's path, so there the name AWS gives such roles decides.
    ///
    /// Source: <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html#not-restricted-by-scp>
    pub(crate) fn is_service_linked(&self) -> bool {
        match &self.kind {
            CallerKind::Role { resource, .. } => resource.starts_with("role/aws-service-role/"),
            CallerKind::Session { role, .. } => role.starts_with("AWSServiceRoleFor"),
            CallerKind::Anonymous
            | CallerKind::SomeoneIn(_)
            | CallerKind::Root(_)
            | CallerKind::User { .. }
            | CallerKind::FederatedUser { .. }
            | CallerKind::Service
            | CallerKind::Federated => false,
        }
    }
}

fn kind(text: &str) -> Option<CallerKind> {
    if matches!(text, "anonymous" | "*") {
        return Some(CallerKind::Anonymous);
    }
    if is_account_id(text) {
        return Some(CallerKind::Root(text.to_owned()));
    }
    if PROVIDERS.contains(&text) {
        return Some(CallerKind::Federated);
    }
    if !text.starts_with("arn:") {
        let is_service = text.contains('.') && !text.contains([':', '/', '*', ' ']);
        return is_service.then_some(CallerKind::Service);
    }
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let ["arn", _, service, "", account, resource] = parts.as_slice() else { return None };
    arn_kind(service, account, resource)
}

fn arn_kind(service: &str, account: &str, resource: &str) -> Option<CallerKind> {
    let (account, resource) = (account.to_owned(), resource.to_owned());
    let (class, rest) = resource.split_once('/').unwrap_or((&resource, ""));
    match (service, class) {
        ("iam", "root") if rest.is_empty() => Some(CallerKind::Root(account)),
        ("iam", "user") if !rest.is_empty() => Some(CallerKind::User { account, resource }),
        ("iam", "role") if !rest.is_empty() => Some(CallerKind::Role { account, resource }),
        ("iam", "oidc-provider" | "saml-provider") => Some(CallerKind::Federated),
        ("sts", "assumed-role") => {
            let (role, session) = rest.split_once('/')?;
            Some(CallerKind::Session { account, role: role.to_owned(), session: session.to_owned() })
        }
        ("sts", "federated-user") if !rest.is_empty() => {
            Some(CallerKind::FederatedUser { account, name: rest.to_owned() })
        }
        _ => None,
    }
}

/// Keys that tell of the calling user or role.
const OF_PRINCIPALS: [&str; 7] = [
    "aws:PrincipalArn",
    "aws:PrincipalAccount",
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:userid",
    "aws:username",
    "aws:FederatedProvider",
];

/// Keys that tell for which resource a service calls.
const OF_SOURCES: [&str; 5] =
    ["aws:SourceArn", "aws:SourceAccount", "aws:SourceOwner", "aws:SourceOrgID", "aws:SourceOrgPaths"];

impl RequestContext {
    /// What is known of every request a caller makes, for use as a start: which keys AWS sets, and
    /// which it never sets for this kind of caller. Everything else is unknown.
    ///
    /// Sources: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>,
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable>
    pub fn of(caller: &Caller) -> RequestContext {
        match caller.kind() {
            CallerKind::Anonymous => without_principal().known("aws:PrincipalType", ["Anonymous"]),
            CallerKind::Federated => without_principal().absent("aws:PrincipalType"),
            CallerKind::Service => without_principal_keys()
                .absent("aws:PrincipalType")
                .known("aws:PrincipalIsAWSService", ["true"])
                .known("aws:PrincipalServiceName", [caller.as_str()]),
            CallerKind::SomeoneIn(account) => of_account(account),
            CallerKind::Root(account) => of_account(account)
                .known("aws:PrincipalType", ["Account"])
                .known("aws:userid", [account.as_str()])
                .absent("aws:username")
                .known("aws:PrincipalArn", [caller.as_str()]),
            CallerKind::User { account, resource } => of_account(account)
                .known("aws:PrincipalType", ["User"])
                .known("aws:PrincipalArn", [caller.as_str()])
                .known("aws:username", resource.rsplit('/').next()),
            CallerKind::Role { account, .. } => of_account(account)
                .known("aws:PrincipalType", ["AssumedRole"])
                .known("aws:PrincipalArn", [caller.as_str()])
                .absent("aws:username"),
            // The role's path, which `aws:PrincipalArn` shows, is not in a session's ARN, nor is the role's id.
            CallerKind::Session { account, session, .. } => of_account(account)
                .known("aws:PrincipalType", ["AssumedRole"])
                .like("aws:userid", format!("*:{session}"))
                .absent("aws:username"),
            CallerKind::FederatedUser { account, name } => of_account(account)
                .known("aws:PrincipalType", ["FederatedUser"])
                .known("aws:userid", [format!("{account}:{name}")])
                .known("aws:PrincipalArn", [caller.as_str()])
                .absent("aws:username"),
        }
    }
}

fn without_principal_keys() -> RequestContext {
    OF_PRINCIPALS
        .iter()
        .fold(RequestContext::partial(), |context, key| context.absent(key))
        .absent_family("aws:PrincipalTag/")
}

fn without_services(context: RequestContext) -> RequestContext {
    OF_SOURCES
        .iter()
        .fold(context, |context, key| context.absent(key))
        .known("aws:PrincipalIsAWSService", ["false"])
        .absent("aws:PrincipalServiceName")
        .absent("aws:PrincipalServiceNamesList")
}

fn without_principal() -> RequestContext {
    without_services(without_principal_keys())
}

fn of_account(account: &str) -> RequestContext {
    without_services(RequestContext::partial())
        .known("aws:PrincipalAccount", [account])
        .known("kms:CallerAccount", [account])
}
