//! What the files of an image say: users, distribution, shells, package managers, secrets.

use std::collections::{BTreeMap, BTreeSet};

use palisade_archive::Visitor;
use palisade_model::ecr::{Distribution, Family, SecretFile};
use palisade_model::secret::Class;

use super::base_image::by_os_release;

/// Files with secrets that are kept of one layer.
const MOST_SECRETS: usize = 100;

const USERS: &str = "etc/passwd";
const RELEASES: [&str; 2] = ["etc/os-release", "usr/lib/os-release"];

/// Shells and package managers: the files whose presence is looked for.
const TOOLS: &[&str] = &[
    "bin/ash",
    "bin/bash",
    "bin/busybox",
    "bin/dash",
    "bin/sh",
    "bin/zsh",
    "busybox/sh",
    "sbin/apk",
    "usr/bin/apk",
    "usr/bin/apt",
    "usr/bin/apt-get",
    "usr/bin/bash",
    "usr/bin/busybox",
    "usr/bin/dash",
    "usr/bin/dnf",
    "usr/bin/dpkg",
    "usr/bin/microdnf",
    "usr/bin/pacman",
    "usr/bin/rpm",
    "usr/bin/sh",
    "usr/bin/tdnf",
    "usr/bin/yum",
    "usr/bin/zsh",
    "usr/bin/zypper",
];

/// Databases of installed packages, and the distribution that uses one.
const DATABASES: &[(&str, &str)] = &[
    ("lib/apk/db/installed", "apk"),
    ("usr/lib/apk/db/installed", "apk"),
    ("var/lib/dpkg/status", "dpkg"),
    ("var/lib/rpm/Packages", "rpm"),
    ("var/lib/rpm/Packages.db", "rpm"),
    ("var/lib/rpm/rpmdb.sqlite", "rpm"),
    ("usr/lib/sysimage/rpm/rpmdb.sqlite", "rpm"),
];

/// What one layer holds of all this.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Looked-for paths that are there, with the text of those that are read.
    present: BTreeMap<String, Option<String>>,
    /// What it takes away of the layers below: paths, and folders with all that is in them.
    removed: BTreeSet<String>,
    /// Files that hold a secret.
    secrets: BTreeSet<(String, Class)>,
}

impl Visitor for Found {
    fn wants(&self, path: &str) -> bool {
        wants(path)
    }

    fn entry(&mut self, path: &str) {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        if name == ".wh..wh..opq" {
            self.remove(folder.to_owned());
        } else if let Some(name) = name.strip_prefix(".wh.") {
            self.remove(if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") });
        } else if is_looked_for(path) {
            self.present.insert(path.to_owned(), None);
        }
    }

    fn file(&mut self, path: &str, content: &[u8]) {
        if path == USERS || RELEASES.contains(&path) {
            self.present.insert(path.to_owned(), Some(String::from_utf8_lossy(content).into_owned()));
        } else if is_looked_for(path) {
            self.present.insert(path.to_owned(), None);
        }
        if self.secrets.len() < MOST_SECRETS
            && let Some(class) = secret(path, content)
        {
            self.secrets.insert((shown(path), class));
        }
    }
}

impl Found {
    /// Only what hides a path that is looked for is of interest.
    fn remove(&mut self, path: String) {
        if looked_for().any(|wanted| is_within(wanted, &path)) {
            self.removed.insert(path);
        }
    }
}

/// The layers of an image, laid over each other, from the last to the first.
#[derive(Debug, Default)]
pub(super) struct Overlay {
    present: BTreeMap<String, Option<String>>,
    removed: BTreeSet<String>,
    secrets: Vec<SecretFile>,
    users: Option<String>,
    is_partial: bool,
}

impl Overlay {
    /// Lays the next lower layer under those before.
    pub(super) fn under(&mut self, digest: &str, layer: Found) {
        for (path, text) in layer.present {
            if self.present.contains_key(&path) || self.removed.iter().any(|removed| is_within(&path, removed)) {
                continue;
            }
            // A layer above that was not read may hold other users.
            if path == USERS && !self.is_partial {
                self.users.clone_from(&text);
            }
            self.present.insert(path, text);
        }
        self.removed.extend(layer.removed);
        let secrets = layer.secrets.into_iter();
        self.secrets.extend(secrets.map(|(path, class)| SecretFile { path, class, layer: digest.to_owned() }));
    }

