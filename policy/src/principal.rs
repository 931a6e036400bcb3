//! Who a `Principal` or `NotPrincipal` element names.
//!
//! Source of the forms: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>

/// Which key of the principal map an entry stands under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PrincipalKind {
    /// `AWS`: accounts, users, roles and sessions.
    Aws,
    /// `Service`: an AWS service acting as itself.
    Service,
    /// `Federated`: an identity provider.
    Federated,
    /// `CanonicalUser`: the S3 way to write an account.
    CanonicalUser,
}

impl PrincipalKind {
    /// The key as policies write it.
    pub fn as_str(self) -> &'static str {
        match self {
            PrincipalKind::Aws => "AWS",
            PrincipalKind::Service => "Service",
            PrincipalKind::Federated => "Federated",
            PrincipalKind::CanonicalUser => "CanonicalUser",
        }
    }

    pub(crate) fn from_key(key: &str) -> Option<PrincipalKind> {
        match key {
            "AWS" => Some(PrincipalKind::Aws),
            "Service" => Some(PrincipalKind::Service),
            "Federated" => Some(PrincipalKind::Federated),
            "CanonicalUser" => Some(PrincipalKind::CanonicalUser),
            _ => None,
        }
    }
}

/// One entry of a principal element, with what it was understood to name.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Principal {
    kind: PrincipalKind,
    text: String,
    form: PrincipalForm,
}

/// What an entry names.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum PrincipalForm {
    /// `*`: everybody; under `Service` or `Federated`, everybody of that kind.
    Everyone,
    /// An account id or its `:root` ARN: the account's administrators decide who within.
    Account(String),
    /// An IAM user: account and the ARN's resource part, `user/path/name`.
    User {
        /// The account id.
        account: String,
        /// `user/path/name`.
        resource: String,
    },
    /// A role, and so every session of it: account and bare role name (a session has no path).
    Role {
        /// The account id.
        account: String,
        /// The role's name without its path.
        name: String,
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
    /// A service principal, `lambda.amazonaws.com`.
    Service(String),
    /// An identity provider: its ARN, or a well-known name such as `accounts.google.com`.
    Federated(String),
    /// A canonical user id.
    CanonicalUser(String),
    /// The unique id AWS leaves behind when the named user or role was deleted: matches nobody.
    Dangling(String),
    /// Not a form AWS accepts (a wildcard inside an ARN, for one): matches nobody.
    Invalid,
}

impl Principal {
    /// Reads one entry standing under `kind`.
    pub fn new(kind: PrincipalKind, text: impl Into<String>) -> Principal {
        let text = text.into();
        let form = match kind {
            PrincipalKind::Aws => aws_form(&text),
            PrincipalKind::Service | PrincipalKind::Federated if text == "*" => PrincipalForm::Everyone,
            PrincipalKind::Service => PrincipalForm::Service(text.clone()),
            PrincipalKind::Federated => PrincipalForm::Federated(text.clone()),
            PrincipalKind::CanonicalUser => PrincipalForm::CanonicalUser(text.clone()),
        };
        Principal { kind, text, form }
    }

    /// The key of the map the entry stands under.
    pub fn kind(&self) -> PrincipalKind {
        self.kind
    }

    /// The entry as the policy writes it.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What the entry names.
    pub fn form(&self) -> &PrincipalForm {
        &self.form
    }

    pub(crate) fn is_everyone(&self) -> bool {
        self.form == PrincipalForm::Everyone
    }

    /// The account the entry names or belongs to, where it has one.
    pub fn account(&self) -> Option<&str> {
        match &self.form {
            PrincipalForm::Account(account)
            | PrincipalForm::User { account, .. }
            | PrincipalForm::Role { account, .. }
            | PrincipalForm::Session { account, .. }
            | PrincipalForm::FederatedUser { account, .. } => Some(account),
            PrincipalForm::Federated(provider) => provider.split(':').nth(4),
            PrincipalForm::Everyone
            | PrincipalForm::Service(_)
            | PrincipalForm::CanonicalUser(_)
            | PrincipalForm::Dangling(_)
            | PrincipalForm::Invalid => None,
        }
    }
}

fn aws_form(text: &str) -> PrincipalForm {
    if text == "*" {
        return PrincipalForm::Everyone;
    }
    if is_account_id(text) {
        return PrincipalForm::Account(text.to_owned());
    }
    if is_unique_id(text) {
        return PrincipalForm::Dangling(text.to_owned());
    }
    if text.contains(['*', '?']) {
        return PrincipalForm::Invalid;
    }
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let ["arn", _, service, "", account, resource] = parts.as_slice() else {
        return PrincipalForm::Invalid;
    };
    arn_form(service, account, resource)
}

fn arn_form(service: &str, account: &str, resource: &str) -> PrincipalForm {
    let account = account.to_owned();
    let (class, rest) = resource.split_once('/').unwrap_or((resource, ""));
    let last = rest.rsplit('/').next().unwrap_or(rest).to_owned();
    match (service, class) {
        _ if account.is_empty() => PrincipalForm::Invalid,
        ("iam", "root") if rest.is_empty() => PrincipalForm::Account(account),
        ("iam", "user") if !last.is_empty() => PrincipalForm::User { account, resource: resource.to_owned() },
        ("iam", "role") if !last.is_empty() => PrincipalForm::Role { account, name: last },
        ("sts", "assumed-role") => match rest.split_once('/') {
            Some((role, session)) => {
                PrincipalForm::Session { account, role: role.to_owned(), session: session.to_owned() }
            }
            None => PrincipalForm::Invalid,
        },
        ("sts", "federated-user") if !rest.is_empty() => {
            PrincipalForm::FederatedUser { account, name: rest.to_owned() }
        }
        _ => PrincipalForm::Invalid,
    }
}

/// Twelve digits.
pub(crate) fn is_account_id(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Unique ids of IAM begin with one of these and run on in capitals and digits.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-prefixes>
fn is_unique_id(text: &str) -> bool {
    let prefixes = ["AIDA", "AROA", "AGPA", "ANPA", "AIPA", "ASIA", "AKIA", "ABIA", "ACCA"];
    text.len() >= 16
        && prefixes.iter().any(|prefix| text.starts_with(prefix))
        && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}
