//! Which images are looked at closely: those in use, and the newest of each repository.

use std::collections::{HashMap, HashSet};

use jiff::{SignedDuration, Timestamp};
use palisade_model::ecr::{Artifact, ArtifactKind, Repository, Use};
use palisade_model::usage::WorkloadImage;
use palisade_model::{Action, Arn, Gap, Switch};

/// An image that was pulled within so many days counts as in use. ECR keeps the last pull to the day, and counts every
/// read of a manifest as a pull, that of a deep run included.
///
/// Source: <https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ImageDetail.html>
const PULLED_WITHIN_DAYS: i64 = 30;

/// An image that was chosen, and why.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Chosen<'a> {
    /// The repository's ARN, a slash and the digest.
    pub(super) arn: Arn,
    pub(super) repository: &'a Repository,
    pub(super) artifact: &'a Artifact,
    pub(super) newest: bool,
    pub(super) uses: Vec<Use>,
}

/// What else than the repository decides.
pub(super) struct Reasons<'a> {
    /// What workloads run, by the ARN of the repository.
    pub(super) workloads: &'a HashMap<Arn, Vec<WorkloadImage>>,
    /// How many tasks and pods Inspector counts for an image, and when it last saw one.
    pub(super) running: &'a HashMap<Arn, (u64, Option<Timestamp>)>,
    pub(super) now: Timestamp,
}

/// The name of an image, in the form that Inspector gives it.
pub(super) fn image_arn(repository: &Arn, digest: &str) -> Arn {
    format!("{repository}/{digest}").into()
}

/// Chooses the images of a repository. The gaps say which could not be found.
pub(super) fn choose<'a>(repository: &'a Repository, reasons: &Reasons) -> (Vec<Chosen<'a>>, Vec<Gap>) {
    let (by_workload, gaps) = workloads(repository, reasons);
    let newest = newest(repository);
    let since = reasons.now - SignedDuration::from_hours(24 * PULLED_WITHIN_DAYS);
    let chosen = repository.artifacts.seen().iter().filter_map(|artifact| {
        let arn = image_arn(&repository.arn, &artifact.digest);
        let mut uses = by_workload.get(artifact.digest.as_str()).cloned().unwrap_or_default();
        let running = reasons.running.get(&arn).filter(|(count, _)| *count > 0);
        uses.extend(running.map(|(count, last_at)| Use::Inspector { count: *count, last_at: *last_at }));
        if is_image(artifact) {
            uses.extend(artifact.last_pulled_at.filter(|time| *time >= since).map(Use::Pulled));
        }
        let newest = newest == Some(artifact.digest.as_str());
        (newest || !uses.is_empty()).then_some(Chosen { arn, repository, artifact, newest, uses })
    });
    let mut chosen: Vec<_> = chosen.collect();
    chosen.sort_by(|left, right| {
        let key = |one: &Chosen<'a>| (one.newest, one.artifact.pushed_at);
        key(right).cmp(&key(left)).then_with(|| left.artifact.digest.cmp(&right.artifact.digest))
    });
    (chosen, gaps)
}

fn is_image(artifact: &Artifact) -> bool {
    match artifact.kind {
        ArtifactKind::Image | ArtifactKind::Index => true,
        ArtifactKind::Signature | ArtifactKind::Attestation | ArtifactKind::Other(_) => false,
    }
}

/// The digest of the image that was pushed last. Of images pushed in the same second, such as an index and what it
/// lists, one with a tag goes first. It is not known where the list stops short.
fn newest(repository: &Repository) -> Option<&str> {
    newest_but(repository, &HashMap::new()).map(|artifact| artifact.digest.as_str())
}

/// The newest, without those that turned out to be no images.
fn newest_but<'a>(repository: &'a Repository, others: &HashMap<String, ArtifactKind>) -> Option<&'a Artifact> {
    let artifacts = repository.artifacts.complete().ok()?;
    let can_be_pulled = |artifact: &&Artifact| is_image(artifact) && artifact.archived != Switch::On;
    let candidates = artifacts.iter().filter(can_be_pulled).filter(|artifact| !others.contains_key(&artifact.digest));
    candidates.max_by_key(|artifact| (artifact.pushed_at, !artifact.tags.is_empty(), &artifact.digest))
}

/// How many manifests of a repository are looked at before one is taken for what the list says.
const MOST_IN_DOUBT: usize = 50;
/// Manifests that list less than so many bytes may well be no images, whatever their tags.
const SMALL: u64 = 64 * 1024;

