//! What a value looks like under a name that calls it a secret.

mod reference;
mod words;

use std::sync::LazyLock;

use regex::{Regex, RegexBuilder};

use crate::class::Class;
use crate::name::Kind;
use reference::is_none;
pub(crate) use reference::{is_documented, is_placeholder, is_reference, is_store_address};
pub(crate) use words::{bits_per_character, is_mixed, is_word_like};
use words::{camel_words, is_hexadecimal, longest_run};

static UUID: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"));
static AWS_SECRET_KEY: LazyLock<Regex> = LazyLock::new(|| pattern(r"^[A-Za-z0-9/+]{40}$"));
static PASSWORD_HASH: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^\$(?:1|2[abxy]?|5|6|7|y|gy|apr1|md5|sha1|argon2(?:i|d|id)|scrypt|pbkdf2[\w-]*)\$[^\s$]+\$?[^\s]{8,}$|^\{S?SHA(?:256|512)?\}[A-Za-z0-9+/]{20,}={0,2}$|^pbkdf2_sha256\$\d+\$",
    )
});
static HOST: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:[a-z][a-z0-9-]*\.)+(?:com|net|org|io|dev|local|internal|svc|example|cloud|app|aws|test|lan|corp)(?::\d+)?(?:/.*)?$",
    )
});

/// Bytes of the states that a search keeps for each pattern: a search that needs more is slower, never wrong.
const MOST_STATES: usize = 256 << 10;

/// A pattern of ours: a test compiles them all.
pub(crate) fn pattern(text: &str) -> Regex {
    RegexBuilder::new(text).dfa_size_limit(MOST_STATES).build().expect("a pattern that a test compiles")
}

/// The class of a value that a name of this kind calls a secret; none if it is a reference, a placeholder, or words.
pub(crate) fn is_credential(kind: Kind, value: &str) -> Option<Class> {
    let value = value.trim().trim_matches(['"', '\'']);
    if PASSWORD_HASH.is_match(value) {
        return Some(Class::PasswordHash);
    }
    let is_aws =
        kind != Kind::Password && AWS_SECRET_KEY.is_match(value) && is_generated(value, 3.8) && !is_documented(value);
    if is_aws && !is_hexadecimal(value) {
        return Some(if kind == Kind::Hint { Class::Named } else { Class::AwsSecretKey });
    }
    if is_none(value) {
        return None;
    }
    let fits = match kind {
        Kind::Password => is_password(value),
        Kind::Secret => is_token(value, 8),
        Kind::Token => is_token(value, 10),
        Kind::Key => is_token(value, 16) && !UUID.is_match(value),
        Kind::Hint => is_token(value, 20) && has_mixture(value) && !UUID.is_match(value) && !is_digest(value),
    };
    fits.then_some(Class::Named)
}

/// Whether a value that stands where only a password can stand is one: after `-p` of a tool, in a file of passwords.
pub(crate) fn is_in_its_place(value: &str) -> bool {
    let value = value.trim().trim_matches(['"', '\'']);
    value.len() >= 3 && !is_none(value)
}

fn is_password(value: &str) -> bool {
    let length = value.chars().count();
    let digits = value.bytes().all(|byte| byte.is_ascii_digit());
    if length < 5 || digits && length < 6 || length > 512 {
        return false;
    }
    if value.split_whitespace().count() > 1 && value.split_whitespace().all(is_word_like)
        || value.starts_with("http://")
        || value.starts_with("https://")
    {
        return false;
    }
    !is_name_of_something(value) && !HOST.is_match(value)
}

/// Words that the names of parameters and secrets are made of, and passwords that people choose are not.
const PARTS_OF_NAMES: &str = "\
    password passwd pwd secret secrets token key keys credential credentials creds prod production prd staging stage \
    stg dev development test qa uat db database rds aurora postgres postgresql mysql mariadb redis mongo api app \
    service svc auth admin user users config param parameter ssm payment payments billing orders shop master main \
    internal external public private shared common global smtp mail webhook name column field header id apikey \
    authn authz oauth oauth2 webhooks mysql nginx keycloak cognito kubernetes github gitlab";

/// Whether a value is the name of a parameter, a secret, a column, a header: words with marks between.
fn is_name_of_something(value: &str) -> bool {
    let value = without_suffix(value);
    let parts: Vec<&str> = value.split(['-', '_', '/', '.', ':']).collect();
    if !parts.iter().all(|part| is_word_like(part)) {
        return false;
    }
    if let [word] = parts.as_slice() {
        // `ShopProdDbPassword`.
        let words = camel_words(word.trim_end_matches(|character: char| character.is_ascii_digit()));
        return words.len() >= 3 && words.iter().any(|word| is_part_of_name(word));
    }
    let is_of_capitals = value.contains(char::is_uppercase) && !value.contains(['-', '_', '/']);
    !is_of_capitals && (value.contains('/') || parts.iter().any(|part| is_part_of_name(part)))
}

/// The name of a secret without the six characters that Secrets Manager puts behind it.
/// <https://docs.aws.amazon.com/secretsmanager/latest/userguide/getting-started.html>
fn without_suffix(value: &str) -> &str {
    match value.rsplit_once('-') {
        Some((name, suffix))
            if suffix.len() == 6
                && suffix.bytes().all(|byte| byte.is_ascii_alphanumeric())
                && name.contains(['/', '-']) =>
        {
            name
        }
        Some(_) | None => value,
    }
}

