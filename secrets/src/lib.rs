//! Tells which texts hold a secret: values of variables, arguments, commands, headers, steps of builds, files.
//!
//! One classifier for all places. It looks, in this order, for values of a published form ([`form`]: tokens, keys), for
//! addresses and connection strings with a password, into what a value holds (JSON, settings, options, Base64 of these;
//! bounded), and last for a name that says that its value is a secret together with a value that is none of those that
//! only point to a secret or stand for one. A [`Hit`] says the class and why; neither the value nor anything that is
//! computed of it leaves this crate, but for [`aws_access_key_id`], which hands a caller a part of the caller's own text.
//!
//! docs/secrets.md tells people what counts and what does not.

#![warn(missing_docs)]

mod address;
mod checksum;
mod class;
mod command;
mod encoded;
mod file;
mod form;
mod header;
mod json;
mod name;
mod settings;
mod value;

#[cfg(test)]
mod tests;

pub use class::{Class, Hit};
pub use file::{in_file, is_credential_file, is_looked_at};
pub use form::aws_access_key_id;

/// How deep texts within texts are looked into: Base64 in JSON in Base64.
const DEEPEST: u8 = 4;

/// The part of a text that is looked at, in bytes. Lambda allows 4 KiB for all variables, an object of Kubernetes 1.5 MiB.
const LONGEST: usize = 1 << 20;

/// The secret in the value of a variable, setting, label, build argument or member; the name may be empty.
pub fn in_setting(name: &str, value: &str) -> Option<Hit> {
    setting(name, cut(value), DEEPEST)
}

/// The secret in a command line: a step of a build, a shell's script.
pub fn in_command(text: &str) -> Option<Hit> {
    command::in_script(cut(text), DEEPEST)
}

/// The secret in a list of words that no shell parts: an entry point with its arguments, the command of a probe. What
/// follows `-c` of a shell is a script.
pub fn in_arguments(words: &[String]) -> Option<Hit> {
    command::in_words(words, DEEPEST)
}

/// The secret in a header of HTTP.
pub fn in_header(name: &str, value: &str) -> Option<Hit> {
    header::credential(name, value).or_else(|| in_setting(name, value))
}

/// Whether a text that is to be kept, such as a name or a path, is itself a secret by its form.
pub fn is_secret_by_form(text: &str) -> bool {
    let text = cut(text);
    form::find("", text, form::Scope::Setting).is_some() || address::find(text).is_some()
}

/// As [`in_setting`], at most `deeper` texts within texts.
fn setting(name: &str, value: &str, deeper: u8) -> Option<Hit> {
    let value = value.trim();
    if value.is_empty() {
        return None;
    }
    // What has no digit and none of these signs is prose or a word, and most values are.
    let has_sign = value.bytes().any(|byte| byte.is_ascii_digit() || b"_=@{[-".contains(&byte));
    if !has_sign && (value.len() < 16 || value.contains(' ')) {
        return named(name, value).or_else(|| header::value(value)).or_else(|| settings::find(value, deeper));
    }
    if let Some(hit) = form::find(name, value, form::Scope::Setting) {
        return Some(hit);
    }
    if ["-----BEGIN CERTIFICATE", "-----BEGIN PUBLIC KEY"].iter().any(|armour| value.starts_with(armour)) {
        return None;
    }
    address::find(value)
        .or_else(|| header::value(value))
        .or_else(|| json::find(name, value, deeper))
        .or_else(|| named(name, value))
        .or_else(|| encoded::find(name, value, deeper))
        .or_else(|| settings::find(value, deeper))
        .or_else(|| command::options(value, deeper))
}

/// A secret by its name alone, the weakest sign.
fn named(name: &str, value: &str) -> Option<Hit> {
    judged(name, value).map(|class| Hit::new(class, "its name says so"))
}

/// The class of a value that its name calls a secret, if it looks like one.
fn judged(name: &str, value: &str) -> Option<Class> {
    let kind = settings::mentions(name).then(|| name::kind(name))??;
    // The working directories of a shell have the name that ODBC gives a password.
    let is_folder = name.ends_with("PWD") && value.trim_start().starts_with('/');
    value::is_credential(kind, value).filter(|_| !is_folder)
}

/// The beginning of a text, cut between characters.
fn cut(text: &str) -> &str {
    let mut end = text.len().min(LONGEST);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}
