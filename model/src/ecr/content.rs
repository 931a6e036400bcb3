//! What an image consists of: its configuration, history and layers, without their secrets.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::environment::Variable;
use crate::secret::Class;
use crate::{Action, Arn, Fact, Gap, Place, Reason};

/// The configuration of an image for one platform, from its manifest and configuration blob.
///
/// Source: <https://github.com/opencontainers/image-spec/blob/main/config.md>
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Content {
    /// The manifest's digest; for an index, that of the platform's own manifest.
    pub digest: String,
    /// Operating system and architecture, such as `linux/arm64`.
    pub platform: String,
    /// When it was built.
    pub created_at: Option<Timestamp>,
    /// The user that its process runs as, with a group after a colon where one is named; none when the configuration
    /// names none, which means root.
    pub user: Option<String>,
    /// The program that it starts, without its arguments.
    pub program: Option<String>,
    /// Ports that it announces, such as `8080/tcp`.
    pub ports: Vec<String>,
    /// Environment variables.
    pub environment: Vec<Variable>,
    /// The steps of its build, the oldest first; then, as steps of the same name, entrypoint, command, labels, health
    /// check and triggers of its configuration that hold a secret which no step of the build shows.
    pub history: Vec<Step>,
    /// Its layers, the oldest first.
    pub layers: Vec<Layer>,
    /// The image that it was built on, where an annotation or a label says so.
    pub base: Option<String>,
    /// The digest of that image, where it is said.
    pub base_digest: Option<String>,
    /// The distribution that it was built on, as far as labels, history or a layer tell.
    pub distribution: Option<Distribution>,
    /// Signs of a shell or a package manager: the kind of step or the file that shows it.
    pub tools: Vec<String>,
    /// Settings that the configuration has more than once, in different cases or twice, and with different values: what
    /// counts is what Go's reader takes, the last.
    pub disputed: Vec<String>,
    /// The statements about it that its index lists.
    pub attestations: Fact<Attestations>,
    /// What its files say. Read where layers are asked for.
    pub files: Fact<Files>,
}

/// Statements about an image that lie beside it in its index: how it was built, what it consists of.
///
/// Source: <https://docs.docker.com/build/metadata/attestations/attestation-storage/>
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attestations {
    /// What they are, by the types of their predicates, such as `https://slsa.dev/provenance/v1`, in order.
    pub predicates: Vec<String>,
    /// What the build used, as provenance names it.
    pub materials: Vec<Material>,
    /// Secrets that they hold, such as values of build arguments, each as a step of the build.
    pub secrets: Vec<Step>,
}

/// Something that a build used: a base image, a source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Material {
    /// Its name, such as `pkg:docker/debian@bookworm`.
    pub uri: String,
    /// Its digest, `sha256:…`, where it is said.
    pub digest: Option<String>,
}

impl Content {
    /// Whether it is made for Windows.
    pub fn is_for_windows(&self) -> bool {
        self.platform.starts_with("windows/")
    }

    /// The compressed size of its layers, in bytes.
    pub fn size_bytes(&self) -> u64 {
        self.layers.iter().map(|layer| layer.size_bytes).fold(0, u64::saturating_add)
    }
}

/// One step of an image's build. The words of the step are looked at once and not kept: they may hold secrets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// The instruction, such as `RUN`, `COPY` or `ENV`; `OTHER` for what no Dockerfile made.
    pub instruction: String,
    /// The class of a secret that the step holds.
    pub secret: Option<Class>,
}

/// A layer of an image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layer {
    /// Its digest.
    pub digest: String,
    /// Its compressed size, in bytes.
    pub size_bytes: u64,
}

/// A distribution, and its version where that is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Distribution {
    /// Which one.
    pub family: Family,
    /// Its version or code name, such as `3.20` or `bookworm`.
    pub version: Option<String>,
}

impl fmt::Display for Distribution {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.family.name())?;
        self.version.as_ref().map_or(Ok(()), |version| write!(formatter, " {version}"))
    }
}

/// What an image was built on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    /// Nothing: every layer was copied in.
    Scratch,
    /// Distroless: libraries and certificates of Debian, without shell and package manager.
    /// <https://github.com/GoogleContainerTools/distroless>
    Distroless,
    /// Wolfi, Chainguard's images, and others made of single packages by apko. <https://github.com/chainguard-dev/apko>
    Wolfi,
    /// Alpine.
    Alpine,
    /// BusyBox.
    Busybox,
    /// The `micro` images of Red Hat, which have no package manager.
    RedHatMicro,
    /// Debian.
    Debian,
    /// Ubuntu.
    Ubuntu,
    /// Amazon Linux.
    AmazonLinux,
    /// Red Hat Enterprise Linux, Fedora, and what is made of either.
    RedHat,
    /// Another one, by the name that it gives itself.
    Other(String),
}

