//! What an image was built on, and the signs of a shell or a package manager: by labels and by the steps of its build.

use std::collections::BTreeMap;

use palisade_model::ecr::{Distribution, Family};

/// Shells, as a step or a command names them.
const SHELLS: [&str; 9] =
    ["/bin/sh", "/bin/bash", "/bin/ash", "/bin/dash", "/usr/bin/bash", "/usr/bin/sh", "/busybox/sh", "bash", "sh"];

/// Package managers of distributions that are made for general use.
const GENERAL_MANAGERS: [&str; 9] = ["apt-get", "apt", "dpkg", "dnf", "microdnf", "tdnf", "yum", "zypper", "pacman"];

/// Code names of Debian and Ubuntu, as tags carry them.
const CODE_NAMES: [(&str, Family); 8] = [
    ("trixie", Family::Debian),
    ("bookworm", Family::Debian),
    ("bullseye", Family::Debian),
    ("buster", Family::Debian),
    ("noble", Family::Ubuntu),
    ("jammy", Family::Ubuntu),
    ("focal", Family::Ubuntu),
    ("bionic", Family::Ubuntu),
];

/// Folders in which a copy may bring a whole system.
const SYSTEM_FOLDERS: [&str; 9] = ["/", "/.", ".", "./", "/bin", "/sbin", "/usr", "/usr/bin", "/lib"];

/// What a configuration says that tells its base.
pub(super) struct BuildTraces<'a> {
    /// Labels, and annotations of the manifest.
    pub(super) labels: &'a BTreeMap<&'a str, &'a str>,
    /// The texts of the build's steps, the oldest first, and whether each has a layer.
    pub(super) steps: &'a [(&'a str, bool)],
    /// Names of environment variables.
    pub(super) environment: &'a [&'a str],
    pub(super) entrypoint: &'a [&'a str],
    pub(super) command: &'a [&'a str],
    /// How many layers there are.
    pub(super) layers: usize,
}

