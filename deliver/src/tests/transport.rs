//! Connections: encrypted ones, and those through a proxy.

use std::sync::Arc;
use std::time::Duration;

use hyper_util::client::proxy::matcher::Matcher;
use rcgen::{CertifiedKey, generate_simple_self_signed};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs::default_provider;

use super::clock::TestClock;
use crate::{Client, Trust};

/// A server behind TLS that answers everything with `{}`: its port, and its certificate in PEM.
async fn encrypted(name: &str) -> (u16, String) {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed([name.to_owned()]).unwrap();
    let key = rustls_pki_types::PrivateKeyDer::try_from(signing_key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)
        .unwrap();
    let (acceptor, listener) =
        (TlsAcceptor::from(Arc::new(config)), TcpListener::bind(("127.0.0.1", 0)).await.unwrap());
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            let mut head = [0; 4096];
            let _ = stream.read(&mut head).await;
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}").await;
            let _ = stream.shutdown().await;
        }
    });
    (port, cert.pem())
}

fn client(trust: &Trust, proxies: Matcher) -> Client {
    let client = Client::new(trust, Duration::from_secs(9), Arc::new(TestClock::default())).unwrap();
    client.with_proxies(proxies)
}

async fn post(client: &Client, port: u16) -> Result<String, String> {
    let uri = format!("https://localhost:{port}/").parse().unwrap();
    client.post(&uri, &[], "{}".into()).await.map(|answer| answer.text())
}

#[tokio::test]
async fn a_certificate_is_trusted_only_if_somebody_said_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("authority.pem");
    let none = || Matcher::builder().build();
    let (port, certificate) = encrypted("localhost").await;
    std::fs::write(&path, certificate).unwrap();
    let trusting = Trust { more: Some(path) };
    assert_eq!(post(&client(&trusting, none()), port).await.as_deref(), Ok("{}"));
    let refused = post(&client(&Trust::default(), none()), port).await.unwrap_err();
    assert!(refused.contains("certificate"), "{refused}");
    let (other, _) = encrypted("localhost").await;
    assert!(post(&client(&trusting, none()), other).await.is_err());
}

#[test]
fn a_file_of_certificates_that_holds_none_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("authority.pem");
    std::fs::write(&path, "planted").unwrap();
    for path in [path, folder.path().join("missing")] {
        let trust = Trust { more: Some(path) };
        let error = Client::new(&trust, Duration::from_secs(9), Arc::new(TestClock::default())).err().unwrap();
        assert!(error.to_string().starts_with("the certificates to trust: ") && !error.to_string().contains("planted"));
    }
}

/// A proxy that opens tunnels for who knows the password.
async fn proxy() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut wish = Vec::new();
            while !wish.ends_with(b"\r\n\r\n") {
                wish.push(stream.read_u8().await.unwrap());
            }
            let wish = String::from_utf8(wish).unwrap();
            if !wish.contains("Proxy-Authorization: Basic dXNlcjpwbGFudGVk\r\n") {
                let _ = stream.write_all(b"HTTP/1.1 407 No\r\n\r\n").await;
                continue;
            }
            let port = wish.split_once("CONNECT localhost:").unwrap().1.split(' ').next().unwrap().parse().unwrap();
            let mut other = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
            stream.write_all(b"HTTP/1.1 200 Open\r\n\r\n").await.unwrap();
            let _ = copy_bidirectional(&mut stream, &mut other).await;
        }
    });
    port
}

#[tokio::test]
async fn a_proxy_leads_through_and_its_password_is_not_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("authority.pem");
    let (port, certificate) = encrypted("localhost").await;
    std::fs::write(&path, certificate).unwrap();
    let (door, trust) = (proxy().await, Trust { more: Some(path) });
    let through = |login: &str| Matcher::builder().https(format!("http://{login}127.0.0.1:{door}")).build();
    assert_eq!(post(&client(&trust, through("user:planted@")), port).await.as_deref(), Ok("{}"));
    let refused = post(&client(&trust, through("user:other@")), port).await;
    assert_eq!(refused.unwrap_err(), "the proxy makes no connection to the host");
}