impl Family {
    /// Its name, as people write it.
    pub fn name(&self) -> &str {
        match self {
            Self::Scratch => "scratch",
            Self::Distroless => "distroless",
            Self::Wolfi => "wolfi",
            Self::Alpine => "alpine",
            Self::Busybox => "busybox",
            Self::RedHatMicro => "ubi-micro",
            Self::Debian => "debian",
            Self::Ubuntu => "ubuntu",
            Self::AmazonLinux => "amazonlinux",
            Self::RedHat => "redhat",
            Self::Other(name) => name,
        }
    }

    /// Whether it is made to hold little beside the program: no more than a small shell and the packages asked for.
    pub fn is_minimal(&self) -> bool {
        match self {
            Self::Scratch | Self::Distroless | Self::Wolfi | Self::Alpine | Self::Busybox | Self::RedHatMicro => true,
            Self::Debian | Self::Ubuntu | Self::AmazonLinux | Self::RedHat | Self::Other(_) => false,
        }
    }
}

/// What the layers say that were read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Files {
    /// The layers that were not read, the oldest first.
    pub unread: Vec<Unread>,
    /// The number of the user that the image runs as, by its `/etc/passwd`; none when the user is no name, or when the
    /// layers that were read do not tell.
    pub user_id: Option<u64>,
    /// Files that hold a secret, also where a later layer removes them: who pulls the image has them all the same.
    pub secrets: Vec<SecretFile>,
}

/// A layer that was not read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unread {
    /// Its digest.
    pub digest: String,
    /// Why; [`Reason::NotAsked`] when it does not fit into the bytes that were asked for.
    pub reason: Reason,
}

/// A file of a layer that holds a secret.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SecretFile {
    /// Its path.
    pub path: String,
    /// The class of the secret.
    pub class: Class,
    /// The layer's digest.
    pub layer: String,
}

impl Files {
    /// That all layers were read, or else the gap that they leave. A layer that should have been read and could not be
    /// comes before one that was left out by choice.
    pub fn complete(&self, image: &Arn) -> Result<(), Gap> {
        let failed = self.unread.iter().find(|unread| !unread.reason.is_choice());
        let Some(Unread { digest, reason }) = failed.or(self.unread.first()) else { return Ok(()) };
        let reason = match reason {
            Reason::Failed(why) => Reason::Failed(format!("the layer {digest} {why}")),
            Reason::Denied(_)
            | Reason::Throttled
            | Reason::Expired
            | Reason::RegionOff
            | Reason::Unreachable
            | Reason::NotAsked
            | Reason::Elsewhere(_)
            | Reason::Interrupted
            | Reason::OutOfTime
            | Reason::Gone
            | Reason::NotCollected { .. }
            | Reason::Undecided(_)
            | Reason::Erred(_)
            | Reason::Partial(_) => reason.clone(),
        };
        Err(Gap { action: Action::EcrGetDownloadUrlForLayer, place: Place::resource(image), reason })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_layer_that_failed_comes_before_one_that_was_left_out() {
        let unread = |digest: &str, reason| Unread { digest: digest.to_owned(), reason };
        let files = |unread| Files { unread, user_id: None, secrets: vec![] };
        let image = Arn::from("arn:aws:ecr:eu-west-1:111122223333:repository/shop/sha256:5e");
        assert_eq!(files(vec![]).complete(&image), Ok(()));
        let left_out = files(vec![unread("sha256:aa", Reason::NotAsked)]).complete(&image).unwrap_err();
        assert_eq!(left_out.reason, Reason::NotAsked);
        let why = Reason::Failed("is no archive".to_owned());
        let mixed = files(vec![unread("sha256:aa", Reason::NotAsked), unread("sha256:bb", why)]);
        let reason = mixed.complete(&image).unwrap_err().reason;
        assert_eq!(reason, Reason::Failed("the layer sha256:bb is no archive".to_owned()));
    }

    #[test]
    fn a_distribution_is_named_with_its_version() {
        let alpine =
            |version: Option<&str>| Distribution { family: Family::Alpine, version: version.map(str::to_owned) };
        assert_eq!(alpine(Some("3.20")).to_string(), "alpine 3.20");
        assert_eq!(alpine(None).to_string(), "alpine");
    }
}
