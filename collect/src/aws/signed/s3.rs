//! S3: which buckets there are.

use percent_encoding::utf8_percent_encode;
use serde::Deserialize;

use super::client::{Answer, Paged, RESERVED, S3, Signed, read};

impl Signed {
    /// Names of the account's buckets, those of every Region.
    ///
    /// Source: <https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html>
    pub(crate) async fn list_buckets(&self, token: Option<&str>) -> Answer<Paged<String>> {
        let token = token.map(|token| format!("continuation-token={}&", utf8_percent_encode(token, RESERVED)));
        let path = format!("/?{}max-buckets=1000", token.unwrap_or_default());
        let body = self.get(&S3, &path).await?;
        let answer: ListBuckets = read(&body, |text| quick_xml::de::from_str(text).ok())?;
        let names = answer.buckets.buckets.into_iter().map(|bucket| bucket.name);
        Ok((names.collect(), answer.continuation_token.filter(|token| !token.is_empty())))
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListBuckets {
    buckets: Buckets,
    continuation_token: Option<String>,
}

#[derive(Deserialize)]
struct Buckets {
    #[serde(default, rename = "Bucket")]
    buckets: Vec<Bucket>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Bucket {
    name: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_are_read_from_xml() {
        let text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ListAllMyBucketsResult \
            xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Owner><ID>1</ID></Owner><Buckets><Bucket><Name>one</Name>\
            <CreationDate>2026-01-01T00:00:00.000Z</CreationDate></Bucket><Bucket><Name>two</Name></Bucket></Buckets>\
            <ContinuationToken>more</ContinuationToken></ListAllMyBucketsResult>";
        let answer: ListBuckets = quick_xml::de::from_str(text).unwrap();
        let names: Vec<_> = answer.buckets.buckets.iter().map(|bucket| bucket.name.as_str()).collect();
        assert_eq!((names.as_slice(), answer.continuation_token.as_deref()), (["one", "two"].as_slice(), Some("more")));
        let none = "<ListAllMyBucketsResult><Owner/><Buckets/></ListAllMyBucketsResult>";
        assert!(quick_xml::de::from_str::<ListBuckets>(none).unwrap().buckets.buckets.is_empty());
    }
}