fn is_part_of_name(part: &str) -> bool {
    PARTS_OF_NAMES.split_ascii_whitespace().any(|known| part.eq_ignore_ascii_case(known))
}

/// Whether a value looks generated, or is at least no word, and has this length.
fn is_token(value: &str, least: usize) -> bool {
    let length = value.chars().count();
    if length < least || value.contains(char::is_whitespace) || length > 8192 {
        return false;
    }
    if value.bytes().all(|byte| byte.is_ascii_digit()) || HOST.is_match(value) || value.contains("://") {
        return false;
    }
    let is_word = |part: &str| is_word_like(part) || is_part_of_name(part);
    let name = without_suffix(value);
    let is_name = name.contains('/') || name.split('-').count() >= 3 && name.split('-').any(is_part_of_name);
    let name = if is_name { name } else { value };
    if name.split(['-', '_', '/', '.', ':', '@', ',', '+', '=', ' ', '|', ';']).all(is_word) {
        return false;
    }
    match length {
        0..=15 => has_mixture(value),
        _ => bits_per_character(value) >= 2.8,
    }
}

/// Whether it has letters and digits, or letters of both cases, and no few of them.
fn has_mixture(value: &str) -> bool {
    let has = |test: fn(&u8) -> bool| value.bytes().any(|byte| test(&byte));
    let classes = [
        has(u8::is_ascii_lowercase),
        has(u8::is_ascii_uppercase),
        has(u8::is_ascii_digit),
        value.bytes().any(|byte| !byte.is_ascii_alphanumeric()),
    ];
    classes.into_iter().filter(|class| *class).count() >= 2 && bits_per_character(value) >= 2.5
}

fn is_generated(value: &str, bits: f64) -> bool {
    bits_per_character(value) >= bits && !value.split(['-', '_', '/', '.', '+']).all(is_word_like)
}

/// Whether a value has the length and the digits of a digest.
fn is_digest(value: &str) -> bool {
    is_hexadecimal(value) && [32, 40, 56, 64, 96, 128].contains(&value.len())
}

/// Whether a find of a published form is one that somebody made up: too few characters that differ, or an example.
pub(crate) fn is_made_up(found: &str, bits: f64) -> bool {
    const WORDS: [&str; 14] = [
        "example",
        "xxxxx",
        "00000000",
        "placeholder",
        "1234567890abcdef",
        "0123456789abcdef",
        "abcdefghijkl",
        "your_",
        "your-",
        "changeme",
        "redacted",
        "dummy",
        "insert",
        "*****",
    ];
    let lower = found.to_ascii_lowercase();
    is_documented(found)
        || WORDS.iter().any(|word| lower.contains(word))
        || bits_per_character(found) < bits
        || lower.contains("1234567890") && found.len() < 60
        || longest_run(found) >= 7
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_compiles() {
        for one in [&UUID, &AWS_SECRET_KEY, &PASSWORD_HASH, &HOST] {
            assert!(!one.is_match("\u{0}"));
        }
    }

    #[test]
    fn words_are_told_from_generated_letters() {
        for word in [
            "customer",
            "customerAccount",
            "identifier",
            "v2",
            "orders2024",
            "TENANT",
            "authorization",
            "us",
            "kubernetes",
            "payment",
        ] {
            assert!(is_word_like(word), "{word}");
        }
        for random in ["kX93mQz8Lp", "qzvxkwpt", "aB3xKq9LmZ", "hjkqwzxv", "9f8a7c6b5d4e", "xKqJzWvPqLmN"] {
            assert!(!is_word_like(random), "{random}");
        }
    }

    #[test]
    fn references_and_placeholders_are_none() {
        let none = [
            "shop-prod-db-password",
            "prod/shop/payment-api",
            "${DB}",
            "$DB_PASSWORD",
            "$(DB_PASSWORD)",
            "changeme",
            "<your-key>",
            "/run/secrets/db",
            "INSERT_PASSWORD_HERE",
            "os.environ['X']",
            "{{ password }}",
            "********",
            "arn:aws:secretsmanager:eu-west-1:111122223333:secret:x",
            "vault:secret/data/x#y",
            "ENC[AES256_GCM,data:x]",
            "true",
            "none",
            "!Ref Password",
            "op://vault/item/field",
        ];
        for value in none {
            assert_eq!(is_credential(Kind::Password, value), None, "{value}");
        }
        for value in ["correct-horse", "hunter2", "/kX93mQz8Lp!x", "12345678", "Tr0ub4dor&3", "p$ssw0rdX!"] {
            assert_eq!(is_credential(Kind::Password, value), Some(Class::Named), "{value}");
        }
    }

    #[test]
    fn tokens_are_generated() {
        for value in [
            "customer-account-identifier",
            "tenant_api_key_column_name",
            "x-shop-authorization-token",
            "min-length-12-with-digits",
            "3600",
            "v1.2.3",
            "public",
        ] {
            assert_eq!(is_credential(Kind::Token, value), None, "{value}");
        }
        assert_eq!(is_credential(Kind::Token, "9f8a7c6b5d4e3f2a1b0c"), Some(Class::Named));
        assert_eq!(is_credential(Kind::Key, "1234abcd-12ab-34cd-56ef-1234567890ab"), None);
    }
}