impl BuildTraces<'_> {
    fn label(&self, name: &str) -> Option<&str> {
        self.labels.get(name).copied()
    }

    /// The base image's name, where a label says it.
    pub(super) fn base(&self) -> Option<String> {
        const LONGEST: usize = 300;
        let name = self.label("org.opencontainers.image.base.name")?.trim();
        let fits = !name.is_empty() && name.len() <= LONGEST && !name.contains(char::is_control);
        (fits && !palisade_secrets::is_secret_by_form(name)).then(|| name.to_owned())
    }

    /// The base image's digest, where it is said beside the name.
    pub(super) fn base_digest(&self) -> Option<String> {
        let digest = self.label("org.opencontainers.image.base.digest")?.trim();
        let hex = digest.strip_prefix("sha256:")?;
        (hex.len() == 64 && hex.bytes().all(|byte| byte.is_ascii_hexdigit())).then(|| digest.to_owned())
    }

    /// The distribution, as far as this tells.
    ///
    /// What the steps do outweighs what a label claims: where a package manager of a large distribution runs, the
    /// image is not small, whatever it says.
    pub(super) fn distribution(&self) -> Option<Distribution> {
        let claimed = self.base().and_then(|base| by_reference(&base)).or_else(|| self.by_labels());
        let found = claimed.or_else(|| self.by_root_file_system()).or_else(|| self.by_lambda());
        let manager = self.managers().find(|manager| GENERAL_MANAGERS.contains(manager));
        match (found, manager) {
            (Some(found), Some(_)) if !found.family.is_minimal() => Some(found),
            (_, Some(manager)) => Some(of(Family::Other(format!("distribution with {manager}")), None)),
            (Some(found), None) => Some(found),
            (None, None) if self.managers().any(|manager| manager == "apk") => Some(of(Family::Alpine, None)),
            (None, None) => self.is_from_scratch().then(|| of(Family::Scratch, None)),
        }
    }

    /// Signs of a shell or a package manager, in words that hold nothing of the image's own.
    pub(super) fn tools(&self) -> Vec<String> {
        let mut tools: Vec<String> = Vec::new();
        for shell in self.runs().filter_map(shell_of) {
            tools.push(format!("a RUN step uses {shell}"));
        }
        for manager in self.managers() {
            tools.push(format!("a RUN step uses {manager}"));
        }
        for (name, words) in [("Entrypoint", self.entrypoint), ("Cmd", self.command)] {
            let shell = words.first().and_then(|word| SHELLS.iter().find(|shell| *shell == word));
            tools.extend(shell.map(|shell| format!("{name} starts {shell}")));
        }
        tools.sort();
        tools.dedup();
        tools
    }

    /// The commands of RUN steps.
    fn runs(&self) -> impl Iterator<Item = &str> {
        self.steps.iter().filter(|(text, _)| instruction(text) == "RUN").map(|(text, _)| *text)
    }

    fn managers(&self) -> impl Iterator<Item = &'static str> {
        self.runs().flat_map(managers_of)
    }

    fn by_labels(&self) -> Option<Distribution> {
        let is = |name: &str, wanted: &str| self.label(name).is_some_and(|value| value.to_lowercase().contains(wanted));
        if self.labels.keys().any(|name| name.starts_with("dev.chainguard."))
            || is("org.opencontainers.image.vendor", "chainguard")
        {
            return Some(of(Family::Wolfi, None));
        }
        if let Some(component) = self.label("com.redhat.component").filter(|name| name.starts_with("ubi")) {
            let family = if component.contains("-micro") { Family::RedHatMicro } else { Family::RedHat };
            return Some(of(family, None));
        }
        if self.label("org.opencontainers.image.ref.name") == Some("ubuntu") {
            return Some(of(Family::Ubuntu, self.label("org.opencontainers.image.version").and_then(version)));
        }
        is("org.label-schema.name", "centos").then(|| of(Family::RedHat, None))
    }

    /// By the step that brought the root file system, which the makers of base images leave in the history.
    fn by_root_file_system(&self) -> Option<Distribution> {
        let (first, _) = self.steps.first()?;
        if let Some((_, rest)) = first.split_once("alpine-minirootfs-") {
            return Some(of(Family::Alpine, version(rest)));
        }
        if first.contains("debian.sh") {
            let code_name = CODE_NAMES.iter().find(|(name, _)| first.contains(name));
            return Some(of(Family::Debian, code_name.map(|(name, _)| (*name).to_owned())));
        }
        if first.starts_with("BusyBox ") {
            return Some(of(Family::Busybox, first.split_whitespace().nth(1).and_then(version)));
        }
        if first.trim() == "apko" {
            return Some(of(Family::Wolfi, None));
        }
        if first.contains("ADD fedora-") {
            return Some(of(Family::RedHat, None));
        }
        // Before BuildKit, Debian's images began like this.
        let (second, _) = self.steps.get(1)?;
        let is_bare_root = first.contains("ADD file:") && first.trim_end().ends_with(" in /");
        (is_bare_root && second.ends_with("CMD [\"bash\"]")).then(|| of(Family::Debian, None))
    }

    /// The base images for Lambda hold an Amazon Linux, and say so only by what they start.
    fn by_lambda(&self) -> Option<Distribution> {
        let starts = self.entrypoint.first() == Some(&"/lambda-entrypoint.sh");
        (starts && self.environment.contains(&"LAMBDA_RUNTIME_DIR")).then(|| of(Family::AmazonLinux, None))
    }

    /// Whether every layer is explained by a step that copies something into a place of its own. A step that brings files
    /// and is said to have no layer shows that one layer holds what several steps brought, as buildah makes it.
    fn is_from_scratch(&self) -> bool {
        let brings = |text: &str| matches!(instruction(text), "ADD" | "COPY" | "RUN");
        if self.steps.iter().any(|(text, has_layer)| !has_layer && brings(text)) {
            return false;
        }
        let with_layer: Vec<&str> = self.steps.iter().filter(|(_, layer)| *layer).map(|(text, _)| *text).collect();
        let is_plain = |text: &&str| match instruction(text) {
            "WORKDIR" => true,
            "COPY" => {
                let target = text.trim_end_matches("# buildkit").split_whitespace().last().unwrap_or("/");
                !SYSTEM_FOLDERS.contains(&target.trim_end_matches('/')) && target != "/"
            }
            _ => false,
        };
        let copies = with_layer.iter().any(|text| instruction(text) == "COPY");
        copies && with_layer.len() == self.layers && with_layer.iter().all(is_plain)
    }
}

/// The instruction of a step, or `OTHER` for what no Dockerfile made.
pub(super) fn instruction(text: &str) -> &'static str {
    const INSTRUCTIONS: [&str; 18] = [
        "ADD",
        "ARG",
        "CMD",
        "COPY",
        "ENTRYPOINT",
        "ENV",
        "EXPOSE",
        "FROM",
        "HEALTHCHECK",
        "LABEL",
        "MAINTAINER",
        "ONBUILD",
        "RUN",
        "SHELL",
        "STOPSIGNAL",
        "USER",
        "VOLUME",
        "WORKDIR",
    ];
    // The builder before BuildKit wrote `/bin/sh -c #(nop)  CMD …` for what runs nothing, and bare commands for RUN.
    let text = text.trim_start();
    let (first, is_legacy) = match text.split_once("#(nop)") {
        Some((before, rest)) if before.len() < 40 => (rest.trim_start(), true),
        _ => (text, false),
    };
    let word = first.split_whitespace().next().unwrap_or_default();
    match INSTRUCTIONS.iter().find(|name| **name == word) {
        Some(name) => name,
        None if !is_legacy && (word.starts_with('|') || SHELLS.contains(&word) || word == "cmd") => "RUN",
        None => "OTHER",
    }
}

