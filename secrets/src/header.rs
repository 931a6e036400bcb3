//! Headers that let their bearer in.

use std::sync::LazyLock;

use base64::Engine as _;
use regex::Regex;

use crate::class::{Class, Hit};
use crate::name::Kind;
use crate::value;

/// The value of an `Authorization` header. <https://www.iana.org/assignments/http-authschemes>
static VALUE: LazyLock<Regex> = LazyLock::new(|| {
    value::pattern(
        r#"(?i)^["']?(bearer|basic|token|apikey|api-key|bot|negotiate|digest|genie?key|aws|splunk|key|sso-key|ghost|klaviyo-api-key|pat|jwt)\s+(?:token=)?["']?([^\s"',;]+)"#,
    )
});

/// A header within a text, with a scheme before its value.
static WITHIN: LazyLock<Regex> = LazyLock::new(|| {
    value::pattern(
        r#"(?i)(?:proxy-)?authorization["']?\s*[:=]\s*\\?["']?(bearer|basic|token|apikey|bot|key|geniekey|splunk|sso-key|pat|jwt)\s+(?:token=)?\\?["']?([^\s"',;\\]+)"#,
    )
});

/// The value of a header of which the name is known.
pub(crate) fn credential(name: &str, text: &str) -> Option<Hit> {
    let is_authorization =
        ["authorization", "proxy-authorization"].iter().any(|known| name.eq_ignore_ascii_case(known));
    let text = text.trim();
    value(text).or_else(|| {
        let is_bare = is_authorization && value::is_credential(Kind::Token, text).is_some();
        is_bare.then(|| Hit::new(Class::AuthorizationHeader, "the header's name says so"))
    })
}

/// A value that is that of an `Authorization` header.
pub(crate) fn value(text: &str) -> Option<Hit> {
    let found = VALUE.captures(text)?;
    of_scheme(&found[1], &found[2])
}

/// A header anywhere in a text.
pub(crate) fn find(text: &str) -> Option<Hit> {
    WITHIN.captures_iter(text).find_map(|found| of_scheme(&found[1], &found[2]))
}

fn of_scheme(scheme: &str, credential: &str) -> Option<Hit> {
    if credential.len() < 8 || value::is_reference(credential) || value::is_placeholder(credential) {
        return None;
    }
    let is_basic = scheme.eq_ignore_ascii_case("basic");
    let fits = if is_basic {
        is_basic_credential(credential)
    } else {
        value::is_credential(Kind::Token, credential).is_some()
    };
    let why = if is_basic { "user and password after `Basic`" } else { "a token after its scheme" };
    fits.then(|| Hit::new(Class::AuthorizationHeader, why))
}

/// RFC 7617: user and password with a colon between, in Base64. What decodes to something else may be cut or made up of late,
/// and is taken for one when it looks generated.
fn is_basic_credential(text: &str) -> bool {
    let decoded =
        base64::engine::general_purpose::STANDARD.decode(text).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    match decoded.as_deref().and_then(|text| text.split_once(':')) {
        Some((_, password)) => value::is_in_its_place(password),
        None => value::is_credential(Kind::Token, text).is_some(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_told() {
        let basic = base64::engine::general_purpose::STANDARD.encode("probe:correct-horse");
        assert!(value(&format!("Basic {basic}")).is_some());
        assert!(value("Bearer 9f8a7c6b5d4e3f2a1b0c").is_some());
        assert!(value("Bearer ${TOKEN}").is_none());
        assert!(value("Bearer realm").is_none());
        assert!(value("Basic auth is required here").is_none());
        assert!(find("curl -H 'Authorization: token 9f8a7c6b5d4e3f2a1b0c' https://x").is_some());
        assert!(credential("Authorization", "9f8a7c6b5d4e3f2a1b0c").is_some());
        assert!(credential("Accept", "application/json").is_none());
    }
}
