//! S3: which buckets there are.

use super::paging::PageRule;
use super::{Answerer, Ask, Operation, Service, ThrottleError};
use crate::account::StorageBucket;
use crate::ids;
use crate::wire::xml::Xml;
use crate::wire::{Answer, Protocol, ServiceError};

pub(super) static SERVICE: Service = Service {
    name: "s3",
    prefix: "s3",
    protocol: Protocol::RestXml,
    namespace: "http://s3.amazonaws.com/doc/2006-03-01/",
    global: false,
    throttle: ThrottleError { status: 503, code: "SlowDown", message: "Please reduce your request rate." },
    broken: "InternalError",
    invalid_token: "InvalidArgument",
    operations: &[Operation::get("ListBuckets", "/", list_buckets as Answerer)
        .called("ListAllMyBuckets")
        .on(all_buckets)],
};

const PAGE: PageRule = PageRule { token: "continuation-token", size: "max-buckets", default: 10_000, most: 10_000 };

/// Any of them makes S3 tell where the buckets are.
const PARAMETERS: [&str; 4] = ["max-buckets", "continuation-token", "prefix", "bucket-region"];

fn all_buckets(ask: &Ask<'_>) -> Option<String> {
    Some(format!("arn:{}:s3:::*", ask.world.account.partition))
}

fn list_buckets(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let account = &ask.world.account;
    let region = |bucket: &StorageBucket| bucket.region.clone().unwrap_or_else(|| account.home_region().to_owned());
    let prefix = ask.parameter("prefix");
    let wanted = ask.parameter("bucket-region");
    let mut all: Vec<&StorageBucket> = account
        .buckets
        .iter()
        .filter(|bucket| prefix.as_deref().is_none_or(|prefix| bucket.name.starts_with(prefix)))
        .filter(|bucket| wanted.as_deref().is_none_or(|wanted| wanted == region(bucket)))
        .collect();
    all.sort_by(|one, other| one.name.cmp(&other.name));
    let tells_region = PARAMETERS.iter().any(|name| ask.parameter(name).is_some());
    let page = ask.page(&all, &PAGE)?;
    let mut xml = Xml::default();
    xml.within("Owner", |xml| xml.text("ID", &ids::hexadecimal(&account.id, 64)));
    xml.within("Buckets", |xml| {
        for bucket in page.items {
            xml.within("Bucket", |xml| {
                xml.text("Name", &bucket.name);
                let created = ask.world.time(bucket.created);
                xml.text("CreationDate", &created.strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string());
                xml.text_if("BucketRegion", tells_region.then(|| region(bucket)).as_deref());
            });
        }
    });
    xml.text_if("ContinuationToken", page.next.as_deref());
    xml.text_if("Prefix", prefix.as_deref());
    Ok(Answer::Document { root: "ListAllMyBucketsResult", inside: xml })
}
