//! Numbers, scores and causes in words.

use palisade_model::{Action, Depth};

use super::markup::{Html, cut};
use crate::document::{By, ChokePoint, GapKind, Score, short};
use crate::view::Cause;

/// How many characters of a text from the account are shown.
const LONGEST: usize = 1_000;

/// A number in groups of three digits.
pub(super) fn grouped(number: impl TryInto<u64>) -> String {
    let digits = number.try_into().unwrap_or(u64::MAX).to_string();
    let mut shown = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    shown
}

/// A number of things.
pub(super) fn count(number: impl TryInto<u64>, thing: &str) -> String {
    let number = number.try_into().unwrap_or(u64::MAX);
    let stem = thing.strip_suffix('y').filter(|stem| !stem.ends_with(['a', 'e', 'o']));
    match (number, stem) {
        (1, _) => format!("1 {thing}"),
        (_, Some(stem)) => format!("{} {stem}ies", grouped(number)),
        (_, None) => format!("{} {thing}s", grouped(number)),
    }
}

/// A score in words: `79 (C)`, or `62–79 (D–C)` when it is a range.
pub(super) fn range(score: &Score) -> String {
    format!("{} ({})", bounds(score), score.grade.replace('-', "–"))
}

/// The bounds of a score: `62–79`, or one number.
pub(super) fn bounds(score: &Score) -> String {
    if score.low == score.high { score.low.to_string() } else { format!("{}–{}", score.low, score.high) }
}

/// A text from the account, cut where it is very long.
pub(super) fn shortened(text: &str) -> String {
    cut(text, LONGEST)
}

/// A cause in a few words.
pub(super) fn what(cause: &Cause) -> String {
    let one = cause.messages.iter().next().filter(|_| cause.messages.len() == 1).map(|why| shortened(why));
    if cause.action == Action::KubernetesGetVersion.name() {
        let names: Vec<_> = cause.clusters().into_iter().collect();
        let why = one.map(|why| format!(" ({why})")).unwrap_or_default();
        let (word, verb) = if names.len() == 1 { ("cluster", "was") } else { ("clusters", "were") };
        return format!("{word} {} {verb} not entered{why}", names.join(", "));
    }
    match (cause.reason.kind, one) {
        (GapKind::Undecided, Some(why)) => format!("{} does not decide it: {why}", cause.action),
        (GapKind::Undecided, None) => format!("{} does not decide it", cause.action),
        (GapKind::Failed, Some(why)) => format!("{} failed: {why}", cause.action),
        (GapKind::Failed, None) => format!("{} failed", cause.action),
        (
            GapKind::Denied
            | GapKind::Throttled
            | GapKind::Expired
            | GapKind::RegionOff
            | GapKind::Unreachable
            | GapKind::NotAsked
            | GapKind::Elsewhere
            | GapKind::Interrupted
            | GapKind::OutOfTime
            | GapKind::Gone
            | GapKind::NotCollected,
            _,
        ) => format!("{} {}", cause.action, shortened(&cause.reason.message)),
    }
}

/// How much waits for a cause.
pub(super) fn waiting(cause: &Cause) -> String {
    if cause.open == 0 {
        return "no check waits, but the report may lack what it would have shown".to_owned();
    }
    let checks = count(cause.checks.len(), "check");
    if cause.checks.len() == cause.open {
        return format!("{checks} open");
    }
    format!("{} of {checks} open", count(cause.open, "conclusion"))
}

/// The command that closes a gap, or tells how to, and what it does.
pub(super) fn command(cause: &Cause, depth: Depth) -> Option<(&'static str, &'static str)> {
    let permissions = match depth {
        Depth::Standard => "palisade permissions",
        Depth::Deep => "palisade permissions --depth deep",
    };
    let is_cluster = cause.action == Action::KubernetesGetVersion.name();
    match (cause.reason.kind, cause.reason.by) {
        (GapKind::Denied, Some(By::Rbac)) => Some(("palisade permissions --kubernetes", "prints the role to bind")),
        (GapKind::Denied, Some(By::Identity | By::Unsaid)) => Some((permissions, "prints the policy to attach")),
        (GapKind::Failed | GapKind::Undecided, _) if is_cluster => {
            Some(("palisade permissions --kubernetes", "prints a way in; or leave the cluster out with --clusters"))
        }
        (
            GapKind::Throttled | GapKind::Expired | GapKind::Interrupted | GapKind::OutOfTime | GapKind::Unreachable,
            _,
        ) => Some(("palisade audit --resume FILE", "reads only what is missing, run after run")),
        (
            GapKind::Denied
            | GapKind::RegionOff
            | GapKind::NotAsked
            | GapKind::Elsewhere
            | GapKind::Gone
            | GapKind::NotCollected
            | GapKind::Undecided
            | GapKind::Failed,
            _,
        ) => None,
    }
}

/// A statement to remove, and what that ends.
pub(super) fn choke_point(point: &ChokePoint) -> (String, String) {
    let ChokePoint { owner, policy, statement, paths, identities } = point;
    let whose = if policy == owner { short(policy) } else { format!("{policy} of {}", short(owner)) };
    let ends = format!("without it {} from {} would end", count(*paths, "path"), count(*identities, "identity"));
    (shortened(&format!("Statement {statement} of policy {whose}")), ends)
}

/// Adds a severity: its word, and beside it its colour.
pub(super) fn severity(html: &mut Html, severity: palisade_model::verdict::Severity) {
    html.element("span", &[("class", "severity"), ("data-is", severity.name())], |html| {
        _ = html.text(severity.name());
    });
}

/// Says what is not shown here, and where it is.
pub(super) fn left_out(html: &mut Html, number: usize, thing: &str) {
    if number > 0 {
        let text = format!("{} more in the JSON report (palisade audit --format json).", count(number, thing));
        html.leaf("p", &[("class", "left-out")], &text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_groups_of_three_digits() {
        let shown = [0_u64, 999, 1_000, 1_234_567].map(grouped);
        assert_eq!(shown, ["0", "999", "1,000", "1,234,567"]);
        assert_eq!([count(1_u8, "way"), count(2_u8, "way")], ["1 way", "2 ways"]);
        assert_eq!(count(2_u8, "identity"), "2 identities");
    }
}