/// The next manifest that is listed as an image, matters, and may be something else: a signature of Cosign has the
/// configuration of an image, and a tag that tells it apart only as long as no later one took that. `others` are known to
/// be none, `images` to be images.
pub(super) fn next_in_doubt<'a>(
    repository: &'a Repository,
    now: Timestamp,
    others: &HashMap<String, ArtifactKind>,
    images: &HashSet<String>,
) -> Option<&'a Artifact> {
    if others.len() + images.len() >= MOST_IN_DOUBT {
        return None;
    }
    let since = now - SignedDuration::from_hours(24 * PULLED_WITHIN_DAYS);
    let is_of_index = |artifact: &Artifact| artifact.kind == ArtifactKind::Index;
    let may_be_other = |artifact: &&Artifact| {
        let is_named_so = artifact.tags.is_empty() || artifact.tags.iter().any(|tag| tag.starts_with("sha256-"));
        is_named_so || (artifact.size_bytes < SMALL && !is_of_index(artifact))
    };
    let is_open = |artifact: &&Artifact| {
        !others.contains_key(&artifact.digest) && !images.contains(&artifact.digest) && may_be_other(artifact)
    };
    let pulled = repository.artifacts.seen().iter().filter(|artifact| {
        let is_pulled = artifact.last_pulled_at.is_some_and(|time| time >= since);
        is_pulled && is_image(artifact) && artifact.archived != Switch::On
    });
    newest_but(repository, others).into_iter().chain(pulled).find(is_open)
}

/// The workloads that run each image, by its digest.
fn workloads<'a>(repository: &'a Repository, reasons: &Reasons) -> (HashMap<&'a str, Vec<Use>>, Vec<Gap>) {
    let (mut found, mut gaps) = (HashMap::<_, Vec<Use>>::new(), Vec::new());
    for image in reasons.workloads.get(&repository.arn).into_iter().flatten() {
        let tag = image.reference().tag.unwrap_or("latest");
        let runs = |artifact: &Artifact| match image.digest() {
            Some(digest) => artifact.digest == digest,
            None => artifact.tags.iter().any(|one| one == tag),
        };
        match repository.artifacts.find(runs) {
            Ok(Some(artifact)) => {
                let entry = found.entry(artifact.digest.as_str()).or_default();
                entry.push(Use::Controller { arn: image.workload.clone(), reference: image.address.clone() });
            }
            Ok(None) => {
                let name = image.digest().unwrap_or(tag);
                let why = format!("{} runs {name}, which the repository does not hold any more", image.workload);
                gaps.push(Gap::undecided(Action::EcrDescribeImages, &repository.arn, why));
            }
            Err(gap) => gaps.push(gap),
        }
    }
    (found, gaps)
}

#[cfg(test)]
mod tests {
    use palisade_model::ecr::{Encryption, TagMutability};
    use palisade_model::{Fact, Listing, Place, Reason};

    use super::*;

    const REPOSITORY: &str = "arn:aws:ecr:eu-west-1:111122223333:repository/shop/web";

    fn time(day: i8) -> Timestamp {
        format!("2026-11-{day:02}T10:00:00Z").parse().unwrap()
    }

    fn artifact(digest: &str, pushed: i8, change: impl FnOnce(&mut Artifact)) -> Artifact {
        let mut artifact = Artifact {
            digest: digest.to_owned(),
            tags: vec![],
            pushed_at: Some(time(pushed)),
            last_pulled_at: None,
            size_bytes: 1,
            kind: ArtifactKind::Image,
            subject: None,
            archived: Switch::Off,
        };
        change(&mut artifact);
        artifact
    }

    fn short() -> Gap {
        Gap {
            action: Action::EcrDescribeImages,
            place: Place::resource(&REPOSITORY.into()),
            reason: Reason::Partial(Box::new(Reason::Throttled)),
        }
    }

    fn repository(artifacts: Vec<Artifact>, gap: Option<Gap>) -> Repository {
        Repository {
            arn: REPOSITORY.into(),
            name: "shop/web".to_owned(),
            created_at: None,
            tag_mutability: TagMutability::Immutable,
            scan_on_push: true,
            encryption: Encryption::Aes256,
            policy: Fact::Known(None),
            lifecycle: Fact::Known(None),
            artifacts: Listing::new(artifacts, gap),
            images: Listing::whole(vec![]),
        }
    }

