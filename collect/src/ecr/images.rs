//! The images that matter: once all Regions are listed, they are chosen and read one by one.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use futures_util::StreamExt as _;
use futures_util::future::join_all;
use palisade_model::ecr::{ArtifactKind, Image, Repository, ScanType, Scanning};
use palisade_model::usage::WorkloadImage;
use palisade_model::{Action, Arn, Depth, Fact, Gap, Inventory, Listing, Place, RegionName};

use super::content::Nature;
use super::image_reader::ImageReader;
use super::inspector::Inspected;
use super::repository::AT_ONCE;
use super::scans::{Scans, children};
use super::selection::{Chosen, Reasons, choose, image_arn, next_in_doubt};
use crate::ask::Ask;
use crate::aws::session::Session;
use crate::plan::Plan;

/// Chooses the images that matter in each repository, and reads what is to be known of them; Inspector has been asked
/// before.
pub(crate) async fn complete(
    session: &Arc<Session>,
    plan: &Plan,
    ask: &Ask,
    mut inspected: BTreeMap<RegionName, Inspected>,
    inventory: &mut Inventory,
) {
    let unread = tell_apart(session, plan, ask, inventory).await;
    let (workloads, gaps) = workloads(inventory);
    let regions = inventory.regions.iter().map(|(name, region)| {
        let gaps = gaps.iter().filter(|gap| gap.place.region.as_ref().is_none_or(|region| region == name));
        let unknown_workload = first(gaps).cloned();
        let reader = ImageReader::new(session, plan, ask, inventory, (name, region), &workloads);
        let reader = ImageReader { unknown_workload, unread: &unread, ..reader };
        let inspected = inspected.remove(name);
        async move { Box::pin(reader.chosen(inspected)).await }
    });
    let chosen = join_all(regions).await;
    for (region, images) in inventory.regions.values_mut().zip(chosen) {
        for (repository, images) in region.ecr.repositories.seen_mut().iter_mut().zip(images) {
            repository.images = images;
        }
    }
}

/// What manifests turned out to be that are listed as images.
#[derive(Default)]
struct Natures {
    /// Those that are none, by digest.
    others: HashMap<String, ArtifactKind>,
    /// Those that could not be read, by the image's name.
    unread: HashMap<Arn, Gap>,
}

/// Looks at manifests that are listed as images and may be something else, such as signatures whose tag moved on, wherever
/// it decides which image is the newest or in use. A run that is not deep reads no manifests. Answers what could not be
/// read.
async fn tell_apart(session: &Arc<Session>, plan: &Plan, ask: &Ask, inventory: &mut Inventory) -> HashMap<Arn, Gap> {
    match plan.depth {
        Depth::Standard => return HashMap::new(),
        Depth::Deep => {}
    }
    let workloads = HashMap::new();
    let regions = inventory.regions.iter().map(|(name, region)| {
        let reader = ImageReader::new(session, plan, ask, inventory, (name, region), &workloads);
        async move { Box::pin(reader.natures()).await }
    });
    let told: Vec<Vec<Natures>> = join_all(regions).await;
    let mut unread = HashMap::new();
    for (region, repositories) in inventory.regions.values_mut().zip(told) {
        for (repository, natures) in region.ecr.repositories.seen_mut().iter_mut().zip(repositories) {
            for artifact in repository.artifacts.seen_mut() {
                if let Some(kind) = natures.others.get(&artifact.digest) {
                    artifact.kind = kind.clone();
                }
            }
            unread.extend(natures.unread);
        }
    }
    unread
}

/// Asks again for the scans of images that were read, of a registry whose images tell their scans themselves.
pub(super) async fn ask_for_scans_again(session: &Arc<Session>, plan: &Plan, ask: &Ask, inventory: &mut Inventory) {
    let workloads = HashMap::new();
    let mut scanned = Vec::new();
    for (name, region) in &inventory.regions {
        let reader = ImageReader::new(session, plan, ask, inventory, (name, region), &workloads);
        for repository in region.ecr.repositories.seen() {
            for image in repository.images.seen() {
                scanned.push(Box::pin(reader.scanned(repository, image.clone(), &Scans::Basic)).await);
            }
        }
    }
    let repositories = inventory.regions.values_mut().flat_map(|region| region.ecr.repositories.seen_mut());
    let images = repositories.flat_map(|repository| repository.images.seen_mut());
    for (image, scanned) in images.zip(scanned) {
        *image = scanned;
    }
}

/// The images of workloads, by the ARN of their repository; and the gaps that stand for images that are not known.
fn workloads(inventory: &Inventory) -> (HashMap<Arn, Vec<WorkloadImage>>, Vec<Gap>) {
    let (images, gaps) = inventory.workload_images();
    let mut by_repository: HashMap<Arn, Vec<WorkloadImage>> = HashMap::new();
    for image in images {
        if let Some(repository) = image.reference().ecr_repository() {
            by_repository.entry(repository).or_default().push(image);
        }
    }
    (by_repository, gaps)
}

/// The gap that says most: what failed goes before what was left out by choice.
fn first<'g>(gaps: impl IntoIterator<Item = &'g Gap>) -> Option<&'g Gap> {
    gaps.into_iter().min_by_key(|gap| gap.reason.is_choice())
}

