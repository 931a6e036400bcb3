//! The forms of files that have one of their own.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use super::stored;
use crate::class::{Class, Hit, shown};
use crate::name::Kind;
use crate::{DEEPEST, encoded, json, name, value};

/// The lines of a text that are neither empty nor comments.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with(['#', ';'])).take(50_000)
}

/// A file that is one token: one word that looks generated, or a password on a line of its own.
pub(super) fn token(text: &str) -> Option<Hit> {
    let mut all = lines(text);
    let (first, second) = (all.next()?, all.next());
    if all.next().is_some() {
        // The key file of MongoDB: lines of Base64.
        let is_key = lines(text).all(|line| {
            !line.contains(char::is_whitespace) && line.len() <= 64 && value::bits_per_character(line) > 2.0
        });
        let packed: String = lines(text).collect();
        let fits = is_key
            && packed.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte))
            && value::bits_per_character(&packed) > 5.0;
        return fits.then(|| stored("the file is for a key alone"));
    }
    let word = second.unwrap_or(first);
    let fits = !word.contains(char::is_whitespace) && value::is_credential(Kind::Secret, word).is_some();
    fits.then(|| stored("the file is for a token alone"))
}

/// `{"auths": {"host": {"auth": "…"}}}`, or without `auths` in its older form.
/// <https://github.com/docker/cli/blob/master/cli/config/types/authconfig.go>
pub(super) fn docker(text: &str) -> Option<Hit> {
    let json: Value = serde_json::from_str(text).ok()?;
    let hosts = json.get("auths").unwrap_or(&json).as_object()?;
    let is_set = |entry: &Value, name: &str| {
        let text = entry.get(name).and_then(Value::as_str).unwrap_or_default().trim();
        // User and password in Base64.
        let inner = encoded::decoded(text).or_else(|| encoded::decoded(&format!("{text}    ")));
        let password = inner.as_deref().and_then(|inner| inner.split_once(':')).map_or(text, |(_, password)| password);
        text.len() >= 4 && value::is_in_its_place(text) && value::is_in_its_place(password)
    };
    let names = ["auth", "password", "identitytoken", "registrytoken"];
    let found = hosts.values().find_map(|entry| names.iter().find(|name| is_set(entry, name)))?;
    Some(stored(&format!("a registry's member {found}")))
}

/// `{"http-basic": {"host": {"username": …, "password": …}}, "github-oauth": {"github.com": "…"}}`.
/// <https://getcomposer.org/doc/articles/authentication-for-private-packages.md>
pub(super) fn composer(text: &str) -> Option<Hit> {
    let json: Value = serde_json::from_str(text).ok()?;
    if json.get("auths").is_some() {
        return docker(text);
    }
    let hosts = |kind: &str| json.get(kind).and_then(Value::as_object).into_iter().flatten();
    let tokens = ["github-oauth", "gitlab-token", "bearer", "gitlab-oauth"].into_iter().flat_map(hosts);
    let text = |value: &Value| value.as_str().or_else(|| value.get("token")?.as_str()).map(str::to_owned);
    let token = tokens.filter_map(|(_, value)| text(value)).any(|token| value::is_in_its_place(&token));
    token.then(|| stored("the token for a host"))
}

/// `BUNDLE_GEMS__SHOP__EXAMPLE: "user:password"`. <https://bundler.io/man/bundle-config.1.html>
pub(super) fn bundle(text: &str) -> Option<Hit> {
    let found = lines(text).find_map(|line| {
        let (name, value) = line.split_once(':')?;
        let value = value.trim().trim_matches(['"', '\'']);
        let is_host = name.starts_with("BUNDLE_") && name.contains("__");
        let password = value.split_once(':').map_or(value, |(_, password)| password);
        (is_host
            && !value.contains('/')
            && value.len() >= 8
            && value::is_in_its_place(password)
            && !value::is_word_like(value))
        .then_some(())
    });
    found.map(|()| stored("the credentials of a host"))
}

/// `host:port:database:user:password`, with `\:` for a colon in a part.
/// <https://www.postgresql.org/docs/current/libpq-pgpass.html>
pub(super) fn pgpass(text: &str) -> Option<Hit> {
    let found = lines(text).any(|line| {
        let line = line.replace("\\:", "\u{1}");
        let parts: Vec<&str> = line.splitn(5, ':').collect();
        let is_port = parts
            .get(1)
            .is_some_and(|port| *port == "*" || !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()));
        is_port && parts.get(4).is_some_and(|password| value::is_in_its_place(password))
    });
    found.then(|| stored("the password of a database"))
}

