//! Secrets in what a build leaves behind: steps, commands, settings, files. Only the class is kept.

use palisade_model::secret::Class;

/// The class of the secret in a command line or a step of a build.
pub(super) fn secret_in_command(text: &str) -> Option<Class> {
    palisade_secrets::in_command(text).map(|hit| hit.class)
}

/// The class of the secret in words that no shell parts: an entry point, the command of a health check.
pub(super) fn secret_in_words(words: &[String]) -> Option<Class> {
    palisade_secrets::in_arguments(words).map(|hit| hit.class)
}

/// The class of the secret in a setting: a variable, a label, a build argument.
pub(super) fn secret_in_setting(name: &str, value: &str) -> Option<Class> {
    palisade_secrets::in_setting(name, value).map(|hit| hit.class)
}