    /// Digests that are chosen, the newest marked with a star; and the gaps.
    fn chosen(repository: &Repository, workloads: &[&str]) -> (Vec<String>, Vec<Gap>) {
        let host = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/web";
        let images = workloads.iter().map(|rest| WorkloadImage {
            workload: "arn:aws:lambda:eu-west-1:111122223333:function:web".into(),
            address: format!("{host}{rest}"),
            resolved_digest: None,
        });
        let workloads = HashMap::from([(Arn::from(REPOSITORY), images.collect())]);
        let running = HashMap::from([
            (image_arn(&REPOSITORY.into(), "run"), (2, None)),
            (image_arn(&REPOSITORY.into(), "rest"), (0, None)),
        ]);
        let (chosen, gaps) = choose(repository, &Reasons { workloads: &workloads, running: &running, now: time(30) });
        let name = |one: &Chosen| format!("{}{}", one.artifact.digest, if one.newest { "*" } else { "" });
        (chosen.iter().map(name).collect(), gaps)
    }

    #[test]
    fn the_newest_is_an_image_that_can_be_pulled() {
        let artifacts = vec![
            artifact("old", 1, |_| {}),
            artifact("child", 20, |_| {}),
            artifact("index", 20, |one| {
                one.kind = ArtifactKind::Index;
                one.tags = vec!["v1".to_owned()];
            }),
            artifact("archived", 22, |one| one.archived = Switch::On),
            artifact("signature", 23, |one| one.kind = ArtifactKind::Signature),
            artifact("chart", 24, |one| one.kind = ArtifactKind::Other("helm".to_owned())),
        ];
        assert_eq!(chosen(&repository(artifacts.clone(), None), &[]), (vec!["index*".to_owned()], vec![]));
        // Of a list that stops short, nobody knows which is the newest.
        assert_eq!(chosen(&repository(artifacts, Some(short())), &[]).0, Vec::<String>::new());
    }

    #[test]
    fn what_has_no_tag_of_its_own_is_looked_at_before_it_counts() {
        let large = |one: &mut Artifact| one.size_bytes = 50_000_000;
        let artifacts = vec![
            artifact("image", 20, |one| {
                large(one);
                one.tags = vec!["v1".to_owned()];
            }),
            artifact("second", 24, |one| {
                large(one);
                one.tags = vec!["sha256-5e.sig".to_owned(), "signed".to_owned()];
            }),
            artifact("first", 25, large),
            artifact("pulled", 3, |one| {
                large(one);
                one.last_pulled_at = Some(time(29));
            }),
        ];
        let repository = repository(artifacts, None);
        let (mut others, mut images) = (HashMap::new(), HashSet::new());
        let mut asked = Vec::new();
        while let Some(artifact) = next_in_doubt(&repository, time(30), &others, &images) {
            asked.push(artifact.digest.clone());
            match artifact.digest.as_str() {
                "pulled" => _ = images.insert(artifact.digest.clone()),
                _ => _ = others.insert(artifact.digest.clone(), ArtifactKind::Signature),
            }
        }
        assert_eq!(asked, ["first", "second", "pulled"]);
    }

    #[test]
    fn what_is_pulled_or_running_is_in_use() {
        let pulled = |day| move |one: &mut Artifact| one.last_pulled_at = Some(time(day));
        let artifacts = vec![
            artifact("new", 25, |_| {}),
            artifact("run", 3, |_| {}),
            artifact("rest", 3, |_| {}),
            artifact("pulled", 2, pulled(29)),
            artifact("signature", 2, |one| {
                one.kind = ArtifactKind::Signature;
                one.last_pulled_at = Some(time(29));
            }),
            artifact("long-ago", 1, |one| one.last_pulled_at = Some("2026-10-30T10:00:00Z".parse().unwrap())),
        ];
        assert_eq!(chosen(&repository(artifacts, None), &[]).0, ["new*", "run", "pulled"]);
    }

    #[test]
    fn workloads_find_their_image_by_tag_or_digest() {
        let artifacts = || {
            vec![
                artifact("new", 25, |_| {}),
                artifact("tagged", 3, |one| one.tags = vec!["live".to_owned()]),
                artifact("latest", 2, |one| one.tags = vec!["latest".to_owned()]),
                artifact("sha256:ab", 1, |one| one.kind = ArtifactKind::Signature),
            ]
        };
        let whole = repository(artifacts(), None);
        let (found, gaps) = chosen(&whole, &[":live", "", "@sha256:ab"]);
        assert_eq!(found, ["new*", "tagged", "latest", "sha256:ab"]);
        assert_eq!(gaps, []);

        let (found, gaps) = chosen(&whole, &[":gone"]);
        assert_eq!((found.as_slice(), gaps.len()), (["new*".to_owned()].as_slice(), 1));
        // On a page that was not read it may well be.
        let (_, gaps) = chosen(&repository(artifacts(), Some(short())), &[":gone", ":live"]);
        assert_eq!(gaps, [short()]);
    }
}
