//! Which credentials a run uses: the order of the AWS CLI, as docs/running.md tells it. tests/credentials holds the rows
//! by which it is compared with botocore.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use aws_credential_types::Credentials;

use super::error::OriginError;
use super::files::{File, Files, Place, Variable, place};
use super::named::Named;

/// Where credentials come from.
#[derive(Clone, Debug)]
pub(crate) enum Origin {
    /// `AWS_ACCESS_KEY_ID` and what goes with it.
    Variables(Credentials),
    /// A profile of the files.
    Profile { name: String, way: Way },
    /// A token of another issuer that the environment names.
    WebIdentity(WebIdentity),
    /// The role of a container.
    Container {
        variable: &'static str,
        /// Whether the agent is on this machine; one that speaks TLS may be anywhere.
        is_near: bool,
    },
    /// The role of an instance.
    Instance,
    /// The simulated account's.
    Simulated(Credentials),
}

/// How a profile comes by its credentials.
#[derive(Clone, Debug)]
pub(crate) enum Way {
    Key { credentials: Credentials, place: Place },
    Role { role: Role, source: Box<Origin> },
    WebIdentity(WebIdentity),
    SingleSignOn(SingleSignOn),
    Process { command: String },
}

/// A role that a profile assumes.
#[derive(Clone, Debug)]
pub(crate) struct Role {
    pub(super) arn: String,
    pub(super) external_id: Option<String>,
    pub(super) session_name: Option<String>,
    pub(super) duration: Option<Duration>,
}

/// A role that is assumed with a token in a file.
#[derive(Clone, Debug)]
pub(crate) struct WebIdentity {
    pub(super) token_file: PathBuf,
    pub(super) role_arn: String,
    pub(super) session_name: Option<String>,
}

/// A role of the IAM Identity Center.
#[derive(Clone, Debug)]
pub(crate) struct SingleSignOn {
    pub(super) account: String,
    pub(super) role: String,
    pub(super) region: String,
    pub(super) start_url: String,
    pub(super) session: Option<String>,
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Variables(_) => formatter.write_str("the variables AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"),
            Self::Profile { name, way } => write!(formatter, "the profile `{name}` ({way})"),
            Self::WebIdentity(_) => formatter.write_str("the web identity that AWS_WEB_IDENTITY_TOKEN_FILE names"),
            Self::Container { variable, is_near: _ } => write!(formatter, "the container's role ({variable})"),
            Self::Instance => formatter.write_str("the instance's role"),
            Self::Simulated(_) => formatter.write_str("the simulated account's access key"),
        }
    }
}

impl fmt::Display for Way {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key { place, .. } => write!(formatter, "access key in {place}"),
            Self::Role { role, source } => write!(formatter, "the role {}, assumed by {source}", role.arn),
            Self::WebIdentity(_) => formatter.write_str("web identity"),
            Self::SingleSignOn(sign_on) => match &sign_on.session {
                Some(session) => write!(formatter, "single sign-on, session `{session}`"),
                None => formatter.write_str("single sign-on"),
            },
            Self::Process { .. } => formatter.write_str("credential_process"),
        }
    }
}

/// What was chosen.
#[derive(Debug)]
pub(crate) struct Choice {
    pub(super) origin: Origin,
    /// The profile that the environment names, and whose credentials are not used for all that.
    pub(super) passed_over: Option<Named>,
}

/// Chooses as the AWS CLI does, but for one thing: a profile that is named and holds no credentials is an error, and not
/// passed over in favour of a container's or an instance's role.
pub(super) fn choose(named: Option<&Named>, variable: Variable<'_>, files: &Files) -> Result<Choice, OriginError> {
    if let Some(named) = named.filter(|named| !files.has(&named.name)) {
        return Err(OriginError::Missing(named.clone()));
    }
    let chooser = Chooser { variable, files };
    let is_explicit = named.is_some_and(Named::is_explicit);
    let of_environment = |origin| Ok(Choice { origin, passed_over: named.cloned() });
    if !is_explicit && let Some(credentials) = chooser.variables()? {
        return of_environment(Origin::Variables(credentials));
    }
    let profile = named.map_or("default", |named| named.name.as_str());
    match (chooser.profile(profile, !is_explicit, &mut Vec::new())?, named) {
        (Some(origin @ Origin::WebIdentity(_)), _) => of_environment(origin),
        (Some(origin), _) => Ok(Choice { origin, passed_over: None }),
        (None, Some(named)) => Err(OriginError::Empty(named.clone())),
        (None, None) => chooser.surroundings().map(|origin| Choice { origin, passed_over: None }),
    }
}

struct Chooser<'a> {
    variable: Variable<'a>,
    files: &'a Files,
}

