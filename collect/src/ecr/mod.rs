//! ECR in one Region, and the account's public repositories: settings and lists first, single images once it is known
//! which of them matter.

mod artifact;
mod content;
mod image_call;
mod image_reader;
mod images;
mod inspector;
mod local_image;
mod one_image;
mod public;
mod registry;
mod repository;
mod scan_findings;
mod scans;
mod selection;
mod signing_status;

use std::sync::Arc;

use futures_util::StreamExt as _;
use palisade_model::ecr::{Ecr, Repository, ScanType, Scanning};
use palisade_model::{Fact, Listing, Place, RegionName};
use tokio::sync::{mpsc, oneshot};

use crate::ask::Ask;
use crate::aws::session::Session;
use crate::aws::signed::Signed;
use crate::caller::Caller;
pub use content::LocalImage;
pub(super) use images::complete;
pub(super) use inspector::Inspected;
use inspector::Inspector;
pub use local_image::collect_local;
pub use one_image::{ImageError, WantedImage, collect_image};
pub(super) use public::public_repositories;
use repository::{AT_ONCE, Named};

/// Collects the registry of one Region and its repositories, and beside them what Inspector says of all images where it
/// scans. Single images are left to [`complete`].
pub(super) async fn collect(
    session: &Arc<Session>,
    caller: &Caller,
    region: &RegionName,
    ask: &Ask,
) -> (Ecr, Option<Inspected>) {
    let client = aws_sdk_ecr::Client::new(&session.in_region(region));
    let signed = Signed::new(session, region);
    let place = Place::region(region);
    let scanning = registry::scanning(&client, &place, ask).await;
    let is_enhanced = matches!(&scanning, Fact::Known(Scanning { kind: ScanType::Enhanced, .. }));
    let (listed, names) = oneshot::channel();
    let inspect = async {
        let inspector = Inspector { signed: &signed, account: &caller.account, place: &place, ask };
        if is_enhanced { Some(inspector.inspect(names).await) } else { None }
    };
    let (registry, repositories, inspected) = tokio::join!(
        registry::collect(&client, &signed, caller, region, scanning, ask),
        repositories(&client, region, listed, ask),
        Box::pin(inspect),
    );
    if !repositories.seen().is_empty() {
        let images: usize = repositories.seen().iter().map(|repository| repository.artifacts.seen().len()).sum();
        let count = repositories.seen().len();
        ask.progress.say(&format!("{region}: {count} repositories, {images} images"));
    }
    (Ecr { registry, repositories }, inspected)
}

/// Lists the repositories, and reads the details of each as soon as its page is there. All names are told once they are
/// listed.
async fn repositories(
    client: &aws_sdk_ecr::Client,
    region: &RegionName,
    listed: oneshot::Sender<Vec<String>>,
    ask: &Ask,
) -> Listing<Repository> {
    let (found, arrivals) = mpsc::unbounded_channel();
    let listing = async move {
        let mut names = Vec::new();
        let hand_on = |page: Vec<Named>| {
            names.extend(page.iter().map(|repository| repository.name.clone()));
            // The receiver lives as long as this future.
            for repository in page {
                let _ = found.send(repository);
            }
        };
        let gap = repository::list(client, region, ask, hand_on).await;
        names.sort();
        // Nobody waits for the names where Inspector does not scan.
        let _ = listed.send(names);
        gap
    };
    let arrivals =
        futures_util::stream::unfold(arrivals, async |mut arrivals| Some((arrivals.recv().await?, arrivals)));
    let complete = |named| Box::pin(repository::complete(client, named, ask));
    let completed = arrivals.map(complete).buffer_unordered(AT_ONCE).collect();
    let (gap, mut repositories): (_, Vec<Repository>) = tokio::join!(listing, completed);
    repositories.sort_by(|left, right| left.arn.cmp(&right.arn));
    repositories.dedup_by(|later, earlier| later.arn == earlier.arn);
    Listing::new(repositories, gap)
}