impl ImageReader<'_> {
    /// The images of each repository that matter, in the order of the repositories.
    async fn chosen(&self, inspected: Option<Inspected>) -> Vec<Listing<Image>> {
        let repositories = self.ecr.repositories.seen();
        if repositories.is_empty() {
            return Vec::new();
        }
        let mut scans = self.scans(inspected);
        let running = scans.running();
        let (mut chosen, mut ends) = (Vec::new(), Vec::with_capacity(repositories.len()));
        let reasons = Reasons { workloads: self.workloads, running: &running, now: self.now };
        for repository in repositories {
            let (found, gaps) = choose(repository, &reasons);
            ends.push((found.len(), self.gap(repository, &gaps, &scans)));
            chosen.extend(found);
        }
        let chosen = chosen.into_iter().map(|chosen| Box::pin(self.begin(chosen)));
        let begun: Vec<_> = futures_util::stream::iter(chosen).buffered(AT_ONCE).collect().await;
        if let Scans::Inspector(inspected) = &mut scans {
            let images = begun.iter().flat_map(|(repository, image)| {
                std::iter::once(image.arn.clone()).chain(children(repository, image).into_iter().map(|(arn, _)| arn))
            });
            inspected.add_findings(&self.inspector(), &images.collect()).await;
        }
        let scanned = begun.into_iter().map(|(repository, image)| Box::pin(self.scanned(repository, image, &scans)));
        let scanned: Vec<Image> = futures_util::stream::iter(scanned).buffered(AT_ONCE).collect().await;
        let mut rest = scanned.into_iter();
        ends.into_iter().map(|(count, gap)| Listing::new(rest.by_ref().take(count).collect(), gap)).collect()
    }

    /// For each repository, what is listed as an image and is none.
    async fn natures(&self) -> Vec<Natures> {
        let told = self.ecr.repositories.seen().iter().map(|repository| Box::pin(self.natures_in(repository)));
        futures_util::stream::iter(told).buffered(AT_ONCE).collect().await
    }

    async fn natures_in(&self, repository: &Repository) -> Natures {
        let (mut natures, mut images) = (Natures::default(), HashSet::new());
        // Each answer settles one.
        while let Some(artifact) = next_in_doubt(repository, self.now, &natures.others, &images) {
            let (action, digest) = (Action::EcrBatchGetImage, artifact.digest.clone());
            let arn = image_arn(&repository.arn, &digest);
            let ask = async || self.contents().nature(&arn, &repository.arn, &digest).await;
            match self.ask.remembered(action, &Place::resource(&arn), "nature", ask).await {
                Fact::Known(Nature::Other(kind)) => _ = natures.others.insert(digest, kind),
                Fact::Known(Nature::Image) => _ = images.insert(digest),
                Fact::Unknown(gap) => {
                    images.insert(digest);
                    natures.unread.insert(arn, gap);
                }
            }
        }
        natures
    }

    /// Who scans, and what Inspector says of the Region's images if it does.
    fn scans(&self, inspected: Option<Inspected>) -> Scans {
        let kind = match &self.ecr.registry.scanning {
            Fact::Known(Scanning { kind, .. }) => kind,
            Fact::Unknown(gap) => return Scans::Unknown(gap.clone()),
        };
        match (kind, inspected) {
            (ScanType::Basic, _) => Scans::Basic,
            (ScanType::Enhanced, Some(inspected)) => Scans::Inspector(Box::new(inspected)),
            (ScanType::Enhanced, None) => {
                let action = Action::InspectorListCoverage;
                Scans::Unknown(Gap::undecided(action, &self.ecr.registry.arn, "Inspector was not asked"))
            }
            (ScanType::Other(kind), _) => {
                let action = Action::EcrGetRegistryScanningConfiguration;
                Scans::Unknown(Gap::undecided(action, &self.ecr.registry.arn, format!("scanType is {kind}")))
            }
        }
    }

    /// Why images of a repository may matter that are not among those which were chosen.
    fn gap(&self, repository: &Repository, gaps: &[Gap], scans: &Scans) -> Option<Gap> {
        let of_lists = repository.artifacts.gap().into_iter().chain(scans.gap());
        first(of_lists.chain(gaps).chain(&self.unknown_workload)).cloned()
    }

    /// The image as it is known before its scan, with what it consists of.
    async fn begin<'r>(&self, chosen: Chosen<'r>) -> (&'r Repository, Image) {
        let place = Place::resource(&chosen.arn);
        let mut image = Image {
            repository: chosen.repository.arn.clone(),
            artifact: chosen.artifact.clone(),
            newest: chosen.newest,
            uses: chosen.uses,
            scan: Fact::not_asked(Action::EcrDescribeImageScanFindings, &place),
            signature: Fact::not_asked(Action::EcrDescribeImageSigningStatus, &place),
            contents: Fact::not_asked(Action::EcrBatchGetImage, &place),
            arn: chosen.arn,
        };
        // What could not be read a moment ago is not asked for again.
        image.contents = match self.unread.get(&image.arn) {
            Some(gap) => Fact::Unknown(gap.clone()),
            None => self.contents().contents(&image).await,
        };
        (chosen.repository, image)
    }
}
