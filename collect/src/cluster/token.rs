//! The bearer token with which an IAM principal enters a cluster: a signed request to STS that is never sent by us, but
//! by the cluster, which so learns who we are.
//!
//! Source: <https://github.com/kubernetes-sigs/aws-iam-authenticator#api-authorization-from-outside-a-cluster>

use std::fmt::{self, Write as _};
use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    SessionTokenMode, SignableBody, SignableRequest, SignatureLocation, SigningSettings, sign,
};
use aws_sigv4::sign::v4;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use palisade_model::Partition;
use percent_encoding::utf8_percent_encode;

use crate::aws::signed::RESERVED;

/// The header that ties a token to one cluster. It is signed, and added by the cluster when it asks STS.
const CLUSTER_HEADER: &str = "x-k8s-aws-id";
/// What stands before the encoded request.
const PREFIX: &str = "k8s-aws-v1.";
/// What the signed request says of its own life. Clusters take a token for fifteen minutes whatever it says.
const EXPIRES_IN: Duration = Duration::from_mins(1);

/// A bearer token. It is a credential for one cluster, and shown nowhere.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Token(String);

impl Token {
    /// The token's text, for the `Authorization` header alone.
    pub(crate) fn secret(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Token(…)")
    }
}

/// Why a token could not be made.
#[derive(Debug, thiserror::Error)]
#[error("the token for the cluster could not be signed: {0}")]
pub(crate) struct TokenError(String);

/// Makes the token for a cluster.
///
/// `cluster` is its name; for a local cluster of an Outpost, its id.
pub(crate) fn token(
    credentials: &Credentials,
    region: &str,
    cluster: &str,
    now: SystemTime,
) -> Result<Token, TokenError> {
    let failed = |error: &dyn fmt::Display| TokenError(error.to_string());
    let mut settings = SigningSettings::default();
    settings.signature_location = SignatureLocation::QueryParams;
    settings.session_token_mode = SessionTokenMode::Include;
    settings.expires_in = Some(EXPIRES_IN);
    let identity = credentials.clone().into();
    let parameters = v4::SigningParams::builder()
        .identity(&identity)
        .region(region)
        .name("sts")
        .time(now)
        .settings(settings)
        .build()
        .map_err(|error| failed(&error))?
        .into();
    let domain = Partition::of_region(region).domain();
    let mut url = format!("https://sts.{region}.{domain}/?Action=GetCallerIdentity&Version=2011-06-15");
    let headers = [(CLUSTER_HEADER, cluster)].into_iter();
    let request = SignableRequest::new("GET", url.clone(), headers, SignableBody::Bytes(b""));
    let signed = sign(request.map_err(|error| failed(&error))?, &parameters).map_err(|error| failed(&error))?;
    let (instructions, _) = signed.into_parts();
    for (name, value) in instructions.params() {
        let _ = write!(url, "&{name}={}", utf8_percent_encode(value, RESERVED));
    }
    Ok(Token(format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(url))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_for_sts_of_the_region_s_partition() {
        let credentials =
            Credentials::new("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", None, None, "test");
        for (region, host) in [
            ("eu-west-1", "sts.eu-west-1.amazonaws.com"),
            ("cn-north-1", "sts.cn-north-1.amazonaws.com.cn"),
            ("eusc-de-east-1", "sts.eusc-de-east-1.amazonaws.eu"),
            ("us-gov-west-1", "sts.us-gov-west-1.amazonaws.com"),
        ] {
            let token = token(&credentials, region, "shop", SystemTime::UNIX_EPOCH).unwrap();
            let url = URL_SAFE_NO_PAD.decode(token.secret().strip_prefix(PREFIX).unwrap()).unwrap();
            assert!(String::from_utf8(url).unwrap().starts_with(&format!("https://{host}/?")), "{region}");
        }
    }

    fn made(session_token: Option<&str>) -> String {
        let secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
        let session_token = session_token.map(str::to_owned);
        let credentials = Credentials::new("AKIDEXAMPLE", secret, session_token, None, "test");
        let noon = "2026-11-21T12:00:00Z".parse::<jiff::Timestamp>().unwrap();
        let token = token(&credentials, "eu-central-1", "prod-cluster", noon.into()).unwrap();
        let encoded = token.secret().strip_prefix(PREFIX).unwrap();
        assert!(!encoded.contains('='), "clusters refuse padding");
        String::from_utf8(URL_SAFE_NO_PAD.decode(encoded).unwrap()).unwrap()
    }

    #[test]
    fn the_signature_is_that_of_the_reference() {
        let url = made(None);
        assert!(url.ends_with("734fa426423e043b59d44e24dfb9428d28d909107169d5856ea83969ffcd428d"), "{url}");
        let url = made(Some("FwoGZXIvYXdzEXAMPLE/token+with=specials//"));
        assert!(
            url.contains("&X-Amz-Signature=69f59b9bd67b9d0ab42588511ccd2699105930c041c83a33c45753155c79e7e3"),
            "{url}"
        );
        assert!(url.contains("&X-Amz-Security-Token=FwoGZXIvYXdzEXAMPLE%2Ftoken%2Bwith%3Dspecials%2F%2F"), "{url}");
    }

    #[test]
    fn the_request_holds_what_clusters_accept_and_nothing_else() {
        let url = made(Some("session"));
        let query = url.strip_prefix("https://sts.eu-central-1.amazonaws.com/?").unwrap();
        let mut names: Vec<_> = query.split('&').filter_map(|pair| Some(pair.split_once('=')?.0)).collect();
        names.sort_unstable();
        let expected = [
            "Action",
            "Version",
            "X-Amz-Algorithm",
            "X-Amz-Credential",
            "X-Amz-Date",
            "X-Amz-Expires",
            "X-Amz-Security-Token",
            "X-Amz-Signature",
            "X-Amz-SignedHeaders",
        ];
        assert_eq!(names, expected);
        assert!(query.contains("X-Amz-SignedHeaders=host%3Bx-k8s-aws-id&"), "{query}");
    }

    #[test]
    fn a_token_is_not_shown() {
        let credentials = Credentials::new("AKIDEXAMPLE", "secret", None, None, "test");
        let token = token(&credentials, "eu-west-1", "shop", SystemTime::UNIX_EPOCH).unwrap();
        assert_eq!(format!("{token:?}"), "Token(…)");
    }
}
