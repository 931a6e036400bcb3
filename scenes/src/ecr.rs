//! Scenes of ECR.

use super::{ACCOUNT, REGION, Scene, changed, function, push};
use palisade_model::ecr::{
    Artifact, ArtifactKind, Attestations, BasicScanner, Content, Counts, Distribution, Encryption, Family, Files,
    Image, InspectorStatus, PolicyScope, PublicRepository, Registry, Repository, Scan, ScanFrequency, ScanRule,
    ScanStatus, ScanType, Scanner, Scanning, TagMutability,
};
use palisade_model::{Arn, Fact, Listing};

impl Scene {
    /// Changes the first image of the first repository.
    pub fn image(self, change: impl FnOnce(&mut Image)) -> Self {
        self.region(|region| {
            let mut repositories = region.ecr.repositories.seen().to_vec();
            let mut images = repositories[0].images.seen().to_vec();
            change(&mut images[0]);
            repositories[0].images = Listing::whole(images);
            region.ecr.repositories = Listing::whole(repositories);
        })
    }
}

/// An account whose registry is as it should be; then changed.
pub fn registry(change: impl FnOnce(&mut Registry)) -> Scene {
    let mut scene = function(|_| {}).region(|region| change(&mut region.ecr.registry));
    scene.subject = new_registry().arn;
    scene
}

/// An account whose one repository, `shop/storefront`, is as it should be and holds one image; then changed.
pub fn repository(change: impl FnOnce(&mut Repository)) -> Scene {
    let repository = changed(new_repository("shop/storefront"), change);
    let mut scene = function(|_| {});
    scene.subject = repository.arn.clone();
    scene.region(|region| push(&mut region.ecr.repositories, repository))
}

/// An account whose one repository holds one image, the newest, in order; then changed. The image is the subject.
pub fn image(change: impl FnOnce(&mut Image)) -> Scene {
    let image = changed(new_image("shop/storefront"), change);
    let mut scene = repository(|repository| {
        repository.artifacts = Listing::whole(vec![image.artifact.clone()]);
        repository.images = Listing::whole(vec![image.clone()]);
    });
    scene.subject = image.arn;
    scene
}

/// As [`image`], whose scan stands and found nothing; the scan is then changed.
pub fn scan(change: impl FnOnce(&mut Scan)) -> Scene {
    image(|image| {
        let mut scan = image.scan.known().unwrap().clone().unwrap();
        change(&mut scan);
        image.scan = Fact::Known(Some(scan));
    })
}

/// As [`image`], with this status of its scan.
pub fn scan_status(status: ScanStatus) -> Scene {
    scan(|scan| scan.status = status)
}

/// An account with one repository of ECR Public, to which only the account may push; then changed.
pub fn public_repository(change: impl FnOnce(&mut PublicRepository)) -> Scene {
    let repository = PublicRepository {
        arn: format!("arn:aws:ecr-public::{ACCOUNT}:repository/tools").into(),
        name: "tools".to_owned(),
        uri: "public.ecr.aws/a1b2c3d4/tools".to_owned(),
        policy: Fact::Known(None),
    };
    let repository = changed(repository, change);
    let mut scene = function(|_| {});
    scene.subject = repository.arn.clone();
    scene.inventory.public_repositories = Listing::whole(vec![repository]);
    scene
}

/// A registry that scans all images with Inspector, and shares nothing.
pub fn new_registry() -> Registry {
    Registry {
        arn: format!("arn:aws:ecr:{REGION}:{ACCOUNT}:registry").into(),
        policy: Fact::Known(None),
        policy_scope: Fact::Known(PolicyScope::V2),
        scanning: Fact::Known(Scanning {
            kind: ScanType::Enhanced,
            rules: vec![ScanRule { frequency: ScanFrequency::Continuous, filters: vec!["*".to_owned()] }],
        }),
        replication: Fact::Known(vec![]),
        pull_through_rules: Listing::whole(vec![]),
        creation_templates: Listing::whole(vec![]),
        signing: Fact::Known(vec![]),
        inspector: Fact::Known(InspectorStatus::Enabled),
        basic_scanner: Fact::Known(BasicScanner::Native),
        pull_time_exclusions: Listing::whole(vec![]),
    }
}

pub fn repository_arn(name: &str) -> Arn {
    format!("arn:aws:ecr:{REGION}:{ACCOUNT}:repository/{name}").into()
}

fn new_repository(name: &str) -> Repository {
    let image = new_image(name);
    Repository {
        arn: repository_arn(name),
        name: name.to_owned(),
        created_at: None,
        tag_mutability: TagMutability::Immutable,
        scan_on_push: true,
        encryption: Encryption::Kms(Some(format!("arn:aws:kms:{REGION}:{ACCOUNT}:key/0a1b2c3d"))),
        policy: Fact::Known(None),
        lifecycle: Fact::Known(None),
        artifacts: Listing::whole(vec![image.artifact.clone()]),
        images: Listing::whole(vec![image]),
    }
}

/// An image of ten days, scanned yesterday and clean.
pub fn new_image(repository: &str) -> Image {
    let digest = format!("sha256:{}", "5e".repeat(32));
    let arn = repository_arn(repository);
    Image {
        arn: format!("{arn}/{digest}").into(),
        repository: arn,
        artifact: Artifact {
            digest,
            tags: vec!["1.4.2".to_owned()],
            pushed_at: Some("2026-11-12T08:00:00Z".parse().unwrap()),
            last_pulled_at: None,
            size_bytes: 31_000_000,
            kind: ArtifactKind::Image,
            subject: None,
            archived: palisade_model::Switch::Off,
        },
        newest: true,
        uses: vec![],
        scan: Fact::Known(Some(Scan {
            scanner: Scanner::Inspector,
            status: ScanStatus::Active,
            completed_at: Some("2026-11-21T08:00:00Z".parse().unwrap()),
            data_from: None,
            counts: Counts::default(),
            worst: vec![],
            known_exploited: Some(Listing::whole(vec![])),
        })),
        signature: Fact::Known(None),
        contents: Fact::Known(vec![]),
    }
}

/// What an image in order consists of, for one platform: a program of its own on distroless, of which all layers were
/// read; then changed.
pub fn content(change: impl FnOnce(&mut Content)) -> Content {
    let content = Content {
        digest: format!("sha256:{}", "5e".repeat(32)),
        platform: "linux/amd64".to_owned(),
        created_at: None,
        user: Some("65532".to_owned()),
        program: Some("/server".to_owned()),
        ports: vec!["8080/tcp".to_owned()],
        environment: vec![],
        history: vec![],
        layers: vec![],
        base: None,
        base_digest: None,
        distribution: Some(Distribution { family: Family::Distroless, version: None }),
        tools: vec![],
        disputed: vec![],
        attestations: Fact::Known(Attestations::default()),
        files: files(|_| {}),
    };
    changed(content, change)
}

/// What the layers of an image in order say, all of which were read; then changed.
pub fn files(change: impl FnOnce(&mut Files)) -> Fact<Files> {
    Fact::Known(changed(Files { unread: vec![], user_id: None, secrets: vec![] }, change))
}
