//! Keys in binary forms, told by their first bytes.

use crate::class::{Class, Hit};

/// The secret in a file that is no text.
pub(super) fn find(path: &str, content: &[u8]) -> Option<Hit> {
    key_store(content).or_else(|| pkcs(path, content)).or_else(|| other(path, content))
}

/// Key stores of Java: magic, version, number of entries, and the kind of the first: 1 is a private key, 3 a secret key.
/// OpenJDK, `sun.security.provider.JavaKeyStore` and `com.sun.crypto.provider.JceKeyStore`.
fn key_store(content: &[u8]) -> Option<Hit> {
    const MAGICS: [[u8; 4]; 2] = [[0xfe, 0xed, 0xfe, 0xed], [0xce, 0xce, 0xce, 0xce]];
    let word = |index: usize| Some(u32::from_be_bytes(content.get(index..index + 4)?.try_into().ok()?));
    MAGICS.contains(content.first_chunk()?).then_some(())?;
    let (entries, first) = (word(8)?, word(12).unwrap_or_default());
    (entries > 0 && (first == 1 || first == 3))
        .then(|| Hit::new(Class::KeyStore, "a key store of Java whose first entry is a key"))
}

/// PKCS #12 with a shrouded key, and private keys in DER: PKCS #8, PKCS #1, SEC 1.
fn pkcs(path: &str, content: &[u8]) -> Option<Hit> {
    /// 1.2.840.113549.1.12.10.1.2, `pkcs8ShroudedKeyBag`; RFC 7292.
    const SHROUDED_KEY: [u8; 11] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c, 0x0a, 0x01, 0x02];
    /// 1.2.840.113549.1.7.1, `data`: what every PKCS #12 begins with behind its version, 3.
    const DATA: [u8; 9] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01];
    if content.first() != Some(&0x30) {
        return None;
    }
    let beginning = &content[..content.len().min(64)];
    let has = |part: &[u8]| content.windows(part.len()).any(|window| window == part);
    let ending = path.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
    let is_store = beginning.windows(3).any(|window| window == [0x02, 0x01, 0x03])
        && beginning.windows(DATA.len()).any(|window| window == DATA);
    if is_store && (has(&SHROUDED_KEY) || ["p12", "pfx", "jks", "keystore"].contains(&ending.as_str())) {
        return Some(Hit::new(Class::KeyStore, "a key store of PKCS #12"));
    }
    let header = match content.get(1)? {
        0x82 => 4,
        0x81 => 3,
        length if *length < 0x80 => 2,
        _ => return None,
    };
    // A version of 0 or 1, and then a number or a sequence: certificates have none.
    let version = content.get(header..header + 3)?;
    let next = content.get(header + 3)?;
    let is_key = (version == [0x02, 0x01, 0x00] && [0x02, 0x30].contains(next))
        || (version == [0x02, 0x01, 0x01] && *next == 0x04);
    (is_key && ["der", "key", "pk8", "p8"].contains(&ending.as_str()))
        .then(|| Hit::new(Class::PrivateKey, "a private key in DER form"))
}

fn other(path: &str, content: &[u8]) -> Option<Hit> {
    let name = path.rsplit('/').next().unwrap_or(path);
    // MIT Kerberos, `kt_file.c`: version 5.2.
    if content.starts_with(&[0x05, 0x02]) && content.len() > 20 && name.ends_with("keytab") {
        return Some(Hit::new(Class::PrivateKey, "a key table of Kerberos"));
    }
    // TigerVNC's password file: eight bytes, scrambled by a key that everybody knows. MySQL's login path file, likewise.
    let is_scrambled =
        path.ends_with(".vnc/passwd") && content.len() == 8 || name == ".mylogin.cnf" && content.len() > 24;
    if is_scrambled {
        return Some(Hit::new(Class::StoredPassword, "a password that is only scrambled"));
    }
    // The tables of the Google Cloud CLI.
    let has_token = || content.windows(13).any(|window| window == b"refresh_token" || window == b"client_secret");
    if content.starts_with(b"SQLite format 3") && path.contains(".config/gcloud/") && has_token() {
        return Some(Hit::new(Class::StoredPassword, "a table of credentials"));
    }
    // KeePass 2.
    if content.starts_with(&[0x03, 0xd9, 0xa2, 0x9a]) {
        return Some(Hit::new(Class::KeyStore, "a database of KeePass"));
    }
    let beginning = &content[..content.len().min(200)];
    let has = |part: &[u8]| beginning.windows(part.len()).any(|window| window == part);
    // GnuPG, `agent/keyformat.txt`.
    let is_of_agent = path.contains("private-keys-v1.d/") && (has(b"private-key") || has(b"Key: ("));
    // RFC 9580: a packet of a secret key, in its old or new form.
    let is_ring = name == "secring.gpg" && content.first().is_some_and(|first| [0x94, 0x95, 0xc5].contains(first));
    (is_of_agent || is_ring).then(|| Hit::new(Class::PrivateKey, "a private key of GnuPG"))
}
