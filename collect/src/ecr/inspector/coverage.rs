//! Which images Inspector watches, how many vulnerabilities of each severity it counts for them, and how many tasks and pods
//! run them: read beside the repositories, by filters that split the work.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use futures_util::StreamExt as _;
use jiff::Timestamp;
use palisade_model::ecr::{Counts, Scan, ScanStatus, Scanner};
use palisade_model::{Action, Arn, Fact, Gap, Reason};
use tokio::sync::oneshot;

use super::calls::{AT_ONCE, FILTER_VALUES, Inspector};
use super::findings::Worst;
use crate::ask::Page;
use crate::aws::signed::{Covered, Scored};

/// Filters that split images by the first digit of their digest.
const PREFIXES: [&str; 16] = [
    "sha256:0", "sha256:1", "sha256:2", "sha256:3", "sha256:4", "sha256:5", "sha256:6", "sha256:7", "sha256:8",
    "sha256:9", "sha256:a", "sha256:b", "sha256:c", "sha256:d", "sha256:e", "sha256:f",
];

/// What Inspector said.
#[derive(Debug, Default)]
pub(crate) struct Inspected {
    scored: Rows<Scored>,
    scored_gap: Option<Gap>,
    watched: Rows<Watched>,
    watched_gap: Option<Gap>,
    /// Of images with critical or high vulnerabilities; a gap where these could not be listed.
    worst: HashMap<Arn, Fact<Worst>>,
}

/// An image that Inspector watches, or has watched.
#[derive(Debug)]
struct Watched {
    status: ScanStatus,
    last_scanned_at: Option<Timestamp>,
    in_use: u64,
    last_in_use_at: Option<Timestamp>,
}

impl From<&Covered> for Watched {
    fn from(covered: &Covered) -> Self {
        let Covered { last_scanned_at, in_use, last_in_use_at, .. } = *covered;
        Self { status: status(covered), last_scanned_at, in_use, last_in_use_at }
    }
}

impl Inspector<'_> {
    /// Reads counts of all images, and coverage of the repositories as soon as their names are known.
    pub(in crate::ecr) async fn inspect(&self, repositories: oneshot::Receiver<Vec<String>>) -> Inspected {
        let watched = async {
            let Ok(names) = repositories.await else {
                let reason = Reason::Failed("the repositories were not listed".to_owned());
                let gap = Gap { action: Action::InspectorListCoverage, place: Arc::clone(self.place), reason };
                return (Rows::default(), Some(gap));
            };
            let read = names.chunks(FILTER_VALUES).map(|names| Box::pin(self.watched(names)));
            Rows::joined(futures_util::stream::iter(read).buffer_unordered(AT_ONCE).collect().await)
        };
        let ((scored, scored_gap), (watched, watched_gap)) = tokio::join!(self.all_scored(), watched);
        Inspected { scored, scored_gap, watched, watched_gap, ..Inspected::default() }
    }

    /// The counts of all images. One page may be all; if not, the pages come in chains by the first digit of the digest.
    async fn all_scored(&self) -> (Rows<Scored>, Option<Gap>) {
        let action = Action::InspectorListFindingAggregations;
        let call = || self.signed.list_image_aggregations(self.account, None, None);
        let read = |(items, next): (Vec<Scored>, Option<String>)| Some(Page { items, next });
        let rows = match self.ask.ask_named(action, self.place, "first", call, read).await {
            Fact::Unknown(gap) => return (Rows::default(), Some(gap)),
            Fact::Known(Page { items, next: None }) => items,
            Fact::Known(Page { next: Some(_), .. }) => {
                let read = PREFIXES.iter().map(|prefix| Box::pin(self.scored(prefix)));
                return Rows::joined(futures_util::stream::iter(read).buffer_unordered(AT_ONCE).collect().await);
            }
        };
        Rows::joined(vec![(rows.into_iter().map(|row| (row.image.clone(), row)).collect(), None)])
    }

    async fn scored(&self, prefix: &str) -> Part<Scored> {
        let action = Action::InspectorListFindingAggregations;
        let page = |token: Option<String>| async move {
            self.signed.list_image_aggregations(self.account, Some(prefix), token.as_deref()).await
        };
        let read = |(items, next)| Some(Page { items, next });
        let mut found = Vec::new();
        let keep = |rows: Vec<Scored>| found.extend(rows.into_iter().map(|row| (row.image.clone(), row)));
        let gap = self.ask.pages(action, self.place, prefix, page, read, keep).await;
        (found, gap)
    }

    async fn watched(&self, repositories: &[String]) -> Part<Watched> {
        let action = Action::InspectorListCoverage;
        let names: Vec<&str> = repositories.iter().map(String::as_str).collect();
        let names = names.as_slice();
        let page = |token: Option<String>| async move {
            self.signed.list_image_coverage(self.account, names, token.as_deref()).await
        };
        let read = |(items, next)| Some(Page { items, next });
        let mut found = Vec::new();
        let keep = |rows: Vec<Covered>| found.extend(rows.iter().map(|row| (row.image.clone(), row.into())));
        let gap = self.ask.pages(action, self.place, &names.join(","), page, read, keep).await;
        (found, gap)
    }
}

