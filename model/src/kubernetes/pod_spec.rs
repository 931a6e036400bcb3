//! What a pod is made of, in a pod itself or in the template of a controller.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::container::{Amounts, Container, ContainerKind};
use super::security::PodSecurity;

/// A pod's specification, reduced to what is judged, and free of what differs between pods of one template.
///
/// Ten thousand pods share a few hundred of them: see [`PodSpecs`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PodSpec {
    /// `os.name`: `linux`, `windows`; `None` when it is not said.
    pub operating_system: Option<String>,
    /// Init, regular and ephemeral containers.
    pub containers: Vec<Container>,
    /// Its volumes.
    pub volumes: Vec<Volume>,
    /// Its security context.
    pub security: PodSecurity,
    /// The annotations that steer seccomp, AppArmor and identity: those that begin with one of
    /// [`PodSpec::KEPT_ANNOTATIONS`].
    pub annotations: BTreeMap<String, String>,
    /// The namespaces of its node that it shares.
    pub host: HostNamespaces,
    /// `hostUsers`: `Some(false)` gives the pod user ids of its own.
    pub host_users: Option<bool>,
    /// Whether its containers see each other's processes.
    pub share_process_namespace: bool,
    /// The service account it runs as; `default` when it names none.
    pub service_account: String,
    /// Whether the account's token is mounted; `None` leaves it to the account.
    pub automount_token: Option<bool>,
    /// Whether addresses of services become variables; `None` means that they do.
    pub enable_service_links: Option<bool>,
    /// The runtime class, such as `gvisor`.
    pub runtime_class: Option<String>,
    /// The labels that a node must have.
    pub node_selector: BTreeMap<String, String>,
    /// The taints it tolerates.
    pub tolerations: Vec<Toleration>,
    /// What its containers may use together; `None` where that was not collected.
    pub resources: Option<PodResources>,
}

/// What the containers of a pod may use together. A pod that says nothing of it has neither.
///
/// Source: <https://kubernetes.io/docs/tasks/configure-pod-container/assign-pod-level-resources/>
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PodResources {
    /// What they request.
    pub requests: Amounts,
    /// What they are limited to.
    pub limits: Amounts,
}

impl PodSpec {
    /// How the names of annotations begin that are kept.
    pub const KEPT_ANNOTATIONS: &[&str] = &[
        "container.apparmor.security.beta.kubernetes.io/",
        "container.seccomp.security.alpha.kubernetes.io/",
        "eks.amazonaws.com/",
        Self::MIRROR,
        "seccomp.security.alpha.kubernetes.io/pod",
    ];

    /// The annotation of pods that stand for what a kubelet runs by itself, from files of its node. Its value is not kept.
    ///
    /// Source: <https://kubernetes.io/docs/tasks/configure-pod-container/static-pod/>
    pub const MIRROR: &str = "kubernetes.io/config.mirror";

    /// Whether it stands for what a kubelet runs by itself. Such pods cannot run as a service account, and get no token.
    pub fn is_mirror(&self) -> bool {
        self.annotations.contains_key(Self::MIRROR)
    }

    /// Whether the pod says that it runs on Windows, where Linux's controls mean nothing.
    pub fn is_windows(&self) -> bool {
        self.operating_system.as_deref() == Some("windows")
    }

    /// Whether its user ids are its own, so that root inside is nobody outside.
    pub fn has_own_users(&self) -> bool {
        self.host_users == Some(false)
    }

    /// Its containers of one kind.
    pub fn containers_of(&self, kind: ContainerKind) -> impl Iterator<Item = &Container> {
        self.containers.iter().filter(move |container| container.kind == kind)
    }
}

/// The namespaces of its node that a pod shares.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct HostNamespaces {
    /// `hostNetwork`: the node's addresses and ports.
    pub network: bool,
    /// `hostPID`: the node's processes.
    pub pid: bool,
    /// `hostIPC`: the node's shared memory.
    pub ipc: bool,
}

