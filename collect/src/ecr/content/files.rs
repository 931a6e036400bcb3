//! Which files of an image hold a secret. It is asked for each file of each layer, and once more for each link that gives a
//! file another name.

use palisade_model::secret::Class;

use super::secrets::secret_in_lines;

/// Whether a file is to be looked into, by its path below the root (no `/` at the start) and its size in bytes.
pub(super) fn wants(path: &str, _size: u64) -> bool {
    may_hold_secret(path)
}

/// Whether the name of a file tells what it holds, so that a link of this name makes a file one of credentials that is none
/// by its own name.
pub(super) fn is_named(path: &str) -> bool {
    may_hold_secret(path)
}

/// The class of the secret that a file holds. The content is cut where the layer's reader cuts it.
pub(super) fn secret_in_file(path: &str, content: &[u8]) -> Option<Class> {
    secret(path, &String::from_utf8_lossy(content))
}

/// Whether people keep credentials in files of this name.
fn may_hold_secret(path: &str) -> bool {
    const NAMES: [&str; 17] = [
        ".git-credentials",
        ".netrc",
        ".npmrc",
        ".pypirc",
        ".pgpass",
        ".dockercfg",
        ".env",
        ".yarnrc.yml",
        "id_rsa",
        "id_dsa",
        "id_ecdsa",
        "id_ed25519",
        "kubeconfig",
        "credentials.json",
        "secrets.json",
        "secrets.yaml",
        "secrets.yml",
    ];
    const ENDS: [&str; 6] = [
        ".aws/credentials",
        ".aws/config",
        ".docker/config.json",
        ".kube/config",
        ".cargo/credentials.toml",
        ".m2/settings.xml",
    ];
    let name = path.rsplit('/').next().unwrap_or(path);
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    NAMES.contains(&name)
        || name.starts_with(".env.")
        || ["pem", "key", "p8", "ppk"].contains(&ending)
        || ENDS
            .iter()
            .any(|end| path.strip_suffix(end).is_some_and(|before| before.is_empty() || before.ends_with('/')))
}

/// The class of the secret that a file holds.
fn secret(path: &str, text: &str) -> Option<Class> {
    let name = path.rsplit('/').next().unwrap_or(path);
    // A registry's password stands there in Base64, and the word `auth` is no name of a secret elsewhere.
    let has_auth = || {
        let mut values = text.split("\"auth\"").skip(1).filter_map(|rest| rest.trim_start().strip_prefix(':'));
        values.any(|rest| rest.trim_start().strip_prefix('"').is_some_and(|value| !value.starts_with('"')))
    };
    if (name == "config.json" || name == ".dockercfg") && has_auth() {
        return Some(Class::Named);
    }
    let netrc_password = || text.split_whitespace().skip_while(|word| *word != "password").nth(1).is_some();
    if name == ".netrc" && netrc_password() {
        return Some(Class::Named);
    }
    let line_of_pgpass = |line: &str| !line.starts_with('#') && line.split(':').count() >= 5;
    if name == ".pgpass" && text.lines().any(line_of_pgpass) {
        return Some(Class::Named);
    }
    secret_in_lines(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_with_secrets_are_known_by_name_and_content() {
        let key = ["-----BEGIN ", "PRIVATE KEY-----\nMIIE"].concat();
        let aws = "[default]\naws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n";
        let cases = [
            ("app/tls.pem", key.as_str(), Some(Class::PrivateKey)),
            ("etc/ssl/cert.pem", "-----BEGIN CERTIFICATE-----\nMIIE", None),
            ("root/.aws/credentials", aws, Some(Class::AwsSecretKey)),
            ("app/.env", "DB_PASSWORD=correct-horse\n", Some(Class::Named)),
            ("app/.env.production", "DB_PASSWORD=${DB_PASSWORD}\n", None),
            ("root/.git-credentials", "https://bot:correct-horse@git.shop.example\n", Some(Class::AddressWithPassword)),
            ("root/.npmrc", "//npm.shop.example/:_authToken=9f8a7c6b5d4e3f2a1b0c\n", Some(Class::Named)),
            ("root/.docker/config.json", r#"{"auths":{"r.example":{"auth": "Ym90OmNvcnJlY3Q="}}}"#, Some(Class::Named)),
            ("root/.docker/config.json", r#"{"credsStore":"ecr-login","auths":{"r.example":{"auth":""}}}"#, None),
            ("root/.netrc", "machine git.shop.example login bot password horse\n", Some(Class::Named)),
            ("root/.pgpass", "db:5432:shop:shop:horse\n", Some(Class::Named)),
        ];
        for (path, text, class) in cases {
            assert!(wants(path, 1), "{path}");
            assert_eq!(secret(path, text), class, "{path}");
        }
        assert!(!wants("app/server.js", 1) && !wants("usr/aws/credentials", 1) && !wants("x.aws/credentials", 1));
    }
}
