//! Tells which configuration values are secrets, without keeping them.
//!
//! A value is matched against the published shapes of credentials first; then, when the variable's *name* says that it
//! holds a secret, the value is taken for one unless it is a reference or a placeholder.

use std::sync::LazyLock;

use regex::{Regex, RegexSet};
use serde::{Deserialize, Serialize};

macro_rules! classes {
    ($($(#[doc = $doc:literal])+ $variant:ident, $label:literal, $pattern:literal;)+) => {
        /// The kind of a secret.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Class {
            $($(#[doc = $doc])+ $variant,)+
            /// The variable's name says that it holds a secret, and its value looks like one.
            Named,
        }

        impl Class {
            /// What it is, for people.
            pub fn label(self) -> &'static str {
                match self {
                    $(Self::$variant => $label,)+
                    Self::Named => "value of a variable named as a secret",
                }
            }
        }

        /// In order of precedence: the first that matches names the class.
        const SHAPES: &[(Class, &str)] = &[$((Class::$variant, $pattern),)+];
    };
}

classes! {
    /// A private key in PEM form.
    PrivateKey, "private key", r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----";
    /// The id of an AWS access key. <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html>
    AwsAccessKeyId, "AWS access key id", r"\b(?:AKIA|ASIA)[A-Z2-7]{16}\b";
    /// A token of GitHub. <https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/about-authentication-to-github>
    GitHubToken, "GitHub token", r"\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{36,})";
    /// A token of GitLab.
    GitLabToken, "GitLab token", r"\bgl(?:pat|dt|rt|cbt|ptt|ft)-[A-Za-z0-9_-]{20,}";
    /// A token or webhook of Slack.
    SlackToken, "Slack token", r"\bxox[abeoprs]-[A-Za-z0-9-]{10,}|hooks\.slack\.com/(?:services|workflows)/[A-Za-z0-9+/]{20,}";
    /// A secret or restricted key of Stripe.
    StripeKey, "Stripe key", r"\b[rs]k_(?:live|test)_[A-Za-z0-9]{16,}";
    /// An API key of Google.
    GoogleApiKey, "Google API key", r"\bAIza[A-Za-z0-9_-]{35}\b";
    /// A key of SendGrid.
    SendGridKey, "SendGrid key", r"\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{32,}";
    /// A key of Twilio.
    TwilioKey, "Twilio key", r"\bSK[0-9a-f]{32}\b";
    /// A token of the npm registry.
    NpmToken, "npm token", r"\bnpm_[A-Za-z0-9]{36}\b";
    /// A key of an AI service.
    AiServiceKey, "AI service key", r"\bsk-(?:ant-|proj-|svcacct-)[A-Za-z0-9_-]{20,}|\bsk-[A-Za-z0-9]{40,}\b";
    /// A key of an Azure storage account.
    AzureStorageKey, "Azure storage key", r"AccountKey=[A-Za-z0-9+/]{64,}={0,2}";
    /// A signed token.
    JsonWebToken, "JSON web token", r"\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}";
    /// An address with a password in it.
    AddressWithPassword, "address with a password", r"\b[A-Za-z][A-Za-z0-9+.-]*://[^\s/:@]*:[^\s/@${}<>*]{3,}@[^\s@]";
    /// A connection string with a password in it.
    ConnectionString, "connection string with a password", r"(?i)(?:^|;)\s*(?:password|pwd)\s*=\s*[^;\s${}<>*]{4,}";
    /// The secret half of an AWS access key: forty characters, recognised by the variable's name or neighbours; the
    /// shape alone matches nothing.
    AwsSecretKey, "AWS secret access key", r"[^\s\S]";
}

static SHAPE_SET: LazyLock<Option<RegexSet>> =
    LazyLock::new(|| RegexSet::new(SHAPES.iter().map(|(_, pattern)| pattern)).ok());

static AWS_SECRET_VALUE: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^[A-Za-z0-9/+]{40}$").ok());

static SECRET_NAME: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)(?:^|[_.-])(?:pass|passwd|password|passphrase|pwd|secret(?:[_-]?(?:access[_-]?)?key)?|token|apikey|api[_-]?key|access[_-]?key|private[_-]?key|signing[_-]?key|encryption[_-]?key|master[_-]?key|credential|credentials|auth[_-]?key|client[_-]?secret)(?:$|[_.-](?:\d+|value|prod|production|live|test|dev|staging))",
    )
    .ok()
});

/// A value that points to a secret kept elsewhere, or that stands for none.
static REFERENCE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)^(?:arn:|/|\./|https?://|s3://|ssm:|secretsmanager:|vault:|kms:|alias/|\{\{|\$\{|\$\(|<|%|true$|false$|yes$|no$|none$|null$|on$|off$|enabled$|disabled$|\d{1,9}$|x{3,}|\*{3,}|change[_-]?me|replace[_-]?me|todo|example|placeholder|dummy|redacted|your[_-])",
    )
    .ok()
});

/// What kind of secret a variable's value is, if it is one.
pub fn classify(name: &str, value: &str) -> Option<Class> {
    let value = value.trim();
    shape(value).or_else(|| named(name, value))
}

fn shape(value: &str) -> Option<Class> {
    let index = SHAPE_SET.as_ref()?.matches(value).iter().min()?;
    Some(SHAPES[index].0)
}