    /// Goes past a layer that was not read.
    pub(super) fn skip(&mut self) {
        self.is_partial = true;
    }

    /// The number of a user, given by name with or without a group.
    pub(super) fn user_id(&self, user: &str) -> Option<u64> {
        let name = user.split(':').next()?;
        let line = self
            .users
            .as_ref()?
            .lines()
            .map(|line| line.split(':').collect::<Vec<_>>())
            .find(|line| line[0] == name)?;
        line.get(2)?.parse().ok()
    }

    /// The distribution, by its release file or else by its database of packages.
    pub(super) fn distribution(&self) -> Option<Distribution> {
        let release = RELEASES.iter().find_map(|path| by_os_release(self.present.get(*path)?.as_ref()?));
        let database = || DATABASES.iter().find(|(path, _)| self.present.contains_key(*path)).map(|(_, tool)| *tool);
        let by_database = || match database()? {
            "apk" => Some(Family::Alpine),
            tool => Some(Family::Other(format!("distribution with {tool}"))),
        };
        let found = release.or_else(|| Some(Distribution { family: by_database()?, version: None }))?;
        // Red Hat's micro images are told from the others only by what they lack.
        let is_micro =
            found.family == Family::RedHat && !self.is_partial && self.tools().iter().all(|tool| !is_manager(tool));
        Some(if is_micro { Distribution { family: Family::RedHatMicro, ..found } } else { found })
    }

    /// Shells and package managers.
    pub(super) fn tools(&self) -> Vec<String> {
        self.present.keys().filter(|path| TOOLS.contains(&path.as_str())).map(|path| format!("/{path}")).collect()
    }

    /// Files with secrets, in order.
    pub(super) fn into_secrets(self) -> Vec<SecretFile> {
        let mut secrets = self.secrets;
        secrets.sort();
        secrets
    }
}

fn is_manager(tool: &str) -> bool {
    ["dnf", "microdnf", "rpm", "yum"].iter().any(|name| tool.rsplit('/').next() == Some(name))
}

fn looked_for() -> impl Iterator<Item = &'static str> {
    let databases = DATABASES.iter().map(|(path, _)| *path);
    [USERS].into_iter().chain(RELEASES).chain(TOOLS.iter().copied()).chain(databases)
}

fn is_looked_for(path: &str) -> bool {
    looked_for().any(|wanted| wanted == path)
}

