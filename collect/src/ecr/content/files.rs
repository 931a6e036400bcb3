//! Which files of an image hold a secret. It is asked for each file of each layer, and once more for each link that gives a
//! file another name.

use palisade_model::secret::Class;

/// Whether a file is to be looked into, by its path below the root (no `/` at the start) and its size in bytes.
pub(super) fn wants(path: &str, _size: u64) -> bool {
    palisade_secrets::is_looked_at(path)
}

/// Whether the name of a file tells what it holds, so that a link of this name makes a file one of credentials that is none
/// by its own name.
pub(super) fn is_named(path: &str) -> bool {
    palisade_secrets::is_credential_file(path)
}

/// The class of the secret that a file holds. The content is cut where the layer's reader cuts it.
pub(super) fn secret_in_file(path: &str, content: &[u8]) -> Option<Class> {
    palisade_secrets::in_file(path, content).map(|hit| hit.class)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_with_secrets_are_known_by_name_and_content() {
        let key = ["-----BEGIN ", "PRIVATE KEY-----\nMIIE"].concat();
        let cases = [
            ("app/tls.pem", key.as_str(), Some(Class::PrivateKey)),
            ("opt/blob/0001", key.as_str(), Some(Class::PrivateKey)),
            ("etc/ssl/cert.pem", "-----BEGIN CERTIFICATE-----\nMIIE", None),
            ("app/.env", "DB_PASSWORD=correct-horse\n", Some(Class::Named)),
            ("app/.env.production", "DB_PASSWORD=${DB_PASSWORD}\n", None),
            ("root/.netrc", "machine git.shop.example login bot password horse\n", Some(Class::StoredPassword)),
        ];
        for (path, text, class) in cases {
            assert!(wants(path, 1), "{path}");
            assert_eq!(secret_in_file(path, text.as_bytes()), class, "{path}");
        }
        assert!(!wants("usr/lib/libssl.so.3", 1));
        assert!(is_named("root/.netrc") && !is_named("app/server.js"));
    }
}
