//! The scan and the signature of one image, whoever scans.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::Timestamp;
use palisade_model::ecr::{ArtifactKind, Image, Repository, Scan, ScanStatus, Signature, SigningRule, Vulnerability};
use palisade_model::{Arn, Fact, Gap, Listing};

use super::image_call::ImageCall;
use super::image_reader::ImageReader;
use super::inspector::Inspected;
use super::scan_findings::{most, shorten};
use super::selection::image_arn;

/// Who scans in a Region, and what Inspector said if it does.
pub(super) enum Scans {
    /// ECR itself: it is asked for each image.
    Basic,
    /// Inspector.
    Inspector(Box<Inspected>),
    /// Nobody knows.
    Unknown(Gap),
}

impl Scans {
    /// How many tasks and pods run each image, as far as Inspector counts them.
    pub(super) fn running(&self) -> HashMap<Arn, (u64, Option<Timestamp>)> {
        match self {
            Self::Inspector(inspected) => inspected.running(),
            Self::Basic | Self::Unknown(_) => HashMap::new(),
        }
    }

    /// Why Inspector may count images that are not among those.
    pub(super) fn gap(&self) -> Option<&Gap> {
        match self {
            Self::Basic => None,
            Self::Inspector(inspected) => inspected.gap(),
            Self::Unknown(gap) => Some(gap),
        }
    }
}

/// The images that an index lists, as far as its contents were read: their names and digests. None for anything else.
pub(super) fn children(repository: &Repository, image: &Image) -> Vec<(Arn, String)> {
    let (ArtifactKind::Index, Fact::Known(contents)) = (&image.artifact.kind, &image.contents) else {
        return Vec::new();
    };
    let digests = contents.iter().map(|content| &content.digest).filter(|digest| **digest != image.artifact.digest);
    digests.map(|digest| (image_arn(&repository.arn, digest), digest.clone())).collect()
}

impl ImageReader<'_> {
    /// The image with its scan and its signature.
    pub(super) async fn scanned(&self, repository: &Repository, mut image: Image, scans: &Scans) -> Image {
        image.scan = self.scan(repository, &image, scans).await;
        image.signature = self.signature(repository, &image).await;
        image
    }

    /// An index is seldom scanned as such: its scan is that of the images that it lists, which a deep run knows.
    async fn scan(&self, repository: &Repository, image: &Image, scans: &Scans) -> Fact<Option<Scan>> {
        let own = self.scan_of(repository, &image.arn, &image.artifact.digest, scans).await;
        if image.artifact.kind != ArtifactKind::Index || !is_missing(&own) {
            return own;
        }
        if let Fact::Unknown(gap) = &image.contents {
            return Fact::Unknown(gap.clone());
        }
        let mut found = Vec::new();
        for (arn, digest) in children(repository, image) {
            found.push(self.scan_of(repository, &arn, &digest, scans).await);
        }
        merged(found)
    }

    async fn scan_of(&self, repository: &Repository, image: &Arn, digest: &str, scans: &Scans) -> Fact<Option<Scan>> {
        match scans {
            Scans::Basic => self.call(repository, image, digest).scan().await,
            Scans::Inspector(inspected) => inspected.scan(image),
            Scans::Unknown(gap) => Fact::Unknown(gap.clone()),
        }
    }

    async fn signature(&self, repository: &Repository, image: &Image) -> Fact<Option<Signature>> {
        let is_signed = |rules: &Vec<SigningRule>| rules.iter().any(|rule| rule.covers(&repository.name));
        match &self.ecr.registry.signing {
            Fact::Unknown(gap) => Fact::Unknown(gap.clone()),
            Fact::Known(rules) if is_signed(rules) => {
                self.call(repository, &image.arn, &image.artifact.digest).signature().await
            }
            Fact::Known(_) => Fact::Known(None),
        }
    }

    fn call<'a>(&'a self, repository: &'a Repository, image: &'a Arn, digest: &'a str) -> ImageCall<'a> {
        ImageCall { client: &self.client, repository: &repository.name, digest, image, ask: self.ask }
    }
}

/// Whether there is no scan, or none because the scanner takes no lists of images.
fn is_missing(scan: &Fact<Option<Scan>>) -> bool {
    match scan {
        Fact::Known(None) => true,
        Fact::Known(Some(scan)) => matches!(scan.status, ScanStatus::Unsupported(_)),
        Fact::Unknown(_) => false,
    }
}

