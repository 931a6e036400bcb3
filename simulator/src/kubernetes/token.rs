//! The bearer token of EKS: a signed request to STS, which the cluster checks and sends on.
//!
//! Source: <https://github.com/kubernetes-sigs/aws-iam-authenticator#api-authorization-from-outside-a-cluster>

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};

use crate::account::partition;
use crate::request::moment;
use crate::wire::percent;

const PREFIX: &str = "k8s-aws-v1.";
const CLUSTER_HEADER: &str = "x-k8s-aws-id";
const LONGEST: usize = 4096;
/// How long a token holds, whatever it says of itself.
const LIFE: SignedDuration = SignedDuration::from_mins(15);
/// How far its time may be ahead.
const EARLIEST: SignedDuration = SignedDuration::from_mins(5);
/// The parameters that a signed request may have, in small letters.
const ALLOWED: [&str; 9] = [
    "action",
    "version",
    "x-amz-algorithm",
    "x-amz-credential",
    "x-amz-date",
    "x-amz-expires",
    "x-amz-security-token",
    "x-amz-signature",
    "x-amz-signedheaders",
];

/// A token that has the right form.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) access_key: String,
    host: String,
    /// The parameters as they were sent, decoded.
    parameters: BTreeMap<String, String>,
}

/// Reads a token; an error says which rule it breaks.
pub(crate) fn read(token: &str, partition: &str, now: Timestamp) -> Result<Token, &'static str> {
    if token.len() > LONGEST {
        return Err("too long");
    }
    let encoded = token.strip_prefix(PREFIX).ok_or("no prefix")?;
    let bytes = URL_SAFE_NO_PAD.decode(encoded).map_err(|_| "no unpadded base64url")?;
    let url = String::from_utf8(bytes).map_err(|_| "no text")?;
    let rest = url.strip_prefix("https://").ok_or("not https")?;
    let (host, query) = rest.split_once("/?").ok_or("another path than /")?;
    if !is_sts(host, partition) {
        return Err("not a host of STS");
    }
    let mut parameters = BTreeMap::new();
    let mut seen = BTreeMap::new();
    for (name, value) in percent::pairs(query) {
        let small = name.to_ascii_lowercase();
        if !ALLOWED.contains(&small.as_str()) {
            return Err("a parameter that is not allowed");
        }
        if seen.insert(small, value.clone()).is_some() {
            return Err("a parameter twice");
        }
        parameters.insert(name, value);
    }
    let of = |name: &str| seen.get(name).map(String::as_str).unwrap_or_default();
    if of("action") != "GetCallerIdentity" {
        return Err("another action");
    }
    if of("x-amz-signedheaders") != format!("host;{CLUSTER_HEADER}") {
        return Err("the cluster's name is not signed");
    }
    if !of("x-amz-expires").parse().is_ok_and(|seconds: u32| seconds <= 900) {
        return Err("a longer life than allowed");
    }
    let made = moment(of("x-amz-date")).ok_or("no date")?;
    if now > made + LIFE {
        return Err("expired");
    }
    if made > now + EARLIEST {
        return Err("not yet valid");
    }
    let access_key = of("x-amz-credential").split('/').next().filter(|key| !key.is_empty());
    Ok(Token { access_key: access_key.ok_or("no credential")?.to_owned(), host: host.to_owned(), parameters })
}