/// Hashes that programs check passwords with. `*`, `!`, `x` and nothing say that none is taken.
/// <https://man7.org/linux/man-pages/man5/crypt.5.html>
static HASH: LazyLock<Regex> = LazyLock::new(|| {
    value::pattern(concat!(
        r"^(?:\$(?:1|2[abxy]?|5|6|7|y|gy|apr1|md5|sha1|argon2(?:i|d|id)|scrypt|pbkdf2[\w-]*|PBKDF2)\$[^\s:]{12,}",
        r"|\{S?SHA(?:256|512)?\}[A-Za-z0-9+/=]{20,}|\{PLAIN\}.{3,}|md5[0-9a-f]{32}|SCRAM-SHA-256\$.{20,}|[0-9a-f]{32}|[0-9a-f]{40}|[./0-9A-Za-z]{13}|_[./0-9A-Za-z]{19}",
        r"|\$[678y]\$[^\s:]{12,})$",
    ))
});

/// `user:hash` of `htpasswd` and `shadow`, `user:realm:hash`, `"user" "hash"`, `user=hash`.
pub(super) fn hashes(text: &str) -> Option<Hit> {
    let found = lines(text).any(|line| {
        let is_quoted = line.starts_with('"');
        let mut parts: Vec<&str> = if is_quoted {
            line.split('"').filter(|part| !part.trim().is_empty()).collect()
        } else {
            line.splitn(5, [':', '=']).collect()
        };
        parts.retain(|part| !part.is_empty());
        let is_clear = is_quoted && parts.get(1).is_some_and(|part| value::is_in_its_place(part));
        is_clear
            || parts.iter().skip(1).take(3).any(|part| {
                HASH.is_match(part.trim().trim_start_matches('!')) && !(part.starts_with('!') && part.len() < 4)
            })
    });
    found.then(|| Hit::new(Class::PasswordHash, "a user's hash"))
}

/// Lines of a user and a password.
pub(super) fn user_password(text: &str, sign: char) -> Option<Hit> {
    let found = lines(text).any(|line| {
        let last = line.rsplit(sign).next().filter(|_| line.contains(sign));
        // Roles may follow, as in Jetty's files.
        let password = last.and_then(|last| last.trim().split(',').next());
        password.is_some_and(|password| value::is_in_its_place(password.trim()))
    });
    found.then(|| stored("a line of user and password"))
}

/// Lines in which a name and its value are parted by blanks.
pub(super) fn words(text: &str, names: &str) -> Option<Hit> {
    let found = lines(text).find_map(|line| {
        names.split(',').find(|name| {
            let words: Vec<&str> = line.split_whitespace().collect();
            let index = words.iter().position(|word| word.trim_end_matches(['=', ':']).eq_ignore_ascii_case(name));
            let mut after = index
                .map(|index| words[index + 1..].iter())
                .into_iter()
                .flatten()
                .filter(|word| **word != "=" && **word != ":");
            let is_list = *name == "user";
            if is_list {
                // `user shop on >password ~* +@all`.
                after.any(|word| {
                    word.strip_prefix('>').or_else(|| word.strip_prefix('#')).is_some_and(value::is_in_its_place)
                })
            } else {
                after.next().is_some_and(|word| value::is_in_its_place(word.trim_end_matches(';')))
            }
        })
    });
    found.map(|name| stored(&format!("the word after {name}")))
}

/// The word at a place of a line.
pub(super) fn column(text: &str, index: usize, least: usize) -> Option<Hit> {
    let found = lines(text).any(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let word = words.get(index).filter(|_| words.len() >= least);
        word.is_some_and(|word| value::is_in_its_place(word.rsplit_once(':').map_or(*word, |(_, password)| password)))
    });
    found.then(|| stored("a line with a password in its place"))
}

/// `{"username": "…", "key": "…"}` of Kaggle, `{"api": "…"}` of Snyk. <https://github.com/Kaggle/kaggle-api>
pub(super) fn key_member(text: &str) -> Option<Hit> {
    let json: Value = serde_json::from_str(text).ok()?;
    let key = json.get("key").or_else(|| json.get("api"))?.as_str()?;
    value::is_credential(Kind::Token, key).map(|_| stored("the member that its tool reads"))
}