/// The scan of an index, from those of its images. It stands when all of them do; its counts are those of the images
/// that have most. `None` when there is no image, or one was never scanned.
fn merged(scans: Vec<Fact<Option<Scan>>>) -> Fact<Option<Scan>> {
    let mut whole: Option<Scan> = None;
    for scan in scans {
        let scan = match scan {
            Fact::Known(Some(scan)) => scan,
            Fact::Known(None) | Fact::Unknown(_) => return scan,
        };
        whole = Some(match whole {
            None => scan,
            Some(whole) => both(whole, scan),
        });
    }
    Fact::Known(whole)
}

fn both(left: Scan, right: Scan) -> Scan {
    let mut worst: BTreeMap<String, Vulnerability> = BTreeMap::new();
    for one in left.worst.into_iter().chain(right.worst) {
        worst.entry(one.id.clone()).or_insert(one);
    }
    let mut worst: Vec<_> = worst.into_values().collect();
    shorten(&mut worst);
    Scan {
        scanner: left.scanner,
        status: if left.status.stands() { right.status } else { left.status },
        // The age of the whole is that of its oldest part; one without a date has none.
        completed_at: left.completed_at.min(right.completed_at),
        data_from: left.data_from.min(right.data_from),
        counts: most(left.counts, right.counts),
        worst,
        known_exploited: left.known_exploited.zip(right.known_exploited).map(together),
    }
}

/// Names of both lists; short when one of them is.
fn together((left, right): (Listing<String>, Listing<String>)) -> Listing<String> {
    let ((left, left_gap), (right, right_gap)) = (left.into_parts(), right.into_parts());
    let names: BTreeSet<String> = left.into_iter().chain(right).collect();
    Listing::new(names.into_iter().collect(), left_gap.or(right_gap))
}

#[cfg(test)]
mod tests {
    use palisade_model::ecr::{Counts, Fix, Scanner, VulnerabilitySeverity};
    use palisade_model::{Action, Place, Reason};

    use super::*;

    fn scan(high: u64, status: ScanStatus, names: &[&str]) -> Scan {
        let vulnerability = |name: &&str| Vulnerability {
            id: (*name).to_owned(),
            severity: VulnerabilitySeverity::High,
            packages: vec![],
            fix: Fix::Unsaid,
            score: None,
            exploit_available: None,
        };
        Scan {
            scanner: Scanner::Basic,
            status,
            completed_at: Timestamp::from_second(i64::try_from(high).unwrap()).ok(),
            data_from: None,
            counts: Counts { high, ..Counts::default() },
            worst: names.iter().map(vulnerability).collect(),
            known_exploited: None,
        }
    }

    #[test]
    fn an_index_is_as_bad_as_its_images_together() {
        let (amd, arm) = (scan(3, ScanStatus::Complete, &["b", "a"]), scan(1, ScanStatus::Complete, &["c", "a"]));
        let Fact::Known(Some(whole)) = merged(vec![Fact::Known(Some(amd.clone())), Fact::Known(Some(arm))]) else {
            panic!("no scan")
        };
        assert_eq!((whole.counts.high, whole.completed_at), (3, Timestamp::from_second(1).ok()));
        assert_eq!(whole.worst.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(), ["a", "b", "c"]);

        let failed = scan(0, ScanStatus::Failed("no".to_owned()), &[]);
        let Fact::Known(Some(whole)) = merged(vec![Fact::Known(Some(amd.clone())), Fact::Known(Some(failed))]) else {
            panic!("no scan")
        };
        assert_eq!(whole.status, ScanStatus::Failed("no".to_owned()));
        assert_eq!(merged(vec![Fact::Known(Some(amd.clone())), Fact::Known(None)]), Fact::Known(None));
        assert_eq!(merged(vec![]), Fact::Known(None));

        let reason = Reason::Throttled;
        let gap = Gap { action: Action::EcrDescribeImageScanFindings, place: Place::account(), reason };
        assert_eq!(
            merged(vec![Fact::Known(Some(amd.clone())), Fact::Unknown(gap.clone())]),
            Fact::Unknown(gap.clone())
        );

        let exploited = |known_exploited| Fact::Known(Some(Scan { known_exploited, ..amd.clone() }));
        let names = |names: &[&str], gap| Some(Listing::new(names.iter().map(ToString::to_string).collect(), gap));
        let both = vec![exploited(names(&["b", "a"], None)), exploited(names(&["c", "a"], Some(gap.clone())))];
        let Fact::Known(Some(whole)) = merged(both) else { panic!("no scan") };
        assert_eq!(whole.known_exploited, names(&["a", "b", "c"], Some(gap)));
        let Fact::Known(Some(whole)) = merged(vec![exploited(names(&["a"], None)), exploited(None)]) else {
            panic!("no scan")
        };
        assert_eq!(whole.known_exploited, None);
    }
}
