//! Lifecycle policies: which images a repository gives up, and when.

mod document;

use std::fmt;

use palisade_policy::matches;
use serde::{Deserialize, Serialize};

/// A lifecycle policy.
///
/// Source: <https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html>
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lifecycle {
    /// Its rules, by priority.
    Rules(Vec<LifecycleRule>),
    /// Why it could not be parsed.
    Malformed(String),
}

impl Lifecycle {
    /// Reads the text of a policy. A value or a key that is not known here makes it malformed, but for an action, which is
    /// kept as [`LifecycleAction::Other`]: a rule is never taken for a wider one than it may be.
    pub fn parse(text: &str) -> Self {
        match document::read(text) {
            Ok(rules) => Self::Rules(rules),
            Err(why) => Self::Malformed(why),
        }
    }

    /// What becomes of an image with these tags (none for an untagged one) in the end: when it only gets old enough, and
    /// when enough others are pushed after it.
    ///
    /// The first rule whose tags match takes the image, and no later rule may touch it, whether the first ever acts or
    /// not; rules about archived images are a list of their own.
    ///
    /// Source: <https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html#lp_evaluation_rules>
    pub fn fate(&self, tags: &[String], archived: bool) -> Fate {
        let rules = match self {
            Self::Rules(rules) => rules,
            Self::Malformed(why) => return Fate::Undecided(why.clone()),
        };
        if archived {
            return archive_fate(rules, tags);
        }
        let Some(rule) = taking(rules, tags, false) else {
            return Fate::Kept("no rule selects it".to_owned());
        };
        match (&rule.action, rule.limit.is_out_of_reach()) {
            (LifecycleAction::Other(action), _) => Fate::Undecided(format!("rule {} does {action}", rule.priority)),
            (LifecycleAction::Expire | LifecycleAction::Transition(_), true) => Fate::Kept(rule.to_string()),
            (LifecycleAction::Expire, false) => Fate::Expired(rule.priority),
            (LifecycleAction::Transition(_), false) => match archive_fate(rules, tags) {
                Fate::Kept(why) => Fate::Kept(format!("{rule}; then {why}")),
                fate @ (Fate::Expired(_) | Fate::Undecided(_)) => fate,
            },
        }
    }
}

/// What becomes of archived images with these tags.
fn archive_fate(rules: &[LifecycleRule], tags: &[String]) -> Fate {
    let Some(rule) = taking(rules, tags, true) else {
        return Fate::Kept("no rule selects it in the archive".to_owned());
    };
    match (&rule.action, rule.limit.is_out_of_reach()) {
        (LifecycleAction::Other(_) | LifecycleAction::Transition(_), _) => Fate::Undecided(rule.to_string()),
        (LifecycleAction::Expire, true) => Fate::Kept(rule.to_string()),
        (LifecycleAction::Expire, false) => Fate::Expired(rule.priority),
    }
}

/// The rule that takes images with these tags, in the archive or outside of it.
fn taking<'r>(rules: &'r [LifecycleRule], tags: &[String], archived: bool) -> Option<&'r LifecycleRule> {
    rules.iter().find(|rule| rule.limit.is_of_archive() == archived && rule.tags.select(tags))
}

/// What becomes of an image under a lifecycle policy, in the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// The rule of this priority deletes it, from the archive or at once.
    Expired(u64),
    /// Nothing ever deletes it; why.
    Kept(String),
    /// It hangs on something that is not known here; what.
    Undecided(String),
}

/// One rule of a lifecycle policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LifecycleRule {
    /// The order in which rules apply, the lowest first.
    pub priority: u64,
    /// Which images it is about, by their tags.
    pub tags: TagStatus,
    /// From which number or age on it acts.
    pub limit: Limit,
    /// What it does with them.
    pub action: LifecycleAction,
}

impl fmt::Display for LifecycleRule {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { priority, tags: _, limit, action } = self;
        write!(formatter, "rule {priority} ")?;
        match action {
            LifecycleAction::Expire => formatter.write_str("expires it")?,
            LifecycleAction::Transition(class) => write!(formatter, "moves it to {class}")?,
            LifecycleAction::Other(action) => write!(formatter, "does {action}")?,
        }
        match limit {
            Limit::MoreThan(count) => write!(formatter, " beyond {count} images"),
            Limit::DaysSincePushed(days) => write!(formatter, " {days} days after the push"),
            Limit::DaysSincePulled(days) => write!(formatter, " {days} days after the last pull"),
            Limit::DaysSinceArchived(days) => write!(formatter, " {days} days after it was archived"),
        }
    }
}

