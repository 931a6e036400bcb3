//! What it takes to read single images of one Region.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use jiff::Timestamp;
use palisade_model::ecr::Ecr;
use palisade_model::usage::WorkloadImage;
use palisade_model::{AccountId, Arn, Gap, Inventory, Place, Region, RegionName};

use super::content::{ContentReader, LayerCache};
use super::inspector::Inspector;
use crate::ask::Ask;
use crate::aws::session::Session;
use crate::aws::signed::Signed;
use crate::plan::Plan;

/// No image.
static NONE: LazyLock<HashMap<Arn, Gap>> = LazyLock::new(HashMap::new);

/// Reads the images of one Region.
pub(super) struct ImageReader<'a> {
    pub(super) session: &'a Session,
    pub(super) client: aws_sdk_ecr::Client,
    pub(super) signed: Signed,
    pub(super) account: &'a AccountId,
    pub(super) region: &'a RegionName,
    pub(super) place: Arc<Place>,
    pub(super) ecr: &'a Ecr,
    pub(super) workloads: &'a HashMap<Arn, Vec<WorkloadImage>>,
    /// Why workloads of this Region may run images that are not known to run.
    pub(super) unknown_workload: Option<Gap>,
    pub(super) now: Timestamp,
    pub(super) plan: &'a Plan,
    pub(super) ask: &'a Ask,
    /// Images whose manifests could not be read when they were told apart from other things.
    pub(super) unread: &'a HashMap<Arn, Gap>,
    /// The layers that were read in this run.
    pub(super) layers: LayerCache,
}

impl<'a> ImageReader<'a> {
    /// A reader of the images of one Region, of which no workload is known that may run others.
    pub(super) fn new(
        session: &'a Arc<Session>,
        plan: &'a Plan,
        ask: &'a Ask,
        inventory: &'a Inventory,
        (name, region): (&'a RegionName, &'a Region),
        workloads: &'a HashMap<Arn, Vec<WorkloadImage>>,
    ) -> Self {
        Self {
            session,
            client: aws_sdk_ecr::Client::new(&session.in_region(name)),
            signed: Signed::new(session, name),
            account: &inventory.account,
            region: name,
            place: Place::region(name),
            ecr: &region.ecr,
            workloads,
            unknown_workload: None,
            now: inventory.collected_at,
            plan,
            ask,
            unread: &NONE,
            layers: LayerCache::default(),
        }
    }

    /// What reads what they consist of.
    pub(super) fn contents(&self) -> ContentReader<'_> {
        ContentReader::new(self.session, &self.client, self.region, self.plan, self.ask, &self.layers)
    }

    /// What asks Inspector of them.
    pub(super) fn inspector(&self) -> Inspector<'_> {
        Inspector { signed: &self.signed, account: self.account, place: &self.place, ask: self.ask }
    }
}
