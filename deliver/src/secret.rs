//! Tokens and passwords: read from the environment or a file, sent, and told to nobody.

use std::ffi::OsString;
use std::fmt;
use std::path::Path;

use http::HeaderValue;

use crate::Error;

/// The most that a token has; more is a file that was named by mistake.
const LONGEST: u64 = 16 * 1024;

/// A token or a password. It is never stored, printed or logged.
#[derive(Clone)]
pub struct Secret(String);

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret")
    }
}

impl Secret {
    /// The secret in the file, if one is named, or else in the variable of the environment.
    pub fn find(
        variable: &'static str,
        file: Option<&Path>,
        environment: impl Fn(&str) -> Option<OsString>,
    ) -> Result<Self, Error> {
        let (place, text) = match file {
            Some(path) => (path.display().to_string(), in_file(path)),
            None => (
                variable.to_owned(),
                environment(variable)
                    .ok_or("is not set")
                    .map(OsString::into_string)
                    .and_then(|text| text.map_err(|_| "is no text")),
            ),
        };
        text.and_then(|text| Self::new(&text)).map_err(|flaw| Error::Secret { place, flaw })
    }

    /// A secret, without the line end that editors put after it.
    pub fn new(text: &str) -> Result<Self, &'static str> {
        let text = text.trim_end_matches(['\r', '\n']);
        if text.trim().is_empty() {
            return Err("is empty");
        }
        if !text.chars().all(|character| matches!(character, ' '..='~')) {
            return Err("holds characters that no header takes");
        }
        Ok(Self(text.to_owned()))
    }

    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }

    /// The value of a header, which is kept out of logs.
    pub(crate) fn header(&self, before: &str) -> HeaderValue {
        // A secret holds nothing that a header does not take.
        let value = HeaderValue::from_str(&format!("{before}{}", self.0));
        let mut value = value.unwrap_or_else(|_| HeaderValue::from_static(""));
        value.set_sensitive(true);
        value
    }

    /// The text without the secret, should a server repeat it.
    pub(crate) fn out_of(&self, text: &str) -> String {
        text.replace(&self.0, "***")
    }
}

fn in_file(path: &Path) -> Result<String, &'static str> {
    let is_short = std::fs::metadata(path).map_err(|_| "cannot be read")?.len() <= LONGEST;
    if !is_short {
        return Err("is too long for a secret");
    }
    std::fs::read_to_string(path).map_err(|_| "cannot be read as text")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_comes_before_the_environment_and_loses_its_line_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        std::fs::write(&path, "from-file\n").unwrap();
        let environment = |name: &str| (name == "PALISADE_SPLUNK_TOKEN").then(|| OsString::from("planted"));
        let found = |file| Secret::find("PALISADE_SPLUNK_TOKEN", file, environment).unwrap();
        assert_eq!((found(Some(path.as_path())).reveal(), found(None).reveal()), ("from-file", "planted"));
    }

    #[test]
    fn what_is_wrong_with_a_secret_is_told_without_it() {
        let none = |_: &str| None;
        let error = Secret::find("PALISADE_SPLUNK_TOKEN", None, none).unwrap_err();
        assert_eq!(error.to_string(), "PALISADE_SPLUNK_TOKEN: is not set");
        for text in ["", "  ", "\n", "plan\nted", "plänted", "planted\u{0}"] {
            let error = Secret::find("NAME", None, |_| Some(text.into())).unwrap_err().to_string();
            assert!(error.starts_with("NAME: ") && !error.contains("plan"), "{error}");
        }
        let error = Secret::find("NAME", Some(Path::new("/nowhere/token")), none).unwrap_err();
        assert_eq!(error.to_string(), "/nowhere/token: cannot be read");
    }

    #[test]
    fn a_secret_shows_nowhere() {
        let secret = Secret::new("planted").unwrap();
        let shown = format!("{secret:?} {:?} {}", secret.header("Splunk "), secret.out_of("bad token planted!"));
        assert!(!shown.contains("planted"), "{shown}");
        assert_eq!(secret.header("Splunk ").as_bytes(), b"Splunk planted");
    }
}
