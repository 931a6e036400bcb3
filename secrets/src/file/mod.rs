//! Files: those that tools keep credentials in, by name and form; all others by values that tell by themselves.

mod binary;
mod formats;
mod kinds;
mod packages;

use crate::class::{Class, Hit};
use crate::{DEEPEST, command, cut, encoded, form, json, settings};
use kinds::{Kind, kind};

/// Whether a file of this path is worth reading: it may hold a secret, by its name or as text of whatever kind.
///
/// Paths have no slash at their beginning. Left out are pictures, fonts, archives, libraries and compiled code, and what
/// packages bring along for their own tests.
pub fn is_looked_at(path: &str) -> bool {
    const NOT_TEXT: [&str; 62] = [
        "so", "a", "o", "la", "pyc", "pyo", "class", "png", "jpg", "jpeg", "gif", "ico", "svg", "webp", "bmp", "tif",
        "tiff", "woff", "woff2", "ttf", "otf", "eot", "gz", "xz", "bz2", "zst", "zip", "tar", "tgz", "whl", "jar",
        "war", "deb", "rpm", "apk", "gem", "mo", "gmo", "pdf", "ps", "mp3", "mp4", "ogg", "wav", "avi", "dll", "exe",
        "pdb", "wasm", "node", "dat", "db", "sqlite", "bin", "img", "iso", "ko", "afm", "pfb", "tfm", "hyb", "map",
    ];
    if packages::is_left_out(path) {
        return false;
    }
    let name = file_name(path);
    kind(path).is_some()
        || !name.rsplit_once('.').is_some_and(|(_, ending)| {
            NOT_TEXT.contains(&ending) || ending.bytes().all(|byte| byte.is_ascii_digit()) && name.contains(".so.")
        })
}

/// Whether files of this name, or in this place, are made to hold credentials or settings. Paths have no slash at their
/// beginning.
pub fn is_credential_file(path: &str) -> bool {
    kind(path).is_some_and(Kind::is_credential)
}

/// The secret in a file of this path, without a slash at its beginning.
pub fn in_file(path: &str, content: &[u8]) -> Option<Hit> {
    /// Text has no zero in its beginning.
    const BEGINNING: usize = 8192;
    if packages::is_left_out(path) {
        return None;
    }
    if let Some(hit) = binary::find(path, content) {
        return Some(hit);
    }
    let is_binary = content[..content.len().min(BEGINNING)].contains(&0);
    if is_binary {
        return None;
    }
    match std::str::from_utf8(content) {
        Ok(text) => in_text(path, text),
        Err(_) => in_text(path, &String::from_utf8_lossy(content)),
    }
}

/// The secret in a text that is, or is to become, the file of this path.
pub(crate) fn in_text(path: &str, text: &str) -> Option<Hit> {
    let text = cut(text);
    let path =
        ["~/", "./"].iter().fold(path, |path, start| path.strip_prefix(start).unwrap_or(path)).trim_start_matches('/');
    let found = form::find("", text, form::Scope::File);
    let kind = if packages::is_of_package(path) { kind(path).filter(|kind| kind.is_credential()) } else { kind(path) };
    let Some(kind) = kind else { return found.filter(|_| packages::may_hold(path)) };
    if packages::is_example(path) {
        return found;
    }
    found.or_else(|| of_kind(kind, text))
}

fn of_kind(kind: Kind, text: &str) -> Option<Hit> {
    // The words of a shell's history and of a script are commands.
    match kind {
        Kind::Settings | Kind::Credentials => form::find("", text, form::Scope::Setting).or_else(|| in_settings(text)),
        Kind::Commands => text.lines().take(50_000).find_map(|line| command::in_script(line, DEEPEST)),
        Kind::Sql => settings::sql(text),
        Kind::Script => command::in_script(text, DEEPEST),
        Kind::Code => formats::code(text),
        Kind::Token => formats::token(text),
        Kind::DockerAuths => formats::docker(text).or_else(|| in_settings(text)),
        Kind::Composer => formats::composer(text).or_else(|| in_settings(text)),
        Kind::Bundle => formats::bundle(text).or_else(|| in_settings(text)),
        Kind::Netrc => settings::netrc(&settings::without_comment_lines(text)),
        Kind::Pgpass => formats::pgpass(text),
        Kind::Hashes => formats::hashes(text),
        Kind::UserPassword(sign) => formats::user_password(text, sign),
        Kind::Words(names) => formats::words(text, names).or_else(|| in_settings(text)),
        Kind::KeyMember => formats::key_member(text).or_else(|| in_settings(text)),
        Kind::FileZilla => formats::file_zilla(text).or_else(|| settings::xml(text, DEEPEST)),
        Kind::Subversion => formats::subversion(text),
        Kind::Psk => formats::psk(text).or_else(|| in_settings(text)),
        Kind::Column(index, least) => formats::column(text, index, least),
        Kind::WireGuard => formats::wire_guard(text),
        Kind::Npm => formats::npm(text).or_else(|| in_settings(text)),
        Kind::Xml => settings::xml(text, DEEPEST).or_else(|| crate::address::find(text)),
    }
}

/// Settings of whatever syntax. What JSON holds was judged member by member.
fn in_settings(text: &str) -> Option<Hit> {
    let trimmed = text.trim();
    if trimmed.len() <= json::LONGEST
        && trimmed.starts_with(['{', '['])
        && let Ok(json) = serde_json::from_str(trimmed)
    {
        return json::in_value("", &json, DEEPEST);
    }
    let secret = formats::kubernetes_secret(text);
    let text = &settings::without_comment_lines(text);
    settings::find(text, DEEPEST)
        .or_else(|| crate::address::find(text))
        .or(secret)
        .or_else(|| encoded::decoded(trimmed).and_then(|text| settings::find(&text, 1)))
}

/// The last part of a path.
fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn stored(why: &str) -> Hit {
    Hit::new(Class::StoredPassword, why)
}

#[cfg(test)]
mod tests;
