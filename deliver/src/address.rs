//! Where a sink is.

use std::fmt;
use std::net::IpAddr;

use http::Uri;
use http::uri::{Authority, PathAndQuery, Scheme};

use crate::Error;

/// Whether a secret may be sent without encryption to another machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Plain {
    /// No: such an address is refused.
    #[default]
    Refused,
    /// Yes, as somebody said in so many words.
    Allowed,
}

/// An address over HTTP. Only its scheme, host and port are shown: some sinks have their secret in the path.
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    scheme: Scheme,
    authority: Authority,
    path: String,
    query: Option<String>,
}

impl Address {
    /// Reads an address.
    pub fn parse(sink: &'static str, text: &str, plain: Plain) -> Result<Self, Error> {
        let error = |flaw| Error::Address { sink, flaw };
        let uri: Uri = text.trim().parse().map_err(|_| error("this is no address"))?;
        let parts = uri.into_parts();
        let scheme = parts.scheme.ok_or_else(|| error("it lacks https://"))?;
        let authority = parts.authority.ok_or_else(|| error("it lacks a host"))?;
        if scheme != Scheme::HTTPS && scheme != Scheme::HTTP {
            return Err(error("neither https:// nor http://"));
        }
        if authority.as_str().contains('@') {
            return Err(error("it holds a name or a password, which belong into the environment or a file"));
        }
        if scheme == Scheme::HTTP && plain == Plain::Refused && !is_loopback(authority.host()) {
            return Err(error("http:// would send the secret unencrypted: use https://, or allow it"));
        }
        let whole = parts.path_and_query;
        let path = whole.as_ref().map_or("", PathAndQuery::path).trim_end_matches('/').to_owned();
        let query = whole.as_ref().and_then(PathAndQuery::query).map(str::to_owned);
        Ok(Self { scheme, authority, path, query })
    }

    /// The address without this end of its path, which users copy along.
    pub(crate) fn without(mut self, end: &str) -> Self {
        if let Some(start) = self.path.strip_suffix(end) {
            self.path = start.to_owned();
        }
        self
    }

    /// The address of something below.
    pub(crate) fn below(&self, path: &str) -> Uri {
        let query = self.query.as_deref().filter(|_| path.is_empty());
        let query = query.map(|query| format!("?{query}")).unwrap_or_default();
        let path = format!("{}{path}{query}", self.path);
        let path = if path.starts_with('/') { path } else { format!("/{path}") };
        let uri = Uri::builder().scheme(self.scheme.clone()).authority(self.authority.clone()).path_and_query(path);
        // The parts come from an address; ours are plain.
        uri.build().unwrap_or_default()
    }

    /// Where it leads, for telling two sinks of one kind apart.
    pub(crate) fn whole(&self) -> String {
        format!("{}://{}{}?{}", self.scheme, self.authority, self.path, self.query.as_deref().unwrap_or_default())
    }
}

impl fmt::Display for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}://{}", self.scheme, self.authority)
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

fn is_loopback(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Address, String> {
        Address::parse("splunk", text, Plain::Refused).map_err(|error| error.to_string())
    }

    #[test]
    fn addresses_are_put_together_and_shown_without_their_path() {
        let address = parse("https://splunk.example:8088/planted/services/collector/").unwrap();
        assert_eq!(format!("{address} {address:?}"), "https://splunk.example:8088 https://splunk.example:8088");
        let address = address.without("/services/collector");
        assert_eq!(address.below("/ack?channel=1"), "https://splunk.example:8088/planted/ack?channel=1");
        let address = parse("http://[::1]:9/in?key=planted").unwrap();
        assert_eq!(
            (address.to_string(), address.below("")),
            ("http://[::1]:9".into(), "http://[::1]:9/in?key=planted".parse().unwrap())
        );
        assert_eq!(parse("http://localhost").unwrap().below(""), "http://localhost/");
    }

    #[test]
    fn no_secret_goes_out_unencrypted_unless_that_is_wished() {
        let text = "http://splunk.example:8088";
        assert!(parse(text).unwrap_err().contains("unencrypted"));
        assert!(Address::parse("splunk", text, Plain::Allowed).is_ok());
    }

    #[test]
    fn what_is_wrong_with_an_address_is_told_without_it() {
        for text in ["planted", "ftp://planted", "https://user:planted@host", "https://", "https://planted host", ""] {
            let error = parse(text).unwrap_err();
            assert!(error.starts_with("the address of splunk: ") && !error.contains("planted"), "{error}");
        }
    }
}
