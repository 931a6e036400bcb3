//! Plain downloads: no credentials are sent, every length is bounded, and the digest is verified.
//!
//! The address that a registry gives for a blob is itself a credential: it is neither logged nor kept.

use aws_smithy_runtime_api::client::http::HttpConnector as _;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::body::SdkBody;
use http::Uri;
use http_body_util::BodyExt as _;
use sha2::{Digest as _, Sha256};

use super::session::Session;
use super::signed::Answer;

/// How often an address may lead on to another.
const MOST_REDIRECTS: usize = 3;
/// The least speed of a download that is not given up, in bytes a second.
const LEAST_SPEED: u64 = 64 * 1024;

/// What is to be had.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Blob<'a> {
    /// Its digest, `sha256:…`.
    pub(crate) digest: &'a str,
    /// Its size, in bytes.
    pub(crate) size: u64,
}

/// Why a blob is not taken; asking again would not help.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("has an address that is not https")]
    Insecure,
    #[error("has an address that cannot be read")]
    Address,
    #[error("has an address that leads on more than {MOST_REDIRECTS} times")]
    Redirects,
    #[error("has an address that answers HTTP {0}")]
    Status(u16),
    #[error("has more than the {0} bytes that it claims")]
    Longer(u64),
    #[error("ends after {0} of {1} bytes")]
    Shorter(u64, u64),
    #[error("has content of another digest")]
    Digest,
}

/// Downloads a blob, and hands on each piece as it comes. What was handed on may be used only if this ends well.
///
/// Only `https` is spoken; `http` within this machine, where another endpoint was named in place of AWS's.
pub(crate) async fn download(
    session: &Session,
    address: &str,
    blob: Blob<'_>,
    take: impl AsyncFnMut(Vec<u8>),
) -> Answer<Result<(), Refusal>> {
    let time = session.call_timeout() + std::time::Duration::from_secs(blob.size / LEAST_SPEED);
    let exchange = async {
        match open(session, address).await? {
            Ok(response) => receive(response, blob, take).await,
            Err(refusal) => Ok(Err(refusal)),
        }
    };
    match tokio::time::timeout(time, exchange).await {
        Ok(answer) => answer,
        Err(elapsed) => Err(SdkError::timeout_error(elapsed)),
    }
}

/// Asks for an address, and for those to which it leads on.
async fn open(session: &Session, address: &str) -> Answer<Result<HttpResponse, Refusal>> {
    let allows_http = session.endpoint_url("ECR").is_some();
    let Ok(mut uri) = address.parse::<Uri>() else { return Ok(Err(Refusal::Address)) };
    for _ in 0..=MOST_REDIRECTS {
        if !is_allowed(&uri, allows_http) {
            return Ok(Err(Refusal::Insecure));
        }
        let request =
            http::Request::get(uri.clone()).header("user-agent", concat!("palisade/", env!("CARGO_PKG_VERSION")));
        let request = request.body(SdkBody::empty()).map_err(SdkError::construction_failure)?;
        let request = HttpRequest::try_from(request).map_err(SdkError::construction_failure)?;
        let response = session.connector().call(request).await.map_err(SdkError::dispatch_failure)?;
        let status = response.status();
        match status.as_u16() {
            200 => return Ok(Ok(response)),
            301 | 302 | 303 | 307 | 308 => match response.headers().get("location").and_then(|to| onward(&uri, to)) {
                Some(next) => uri = next,
                None => return Ok(Err(Refusal::Address)),
            },
            _ if status.is_server_error() => return Err(SdkError::response_error("no blob", emptied(&response))),
            other => return Ok(Err(Refusal::Status(other))),
        }
    }
    Ok(Err(Refusal::Redirects))
}

async fn receive(
    response: HttpResponse,
    blob: Blob<'_>,
    mut take: impl AsyncFnMut(Vec<u8>),
) -> Answer<Result<(), Refusal>> {
    let head = emptied(&response);
    let announced = response.headers().get("content-length").and_then(|length| length.parse::<u64>().ok());
    if announced.is_some_and(|length| length > blob.size) {
        return Ok(Err(Refusal::Longer(blob.size)));
    }
    let (mut hash, mut length) = (Sha256::new(), 0);
    let mut body = response.into_body();
    while let Some(frame) = body.frame().await {
        let frame = match frame {
            Ok(frame) => frame,
            Err(error) => return Err(SdkError::response_error(error, head)),
        };
        let Ok(piece) = frame.into_data() else { continue };
        length += piece.len() as u64;
        if length > blob.size {
            return Ok(Err(Refusal::Longer(blob.size)));
        }
        hash.update(&piece);
        take(piece.to_vec()).await;
    }
    if length < blob.size {
        return Ok(Err(Refusal::Shorter(length, blob.size)));
    }
    let digits: Vec<String> = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    let is_it = blob.digest.strip_prefix("sha256:") == Some(digits.concat().as_str());
    Ok(if is_it { Ok(()) } else { Err(Refusal::Digest) })
}

fn is_allowed(uri: &Uri, allows_http: bool) -> bool {
    match uri.scheme_str() {
        Some("https") => uri.host().is_some(),
        Some("http") => allows_http && uri.host().is_some_and(is_this_machine),
        Some(_) | None => false,
    }
}

fn is_this_machine(host: &str) -> bool {
    let address = host.trim_matches(['[', ']']).parse::<std::net::IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

/// Where an address leads on to: a whole address, or a path on the same host.
fn onward(from: &Uri, location: &str) -> Option<Uri> {
    if !location.starts_with('/') {
        return location.parse().ok();
    }
    if let Some(rest) = location.strip_prefix("//") {
        return format!("{}://{rest}", from.scheme_str()?).parse().ok();
    }
    format!("{}://{}{location}", from.scheme_str()?, from.authority()?).parse().ok()
}

fn emptied(response: &HttpResponse) -> HttpResponse {
    HttpResponse::new(response.status(), SdkBody::empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uri(text: &str) -> Uri {
        text.parse().unwrap()
    }

    #[test]
    fn only_https_leaves_this_machine() {
        assert!(is_allowed(&uri("https://prod-eu-west-1-starport-layer-bucket.s3.eu-west-1.amazonaws.com/x"), false));
        for address in ["http://127.0.0.1:4566/x", "http://localhost:4566/x", "http://[::1]:4566/x"] {
            assert!(is_allowed(&uri(address), true), "{address}");
            assert!(!is_allowed(&uri(address), false), "{address}");
        }
        for address in
            ["http://169.254.169.254/x", "http://127.0.0.1.nip.example/x", "http://localhost.example/x", "/x"]
        {
            assert!(!is_allowed(&uri(address), true), "{address}");
        }
    }

    #[test]
    fn an_address_leads_on_within_its_host_or_to_another() {
        let from = uri("https://a.example/x?y");
        assert_eq!(onward(&from, "/z"), Some(uri("https://a.example/z")));
        assert_eq!(onward(&from, "//b.example/z"), Some(uri("https://b.example/z")));
        assert_eq!(onward(&from, "http://b.example/z"), Some(uri("http://b.example/z")));
        assert!(onward(&from, "z").is_none_or(|uri| !is_allowed(&uri, true)));
    }
}
