//! What kinds of secrets there are, and what is said of one.

use serde::{Deserialize, Serialize};

macro_rules! classes {
    ($($(#[doc = $doc:literal])+ $variant:ident, $label:literal;)+) => {
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
        }
    };
}

classes! {
    /// A private key: PEM, OpenSSH, PuTTY, WireGuard.
    PrivateKey, "private key";
    /// The id of an AWS access key.
    AwsAccessKeyId, "AWS access key id";
    /// A token of GitHub.
    GitHubToken, "GitHub token";
    /// A token of GitLab.
    GitLabToken, "GitLab token";
    /// A token or webhook of Slack.
    SlackToken, "Slack token";
    /// A secret or restricted key of Stripe.
    StripeKey, "Stripe key";
    /// An API key of Google.
    GoogleApiKey, "Google API key";
    /// A key of SendGrid.
    SendGridKey, "SendGrid key";
    /// A key of Twilio.
    TwilioKey, "Twilio key";
    /// A token of the npm registry.
    NpmToken, "npm token";
    /// A key of an AI service.
    AiServiceKey, "AI service key";
    /// A key of an Azure storage account.
    AzureStorageKey, "Azure storage key";
    /// A signed token.
    JsonWebToken, "JSON web token";
    /// An address with a password or token in it.
    AddressWithPassword, "address with a password";
    /// A connection string with a password in it.
    ConnectionString, "connection string with a password";
    /// The secret half of an AWS access key.
    AwsSecretKey, "AWS secret access key";
    /// A variable or setting whose name says that it holds a secret, and whose value looks like one.
    Named, "value of a variable named as a secret";
    /// A token or key of another service, in the form that the service gives its tokens.
    ServiceToken, "token of a service";
    /// A header, or the value of one, that lets its bearer in.
    AuthorizationHeader, "authorization header";
    /// A password that a command is given.
    CommandPassword, "password in a command";
    /// A password in the file of a tool that reads it there.
    StoredPassword, "stored password";
    /// The hash of a password, which can be guessed at.
    PasswordHash, "password hash";
    /// A key store with a private key in it.
    KeyStore, "key store with a private key";
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
