//! Addresses with a password or a token in them, and connection strings that are no settings.

use std::sync::LazyLock;

use regex::Regex;

use crate::class::{Class, Hit};
use crate::value;

/// `scheme://user:password@host`; RFC 3986, 3.2.1. The last `@` before the path ends the user's part.
static ADDRESS: LazyLock<Regex> =
    LazyLock::new(|| value::pattern(r#"(?i)\b([a-z][a-z0-9+.-]{1,40})://([^\s/?#"'<>`\\]+)@([^\s/?#"'<>@`\\]+)"#));

/// `user:password@tcp(host)`, as Go's driver for MySQL has it. <https://github.com/go-sql-driver/mysql#dsn-data-source-name>
static GO_MYSQL: LazyLock<Regex> =
    LazyLock::new(|| value::pattern(r#"(?:^|[\s"'=])[^\s:/@"'=]+:([^\s@"']{3,})@(?:tcp|unix|udp)6?\("#));

/// `jdbc:oracle:thin:user/password@host`. <https://docs.oracle.com/en/database/oracle/oracle-database/23/jjdbc/data-sources-and-URLs.html>
static ORACLE: LazyLock<Regex> =
    LazyLock::new(|| value::pattern(r#"(?i)jdbc:oracle:(?:thin|oci8?):[^\s/@"']+/([^\s@"']{3,})@"#));

/// The first address in a text that holds a password.
pub(crate) fn find(text: &str) -> Option<Hit> {
    if !text.contains('@') {
        return None;
    }
    let address = ADDRESS.captures_iter(text).find_map(|address| {
        let (scheme, user, host) = (&address[1], &address[2], &address[3]);
        in_user(scheme, user, host)
    });
    let driver = || {
        let found = GO_MYSQL.captures_iter(text).chain(ORACLE.captures_iter(text));
        let mut passwords = found.filter_map(|found| found.get(1));
        let is_there = passwords.any(|password| is_password(password.as_str()));
        is_there.then(|| Hit::new(Class::ConnectionString, "user and password stand before the host"))
    };
    address.or_else(driver)
}

fn in_user(scheme: &str, user: &str, host: &str) -> Option<Hit> {
    let scheme = scheme.to_ascii_lowercase();
    if let Some((name, password)) = user.split_once(':') {
        let why = if name.is_empty() { "it stands before the host" } else { "it stands after the user's name" };
        // What a service has when it is installed, on the machine itself.
        let is_default = name == password
            && ["localhost", "127.0.0.1", "[::1]", "host.docker.internal"].iter().any(|own| host.starts_with(own));
        if is_default {
            return None;
        }
        if !password.eq_ignore_ascii_case("x-oauth-basic") {
            return is_password(password).then(|| Hit::new(Class::AddressWithPassword, why));
        }
        return is_token(name)
            .then(|| Hit::new(Class::AddressWithPassword, "a token stands in place of the user's name"));
    }
    // The key in an address of Sentry's is made to be public. <https://docs.sentry.io/concepts/key-terms/dsn-explainer/>
    let is_sentry = host.contains("sentry");
    let is_web = ["http", "https", "git", "git+https", "git+http"].contains(&scheme.as_str());
    (is_web && !is_sentry && is_token(user))
        .then(|| Hit::new(Class::AddressWithPassword, "a token stands in place of the user's name"))
}

fn is_password(password: &str) -> bool {
    const STAND_INS: [&str; 10] =
        ["password", "passwd", "pass", "pwd", "pw", "secret", "token", "user", "xxxxx", "redacted"];
    let password = password.trim_matches(['"', '\'']);
    password.len() >= 3
        && !STAND_INS.iter().any(|word| password.eq_ignore_ascii_case(word))
        && !value::is_reference(password)
        && !value::is_placeholder(password)
        && !password.starts_with(['$', '{', '<', '*', '['])
        && (!password.starts_with('%') || is_encoded(password))
        && !password.chars().all(|character| matches!(character, '*' | '.' | 'x' | 'X'))
        // A port with what follows it, as in `http://[::1]:8080@`.
        && !(password.len() < 6 && password.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Whether it begins with an encoded sign, such as `%40`, and is no `%NAME%`.
fn is_encoded(password: &str) -> bool {
    password.as_bytes().get(1..3).is_some_and(|two| two.iter().all(u8::is_ascii_hexdigit)) && !password.ends_with('%')
}

fn is_token(user: &str) -> bool {
    user.len() >= 16 && value::is_credential(crate::name::Kind::Token, user).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_in_addresses_are_found() {
        let cases = [
            ("postgres://shop:hunter2secret@db.internal:5432/shop", true),
            ("rediss://:hunter2secret@cache:6379/0", true),
            ("mongodb+srv://shop:hun%40ter2@c.example/shop", true),
            ("amqp://shop:hunter2@a,b:5672", true),
            ("shop:hunter2@tcp(db:3306)/shop?parseTime=true", true),
            ("jdbc:oracle:thin:shop/hunter2@db:1521/x", true),
            ("https://9f8a7c6b5d4e3f2a1b0c9f8a@git.example/app", true),
            ("https://9f8a7c6b5d4e3f2a1b0c9f8a@o12.ingest.sentry.io/1", false),
            ("postgres://shop@db.internal:5432/shop", false),
            ("postgres://shop:${DB_PASSWORD}@db/shop", false),
            ("postgres://user:password@localhost/db", false),
            ("postgres://shop:<password>@db/shop", false),
            ("https://login.example/oauth2/token", false),
            ("ssh://git@git.example/app", false),
            ("postgres://shop:*****@db/shop", false),
            ("mail to ops@shop.example: http://shop.example", false),
        ];
        for (text, is_secret) in cases {
            assert_eq!(find(text).is_some(), is_secret, "{text}");
        }
    }
}