/// A volume.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Volume {
    /// Its name, unique within the pod, by [`volume_name`].
    pub name: String,
    /// Where its content comes from.
    pub source: VolumeSource,
}

/// A volume's name without what Kubernetes draws by lot: the token volume of every pod has a suffix of its own.
pub fn volume_name(name: &str) -> &str {
    const TOKEN: &str = "kube-api-access";
    match name.strip_prefix(TOKEN).and_then(|rest| rest.strip_prefix('-')) {
        Some(suffix) if suffix.len() == 5 => TOKEN,
        Some(_) | None => name,
    }
}

/// Where a volume's content comes from.
///
/// Source: <https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/volume/>
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VolumeSource {
    /// A ConfigMap, by its name.
    ConfigMap(String),
    /// A driver, by its name, such as `secrets-store.csi.k8s.io`.
    Csi(String),
    /// Fields of the pod.
    DownwardApi,
    /// An empty directory.
    EmptyDir,
    /// A volume that is claimed for the pod alone.
    Ephemeral,
    /// A path of the node.
    HostPath(String),
    /// An image, by its reference.
    Image(String),
    /// A claim of the namespace; which one differs from pod to pod.
    PersistentVolumeClaim,
    /// Several sources in one.
    Projected(Projected),
    /// A Secret, by its name.
    Secret(String),
    /// Another source, by the name of its field, such as `nfs`; empty where the answer names none that is known.
    Other(String),
}

/// A volume of several sources.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Projected {
    /// Tokens of the service account.
    pub tokens: Vec<TokenProjection>,
    /// Names of Secrets.
    pub secrets: Vec<String>,
}

/// A token of the service account, made for one audience.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TokenProjection {
    /// Whom it is for; `None` means the Kubernetes API.
    pub audience: Option<String>,
    /// How long it is good for, in seconds (at least 600).
    pub expiration_seconds: Option<i64>,
}

/// A taint that a pod tolerates.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Toleration {
    /// The taint's key; `None` tolerates all keys.
    pub key: Option<String>,
    /// `Exists` or `Equal`; `None` means `Equal`.
    pub operator: Option<String>,
    /// The taint's value.
    pub value: Option<String>,
    /// The effect; `None` tolerates all effects.
    pub effect: Option<String>,
}

/// Keeps one copy of each specification while pods are read.
#[derive(Clone, Debug, Default)]
pub struct PodSpecs(HashSet<Arc<PodSpec>>);

impl PodSpecs {
    /// The one copy of this specification.
    pub fn share(&mut self, spec: PodSpec) -> Arc<PodSpec> {
        if let Some(known) = self.0.get(&spec) {
            return Arc::clone(known);
        }
        let new = Arc::new(spec);
        self.0.insert(Arc::clone(&new));
        new
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none yet.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pods_of_one_template_share_a_specification() {
        let mut specs = PodSpecs::default();
        let token = |suffix: &str| Volume {
            name: volume_name(&format!("kube-api-access-{suffix}")).to_owned(),
            source: VolumeSource::Projected(Projected::default()),
        };
        let spec = |suffix| PodSpec { volumes: vec![token(suffix)], ..PodSpec::default() };
        let (first, second) = (specs.share(spec("x7k2p")), specs.share(spec("9qzrt")));
        assert!(Arc::ptr_eq(&first, &second));
        let other = specs.share(PodSpec { share_process_namespace: true, ..spec("x7k2p") });
        assert!(!Arc::ptr_eq(&first, &other));
        assert_eq!(specs.len(), 2);
    }

    #[test]
    fn only_the_lot_of_a_token_volume_is_left_out() {
        for (name, kept) in [
            ("kube-api-access-x7k2p", "kube-api-access"),
            ("kube-api-access-of-mine", "kube-api-access-of-mine"),
            ("kube-api-access", "kube-api-access"),
            ("data-x7k2p", "data-x7k2p"),
        ] {
            assert_eq!(volume_name(name), kept);
        }
    }
}
