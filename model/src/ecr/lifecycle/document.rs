//! The JSON of a lifecycle policy, as AWS writes it.

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::{LifecycleAction, LifecycleRule, Limit, TagStatus};

/// The rules of a policy, by priority, or why they cannot be told.
pub(super) fn read(text: &str) -> Result<Vec<LifecycleRule>, String> {
    let document: Document = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let mut rules: Vec<_> = document.rules.into_iter().map(RuleText::read).collect::<Result<_, _>>()?;
    rules.sort_by_key(|rule| rule.priority);
    Ok(rules)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    rules: Vec<RuleText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct RuleText {
    rule_priority: u64,
    #[serde(default, rename = "description")]
    _description: Option<IgnoredAny>,
    selection: SelectionText,
    action: ActionText,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct SelectionText {
    tag_status: String,
    tag_prefix_list: Option<Vec<String>>,
    tag_pattern_list: Option<Vec<String>>,
    storage_class: Option<String>,
    count_type: String,
    count_unit: Option<String>,
    count_number: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct ActionText {
    #[serde(rename = "type")]
    kind: String,
    target_storage_class: Option<String>,
}

impl RuleText {
    fn read(self) -> Result<LifecycleRule, String> {
        let Self { rule_priority: priority, _description, selection, action } = self;
        let place = |why: String| format!("rule {priority}: {why}");
        let limit = selection.limit().map_err(place)?;
        let tags = selection.tags().map_err(place)?;
        Ok(LifecycleRule { priority, tags, limit, action: action.read() })
    }
}

impl SelectionText {
    fn limit(&self) -> Result<Limit, String> {
        let limit = match self.count_type.as_str() {
            "imageCountMoreThan" => Limit::MoreThan(self.count_number),
            "sinceImagePushed" => Limit::DaysSincePushed(self.count_number),
            "sinceImagePulled" => Limit::DaysSincePulled(self.count_number),
            "sinceImageTransitioned" => Limit::DaysSinceArchived(self.count_number),
            other => return Err(format!("countType is {other}")),
        };
        match (&limit, self.count_unit.as_deref()) {
            (Limit::MoreThan(_), _) | (_, Some("day" | "days")) => {}
            (_, unit) => return Err(format!("countUnit is {}", unit.unwrap_or("missing"))),
        }
        match (limit.is_of_archive(), self.storage_class.as_deref()) {
            (true, Some("archive")) | (false, None | Some("standard")) => Ok(limit),
            (_, class) => {
                Err(format!("storageClass is {} where countType is {}", class.unwrap_or("missing"), self.count_type))
            }
        }
    }

    fn tags(self) -> Result<TagStatus, String> {
        match (self.tag_status.as_str(), self.tag_prefix_list, self.tag_pattern_list) {
            ("any", None, None) => Ok(TagStatus::Any),
            ("untagged", None, None) => Ok(TagStatus::Untagged),
            ("tagged", Some(prefixes), None) if !prefixes.is_empty() => Ok(TagStatus::Prefixes(prefixes)),
            ("tagged", None, Some(patterns)) if !patterns.is_empty() => Ok(TagStatus::Patterns(patterns)),
            ("any" | "untagged", ..) => Err(format!("tagStatus is {}, and tags are listed", self.tag_status)),
            ("tagged", Some(_), Some(_)) => Err("tagPrefixList and tagPatternList are both there".to_owned()),
            ("tagged", ..) => Err("tagStatus is tagged, and no tags are listed".to_owned()),
            (other, ..) => Err(format!("tagStatus is {other}")),
        }
    }
}

impl ActionText {
    fn read(self) -> LifecycleAction {
        match (self.kind.as_str(), self.target_storage_class) {
            ("expire", None) => LifecycleAction::Expire,
            ("transition", Some(class)) => LifecycleAction::Transition(class),
            (_, None) => LifecycleAction::Other(self.kind),
            (_, Some(class)) => LifecycleAction::Other(format!("{} to {class}", self.kind)),
        }
    }
}