/// The shell that a RUN step uses. It stands among the first words, or after the arguments that BuildKit puts there.
fn shell_of(text: &str) -> Option<&'static str> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let is_shell = |pair: &&[&str]| SHELLS[..7].contains(&pair[0]) && pair[1].starts_with('-');
    let shell = words.windows(2).find(is_shell)?[0];
    SHELLS.iter().find(|known| **known == shell).copied()
}

/// The package managers that a RUN step uses.
fn managers_of(text: &str) -> impl Iterator<Item = &'static str> {
    const VERBS: [&str; 9] = ["add", "install", "update", "upgrade", "del", "remove", "purge", "clean", "makecache"];
    let words: Vec<&str> = text
        .split(|character: char| character.is_whitespace() || ";&|()".contains(character))
        .filter(|word| !word.is_empty())
        .collect();
    let known = || GENERAL_MANAGERS.iter().chain(&["apk"]).copied();
    let used: Vec<&'static str> = words
        .windows(2)
        .filter(|pair| pair[1].starts_with('-') || VERBS.contains(&pair[1]))
        .filter_map(|pair| known().find(|manager| pair[0].rsplit('/').next() == Some(*manager)))
        .collect();
    used.into_iter()
}

/// The distribution that an image's name tells.
fn by_reference(reference: &str) -> Option<Distribution> {
    let reference = reference.to_lowercase();
    let reference = reference.split('@').next().unwrap_or_default();
    let (path, tag) = match reference.rsplit_once(':') {
        Some((path, tag)) if !tag.contains('/') => (path, tag),
        _ => (reference, ""),
    };
    let parts: Vec<&str> = path.split('/').collect();
    let name = *parts.last()?;
    if parts.contains(&"distroless") {
        return Some(of(Family::Distroless, None));
    }
    if parts.contains(&"cgr.dev") || parts.contains(&"chainguard") {
        return Some(of(Family::Wolfi, None));
    }
    if let Some((_, rest)) = tag.split_once("alpine") {
        return Some(of(Family::Alpine, version(rest)));
    }
    if let Some((code_name, family)) = CODE_NAMES.iter().find(|(code_name, _)| tag.contains(code_name)) {
        return Some(of(family.clone(), Some((*code_name).to_owned())));
    }
    let family = match name {
        "alpine" => Family::Alpine,
        "scratch" => Family::Scratch,
        "busybox" => Family::Busybox,
        "debian" => Family::Debian,
        "ubuntu" => Family::Ubuntu,
        "amazonlinux" => Family::AmazonLinux,
        "fedora" | "centos" | "rockylinux" | "almalinux" | "oraclelinux" => Family::RedHat,
        "ubi-micro" | "ubi8-micro" | "ubi9-micro" | "ubi10-micro" => Family::RedHatMicro,
        _ if name.starts_with("ubi") && path.contains("redhat") => Family::RedHat,
        _ if tag.contains("-slim") => Family::Debian,
        _ => return None,
    };
    Some(of(family, version(tag)))
}

/// The distribution that an `os-release` file names.
///
/// Source: <https://www.freedesktop.org/software/systemd/man/latest/os-release.html>
pub(super) fn by_os_release(text: &str) -> Option<Distribution> {
    let value = |name: &str| {
        let lines = text.lines().filter_map(|line| line.split_once('='));
        lines
            .filter(|(found, _)| found.trim() == name)
            .map(|(_, value)| value.trim().trim_matches(['"', '\'']))
            .next_back()
    };
    let id = value("ID")?.to_lowercase();
    let family = match id.as_str() {
        "debian" if value("PRETTY_NAME").is_some_and(|name| name.contains("Distroless")) => Family::Distroless,
        "debian" => Family::Debian,
        "ubuntu" => Family::Ubuntu,
        "alpine" => Family::Alpine,
        "wolfi" | "chainguard" => Family::Wolfi,
        "amzn" => Family::AmazonLinux,
        "rhel" | "fedora" | "centos" | "rocky" | "almalinux" | "ol" => Family::RedHat,
        other => Family::Other(
            other
                .chars()
                .filter(|character| character.is_ascii_alphanumeric() || "._-".contains(*character))
                .take(40)
                .collect(),
        ),
    };
    Some(of(family, value("VERSION_ID").and_then(version)))
}

/// The number that a text begins with, with its dots.
fn version(text: &str) -> Option<String> {
    const LONGEST: usize = 12;
    let number: String =
        text.chars().take_while(|character| character.is_ascii_digit() || *character == '.').take(LONGEST).collect();
    let number = number.trim_matches('.');
    (!number.is_empty()).then(|| number.to_owned())
}

fn of(family: Family, version: Option<String>) -> Distribution {
    Distribution { family, version }
}

#[cfg(test)]
mod tests;
