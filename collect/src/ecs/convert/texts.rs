//! Texts that may hold a secret: of those that do, the place and the kind are kept.

use std::collections::BTreeMap;

use palisade_model::ecs::Text;
use palisade_secrets::{Hit, in_arguments, in_command, in_setting};

/// The secrets in a command, whose words are judged together and each alone, so that a kind does not hide behind another.
pub(super) fn in_words(place: &str, words: &[String]) -> Vec<Text> {
    let single = words.iter().map(std::slice::from_ref).filter_map(in_arguments);
    told(place, single.chain(in_arguments(words)))
}

/// The secrets in what a container runs: its entry point, its command, and the two as the one line that they are.
pub(super) fn in_entry_point_and_command(entry_point: &[String], command: &[String]) -> Vec<Text> {
    let mut found = in_words("entry point", entry_point);
    found.extend(in_words("command", command));
    // A script may stand in the command, and what makes it one in the entry point.
    let together = in_arguments(&[entry_point, command].concat());
    let is_new = |hit: &Hit| found.iter().all(|text| text.secret != hit.class);
    found.extend(told("command", together.filter(is_new)));
    found
}

/// The secrets in what asks a container whether it is well: `CMD` and words, or `CMD-SHELL` and a script.
///
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html>
pub(super) fn in_health_check(command: &[String]) -> Vec<Text> {
    const PLACE: &str = "health check";
    match command.split_first() {
        Some((first, script)) if first == "CMD-SHELL" => told(PLACE, in_command(&script.join(" "))),
        Some((first, words)) if first == "CMD" => in_words(PLACE, words),
        Some(_) | None => in_words(PLACE, command),
    }
}

/// The secrets among settings; the kind of setting and its name are the place.
pub(super) fn in_settings(kind: &str, settings: &BTreeMap<String, String>) -> Vec<Text> {
    let found = settings.iter().flat_map(|(name, value)| told(&format!("{kind} {name}"), in_setting(name, value)));
    found.collect()
}

/// Each kind of secret once.
fn told(place: &str, hits: impl IntoIterator<Item = Hit>) -> Vec<Text> {
    let mut found: Vec<Text> = Vec::new();
    for hit in hits {
        if found.iter().all(|text| text.secret != hit.class) {
            found.push(Text { place: place.to_owned(), secret: hit.class, why: hit.why });
        }
    }
    found
}
