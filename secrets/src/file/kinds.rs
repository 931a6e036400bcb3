//! Which files hold credentials or settings, by their paths, and how each is read.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::file_name;

/// How a file is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Settings of a program: a secret may be among them.
    Settings,
    /// Settings of a file that is made for credentials.
    Credentials,
    /// A command a line, as a shell's history has them.
    Commands,
    /// A script of a shell.
    Script,
    /// Code that sets settings to texts in quotes.
    Code,
    /// Nothing but a token.
    Token,
    /// Registries with user and password in Base64.
    DockerAuths,
    /// `auth.json` of Composer.
    Composer,
    /// `BUNDLE_HOST: user:password`.
    Bundle,
    /// `machine … password …`.
    Netrc,
    /// `host:port:database:user:password`.
    Pgpass,
    /// `user:hash` lines.
    Hashes,
    /// Lines of a user and a password, parted by this sign.
    UserPassword(char),
    /// Lines of a name and a value parted by blanks, for these names, with commas between.
    Words(&'static str),
    /// JSON in which the member `key` holds it.
    KeyMember,
    /// Passwords in Base64 in elements.
    FileZilla,
    /// Names and values in lines of their own.
    Subversion,
    /// Keys that both sides share.
    Psk,
    /// The word of a line at this place, of lines with at least so many words.
    Column(usize, usize),
    /// `PrivateKey = …`, `PresharedKey = …`.
    WireGuard,
    /// `_auth`, `_authToken`, `_password`.
    Npm,
    /// Elements and attributes.
    Xml,
    /// Statements, of which those count that set passwords.
    Sql,
}

impl Kind {
    /// Whether the file is made for credentials, wherever it lies.
    pub(super) fn is_credential(self) -> bool {
        !matches!(self, Self::Settings | Self::Script | Self::Code | Self::Xml | Self::Commands | Self::Sql)
    }

    /// As rules/files.tsv says it.
    fn parse(text: &'static str) -> Option<Self> {
        let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
        Some(match word {
            "settings" => Self::Settings,
            "credentials" => Self::Credentials,
            "commands" => Self::Commands,
            "script" => Self::Script,
            "code" => Self::Code,
            "token" => Self::Token,
            "docker-auths" => Self::DockerAuths,
            "composer" => Self::Composer,
            "bundle" => Self::Bundle,
            "netrc" => Self::Netrc,
            "pgpass" => Self::Pgpass,
            "hashes" => Self::Hashes,
            "user-password" => Self::UserPassword(rest.chars().next()?),
            "words" => Self::Words(rest),
            "key-member" => Self::KeyMember,
            "file-zilla" => Self::FileZilla,
            "subversion" => Self::Subversion,
            "psk" => Self::Psk,
            "column" => {
                let (index, least) = rest.split_once(' ')?;
                Self::Column(index.parse().ok()?, least.parse().ok()?)
            }
            "wire-guard" => Self::WireGuard,
            "npm" => Self::Npm,
            "xml" => Self::Xml,
            "sql" => Self::Sql,
            _ => return None,
        })
    }
}

/// What the name or the folder of a file of code says when it holds settings.
const CODE_OF_SETTINGS: [&str; 14] = [
    "config",
    "settings",
    "setting",
    "secret",
    "credential",
    "database",
    "constants",
    "environment",
    "env",
    "parameters",
    "local",
    "connection",
    "initializer",
    "application",
];

