//! The two files of the AWS CLI. Where both speak of one profile, the file of credentials wins.

use std::fmt;
use std::io::ErrorKind;
use std::path::PathBuf;

use aws_runtime::env_config::file::{EnvConfigFileKind, EnvConfigFiles};
use aws_runtime::env_config::section::{EnvConfigSections, SsoSession};
use aws_runtime::env_config::source;
use aws_types::os_shim_internal::{Env, Fs};

use crate::discreet;

/// Looks a variable of the environment up.
pub(super) type Variable<'a> = &'a (dyn Fn(&str) -> Option<String> + Sync);

/// One of the two files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum File {
    Credentials,
    Config,
}

impl File {
    /// The variable that names another place for the file.
    fn variable(self) -> &'static str {
        match self {
            Self::Credentials => "AWS_SHARED_CREDENTIALS_FILE",
            Self::Config => "AWS_CONFIG_FILE",
        }
    }

    /// Its usual place, in words that do not tell whose home it is.
    fn usual_place(self) -> &'static str {
        match self {
            Self::Credentials => "~/.aws/credentials",
            Self::Config => "~/.aws/config",
        }
    }

    fn kind(self) -> EnvConfigFileKind {
        match self {
            Self::Credentials => EnvConfigFileKind::Credentials,
            Self::Config => EnvConfigFileKind::Config,
        }
    }

    /// Where it is; none when there is no home to look in.
    fn path(self, variable: Variable<'_>) -> Option<PathBuf> {
        let named = variable(self.variable()).filter(|path| !path.is_empty());
        let path = named.unwrap_or_else(|| self.usual_place().to_owned());
        match path.strip_prefix("~/") {
            Some(rest) => Some(std::env::home_dir()?.join(rest)),
            None => Some(path.into()),
        }
    }

    /// Where it is, in words.
    fn place(self, variable: Variable<'_>) -> Place {
        Place { file: self, is_moved: variable(self.variable()).is_some_and(|path| !path.is_empty()) }
    }
}

/// Where a file is, in words that name no folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    file: File,
    is_moved: bool,
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_moved {
            write!(formatter, "the file of {}", self.file.variable())
        } else {
            formatter.write_str(self.file.usual_place())
        }
    }
}

/// Why a file cannot be used. One that is not there is empty.
#[derive(Debug, thiserror::Error)]
#[error("cannot read {place}: {cause}")]
pub struct FilesError {
    place: Place,
    cause: String,
}

/// What the two files say.
#[derive(Debug, Default)]
pub(super) struct Files {
    credentials: EnvConfigSections,
    config: EnvConfigSections,
}

impl Files {
    /// Reads both.
    pub(super) async fn read(variable: Variable<'_>) -> Result<Self, FilesError> {
        let credentials = sections(File::Credentials, variable).await?;
        Ok(Self { credentials, config: sections(File::Config, variable).await? })
    }

    /// Whether one of them has the profile.
    pub(super) fn has(&self, profile: &str) -> bool {
        [&self.credentials, &self.config].iter().any(|sections| sections.get_profile(profile).is_some())
    }

    /// What a profile says in one of them.
    pub(super) fn value_in(&self, file: File, profile: &str, key: &str) -> Option<&str> {
        let sections = match file {
            File::Credentials => &self.credentials,
            File::Config => &self.config,
        };
        sections.get_profile(profile)?.get(key)
    }

    /// What a profile says in both together.
    pub(super) fn value(&self, profile: &str, key: &str) -> Option<&str> {
        let value = |file| self.value_in(file, profile, key);
        value(File::Credentials).or_else(|| value(File::Config))
    }

    /// What a session of the IAM Identity Center says; none when there is no such session.
    pub(super) fn session(&self, name: &str) -> Option<&SsoSession> {
        self.config.sso_session(name)
    }
}

/// Where a file is, for messages.
pub(super) fn place(file: File, variable: Variable<'_>) -> Place {
    file.place(variable)
}

async fn sections(file: File, variable: Variable<'_>) -> Result<EnvConfigSections, FilesError> {
    let failed = |cause: String| FilesError { place: file.place(variable), cause };
    let Some(path) = file.path(variable) else { return Ok(EnvConfigSections::default()) };
    let text = match std::fs::read(path) {
        Ok(bytes) => String::from_utf8(bytes).map_err(|_| failed("it is no text in UTF-8".to_owned()))?,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(EnvConfigSections::default()),
        Err(error) => return Err(failed(discreet::io(&error))),
    };
    let files = EnvConfigFiles::builder().with_contents(file.kind(), text).build();
    let source = source::load(&Env::real(), &Fs::real(), &files).await;
    let source = source.map_err(|error| failed(flaw(&error)))?;
    EnvConfigSections::parse(source).map_err(|error| failed(flaw(&error)))
}

/// What is wrong with a file that cannot be parsed: where, and not what stands there, which may be a secret.
fn flaw(error: &(dyn std::error::Error + 'static)) -> String {
    let number = |link: &(dyn std::error::Error + 'static)| {
        let text = link.to_string();
        let digits: String = text.split_once(" on line ")?.1.chars().take_while(char::is_ascii_digit).collect();
        (!digits.is_empty()).then_some(digits)
    };
    match discreet::links(error).find_map(number) {
        Some(line) => format!("line {line} is neither a section nor a setting"),
        None => "a line is neither a section nor a setting".to_owned(),
    }
}
