//! What kinds of secrets there are, and what is said of one.

use serde::{Deserialize, Serialize};

macro_rules! classes {
    ($($(#[doc = $doc:literal])+ $variant:ident, $label:literal, $sign:literal;)+) => {
        /// The kind of a secret.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Class {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl Class {
            /// What it is, for people.
            pub fn label(self) -> &'static str {
                match self {
                    $(Self::$variant => $label,)+
                }
            }

            /// By what secrets of the kind are told, for people.
            pub fn sign(self) -> &'static str {
                match self {
                    $(Self::$variant => $sign,)+
                }
            }
        }
    };
}

classes! {
    /// A private key: PEM, OpenSSH, PuTTY, WireGuard.
    PrivateKey, "private key", "its armour, or the form that its tool gives it";
    /// The id of an AWS access key.
    AwsAccessKeyId, "AWS access key id", "its published form";
    /// A token of GitHub.
    GitHubToken, "GitHub token", "its published form";
    /// A token of GitLab.
    GitLabToken, "GitLab token", "its published form";
    /// A token or webhook of Slack.
    SlackToken, "Slack token", "its published form";
    /// A secret or restricted key of Stripe.
    StripeKey, "Stripe key", "its published form";
    /// An API key of Google.
    GoogleApiKey, "Google API key", "its published form";
    /// A key of SendGrid.
    SendGridKey, "SendGrid key", "its published form";
    /// A key of Twilio.
    TwilioKey, "Twilio key", "its published form";
    /// A token of the npm registry.
    NpmToken, "npm token", "its published form";
    /// A key of an AI service.
    AiServiceKey, "AI service key", "its published form";
    /// A key of an Azure storage account.
    AzureStorageKey, "Azure storage key", "the name and the length of a key of Azure";
    /// A signed token.
    JsonWebToken, "JSON web token", "the form of RFC 7519";
    /// An address with a password or token in it.
    AddressWithPassword, "address with a password", "it stands before the host";
    /// A connection string with a password in it.
    ConnectionString, "connection string with a password", "it stands before the host";
    /// The secret half of an AWS access key.
    AwsSecretKey, "AWS secret access key", "forty characters under a name that says so";
    /// A variable or setting whose name says that it holds a secret, and whose value looks like one.
    Named, "value of a variable named as a secret", "its name says so, and it is no reference and no placeholder";
    /// A token or key of another service, in the form that the service gives its tokens.
    ServiceToken, "token of a service", "its published form";
    /// A header, or the value of one, that lets its bearer in.
    AuthorizationHeader, "authorization header", "a scheme and what follows it";
    /// A password that a command is given.
    CommandPassword, "password in a command", "its place in the command";
    /// A password in the file of a tool that reads it there.
    StoredPassword, "stored password", "its place in a file that is made for it";
    /// The hash of a password, which can be guessed at.
    PasswordHash, "password hash", "the form of a hash";
    /// A key store with a private key in it.
    KeyStore, "key store with a private key", "its first bytes";
}

impl Class {
    /// The kind, and by what it is told, for people.
    pub fn told(self) -> String {
        format!("{} ({})", self.label(), self.sign())
    }
}

/// A secret that was found: what kind, and by which sign. Neither holds a part of the secret.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Hit {
    /// The kind.
    pub class: Class,
    /// The sign by which it was told, and where within the text it is, for people.
    pub why: String,
}

impl Hit {
    pub(crate) fn new(class: Class, why: impl Into<String>) -> Self {
        Self { class, why: why.into() }
    }

    /// The same, found within something.
    pub(crate) fn within(self, place: &str) -> Self {
        Self { why: format!("{place}: {}", self.why), ..self }
    }
}

/// The name of a member, setting or option, as it may be shown: cut short, and nothing else than a name.
pub(crate) fn shown(name: &str) -> String {
    const LONGEST: usize = 60;
    name.chars()
        .filter(|character| character.is_ascii_alphanumeric() || "_.-".contains(*character))
        .take(LONGEST)
        .collect()
}
