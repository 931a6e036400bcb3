//! What functions lean on: the subnets they are attached to and the queues that feed them.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::join_all;
use palisade_checks::facts::lambda::{EventSourceMapping, Function};
use palisade_checks::facts::{Action, Arn, Fact, Place, Queue, RegionName, Subnet};

use super::ask::{Ask, Page};
use crate::aws::signed::Signed;

/// The most values that one filter of EC2 takes.
///
/// Source: <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html>
const FILTER_VALUES: usize = 200;

/// The subnets that functions use; none asked when none are used.
pub(super) async fn subnets(
    signed: &Signed,
    region: &RegionName,
    functions: &[Function],
    ask: &Ask,
) -> Fact<BTreeMap<String, Subnet>> {
    let used = functions.iter().filter_map(|function| function.vpc.as_ref()).flat_map(|vpc| &vpc.subnets);
    let ids: Vec<String> = used.collect::<BTreeSet<_>>().into_iter().cloned().collect();
    let mut subnets = BTreeMap::new();
    for (number, ids) in ids.chunks(FILTER_VALUES).enumerate() {
        let page = |token: Option<String>| async move { signed.describe_subnets(ids, token.as_deref()).await };
        let read = |(items, next)| Some(Page { items, next });
        let label = number.to_string();
        let place = Place::region(region);
        let listing = ask.list(Action::Ec2DescribeSubnets, &place, &label, page, read).await;
        match listing.complete() {
            Ok(found) => subnets.extend(found.iter().cloned()),
            Err(gap) => return Fact::Unknown(gap),
        }
    }
    Fact::Known(subnets)
}

/// The account's own SQS queues that feed functions.
pub(super) async fn queues(
    signed: &Signed,
    account: &str,
    mappings: &[EventSourceMapping],
    ask: &Ask,
) -> BTreeMap<Arn, Fact<Option<Queue>>> {
    let sources = mappings.iter().filter_map(|mapping| mapping.source.as_ref());
    let own: BTreeSet<_> = sources.filter(|arn| arn.service() == "sqs" && arn.account() == account).collect();
    let read = own.into_iter().map(async |arn| {
        let call = || signed.get_queue_attributes(arn);
        let place = Place::resource(arn);
        let fact = ask.ask_optional(Action::SqsGetQueueAttributes, &place, MISSING_QUEUE, call, Some).await;
        (arn.clone(), fact)
    });
    join_all(read).await.into_iter().collect()
}

/// What SQS answers for a queue that does not exist, in the old wording and the new.
const MISSING_QUEUE: &[&str] = &["QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue"];