fn is_within(path: &str, folder: &str) -> bool {
    folder.is_empty() || path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Whether a file's text is to be read.
fn wants(path: &str) -> bool {
    path == USERS || RELEASES.contains(&path) || palisade_secrets::is_looked_at(path)
}

/// The class of the secret that a file holds.
fn secret(path: &str, content: &[u8]) -> Option<Class> {
    palisade_secrets::in_file(path, content).map(|hit| hit.class)
}

/// The path as it is shown: cut short, without control characters.
fn shown(path: &str) -> String {
    const LONGEST: usize = 300;
    let path = path.chars().filter(|character| !character.is_control()).take(LONGEST);
    ['/'].into_iter().chain(path).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layer(files: &[(&str, &str)], entries: &[&str]) -> Found {
        let mut found = Found::default();
        for (path, text) in files {
            assert!(wants(path), "{path}");
            found.file(path, text.as_bytes());
        }
        for path in entries {
            found.entry(path);
        }
        found
    }

    fn overlay(layers: Vec<Found>) -> Overlay {
        let mut overlay = Overlay::default();
        for layer in layers {
            overlay.under("sha256:aa", layer);
        }
        overlay
    }

    const PASSWD: (&str, &str) = ("etc/passwd", "root:x:0:0::/root:/bin/sh\napp:x:1000:1000::/:\nboss:x:0:0::/:\n");

    #[test]
    fn a_user_has_the_number_that_the_last_file_gives() {
        let found = overlay(vec![layer(&[PASSWD], &[]), layer(&[("etc/passwd", "app:x:0:0::/:\n")], &[])]);
        assert_eq!(found.user_id("app:staff"), Some(1000));
        assert_eq!(found.user_id("boss"), Some(0));
        assert_eq!(found.user_id("nobody"), None);
    }

    #[test]
    fn a_layer_above_that_was_not_read_may_know_other_users() {
        let mut partial = Overlay::default();
        partial.skip();
        partial.under("sha256:aa", layer(&[PASSWD], &[]));
        assert_eq!(partial.user_id("app"), None);
    }

    #[test]
    fn what_a_later_layer_removes_is_gone() {
        let below = || layer(&[PASSWD], &["bin/sh", "usr/bin/apt", "usr/bin/bash"]);
        assert_eq!(overlay(vec![below()]).tools(), ["/bin/sh", "/usr/bin/apt", "/usr/bin/bash"]);
        let removed = overlay(vec![layer(&[], &["bin/.wh.sh", "usr/.wh..wh..opq", "etc/.wh.passwd"]), below()]);
        assert_eq!(removed.tools(), [""; 0]);
        assert_eq!(removed.user_id("app"), None);
        let again = overlay(vec![layer(&[], &["bin/sh"]), layer(&[], &["bin/.wh.sh"]), below()]);
        assert_eq!(again.tools(), ["/bin/sh", "/usr/bin/apt", "/usr/bin/bash"]);
        assert_eq!(overlay(vec![layer(&[], &[".wh..wh..opq"]), below()]).tools(), [""; 0]);
        assert_eq!(overlay(vec![layer(&[], &["bin/.wh.s", "bi/.wh..wh..opq"]), below()]).tools().len(), 3);
    }

    #[test]
    fn a_secret_stays_although_a_later_layer_removes_it() {
        let key = ["-----BEGIN OPENSSH ", "PRIVATE KEY-----\nb3Bl"].concat();
        let found = overlay(vec![layer(&[], &["root/.ssh/.wh.id_rsa"]), layer(&[("root/.ssh/id_rsa", &key)], &[])]);
        let file = SecretFile { path: "/root/.ssh/id_rsa".into(), class: Class::PrivateKey, layer: "sha256:aa".into() };
        assert_eq!(found.into_secrets(), [file]);
    }

    #[test]
    fn files_with_secrets_are_known_by_name_and_content() {
        let key = ["-----BEGIN ", "PRIVATE KEY-----\nMIIE"].concat();
        let cases = [
            ("app/tls.pem", key.as_str(), Some(Class::PrivateKey)),
            ("opt/blob/0001", key.as_str(), Some(Class::PrivateKey)),
            ("etc/ssl/cert.pem", "-----BEGIN CERTIFICATE-----\nMIIE", None),
            ("app/.env", "DB_PASSWORD=correct-horse\n", Some(Class::Named)),
            ("app/.env.production", "DB_PASSWORD=${DB_PASSWORD}\n", None),
            ("root/.netrc", "machine git.shop.example login bot password horse\n", Some(Class::StoredPassword)),
        ];
        for (path, text, class) in cases {
            assert!(wants(path), "{path}");
            assert_eq!(secret(path, text.as_bytes()), class, "{path}");
        }
        assert!(!wants("usr/lib/libssl.so.3"));
    }

    #[test]
    fn the_distribution_is_that_of_the_release_file_or_the_packages() {
        let told = |layers| overlay(layers).distribution().map(|found| found.to_string());
        let amazon = layer(&[("usr/lib/os-release", "ID=\"amzn\"\nVERSION_ID=\"2023\"\n")], &["etc/os-release"]);
        assert_eq!(told(vec![amazon]).as_deref(), Some("amazonlinux 2023"));
        assert_eq!(told(vec![layer(&[], &["lib/apk/db/installed"])]).as_deref(), Some("alpine"));
        assert_eq!(told(vec![layer(&[], &["var/lib/dpkg/status"])]).as_deref(), Some("distribution with dpkg"));
        assert_eq!(told(vec![]), None);
        let rhel = || layer(&[("etc/os-release", "ID=\"rhel\"\nVERSION_ID=\"9.4\"\n")], &["usr/bin/bash"]);
        assert_eq!(told(vec![rhel()]).as_deref(), Some("ubi-micro 9.4"));
        assert_eq!(told(vec![layer(&[], &["usr/bin/microdnf"]), rhel()]).as_deref(), Some("redhat 9.4"));
    }
}
