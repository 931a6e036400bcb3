//! A proxy on the loopback that plays all of AWS: it asks for a password, ends TLS with an authority of its own for every
//! name, and leads each connection to a simulated account.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

use crate::support::Palisade;

/// What must never be seen.
pub(crate) const PASSWORD: &str = "correct%40horse";

struct Shared {
    issuer: Issuer<'static, KeyPair>,
    /// Where TLS ends.
    target: String,
    /// The hosts that were asked for with the right password, and how often it was wrong.
    hosts: Mutex<BTreeSet<String>>,
    refused: Mutex<usize>,
}

/// The proxy, for as long as it lives.
pub(crate) struct Proxy {
    port: u16,
    authority: String,
    shared: Arc<Shared>,
    _runtime: Runtime,
}

impl Proxy {
    /// A proxy before the server at this address.
    pub(crate) fn before(endpoint: &str) -> Self {
        let (authority, issuer) = authority();
        let target = endpoint.trim_start_matches("http://").to_owned();
        let shared = Arc::new(Shared { issuer, target, hosts: Mutex::default(), refused: Mutex::default() });
        let runtime = Runtime::new().unwrap();
        let listener = runtime.block_on(TcpListener::bind(("127.0.0.1", 0))).unwrap();
        let port = listener.local_addr().unwrap().port();
        runtime.spawn(listen(listener, Arc::clone(&shared)));
        Self { port, authority, shared, _runtime: runtime }
    }

    /// Palisade with credentials, and with no way but this one.
    pub(crate) fn palisade(&self) -> Behind<'_> {
        let palisade = Palisade::alone();
        palisade.write("authority.pem", &self.authority);
        Behind { palisade, proxy: self }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// The hosts that were asked for.
    pub(crate) fn hosts(&self) -> BTreeSet<String> {
        self.shared.hosts.lock().unwrap().clone()
    }

    /// How often the password was missing or wrong.
    pub(crate) fn refused(&self) -> usize {
        *self.shared.refused.lock().unwrap()
    }
}

/// Palisade behind a proxy.
pub(crate) struct Behind<'a> {
    pub(crate) palisade: Palisade,
    proxy: &'a Proxy,
}

impl Behind<'_> {
    pub(crate) fn command(&self, arguments: &[&str]) -> std::process::Command {
        let mut command = self.palisade.command(arguments);
        command.env("HTTPS_PROXY", format!("http://auditor:{PASSWORD}@127.0.0.1:{}", self.proxy.port));
        command.env("AWS_CA_BUNDLE", self.palisade.path("authority.pem")).env("AWS_REGION", "us-east-1");
        command.env("AWS_ACCESS_KEY_ID", "AKIATESTTESTTESTTEST").env("AWS_SECRET_ACCESS_KEY", "test");
        command
    }
}

fn authority() -> (String, Issuer<'static, KeyPair>) {
    let mut parameters = CertificateParams::new(Vec::new()).unwrap();
    parameters.distinguished_name.push(DnType::CommonName, "a company's own authority");
    parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    parameters.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::DigitalSignature];
    let key = KeyPair::generate().unwrap();
    let certificate = parameters.self_signed(&key).unwrap();
    (certificate.pem(), Issuer::new(parameters, key))
}

async fn listen(listener: TcpListener, shared: Arc<Shared>) {
    while let Ok((stream, _)) = listener.accept().await {
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            // A client that goes away is its own affair.
            let _ = connect(stream, &shared).await;
        });
    }
}

async fn connect(mut stream: TcpStream, shared: &Shared) -> std::io::Result<()> {
    let head = head(&mut stream).await?;
    let place = head.strip_prefix("CONNECT ").and_then(|rest| rest.split(' ').next()).unwrap_or_default();
    let credentials = format!("Basic {}", STANDARD.encode("auditor:correct@horse"));
    let is_let_in = head.lines().any(|line| {
        line.split_once(": ")
            .is_some_and(|(name, value)| name.eq_ignore_ascii_case("proxy-authorization") && value == credentials)
    });
    if !is_let_in {
        *shared.refused.lock().unwrap() += 1;
        return stream.write_all(b"HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n").await;
    }
    let (host, port) = place.split_once(':').unwrap_or((place, ""));
    shared.hosts.lock().unwrap().insert(host.to_owned());
    stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await?;
    if port != "443" {
        // The API of a cluster, which has a certificate of its own.
        let mut target = TcpStream::connect(format!("127.0.0.1:{port}")).await?;
        return copy_bidirectional(&mut stream, &mut target).await.map(|_| ());
    }
    let mut stream = acceptor(shared, host).accept(stream).await?;
    let mut target = TcpStream::connect(&shared.target).await?;
    copy_bidirectional(&mut stream, &mut target).await.map(|_| ())
}

async fn head(stream: &mut TcpStream) -> std::io::Result<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    Ok(String::from_utf8_lossy(&head).into_owned())
}

fn acceptor(shared: &Shared, host: &str) -> TlsAcceptor {
    let key = KeyPair::generate().unwrap();
    let parameters = CertificateParams::new(vec![host.to_owned()]).unwrap();
    let certificate = parameters.signed_by(&key, &shared.issuer).unwrap();
    let private = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], private)
        .unwrap();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    TlsAcceptor::from(Arc::new(config))
}
