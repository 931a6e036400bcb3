//! Profiles, credential processes, web identities, roles, certificates.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use palisade_simulator::{Failure, FailureKind, Faults};

use super::{Garden, PLANT, filled};
use crate::support::{Palisade, World};

/// Profiles of which none gives credentials, and a word of what is said of each.
const PROFILES: [(&str, &str, &str); 16] = [
    ("no setting", "[default]\nPLANT\n", "neither a section nor a setting"),
    ("section that does not end", "[profile PLANT\n", "neither a section nor a setting"),
    ("setting without name", "[default]\n= PLANT\n", "neither a section nor a setting"),
    ("setting of no section", "aws_secret_access_key = PLANT\n", ""),
    ("nested setting", "[default]\ns3 =\n  PLANT\n", "neither a section nor a setting"),
    ("no UTF-8", "[default]\naws_secret_access_key = PLANTBAD\n", ""),
    ("key alone", "[default]\naws_secret_access_key = PLANT\n", ""),
    ("source of another name", "[default]\nrole_arn = PLANT\nsource_profile = elsewhere\n", "profile"),
    ("credential source", "[default]\nrole_arn = PLANT\ncredential_source = Elsewhere\n", "credential_source"),
    (
        "circle",
        "[default]\nrole_arn = PLANT\nsource_profile = b\n[profile b]\nrole_arn = PLANT\nsource_profile = default\n",
        "leads back to it",
    ),
    (
        "SSO session",
        "[default]\nsso_session = elsewhere\nsso_account_id = PLANT\nsso_role_name = PLANT\n",
        "sso-session",
    ),
    ("half a web identity", "[default]\nweb_identity_token_file = PLANT\n", ""),
    ("token file that is missing", "[default]\nrole_arn = PLANT\nweb_identity_token_file = /PLANT\n", "not found"),
    ("process that fails", "[default]\ncredential_process = echo PLANT; echo PLANT >&2; exit 4\n", "exit code 4"),
    ("process that is killed", "[default]\ncredential_process = echo PLANT >&2; kill -9 $$\n", "was killed"),
    ("process that is missing", "[default]\ncredential_process = /PLANT PLANT\n", "exit code 127"),
];

/// What a credential process may print that is no credentials.
const PRINTED: [&str; 8] = [
    "PLANT",
    "{\"SecretAccessKey\":\"PLANT",
    "{\"Version\":1,\"SecretAccessKey\":\"PLANT\"}",
    "{\"Version\":1,\"AccessKeyId\":[\"PLANT\"],\"SecretAccessKey\":\"PLANT\"}",
    "{\"Version\":\"PLANT\",\"AccessKeyId\":\"PLANT\",\"SecretAccessKey\":\"PLANT\"}",
    "{\"Version\":1,\"AccessKeyId\":\"PLANT\",\"SecretAccessKey\":\"PLANT\",\"Expiration\":\"PLANT\"}",
    "{\"Version\":1,\"AccessKeyId\":\"PLANT\\x\",\"SecretAccessKey\":\"PLANT\"}",
    "{\"Version\":1,\"SecretAccessKey\":\"PLANTBAD\"}",
];

#[test]
fn profiles_that_give_no_credentials() {
    for (case, text, word) in PROFILES {
        let garden = Garden::alone().file(".aws/config", filled(text));
        garden.fails(case, &["audit", "--region", "us-east-1"], &[word]);
        let garden = Garden::alone().file(".aws/credentials", filled(&text.replace("[profile ", "[")));
        garden.fails(case, &["audit", "--region", "us-east-1"], &[]);
    }
    for printed in PRINTED {
        let garden = Garden::alone().file("printed", filled(printed));
        let garden = garden.file(".aws/config", "[default]\ncredential_process = cat printed; echo Zq7-planted >&2\n");
        garden.fails(printed, &["audit", "--region", "us-east-1"], &["the credential process printed"]);
    }
}

#[test]
fn a_profile_whose_keys_aws_refuses() {
    let refusal = Failure::of("sts:GetCallerIdentity", FailureKind::InvalidToken);
    let world = World::small(Faults { failures: vec![refusal], ..Faults::default() });
    let garden = Garden::alone().variable("AWS_ENDPOINT_URL", world.simulator.endpoint());
    let garden =
        garden.file(".aws/config", filled("[default]\naws_access_key_id = PLANT\naws_secret_access_key = PLANT\n"));
    garden.fails("keys", &["audit", "--region", "us-east-1"], &["does not accept the credentials"]);
}

/// An STS that refuses everything, and says in its refusal what it was sent.
fn echoing_sts(requests: usize) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming().take(requests) {
            let mut stream = stream.unwrap();
            let mut bytes = vec![0; 65536];
            let mut length = 0;
            // The headers and the form come in one or two pieces; the form ends with the secret's last letters.
            while !String::from_utf8_lossy(&bytes[..length]).contains("Kp9") {
                match stream.read(&mut bytes[length..]) {
                    Ok(0) | Err(_) => break,
                    Ok(more) => length += more,
                }
            }
            let sent = String::from_utf8_lossy(&bytes[..length]).replace(['&', '<'], " ");
            let body = format!(
                "<ErrorResponse><Error><Type>Sender</Type><Code>InvalidIdentityToken</Code><Message>{sent}</Message></Error></ErrorResponse>"
            );
            let _ = write!(
                stream,
                "HTTP/1.1 400 Bad Request\r\ncontent-type: text/xml\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
                body.len()
            );
        }
    });
    format!("http://{address}")
}

#[test]
fn a_web_identity_that_sts_refuses() {
    let sts = echoing_sts(3);
    let garden = |token: &str| {
        let garden = Garden::alone().file("token", filled(token)).variable("AWS_WEB_IDENTITY_TOKEN_FILE", "token");
        garden.variable("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/one").variable("AWS_ENDPOINT_URL", sts.clone())
    };
    let arguments = ["audit", "--region", "us-east-1"];
    garden("PLANT").fails("refused", &arguments, &["STS refused the web identity: InvalidIdentityToken"]);
    garden("PLANTBAD").fails("no UTF-8", &arguments, &["no AWS credentials", "UTF-8"]);
    let missing = garden("PLANT").variable("AWS_WEB_IDENTITY_TOKEN_FILE", format!("/{PLANT}"));
    missing.fails("missing", &arguments, &["no AWS credentials", "not found"]);
}

#[test]
fn an_external_id_that_sts_repeats() {
    let garden = Garden::of(Palisade::at(echoing_sts(3)));
    let role = "arn:aws:iam::123456789012:role/one";
    let arguments = ["audit", "--region", "us-east-1", "--role-arn", role, "--external-id", PLANT];
    garden.fails("external id", &arguments, &["cannot assume the role"]);
}

#[test]
fn certificates_that_hold_something_else() {
    let (begin, end) = ("-----BEGIN CERTIFICATE-----\n", "-----END CERTIFICATE-----\n");
    let texts =
        ["PLANT".to_owned(), format!("{begin}PLANT\n{end}"), "-----BEGIN PLANT\n".to_owned(), format!("{begin}PLANT")];
    for text in &texts {
        let garden = Garden::of(Palisade::at("http://127.0.0.1:9".to_owned()));
        let garden = garden.file("bundle", filled(text)).variable("AWS_CA_BUNDLE", "bundle");
        garden.fails(text, &["audit", "--region", "us-east-1"], &["AWS_CA_BUNDLE", "bundle"]);
    }
}