/// `<Pass encoding="base64">…</Pass>`.
pub(super) fn file_zilla(text: &str) -> Option<Hit> {
    static PASS: LazyLock<Regex> =
        LazyLock::new(|| value::pattern(r#"<Pass(?: encoding="(?:base64|crypt)"[^>]*)?>([^<]{4,})</Pass>"#));
    PASS.is_match(text).then(|| stored("an element Pass"))
}

/// `K 8`, `password`, `V n`, and the password. <https://subversion.apache.org/docs/release-notes/1.8.html>
pub(super) fn subversion(text: &str) -> Option<Hit> {
    static PASSWORD: LazyLock<Regex> =
        LazyLock::new(|| value::pattern(r"(?m)^K \d+\n(?:password|passphrase)\nV \d+\n(.{3,})$"));
    PASSWORD.is_match(text).then(|| stored("the password of a realm"))
}

/// Keys that both sides share: `psk="…"`, `: PSK "…"`, `password="…"`.
/// <https://w1.fi/cgit/hostap/plain/wpa_supplicant/wpa_supplicant.conf>, `ipsec.secrets(5)`
pub(super) fn psk(text: &str) -> Option<Hit> {
    static PSK: LazyLock<Regex> = LazyLock::new(|| {
        value::pattern(
            r#"(?im)^[^#\n]*(?:\bpsk\s*=\s*|:\s*(?:PSK|EAP|XAUTH|PIN|RSA\s+\S+)\s+|\b(?:wep-key\d|wep_key\d|password|private-key-password|leap-password)\s*=\s*)"?([^"\s]{3,})"?"#,
        )
    });
    let found = PSK.captures_iter(text).any(|found| value::is_in_its_place(&found[1]));
    found.then(|| stored("a key that both sides share"))
}

/// `PrivateKey = …`: 32 bytes in Base64. <https://man7.org/linux/man-pages/man8/wg.8.html>
pub(super) fn wire_guard(text: &str) -> Option<Hit> {
    static KEY: LazyLock<Regex> =
        LazyLock::new(|| value::pattern(r"(?im)^\s*(?:PrivateKey|PresharedKey)\s*=\s*([A-Za-z0-9+/]{42,43}=)"));
    let found = KEY.captures_iter(text).any(|found| !value::is_placeholder(&found[1]));
    let is_alone = || {
        let mut all = lines(text);
        let first = all.next().unwrap_or_default();
        all.next().is_none() && first.len() == 44 && first.ends_with('=') && !value::is_placeholder(first)
    };
    (found || is_alone()).then(|| Hit::new(Class::PrivateKey, "a key of WireGuard"))
}

/// `_auth`, `_password`, `:_authToken`. <https://docs.npmjs.com/cli/configuring-npm/npmrc>
pub(super) fn npm(text: &str) -> Option<Hit> {
    static AUTH: LazyLock<Regex> = LazyLock::new(|| {
        value::pattern(
            r#"(?m)^[^#;\n]*?["']?(?:[^\s=:"]*:)?(_auth|_authToken|_password|npmAuthToken|npmAuthIdent)["']?\s*[=: ]\s*"?([^"\s]{4,})"?\s*$"#,
        )
    });
    AUTH.captures_iter(text)
        .find(|found| value::is_in_its_place(&found[2]))
        .map(|found| stored(&format!("the setting {}", shown(&found[1]))))
}

/// Settings of code: texts in quotes after names, and calls.
pub(super) fn code(text: &str) -> Option<Hit> {
    /// `NAME = 'x'`, `'name' => 'x'`, `"name": "x"`, `name: "x"`, `define('NAME', 'x')`.
    static QUOTED: LazyLock<Regex> = LazyLock::new(|| {
        value::pattern(
            r#"(?m)^[^#\n/*]*?\b([A-Za-z_][A-Za-z0-9_.-]{0,80})["'\])]{0,3}[ \t\r\n]*(?:=>|:=|[:=]|,)[ \t\r\n]*(?:[bru]?"([^"\n]{3,})"|[bru]?'([^'\n]{3,})')"#,
        )
    });
    QUOTED.captures_iter(text).find_map(|found| {
        let kind = name::kind(&found[1]).filter(|kind| *kind != Kind::Hint)?;
        let value = found.get(2).or_else(|| found.get(3))?.as_str();
        let class = value::is_credential(kind, value).filter(|_| !value.contains(' '))?;
        let is_one_word = value::is_word_like(value) && value.len() < 12;
        (!is_one_word || kind == Kind::Password && value.bytes().any(|byte| byte.is_ascii_digit()))
            .then(|| Hit::new(class, format!("setting {}: its name says so", shown(&found[1]))))
    })
}

/// The data of a Secret of Kubernetes: values in Base64.
pub(super) fn kubernetes_secret(text: &str) -> Option<Hit> {
    static KIND: LazyLock<Regex> =
        LazyLock::new(|| value::pattern(r#"(?m)^\s*["']?kind["']?\s*:\s*["']?Secret["']?,?\s*$"#));
    static DATA: LazyLock<Regex> = LazyLock::new(|| {
        value::pattern(r#"(?m)^\s+["']?([A-Za-z0-9_.-]+)["']?\s*:\s*["']?([A-Za-z0-9+/]{4,}={0,2})["']?,?\s*$"#)
    });
    if !KIND.is_match(text) {
        return None;
    }
    DATA.captures_iter(text).find_map(|found| {
        let inner = Value::String(decoded(&found[2])?);
        json::in_value(&found[1], &inner, DEEPEST).map(|hit| hit.within("in the data of a Secret"))
    })
}

/// As [`encoded::decoded`], however short it is.
fn decoded(text: &str) -> Option<String> {
    use base64::Engine as _;
    String::from_utf8(base64::engine::general_purpose::STANDARD.decode(text).ok()?).ok()
}