/// Which images a rule is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TagStatus {
    /// All that the rules before left.
    Any,
    /// Those without a tag.
    Untagged,
    /// Those with a tag that matches all of these patterns (`*` for any text).
    Patterns(Vec<String>),
    /// Those with tags that begin with all of these prefixes.
    Prefixes(Vec<String>),
}

impl TagStatus {
    /// Whether an image with these tags is meant. Each pattern or prefix must match one of the tags, not each the same.
    fn select(&self, tags: &[String]) -> bool {
        match self {
            Self::Any => true,
            Self::Untagged => tags.is_empty(),
            Self::Patterns(patterns) => patterns.iter().all(|pattern| tags.iter().any(|tag| matches(pattern, tag))),
            Self::Prefixes(prefixes) => {
                prefixes.iter().all(|prefix| tags.iter().any(|tag| tag.starts_with(prefix.as_str())))
            }
        }
    }
}

/// From when on a rule acts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Limit {
    /// Beyond so many images, the oldest first.
    MoreThan(u64),
    /// So many days after the push.
    DaysSincePushed(u64),
    /// So many days after the last pull.
    DaysSincePulled(u64),
    /// So many days after the move to the archive.
    DaysSinceArchived(u64),
}

impl Limit {
    /// Images that a repository holds at the most, unless AWS raises the quota.
    /// <https://docs.aws.amazon.com/AmazonECR/latest/userguide/service-quotas.html>
    const MOST_IMAGES: u64 = 100_000;
    /// Ten years: nobody waits that long for an image to go.
    const MOST_DAYS: u64 = 3_650;

    /// Whether it will hardly ever be reached.
    fn is_out_of_reach(&self) -> bool {
        match self {
            Self::MoreThan(count) => *count >= Self::MOST_IMAGES,
            Self::DaysSincePushed(days) | Self::DaysSincePulled(days) | Self::DaysSinceArchived(days) => {
                *days >= Self::MOST_DAYS
            }
        }
    }

    /// Whether it is about archived images; all others are about images that can be pulled.
    fn is_of_archive(&self) -> bool {
        match self {
            Self::MoreThan(_) | Self::DaysSincePushed(_) | Self::DaysSincePulled(_) => false,
            Self::DaysSinceArchived(_) => true,
        }
    }
}

