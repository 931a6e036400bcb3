//! The controls of the restricted level: each lists the fields that it forbids, or misses.

use super::Subject;
use super::baseline::{confines, forbidden_profile};
use palisade_model::kubernetes::VolumeSource;

impl Subject<'_> {
    pub(super) fn volume_types(self) -> Vec<String> {
        let volumes = self.pod.volumes.iter();
        let forbidden = volumes.filter_map(|volume| {
            let name = &volume.name;
            match &volume.source {
                VolumeSource::ConfigMap(_)
                | VolumeSource::Csi(_)
                | VolumeSource::DownwardApi
                | VolumeSource::EmptyDir
                | VolumeSource::Ephemeral
                | VolumeSource::Image(_)
                | VolumeSource::PersistentVolumeClaim
                | VolumeSource::Projected(_)
                | VolumeSource::Secret(_) => None,
                VolumeSource::HostPath(path) => Some(format!("volume {name}: hostPath is {path}")),
                VolumeSource::Other(kind) if kind.is_empty() => Some(format!("volume {name}: its source is not known")),
                VolumeSource::Other(kind) => Some(format!("volume {name}: its source is {kind}")),
            }
        });
        forbidden.collect()
    }

    pub(super) fn privilege_escalation(self) -> Vec<String> {
        if self.is_exempt_windows() {
            return Vec::new();
        }
        self.each_container(|container| {
            let allowed = container.security.allow_privilege_escalation;
            (allowed != Some(false)).then(|| format!("securityContext.allowPrivilegeEscalation is {}", said(allowed)))
        })
    }

    /// A pod that says `false` violates it even where every container says `true`.
    pub(super) fn non_root(self) -> Vec<String> {
        if self.has_relaxed_users() {
            return Vec::new();
        }
        let of_pod = self.pod.security.run_as_non_root;
        let pod = (of_pod == Some(false)).then(|| "pod: securityContext.runAsNonRoot is false".to_owned());
        let containers = self.each_container(|container| {
            let own = container.security.run_as_non_root;
            let covered = own.or(of_pod.filter(|is_non_root| *is_non_root));
            (covered != Some(true)).then(|| match own {
                Some(_) => "securityContext.runAsNonRoot is false".to_owned(),
                None => format!("securityContext.runAsNonRoot is not set, and {} for the pod", said(of_pod)),
            })
        });
        pod.into_iter().chain(containers).collect()
    }

    pub(super) fn root_user(self) -> Vec<String> {
        const TEXT: &str = "securityContext.runAsUser is 0";
        if self.has_relaxed_users() {
            return Vec::new();
        }
        let pod = (self.pod.security.run_as_user == Some(0)).then(|| format!("pod: {TEXT}"));
        let containers =
            self.each_container(|container| (container.security.run_as_user == Some(0)).then(|| TEXT.to_owned()));
        pod.into_iter().chain(containers).collect()
    }

    pub(super) fn seccomp(self) -> Vec<String> {
        if self.is_exempt_windows() {
            return Vec::new();
        }
        let of_pod = self.pod.security.seccomp.as_ref();
        let pod = forbidden_profile(of_pod, "seccompProfile").map(|text| format!("pod: {text}"));
        let containers = self.each_container(|container| match &container.security.seccomp {
            Some(own) => forbidden_profile(Some(own), "seccompProfile"),
            None if of_pod.is_some_and(confines) => None,
            None => {
                let pod = of_pod.map_or("not set", |profile| profile.kind());
                Some(format!("securityContext.seccompProfile is not set, and {pod} for the pod"))
            }
        });
        pod.into_iter().chain(containers).collect()
    }

    pub(super) fn capabilities_kept(self) -> Vec<String> {
        if self.is_exempt_windows() {
            return Vec::new();
        }
        self.each_container(|container| {
            let capabilities = &container.security.capabilities;
            let added = capabilities.add.iter().map(String::as_str).filter(|name| *name != "NET_BIND_SERVICE");
            let added: Vec<_> = added.collect();
            let add = (!added.is_empty()).then(|| format!("securityContext.capabilities.add has {}", added.join(", ")));
            let drops_all = capabilities.drop.iter().any(|name| name == "ALL");
            let drop = (!drops_all).then(|| "securityContext.capabilities.drop lacks ALL".to_owned());
            let texts: Vec<_> = drop.into_iter().chain(add).collect();
            (!texts.is_empty()).then(|| texts.join(", "))
        })
    }
}

fn said(value: Option<bool>) -> &'static str {
    match value {
        Some(true) => "true",
        Some(false) => "false",
        None => "not set",
    }
}