impl Chooser<'_> {
    /// A variable that is set to something.
    fn set(&self, name: &str) -> Option<String> {
        (self.variable)(name).filter(|value| !value.is_empty())
    }

    /// The access key of the environment.
    fn variables(&self) -> Result<Option<Credentials>, OriginError> {
        let (id, secret) = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY");
        let Some(key) = self.set(id) else { return Ok(None) };
        let secret = self.set(secret).ok_or(OriginError::Variables { set: id, missing: secret })?;
        let token = self.set("AWS_SECURITY_TOKEN").or_else(|| self.set("AWS_SESSION_TOKEN"));
        Ok(Some(Credentials::new(key, secret, token, None, "environment")))
    }

    /// What a profile holds; none when it holds no credentials at all.
    fn profile(
        &self,
        name: &str,
        with_variables: bool,
        visited: &mut Vec<String>,
    ) -> Result<Option<Origin>, OriginError> {
        let way = |way| Some(Origin::Profile { name: name.to_owned(), way });
        // A profile that is the source of another stands for its access key first.
        if !visited.is_empty() && self.has_key(name) {
            return self.simple(name, false);
        }
        if self.value(name, "role_arn").is_some() && self.value(name, "web_identity_token_file").is_none() {
            if visited.is_empty() {
                visited.push(name.to_owned());
            }
            let (role, source) = self.role(name, visited)?;
            return Ok(way(Way::Role { role, source: Box::new(source) }));
        }
        self.simple(name, with_variables)
    }

    fn has_key(&self, profile: &str) -> bool {
        ["aws_access_key_id", "aws_secret_access_key"].iter().any(|key| self.value(profile, key).is_some())
    }

    /// What a profile holds without assuming a role by another.
    fn simple(&self, name: &str, with_variables: bool) -> Result<Option<Origin>, OriginError> {
        let way = |way| Some(Origin::Profile { name: name.to_owned(), way });
        if let Some((identity, of_environment)) = self.web_identity(name, with_variables)? {
            let of_profile = || way(Way::WebIdentity(identity.clone()));
            return Ok(if of_environment { Some(Origin::WebIdentity(identity)) } else { of_profile() });
        }
        if let Some(sign_on) = self.single_sign_on(name)? {
            return Ok(way(Way::SingleSignOn(sign_on)));
        }
        if let Some(key) = self.key(File::Credentials, name)? {
            return Ok(way(key));
        }
        if self.value(name, "login_session").is_some() {
            return Err(Self::unsupported(name, "signs in with `aws login`"));
        }
        if let Some(command) = self.value(name, "credential_process") {
            return Ok(way(Way::Process { command: command.to_owned() }));
        }
        Ok(self.key(File::Config, name)?.and_then(way))
    }

    fn value(&self, profile: &str, key: &str) -> Option<&str> {
        self.files.value(profile, key)
    }

    fn owned(&self, profile: &str, key: &str) -> Option<String> {
        self.value(profile, key).map(str::to_owned)
    }

    fn incomplete(profile: &str, what: impl Into<String>) -> OriginError {
        OriginError::Incomplete { profile: profile.to_owned(), what: what.into() }
    }

    fn unsupported(profile: &str, what: &'static str) -> OriginError {
        OriginError::Unsupported { profile: profile.to_owned(), what }
    }

    /// The role that a profile assumes, and by which credentials.
    fn role(&self, name: &str, visited: &mut Vec<String>) -> Result<(Role, Origin), OriginError> {
        let role = Role {
            arn: self.owned(name, "role_arn").ok_or_else(|| Self::incomplete(name, "it has no role_arn"))?,
            external_id: self.owned(name, "external_id"),
            session_name: self.owned(name, "role_session_name"),
            duration: self
                .value(name, "duration_seconds")
                .and_then(|seconds| seconds.parse().ok())
                .map(Duration::from_secs),
        };
        if self.value(name, "mfa_serial").is_some() {
            return Err(Self::unsupported(name, "asks for the code of a device (mfa_serial)"));
        }
        let source = match (self.value(name, "source_profile"), self.value(name, "credential_source")) {
            (Some(_), Some(_)) => {
                return Err(Self::incomplete(name, "it has both source_profile and credential_source"));
            }
            (None, None) => return Err(Self::incomplete(name, "it has role_arn, but no source_profile")),
            (None, Some(source)) => self.named_source(name, source)?,
            (Some(source), None) => self.source(name, source, visited)?,
        };
        Ok((role, source))
    }

    fn named_source(&self, profile: &str, source: &str) -> Result<Origin, OriginError> {
        let failed = |what: String| Self::incomplete(profile, what);
        match source {
            "Environment" => {
                let credentials = self.variables()?;
                let lacking =
                    || failed("its credential_source is Environment, and AWS_ACCESS_KEY_ID is not set".into());
                credentials.map(Origin::Variables).ok_or_else(lacking)
            }
            "EcsContainer" => {
                let lacking = || failed("its credential_source is EcsContainer, and this is no container".into());
                self.container().ok_or_else(lacking)
            }
            "Ec2InstanceMetadata" => Ok(Origin::Instance),
            other => Err(failed(format!("there is no credential_source `{other}`"))),
        }
    }

    fn source(&self, profile: &str, source: &str, visited: &mut Vec<String>) -> Result<Origin, OriginError> {
        if !self.files.has(source) {
            return Err(Self::incomplete(profile, format!("there is no profile `{source}`, its source_profile")));
        }
        // A profile may name itself as its source for the sake of its own access key.
        let names_itself = source == profile && self.has_key(source);
        if visited.iter().any(|name| name == source) && !names_itself {
            return Err(Self::incomplete(profile, format!("its source_profile `{source}` leads back to it")));
        }
        visited.push(source.to_owned());
        let lacking = || Self::incomplete(profile, format!("its source_profile `{source}` holds no credentials"));
        self.profile(source, false, visited)?.ok_or_else(lacking)
    }

    /// The web identity of the environment or the profile, and whether the token is the environment's.
    fn web_identity(&self, profile: &str, with_variables: bool) -> Result<Option<(WebIdentity, bool)>, OriginError> {
        let variable = |name: &str| (self.variable)(name).filter(|_| with_variables);
        let either = |name: &str, key: &str| variable(name).or_else(|| self.owned(profile, key));
        let token_file = either("AWS_WEB_IDENTITY_TOKEN_FILE", "web_identity_token_file");
        let Some(token_file) = token_file.filter(|path| !path.is_empty()) else { return Ok(None) };
        let of_environment = variable("AWS_WEB_IDENTITY_TOKEN_FILE").is_some();
        let role_arn = either("AWS_ROLE_ARN", "role_arn").filter(|arn| !arn.is_empty());
        let role_arn = role_arn.ok_or_else(|| {
            let (set, missing) = ("AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN");
            let of_profile = || Self::incomplete(profile, "it has web_identity_token_file, but no role_arn");
            if of_environment { OriginError::Variables { set, missing } } else { of_profile() }
        })?;
        let session_name = either("AWS_ROLE_SESSION_NAME", "role_session_name");
        Ok(Some((WebIdentity { token_file: token_file.into(), role_arn, session_name }, of_environment)))
    }

    fn single_sign_on(&self, profile: &str) -> Result<Option<SingleSignOn>, OriginError> {
        let own = |key: &str| self.owned(profile, key);
        if own("sso_account_id").is_none() && own("sso_role_name").is_none() {
            return Ok(None);
        }
        let session = self.value(profile, "sso_session").map(|name| {
            let lacking = || Self::incomplete(profile, format!("there is no sso-session `{name}`"));
            self.files.session(name).ok_or_else(lacking)
        });
        let session = session.transpose()?;
        let value = |key: &str| {
            let of_session = session.and_then(|session| session.get(key)).map(str::to_owned);
            match (of_session, own(key)) {
                (Some(theirs), Some(ours)) if theirs != ours => {
                    Err(Self::incomplete(profile, format!("{key} differs from that of its sso-session")))
                }
                (theirs, ours) => theirs.or(ours).ok_or_else(|| Self::incomplete(profile, format!("{key} is missing"))),
            }
        };
        Ok(Some(SingleSignOn {
            account: value("sso_account_id")?,
            role: value("sso_role_name")?,
            region: value("sso_region")?,
            start_url: value("sso_start_url")?,
            session: own("sso_session"),
        }))
    }

    /// The access key that one file holds for a profile.
    fn key(&self, file: File, profile: &str) -> Result<Option<Way>, OriginError> {
        let value = |key: &str| self.files.value_in(file, profile, key).map(str::to_owned);
        let Some(id) = value("aws_access_key_id") else { return Ok(None) };
        let place = place(file, self.variable);
        let lacking = || Self::incomplete(profile, format!("aws_secret_access_key is missing in {place}"));
        let secret = value("aws_secret_access_key").ok_or_else(lacking)?;
        let token = value("aws_security_token").or_else(|| value("aws_session_token"));
        Ok(Some(Way::Key { credentials: Credentials::new(id, secret, token, None, "profile"), place }))
    }

    fn container(&self) -> Option<Origin> {
        let variables = ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"];
        let found = |variable: &'static str| Some((variable, self.set(variable)?));
        let (variable, address) = variables.into_iter().find_map(found)?;
        Some(Origin::Container { variable, is_near: !address.starts_with("https:") })
    }

    /// What the machine has to offer.
    fn surroundings(&self) -> Result<Origin, OriginError> {
        if let Some(origin) = self.container() {
            return Ok(origin);
        }
        let is_off = self.set("AWS_EC2_METADATA_DISABLED").is_some_and(|value| value.eq_ignore_ascii_case("true"));
        if is_off { Err(OriginError::None) } else { Ok(Origin::Instance) }
    }
}
