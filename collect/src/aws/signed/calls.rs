//! SQS and tagging: what functions lean on.

use std::collections::BTreeMap;

use palisade_model::{Arn, Queue};
use serde::Deserialize;
use serde_json::{Value, json};

use super::client::{Answer, Paged, SQS, Signed, TAGGING, read, read_json};

impl Signed {
    /// What a consumer must know of a queue.
    ///
    /// Source: <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html>
    pub(crate) async fn get_queue_attributes(&self, queue: &Arn) -> Answer<Queue> {
        let base = self.endpoint(&SQS)?;
        let url = format!("{base}/{}/{}", queue.account(), queue.resource());
        let body = json!({ "QueueUrl": url, "AttributeNames": ["VisibilityTimeout", "RedrivePolicy"] });
        let body = self.post(&SQS, &[("x-amz-target", "AmazonSQS.GetQueueAttributes")], body.to_string()).await?;
        let answer: GetQueueAttributes = read_json(&body)?;
        read(&body, |_| queue_of(&answer.attributes))
    }

    /// Tags of all functions, by ARN.
    ///
    /// Source: <https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html>
    pub(crate) async fn get_function_tags(
        &self,
        token: Option<&str>,
    ) -> Answer<Paged<(Arn, BTreeMap<String, String>)>> {
        let body = json!({
            "ResourceTypeFilters": ["lambda:function"],
            "ResourcesPerPage": 100,
            "PaginationToken": token.unwrap_or_default(),
        });
        let target = ("x-amz-target", "ResourceGroupsTaggingAPI_20170126.GetResources");
        let body = self.post(&TAGGING, &[target], body.to_string()).await?;
        let answer: GetResources = read_json(&body)?;
        let resources = answer.resource_tag_mapping_list.into_iter().map(|resource| {
            let tags = resource.tags.into_iter().map(|tag| (tag.key, tag.value)).collect();
            (Arn::from(resource.resource_arn), tags)
        });
        Ok((resources.collect(), answer.pagination_token.filter(|token| !token.is_empty())))
    }
}

/// None when the timeout is missing, or the redrive policy names no queue.
fn queue_of(attributes: &BTreeMap<String, String>) -> Option<Queue> {
    let target = match attributes.get("RedrivePolicy").filter(|text| !text.is_empty()) {
        Some(text) => {
            let policy: Value = serde_json::from_str(text).ok()?;
            Some(Arn::from(policy.get("deadLetterTargetArn")?.as_str()?))
        }
        None => None,
    };
    Some(Queue {
        visibility_timeout_seconds: attributes.get("VisibilityTimeout")?.parse().ok()?,
        dead_letter_queue: target,
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GetQueueAttributes {
    #[serde(default)]
    attributes: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GetResources {
    resource_tag_mapping_list: Vec<TaggedResource>,
    pagination_token: Option<String>,
}

#[derive(Deserialize)]
struct TaggedResource {
    #[serde(rename = "ResourceARN")]
    resource_arn: String,
    #[serde(default, rename = "Tags")]
    tags: Vec<Tag>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Tag {
    key: String,
    value: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_queue_without_its_timeout_is_not_read() {
        let attributes = |pairs: &[(&str, &str)]| {
            queue_of(&pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
        };
        assert_eq!(attributes(&[]), None);
        for broken in ["{", "{}", r#"{"deadLetterTargetArn":7}"#] {
            assert_eq!(attributes(&[("VisibilityTimeout", "30"), ("RedrivePolicy", broken)]), None, "{broken}");
        }
        let without = attributes(&[("VisibilityTimeout", "30"), ("RedrivePolicy", "")]).unwrap();
        assert_eq!(without.dead_letter_queue, None);
        let redrive = r#"{"deadLetterTargetArn":"arn:aws:sqs:eu-west-1:1:dead","maxReceiveCount":3}"#;
        let queue = attributes(&[("VisibilityTimeout", "30"), ("RedrivePolicy", redrive)]).unwrap();
        assert_eq!(queue.visibility_timeout_seconds, 30);
        assert_eq!(queue.dead_letter_queue, Some("arn:aws:sqs:eu-west-1:1:dead".into()));
    }
}
