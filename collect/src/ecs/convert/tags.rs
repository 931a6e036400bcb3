//! Tags, as ECS writes them.

use std::collections::BTreeMap;

use serde::Deserialize;

/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Tag.html>
#[derive(Deserialize)]
pub(crate) struct Tag {
    key: String,
    #[serde(default)]
    value: String,
}

pub(super) fn tags(tags: Vec<Tag>) -> BTreeMap<String, String> {
    tags.into_iter().map(|tag| (tag.key, tag.value)).collect()
}