fn is_sts(host: &str, partition: &str) -> bool {
    let known = partition::named(partition);
    if host == "sts.amazonaws.com" {
        return partition == "aws";
    }
    let region = host.strip_suffix(known.domain).or_else(|| host.strip_suffix(known.dual_stack_domain));
    let region = region.and_then(|rest| rest.strip_suffix('.'));
    let region = region.and_then(|rest| rest.strip_prefix("sts.").or_else(|| rest.strip_prefix("sts-fips.")));
    region
        .is_some_and(|name| name.contains('-') && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'))
}

impl Token {
    /// Whether it is signed with `secret` for `cluster`.
    pub(crate) fn is_signed(&self, secret: &str, cluster: &str) -> bool {
        let of = |wanted: &str| {
            let mut found = self.parameters.iter().filter(|(name, _)| name.eq_ignore_ascii_case(wanted));
            found.next().map(|(_, value)| value.as_str()).unwrap_or_default()
        };
        let query: Vec<String> = self
            .parameters
            .iter()
            .filter(|(name, _)| !name.eq_ignore_ascii_case("X-Amz-Signature"))
            .map(|(name, value)| format!("{}={}", percent::encode(name), percent::encode(value)))
            .collect();
        let canonical = format!(
            "GET\n/\n{}\nhost:{}\n{CLUSTER_HEADER}:{cluster}\n\n{}\n{}",
            query.join("&"),
            self.host,
            of("X-Amz-SignedHeaders"),
            hexadecimal(&Sha256::digest(b"")),
        );
        let scope = of("X-Amz-Credential").split_once('/').map_or("", |(_, scope)| scope);
        let text = format!(
            "{}\n{}\n{scope}\n{}",
            of("X-Amz-Algorithm"),
            of("X-Amz-Date"),
            hexadecimal(&Sha256::digest(canonical.as_bytes()))
        );
        let key = scope.split('/').fold(format!("AWS4{secret}").into_bytes(), |key, part| sign(&key, part));
        hexadecimal(&sign(&key, &text)) == of("X-Amz-Signature")
    }
}

fn sign(key: &[u8], text: &str) -> Vec<u8> {
    // HMAC takes keys of any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return Vec::new() };
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
    const URL: &str = "https://sts.eu-central-1.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15\
        &X-Amz-Algorithm=AWS4-HMAC-SHA256\
        &X-Amz-Credential=AKIDEXAMPLE%2F20261121%2Feu-central-1%2Fsts%2Faws4_request\
        &X-Amz-Date=20261121T120000Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host%3Bx-k8s-aws-id\
        &X-Amz-Signature=734fa426423e043b59d44e24dfb9428d28d909107169d5856ea83969ffcd428d";

    fn at(url: &str, time: &str) -> Result<Token, &'static str> {
        read(&format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(url)), "aws", time.parse().unwrap())
    }

    #[test]
    fn the_reference_token_is_signed_for_its_cluster_alone() {
        let token = at(URL, "2026-11-21T12:14:59Z").unwrap();
        assert_eq!(token.access_key, "AKIDEXAMPLE");
        assert!(token.is_signed(SECRET, "prod-cluster"));
        assert!(!token.is_signed(SECRET, "another"));
        assert!(!token.is_signed("another", "prod-cluster"));
        let session = URL.replace(
            "&X-Amz-Signature=734fa426423e043b59d44e24dfb9428d28d909107169d5856ea83969ffcd428d",
            "&X-Amz-Security-Token=FwoGZXIvYXdzEXAMPLE%2Ftoken%2Bwith%3Dspecials%2F%2F\
             &X-Amz-Signature=69f59b9bd67b9d0ab42588511ccd2699105930c041c83a33c45753155c79e7e3",
        );
        assert!(at(&session, "2026-11-21T12:01:00Z").unwrap().is_signed(SECRET, "prod-cluster"), "{session}");
    }

    #[test]
    fn every_rule_is_held() {
        let noon = "2026-11-21T12:00:00Z";
        for (from, to, why) in [
            ("https:", "http:", "not https"),
            (".com/?", ".com/sts?", "another path than /"),
            ("sts.eu-central-1.amazonaws.com", "sts.eu-central-1.example.com", "not a host of STS"),
            ("&Version", "&x-id=GetCallerIdentity&Version", "a parameter that is not allowed"),
            ("&Version", "&ACTION=GetCallerIdentity&Version", "a parameter twice"),
            ("=GetCallerIdentity", "=GetSessionToken", "another action"),
            ("%3Bx-k8s-aws-id", "", "the cluster's name is not signed"),
            ("Expires=60", "Expires=901", "a longer life than allowed"),
            ("Date=2026", "Date=x", "no date"),
        ] {
            assert_eq!(at(&URL.replace(from, to), noon).unwrap_err(), why);
        }
        assert_eq!(at(URL, "2026-11-21T12:15:01Z").unwrap_err(), "expired");
        let padded = format!("{PREFIX}{}=", URL_SAFE_NO_PAD.encode(URL));
        assert_eq!(read(&padded, "aws", noon.parse().unwrap()).unwrap_err(), "no unpadded base64url");
        assert_eq!(read("k8s-aws-v2.x", "aws", noon.parse().unwrap()).unwrap_err(), "no prefix");
        assert!(is_sts("sts.amazonaws.com", "aws") && !is_sts("sts.amazonaws.com", "aws-us-gov"));
        assert!(is_sts("sts.cn-north-1.amazonaws.com.cn", "aws-cn"));
        assert!(is_sts("sts.eusc-de-east-1.amazonaws.eu", "aws-eusc"));
        assert!(!is_sts("sts.eusc-de-east-1.amazonaws.com", "aws-eusc"));
    }
}
