//! Lambda in one Region.

mod details;
mod function;
mod others;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use futures_util::StreamExt as _;
use palisade_model::lambda::{Function, Lambda};
use palisade_model::{Arn, Fact, Listing, Queue, RegionName};
use tokio::sync::mpsc;

use crate::ask::Ask;
use crate::aws::session::Session;
use crate::aws::signed::Signed;
use crate::caller::Caller;
use crate::network;
use crate::plan::Plan;
use details::Details;

/// Functions whose details are read at once. The pacer sets the speed; this bounds memory and connections.
const AT_ONCE: usize = 24;

/// The SQS queues that feed functions.
type Queues = BTreeMap<Arn, Fact<Option<Queue>>>;

/// Collects Lambda in one Region, and the queues that feed its functions.
pub(super) async fn collect(
    session: &Arc<Session>,
    caller: &Caller,
    region: &RegionName,
    plan: &Plan,
    ask: &Ask,
) -> (Lambda, Queues) {
    let client = aws_sdk_lambda::Client::new(&session.in_region(region));
    let signed = Signed::new(session, region);
    let account_settings = others::account_settings(&client, region, ask).await;
    let pool = match &account_settings {
        Fact::Known(settings) => Some(settings.unreserved_concurrency),
        Fact::Unknown(_) => None,
    };
    let second_lane = AtomicBool::new(plan.two_lanes);
    let details = Details { client: &client, signed: &signed, region, plan, pool, ask, second_lane };
    let (functions, mappings, configs, owned) = tokio::join!(
        functions(&client, region, &details, ask),
        others::event_source_mappings(&client, region, ask),
        others::code_signing_configs(&client, region, ask),
        others::owned_layers(&client, region, ask),
    );
    let (queues, layers) = tokio::join!(
        network::queues(&signed, caller.account.as_str(), mappings.seen(), ask),
        others::layer_policies(&client, caller, owned, &functions, ask),
    );
    ask.progress.say(&format!("{region}: {} functions", functions.seen().len()));
    let lambda =
        Lambda { functions, event_source_mappings: mappings, layers, code_signing_configs: configs, account_settings };
    (lambda, queues)
}

/// Lists the functions, and reads the details of each as soon as its page is there.
async fn functions(
    client: &aws_sdk_lambda::Client,
    region: &RegionName,
    details: &Details<'_>,
    ask: &Ask,
) -> Listing<Function> {
    let tags = details.tags().await;
    let (found, arrivals) = mpsc::unbounded_channel();
    let listing = async move {
        let hand_on = |page: Vec<Function>| {
            ask.progress.found_functions(page.len());
            // The receiver lives as long as this future.
            for function in page {
                let _ = found.send(function);
            }
        };
        function::list(client, region, ask, hand_on).await
    };
    let arrivals =
        futures_util::stream::unfold(arrivals, async |mut arrivals| Some((arrivals.recv().await?, arrivals)));
    let completed = arrivals.map(|function| complete(function, details, &tags)).buffer_unordered(AT_ONCE).collect();
    let (gap, mut functions): (_, Vec<Function>) = tokio::join!(listing, completed);
    functions.sort_by(|left, right| left.arn.cmp(&right.arn));
    // A function that changed while it was listed may be on two pages.
    functions.dedup_by(|later, earlier| later.arn == earlier.arn);
    Listing::new(functions, gap)
}

async fn complete(function: Function, details: &Details<'_>, tags: &Fact<details::Tags>) -> Function {
    let function = Box::pin(details.complete(function, tags)).await;
    details.ask.progress.finished_function();
    function
}