fn named(name: &str, value: &str) -> Option<Class> {
    let spaced = words(name);
    if !is_match(&SECRET_NAME, &spaced) || is_match(&REFERENCE, value) || value.len() < 6 {
        return None;
    }
    if is_match(&AWS_SECRET_VALUE, value) && spaced.contains("secret") {
        return Some(Class::AwsSecretKey);
    }
    let chosen_by_people = ["pass", "pwd"].iter().any(|word| spaced.contains(word));
    (chosen_by_people || looks_random(value)).then_some(Class::Named)
}

fn is_match(pattern: &LazyLock<Option<Regex>>, text: &str) -> bool {
    pattern.as_ref().is_some_and(|pattern| pattern.is_match(text))
}

/// The name in lower case with `camelCase` parted, so that `dbPassword` reads like `DB_PASSWORD`.
fn words(name: &str) -> String {
    let mut spaced = String::with_capacity(name.len() + 4);
    let mut after_lower = false;
    for character in name.chars() {
        if after_lower && character.is_ascii_uppercase() {
            spaced.push('_');
        }
        after_lower = character.is_ascii_lowercase() || character.is_ascii_digit();
        spaced.extend(character.to_lowercase());
    }
    spaced
}

/// Whether a value looks generated rather than written: long enough, of one word, with an entropy over 3 bits a character.
fn looks_random(value: &str) -> bool {
    const LEAST_LENGTH: usize = 16;
    const LEAST_BITS: f64 = 3.0;
    value.len() >= LEAST_LENGTH && !value.contains(char::is_whitespace) && bits_per_character(value) >= LEAST_BITS
}

/// Shannon entropy, in bits a character.
fn bits_per_character(value: &str) -> f64 {
    let mut counts = [0_u32; 256];
    for byte in value.bytes() {
        counts[usize::from(byte)] += 1;
    }
    let total = f64::from(u32::try_from(value.len()).unwrap_or(u32::MAX));
    counts
        .into_iter()
        .filter(|count| *count > 0)
        .map(|count| {
            let share = f64::from(count) / total;
            -share * share.log2()
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_compiles() {
        assert!(SHAPE_SET.is_some());
        assert!([&AWS_SECRET_VALUE, &SECRET_NAME, &REFERENCE].iter().all(|pattern| pattern.is_some()));
    }

    #[test]
    fn nothing_is_no_secret() {
        assert_eq!(classify("SETTING", ""), None);
    }

    #[test]
    fn secrets_are_named_by_their_shape() {
        // Fabricated values in the published shapes, assembled so that no scanner takes this file for a leak.
        let cases = [
            (["AKIA", "QWERTYUIOPASDFGH"].concat(), Class::AwsAccessKeyId),
            (["ghp_", &"a1B2".repeat(9)].concat(), Class::GitHubToken),
            (["sk_live_", &"4eC3".repeat(6)].concat(), Class::StripeKey),
            (["xoxb-", "1234567890-abcdefghij"].concat(), Class::SlackToken),
            (["-----BEGIN RSA ", "PRIVATE KEY-----\nMIIE"].concat(), Class::PrivateKey),
            (["eyJhbGciOiJI", ".", "eyJzdWIiOiIx", ".", "c2lnbmF0dXJl"].concat(), Class::JsonWebToken),
            ("postgres://shop:hunter2secret@db.internal:5432/shop".to_owned(), Class::AddressWithPassword),
            ("Server=db;User Id=sa;Password=correcthorse;".to_owned(), Class::ConnectionString),
        ];
        for (value, class) in cases {
            assert_eq!(classify("SETTING", &value), Some(class), "{class:?}");
        }
    }

    #[test]
    fn a_name_makes_a_value_a_secret() {
        assert_eq!(classify("DB_PASSWORD", "correct-horse"), Some(Class::Named));
        assert_eq!(classify("dbPassword", "correct-horse"), Some(Class::Named));
        assert_eq!(classify("API_KEY", "9f8a7c6b5d4e3f2a1b0c"), Some(Class::Named));
        let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
        for name in ["AWS_SECRET_ACCESS_KEY", "SUPPLIER_SECRET_KEY", "awsSecretKey"] {
            assert_eq!(classify(name, secret), Some(Class::AwsSecretKey), "{name}");
        }
    }

    #[test]
    fn references_and_plain_settings_are_no_secrets() {
        let cases = [
            ("DB_PASSWORD", "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-x1"),
            ("DB_PASSWORD", "/shop/prod/db-password"),
            ("DB_PASSWORD", "{{resolve:secretsmanager:db}}"),
            ("DB_PASSWORD", "changeme"),
            ("TOKEN", "true"),
            ("TOKEN_TTL", "3600"),
            ("PARTITION_KEY", "customer-id"),
            ("PASSENGER_LIMIT", "forty-two-or-so"),
            ("API_KEY", "public"),
            ("TABLE", "orders-production-v2"),
            ("ENDPOINT", "https://api.example.com/v1"),
            ("DATABASE_URL", "postgres://shop@db.internal:5432/shop"),
            ("DATABASE_URL", "postgres://shop:${DB_PASSWORD}@db.internal:5432/shop"),
        ];
        for (name, value) in cases {
            assert_eq!(classify(name, value), None, "{name}={value}");
        }
    }
}