/// What a list says of images, sorted by their names: of a hundred thousand images, a map would take twice the memory.
#[derive(Debug)]
struct Rows<T>(Vec<(Arn, T)>);

/// What was read of a list, and why it stops short.
type Part<T> = (Vec<(Arn, T)>, Option<Gap>);

impl<T> Default for Rows<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Rows<T> {
    fn joined(parts: Vec<Part<T>>) -> (Self, Option<Gap>) {
        let mut first = None;
        let mut rows = Vec::with_capacity(parts.iter().map(|(part, _)| part.len()).sum());
        for (part, gap) in parts {
            rows.extend(part);
            first = first.or(gap);
        }
        rows.sort_unstable_by(|(left, _), (right, _)| left.cmp(right));
        (Self(rows), first)
    }

    fn get(&self, image: &Arn) -> Option<&T> {
        let index = self.0.binary_search_by(|(arn, _)| arn.cmp(image)).ok()?;
        self.0.get(index).map(|(_, row)| row)
    }
}

impl Inspected {
    /// How many tasks and pods run each image.
    pub(in crate::ecr) fn running(&self) -> HashMap<Arn, (u64, Option<Timestamp>)> {
        let scored = self.scored.0.iter().map(|(image, row)| (image, row.in_use, row.last_in_use_at));
        let watched = self.watched.0.iter().map(|(image, row)| (image, row.in_use, row.last_in_use_at));
        let mut running = HashMap::new();
        for (image, count, last_at) in scored.chain(watched).filter(|(_, count, _)| *count > 0) {
            let known = running.entry(image.clone()).or_insert((count, last_at));
            *known = (known.0.max(count), known.1.max(last_at));
        }
        running
    }

    /// Why images may run that are not among those.
    pub(in crate::ecr) fn gap(&self) -> Option<&Gap> {
        self.scored_gap.as_ref().or(self.watched_gap.as_ref())
    }

    /// Asks for the critical and high vulnerabilities of those of these images that have any.
    pub(in crate::ecr) async fn add_findings(&mut self, inspector: &Inspector<'_>, images: &BTreeSet<Arn>) {
        let is_bad = |image: &&Arn| self.scored.get(image).is_some_and(|row| row.critical + row.high > 0);
        let bad: BTreeSet<&Arn> = images.iter().filter(is_bad).collect();
        self.worst = inspector.worst(&bad).await;
    }

