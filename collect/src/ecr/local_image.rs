//! An inventory of images on this machine, for the gate of a pipeline: what they consist of, and nothing else.

use std::path::Path;
use std::sync::Arc;

use palisade_model::ecr::{Artifact, ArtifactKind, Content, Encryption, Image, Repository, TagMutability};
use palisade_model::{Action, Arn, Fact, Gap, Inventory, Listing, Place, Reason, RegionName, Switch};

use super::content::{Local, LocalImage, LocalPlan, read_local};
use super::one_image::holding;
use crate::alone::{HERE, LocalError, NOBODY, Owner};

/// Bytes that a layer may unpack to, where nothing was said.
const MOST: u64 = 100 * 1024 * 1024 * 1024;

/// An inventory that holds the images of a place on this machine and nothing else. Their scans are not known.
pub fn collect_local(image: &LocalImage, platform: Option<&str>) -> Result<Inventory, LocalError> {
    let place = Arc::new(Place { region: Some(RegionName::from(HERE)), resource: None });
    let plan = LocalPlan { most: MOST, platform, place: &place };
    let path = path_of(image);
    let images = read_local(image, &plan).map_err(|why| LocalError::new(path, why))?;
    Ok(holding(&Owner::here(), repository(&name_of(path), images, &place), &place))
}

fn path_of(image: &LocalImage) -> &Path {
    match image {
        LocalImage::OciLayout(path, _) | LocalImage::DockerArchive(path) => path,
    }
}

/// The last part of the path, as the name of a repository.
fn name_of(path: &Path) -> String {
    let name = path.canonicalize().ok().and_then(|path| Some(path.file_name()?.to_string_lossy().into_owned()));
    let plain: String = name
        .unwrap_or_default()
        .chars()
        .map(|letter| if letter.is_ascii_alphanumeric() || "._-".contains(letter) { letter } else { '_' })
        .collect();
    if plain.is_empty() { "image".to_owned() } else { plain }
}

fn repository(name: &str, images: Vec<Local>, place: &Arc<Place>) -> Repository {
    let unasked = |action| Gap { action, place: Arc::clone(place), reason: Reason::NotAsked };
    let arn = Arn::from(format!("arn:aws:ecr:{HERE}:{NOBODY}:repository/{name}"));
    let images: Vec<Image> = images.into_iter().map(|local| image(&arn, local, place)).collect();
    Repository {
        name: name.to_owned(),
        created_at: None,
        tag_mutability: TagMutability::Other("not known before the push".to_owned()),
        scan_on_push: false,
        encryption: Encryption::Other("not known before the push".to_owned()),
        policy: Fact::Unknown(unasked(Action::EcrGetRepositoryPolicy)),
        lifecycle: Fact::Unknown(unasked(Action::EcrGetLifecyclePolicy)),
        artifacts: Listing::whole(images.iter().map(|image| image.artifact.clone()).collect()),
        images: Listing::whole(images),
        arn,
    }
}

fn image(repository: &Arn, local: Local, place: &Arc<Place>) -> Image {
    let Local { digest, tags, is_index, contents } = local;
    let size_bytes = contents.iter().map(Content::size_bytes).fold(0, u64::saturating_add);
    Image {
        arn: format!("{repository}/{digest}").into(),
        repository: repository.clone(),
        artifact: Artifact {
            digest,
            tags,
            pushed_at: None,
            last_pulled_at: None,
            size_bytes,
            kind: if is_index { ArtifactKind::Index } else { ArtifactKind::Image },
            subject: None,
            archived: Switch::Off,
        },
        newest: true,
        uses: Vec::new(),
        scan: Fact::not_asked(Action::EcrDescribeImageScanFindings, place),
        signature: Fact::not_asked(Action::EcrDescribeImageSigningStatus, place),
        contents: Fact::Known(contents),
    }
}