#[derive(Default)]
struct Table {
    paths: Vec<(&'static str, Kind)>,
    names: HashMap<&'static str, Kind>,
    folders: Vec<(&'static str, Kind)>,
    beginnings: Vec<(&'static str, Kind)>,
    ends: Vec<(&'static str, Kind)>,
    endings: HashMap<&'static str, Kind>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut table = Table::default();
    for (pattern, kind) in rows().filter_map(|(pattern, kind)| Some((pattern, Kind::parse(kind)?))) {
        let folder = pattern.strip_prefix("*/").and_then(|rest| rest.strip_suffix('*'));
        match (
            pattern.strip_prefix('/'),
            folder,
            pattern.strip_prefix("*."),
            pattern.strip_prefix('*'),
            pattern.strip_suffix('*'),
        ) {
            (Some(path), _, _, _, _) => table.paths.push((path, kind)),
            (_, Some(folder), _, _, _) => table.folders.push((folder, kind)),
            (_, _, Some(ending), _, _) => _ = table.endings.insert(ending, kind),
            (_, _, _, Some(end), _) => table.ends.push((end, kind)),
            (_, _, _, _, Some(beginning)) => table.beginnings.push((beginning, kind)),
            (None, None, None, None, None) => _ = table.names.insert(pattern, kind),
        }
    }
    table
});

/// The rows of the table: a pattern, and how what it fits is read.
fn rows() -> impl Iterator<Item = (&'static str, &'static str)> {
    include_str!("../../rules/files.tsv")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once('\t'))
}

/// How a file is read; none when only its content can tell that it holds a secret.
pub(super) fn kind(path: &str) -> Option<Kind> {
    let table = &*TABLE;
    let name = file_name(path);
    // The public halves of keys.
    if name.rsplit_once('.').is_some_and(|(_, ending)| ending == "pub") {
        return None;
    }
    let is_end = |end: &str| path.strip_suffix(end).is_some_and(|before| before.is_empty() || before.ends_with('/'));
    if let Some((_, kind)) = table.paths.iter().find(|(end, _)| is_end(end)) {
        return Some(*kind);
    }
    if let Some(kind) = table.names.get(name) {
        return is_in_place(path, name).then_some(*kind);
    }
    let is_within = |folder: &str| path.starts_with(folder) || path.contains(&format!("/{folder}"));
    let found = table.folders.iter().find(|(folder, _)| is_within(folder));
    let found = found.or_else(|| table.beginnings.iter().find(|(beginning, _)| name.starts_with(beginning)));
    let found = found.or_else(|| table.ends.iter().find(|(end, _)| name.ends_with(end)));
    let ending = name.rsplit_once('.').map(|(_, ending)| ending);
    let by_ending = ending.and_then(|ending| table.endings.get(ending)).copied();
    let is_code = by_ending == Some(Kind::Code);
    match found {
        // `application.js` is named like settings and is code.
        Some((_, kind)) if !is_code => Some(*kind),
        Some(_) | None => by_ending.filter(|_| !is_code || has_settings(path)),
    }
}

/// Whether a file of code is named as one of settings, or lies in their folder.
fn has_settings(path: &str) -> bool {
    let said = |part: &str| CODE_OF_SETTINGS.iter().any(|word| part.to_ascii_lowercase().contains(word));
    path.rsplit('/').take(2).any(said)
}

/// Some names say little: what they hold is told by the folder too.
fn is_in_place(path: &str, name: &str) -> bool {
    let lies_in = |folders: &[&str]| {
        folders.iter().any(|folder| path.starts_with(folder) || path.contains(&format!("/{folder}")))
    };
    match name {
        "passwd" | "shadow" | "gshadow" | "shadow-" => lies_in(&["etc/", "mosquitto/", "samba/"]),
        "keyfile" | "environment" | "profile" | "entrypoint" => {
            ["etc/", "root/", "home/", "run/", "data/"].iter().any(|folder| path.starts_with(folder))
                || path.contains("mongo")
        }
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_read_and_stands_once() {
        let mut patterns: Vec<&str> = rows().map(|(pattern, _)| pattern).collect();
        assert!(patterns.len() > 400);
        for (pattern, kind) in rows() {
            assert!(Kind::parse(kind).is_some(), "{pattern}: {kind}");
        }
        patterns.sort_unstable();
        let all = patterns.len();
        patterns.dedup();
        assert_eq!(patterns.len(), all);
    }

    #[test]
    fn paths_tell_how_a_file_is_read() {
        let cases = [
            ("root/.aws/credentials", Some(Kind::Credentials)),
            ("x.aws/credentials", Some(Kind::Credentials)),
            ("home/app/.ssh/deploy", Some(Kind::Credentials)),
            ("home/app/.ssh/deploy.pub", None),
            ("root/.bash_history", Some(Kind::Commands)),
            ("app/.env.production", Some(Kind::Credentials)),
            ("etc/shadow", Some(Kind::Hashes)),
            ("app/shadow", None),
            ("app/shop/settings.py", Some(Kind::Code)),
            ("app/shop/views.py", None),
            ("app/application.yml", Some(Kind::Settings)),
            ("etc/ppp/chap-secrets", Some(Kind::Column(2, 3))),
            ("bin/ls", None),
        ];
        for (path, kind) in cases {
            assert_eq!(super::kind(path), kind, "{path}");
        }
    }
}