    /// What Inspector knows of an image; `None` when it does not watch it.
    pub(in crate::ecr) fn scan(&self, image: &Arn) -> Fact<Option<Scan>> {
        let watched = match (self.watched.get(image), &self.watched_gap) {
            (Some(watched), _) => watched,
            (None, Some(gap)) => return Fact::Unknown(gap.clone()),
            (None, None) => return Fact::Known(None),
        };
        let counts = match (self.scored.get(image), &self.scored_gap) {
            (Some(row), _) => counts(row),
            (None, Some(gap)) => return Fact::Unknown(gap.clone()),
            (None, None) => Counts::default(),
        };
        let Worst { kept, exploited } = match self.worst.get(image) {
            Some(Fact::Known(worst)) => worst.clone(),
            Some(Fact::Unknown(gap)) => return Fact::Unknown(gap.clone()),
            None => Worst::default(),
        };
        Fact::Known(Some(Scan {
            scanner: Scanner::Inspector,
            status: watched.status.clone(),
            completed_at: watched.last_scanned_at,
            data_from: None,
            counts,
            worst: kept,
            known_exploited: Some(exploited),
        }))
    }
}

/// Inspector counts low findings among all, and not by themselves.
fn counts(row: &Scored) -> Counts {
    let rated = row.critical + row.high + row.medium;
    let other = row.all.saturating_sub(rated);
    Counts { critical: row.critical, high: row.high, medium: row.medium, low: 0, other }
}

/// Why Inspector no longer watches an image, or never did.
const ENDED: [&str; 8] = [
    "EXCLUDED_BY_TAG",
    "IMAGE_ARCHIVED",
    "NO_SCAN_CONFIGURATION_ASSOCIATED",
    "RESOURCE_TERMINATED",
    "SCAN_ELIGIBILITY_EXPIRED",
    "SCAN_FREQUENCY_MANUAL",
    "SCAN_FREQUENCY_SCAN_ON_PUSH",
    "SUCCESSFUL",
];

/// Source: <https://docs.aws.amazon.com/inspector/v2/APIReference/API_ScanStatus.html>
fn status(covered: &Covered) -> ScanStatus {
    let reason = covered.reason.as_str();
    let said = || reason.to_owned();
    match (covered.status.as_str(), reason) {
        (status, reason) if !["ACTIVE", "INACTIVE"].contains(&status) => {
            ScanStatus::Other(format!("{status}, {reason}"))
        }
        ("ACTIVE", "SUCCESSFUL") => ScanStatus::Active,
        (_, reason) if reason.starts_with("PENDING") => ScanStatus::Pending(said()),
        (_, reason) if reason.starts_with("UNSUPPORTED") => ScanStatus::Unsupported(said()),
        (_, "IMAGE_SIZE_EXCEEDED") => ScanStatus::Unsupported(said()),
        (_, "INTERNAL_ERROR" | "ACCESS_DENIED" | "ACCESS_DENIED_TO_ENCRYPTION_KEY" | "NO_RESOURCES_FOUND") => {
            ScanStatus::Failed(said())
        }
        // The registry asks for one scan, at the push, and this was it.
        ("INACTIVE", "SCAN_FREQUENCY_SCAN_ON_PUSH") if covered.last_scanned_at.is_some() => ScanStatus::Complete,
        ("INACTIVE", reason) if ENDED.contains(&reason) => ScanStatus::Inactive(said()),
        (status, reason) => ScanStatus::Other(format!("{status}, {reason}")),
    }
}

#[cfg(test)]
mod tests {
    use palisade_model::{By, Place};

    use super::*;

    const IMAGE: &str = "arn:aws:ecr:eu-west-1:111122223333:repository/shop/web/sha256:ab";

    fn covered(status: &str, reason: &str) -> Covered {
        Covered {
            image: IMAGE.into(),
            status: status.to_owned(),
            reason: reason.to_owned(),
            last_scanned_at: Timestamp::from_second(1_795_000_000).ok(),
            in_use: 0,
            last_in_use_at: None,
        }
    }

    fn scored(critical: u64) -> Scored {
        let image = IMAGE.into();
        Scored { image, all: 9, critical, high: 2, medium: 3, in_use: 4, last_in_use_at: None }
    }

    fn denied(action: Action) -> Gap {
        Gap { action, place: Place::account(), reason: Reason::Denied(By::Unsaid) }
    }

    fn inspected() -> Inspected {
        Inspected {
            scored: Rows(vec![(IMAGE.into(), scored(1))]),
            watched: Rows(vec![(IMAGE.into(), (&covered("ACTIVE", "SUCCESSFUL")).into())]),
            ..Inspected::default()
        }
    }