/// What a rule does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LifecycleAction {
    /// Deletes them.
    Expire,
    /// Moves them to another class of storage, such as `archive`.
    Transition(String),
    /// An action that is not known here.
    Other(String),
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn rule(priority: u64, selection: &Value, action: &Value) -> Value {
        json!({ "rulePriority": priority, "description": "…", "selection": selection, "action": action })
    }

    fn parse(rules: &[Value]) -> Lifecycle {
        Lifecycle::parse(&json!({ "rules": rules }).to_string())
    }

    fn more_than(tags: &str, count: u64) -> Value {
        json!({ "tagStatus": tags, "countType": "imageCountMoreThan", "countNumber": count })
    }

    fn days(tags: &str, kind: &str, number: u64) -> Value {
        let class = if kind == "sinceImageTransitioned" { "archive" } else { "standard" };
        let unit = "days";
        json!({
            "tagStatus": tags, "storageClass": class, "countType": kind, "countUnit": unit, "countNumber": number
        })
    }

    fn tagged(key: &str, texts: &[&str]) -> Value {
        json!({ "tagStatus": "tagged", key: texts, "countType": "imageCountMoreThan", "countNumber": 1 })
    }

    fn expire() -> Value {
        json!({ "type": "expire" })
    }

    fn archive() -> Value {
        json!({ "type": "transition", "targetStorageClass": "archive" })
    }

    fn fate(rules: &[Value], tags: &[&str]) -> Fate {
        let tags: Vec<_> = tags.iter().map(|tag| (*tag).to_owned()).collect();
        parse(rules).fate(&tags, false)
    }

    #[test]
    fn rules_come_by_priority() {
        let policy = parse(&[rule(7, &more_than("any", 9), &expire()), rule(2, &more_than("untagged", 1), &expire())]);
        let Lifecycle::Rules(rules) = policy else { panic!("{policy:?}") };
        let expected = LifecycleRule {
            priority: 2,
            tags: TagStatus::Untagged,
            limit: Limit::MoreThan(1),
            action: LifecycleAction::Expire,
        };
        assert_eq!(rules[0], expected);
        assert_eq!(rules[1].priority, 7);
    }

    #[test]
    fn what_is_not_known_is_malformed_or_other() {
        let mut selection = more_than("any", 9);
        selection["region"] = json!("eu-west-1");
        let bad = [
            selection,
            more_than("signed", 9),
            more_than("tagged", 9),
            json!({ "tagStatus": "any", "countType": "sinceImageSigned", "countUnit": "days", "countNumber": 9 }),
            json!({ "tagStatus": "any", "countType": "sinceImagePushed", "countUnit": "weeks", "countNumber": 9 }),
            json!({ "tagStatus": "any", "countType": "sinceImagePushed", "countNumber": 9 }),
            json!({ "tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": -1 }),
            json!({ "tagStatus": "untagged", "tagPrefixList": ["v"], "countType": "imageCountMoreThan", "countNumber": 1 }),
            json!({ "tagStatus": "any", "storageClass": "glacier", "countType": "imageCountMoreThan", "countNumber": 1 }),
        ];
        for selection in bad {
            let policy = parse(&[rule(1, &more_than("untagged", 1), &expire()), rule(2, &selection, &expire())]);
            assert!(matches!(policy, Lifecycle::Malformed(_)), "{selection}: {policy:?}");
            assert!(matches!(policy.fate(&[], false), Fate::Undecided(_)));
        }
        for text in ["", "[]", "{}", "{\"rules\": 1}"] {
            assert!(matches!(Lifecycle::parse(text), Lifecycle::Malformed(_)), "{text}");
        }
        let odd = [rule(1, &more_than("untagged", 1), &json!({ "type": "quarantine" }))];
        assert_eq!(fate(&odd, &[]), Fate::Undecided("rule 1 does quarantine".to_owned()));
    }

    #[test]
    fn the_first_rule_takes_an_image_for_itself() {
        let rules = [
            rule(1, &days("untagged", "sinceImagePushed", 40_000), &expire()),
            rule(2, &more_than("any", 5), &expire()),
        ];
        let kept = "rule 1 expires it 40000 days after the push".to_owned();
        assert_eq!(fate(&rules, &[]), Fate::Kept(kept));
        assert_eq!(fate(&rules, &["v1"]), Fate::Expired(2));
        assert_eq!(fate(&rules[1..], &[]), Fate::Expired(2));
    }

    #[test]
    fn all_patterns_and_prefixes_must_match_some_tag() {
        let prefixes = [rule(1, &tagged("tagPrefixList", &["alpha", "beta"]), &expire())];
        assert_eq!(fate(&prefixes, &["beta-2", "alpha-1"]), Fate::Expired(1));
        assert_eq!(fate(&prefixes, &["alpha-1"]), Fate::Kept("no rule selects it".to_owned()));
        let patterns = [rule(1, &tagged("tagPatternList", &["*-dev", "v*"]), &expire())];
        assert_eq!(fate(&patterns, &["v1-dev"]), Fate::Expired(1));
        assert_eq!(fate(&patterns, &["v1"]), Fate::Kept("no rule selects it".to_owned()));
        assert_eq!(fate(&patterns, &[]), Fate::Kept("no rule selects it".to_owned()));
    }

    #[test]
    fn the_archive_is_no_end() {
        let move_out = rule(1, &days("untagged", "sinceImagePulled", 30), &archive());
        let kept = "rule 1 moves it to archive 30 days after the last pull; then no rule selects it in the archive";
        assert_eq!(fate(std::slice::from_ref(&move_out), &[]), Fate::Kept(kept.to_owned()));
        let any = rule(2, &more_than("any", 5), &expire());
        assert_eq!(fate(&[move_out.clone(), any], &[]), Fate::Kept(kept.to_owned()));
        let delete = rule(3, &days("untagged", "sinceImageTransitioned", 365), &expire());
        assert_eq!(fate(&[move_out, delete.clone()], &[]), Fate::Expired(3));
        assert_eq!(fate(&[delete], &[]), Fate::Kept("no rule selects it".to_owned()));
    }

    #[test]
    fn limits_are_out_of_reach_from_a_number_on() {
        for (selection, expired) in [
            (more_than("untagged", 99_999), true),
            (more_than("untagged", 100_000), false),
            (days("untagged", "sinceImagePushed", 3_649), true),
            (days("untagged", "sinceImagePushed", 3_650), false),
        ] {
            let found = fate(&[rule(1, &selection, &expire())], &[]);
            assert_eq!(found == Fate::Expired(1), expired, "{selection}");
        }
    }
}