    #[test]
    fn coverage_and_counts_make_a_scan() {
        let Fact::Known(Some(scan)) = inspected().scan(&IMAGE.into()) else { panic!("no scan") };
        assert_eq!(scan.status, ScanStatus::Active);
        assert_eq!(scan.counts, Counts { critical: 1, high: 2, medium: 3, low: 0, other: 3 });
        let clean = Inspected { scored: Rows::default(), ..inspected() };
        let Fact::Known(Some(scan)) = clean.scan(&IMAGE.into()) else { panic!("no scan") };
        assert_eq!(scan.counts, Counts::default());
    }

    #[test]
    fn what_was_not_read_is_not_clean() {
        let (counts, coverage) =
            (denied(Action::InspectorListFindingAggregations), denied(Action::InspectorListCoverage));
        let image = IMAGE.into();
        let uncounted = Inspected { scored: Rows::default(), scored_gap: Some(counts.clone()), ..inspected() };
        assert_eq!(uncounted.scan(&image), Fact::Unknown(counts));
        let uncovered = Inspected { watched: Rows::default(), watched_gap: Some(coverage.clone()), ..inspected() };
        assert_eq!(uncovered.scan(&image), Fact::Unknown(coverage));
        let unlisted = denied(Action::InspectorListFindings);
        let blind =
            Inspected { worst: HashMap::from([(image.clone(), Fact::Unknown(unlisted.clone()))]), ..inspected() };
        assert_eq!(blind.scan(&image), Fact::Unknown(unlisted));
        assert_eq!(Inspected::default().scan(&image), Fact::Known(None));
    }

    #[test]
    fn an_image_that_runs_is_known_from_either_list() {
        let image = Arn::from(IMAGE);
        assert_eq!(inspected().running().get(&image), Some(&(4, None)));
        let running = Covered { in_use: 5, ..covered("ACTIVE", "SUCCESSFUL") };
        let without_findings = Inspected {
            scored: Rows::default(),
            watched: Rows(vec![(image.clone(), (&running).into())]),
            ..inspected()
        };
        assert_eq!(without_findings.running().get(&image), Some(&(5, None)));
    }

    #[test]
    fn only_a_successful_scan_stands() {
        let of = |state: &str, reason: &str| status(&covered(state, reason));
        assert_eq!(of("ACTIVE", "PENDING_INITIAL_SCAN"), ScanStatus::Pending("PENDING_INITIAL_SCAN".to_owned()));
        assert_eq!(of("INACTIVE", "UNSUPPORTED_OS"), ScanStatus::Unsupported("UNSUPPORTED_OS".to_owned()));
        assert_eq!(of("INACTIVE", "INTERNAL_ERROR"), ScanStatus::Failed("INTERNAL_ERROR".to_owned()));
        assert_eq!(
            of("INACTIVE", "SCAN_ELIGIBILITY_EXPIRED"),
            ScanStatus::Inactive("SCAN_ELIGIBILITY_EXPIRED".to_owned())
        );
        assert_eq!(of("INACTIVE", "SCAN_FREQUENCY_SCAN_ON_PUSH"), ScanStatus::Complete);
        let never = Covered { last_scanned_at: None, ..covered("INACTIVE", "SCAN_FREQUENCY_SCAN_ON_PUSH") };
        assert!(!status(&never).stands());
        assert!(!of("ACTIVE", "SOMETHING_NEW").stands());
        assert_eq!(of("SLEEPING", "SUCCESSFUL"), ScanStatus::Other("SLEEPING, SUCCESSFUL".to_owned()));
        assert_eq!(of("SLEEPING", "INTERNAL_ERROR"), ScanStatus::Other("SLEEPING, INTERNAL_ERROR".to_owned()));
        assert_eq!(of("INACTIVE", "MOON_IS_FULL"), ScanStatus::Other("INACTIVE, MOON_IS_FULL".to_owned()));
    }
}
