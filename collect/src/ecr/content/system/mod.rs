//! The layers of one platform together: users, distribution, tools and files with secrets.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use palisade_model::ecr::{Distribution, Family, Files, SecretFile, Unread};
use serde::{Deserialize, Serialize};

use super::base_image::by_os_release;
use super::files::is_named;
use super::listing::Item;
use super::rootfs::{Inode, RootFs};
use super::scan::{Scan, Second};
use super::tools::{Tool, Use, tools};
use super::users::user_id;

const USERS: &str = "etc/passwd";
const RELEASES: [&str; 2] = ["etc/os-release", "usr/lib/os-release"];

/// Databases of installed packages, and the package manager that keeps each.
const DATABASES: &[(&str, &str)] = &[
    ("lib/apk/db/installed", "apk"),
    ("usr/lib/apk/db/installed", "apk"),
    ("var/lib/dpkg/status", "dpkg"),
    ("var/lib/rpm/Packages", "rpm"),
    ("var/lib/rpm/Packages.db", "rpm"),
    ("var/lib/rpm/rpmdb.sqlite", "rpm"),
    ("usr/lib/sysimage/rpm/Packages.db", "rpm"),
    ("usr/lib/sysimage/rpm/rpmdb.sqlite", "rpm"),
    ("var/lib/pacman/local", "pacman"),
    ("usr/lib/opkg/status", "opkg"),
    ("var/db/xbps", "xbps"),
];

/// Further names of files that are looked into, and what of folders behind links is gone through for them.
const MOST_NAMES: usize = 1_000;
const MOST_BEHIND_LINKS: usize = 50_000;

/// What the layers of one platform say.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Told {
    pub(super) files: Files,
    pub(super) distribution: Option<Distribution>,
    pub(super) tools: Vec<String>,
}

/// What a configuration says that the files are held against.
pub(super) struct Claims<'a> {
    /// The user, with or without a group; empty when none is named.
    pub(super) user: &'a str,
    /// The folders of the environment's `PATH`.
    pub(super) search_path: &'a str,
    /// The distribution that labels and steps tell.
    pub(super) distribution: Option<&'a Distribution>,
}

/// The layers laid over each other, of which single files may have to be looked up once more.
pub(super) struct System {
    root: RootFs,
    layers: Vec<Option<Arc<Scan>>>,
    /// The layers from this one on were all read: what lies in them is known for sure.
    sure_from: u16,
    /// What is to be looked up in each layer.
    pub(super) second: BTreeMap<u16, Second>,
}

impl System {
    /// Lays the layers over each other, the oldest first; none stands for one that was not read.
    pub(super) fn new(layers: Vec<Option<Arc<Scan>>>) -> Self {
        let mut system = Self { root: RootFs::default(), layers, sure_from: 0, second: BTreeMap::new() };
        let mut names = BTreeSet::new();
        for (number, layer) in (0..).zip(&system.layers) {
            let Some(layer) = layer else {
                system.sure_from = number + 1;
                continue;
            };
            system.root.lay(number, &layer.listing);
            // A link that a later layer takes away has its say as well.
            layer.listing.for_each(|_, path, item| {
                let is_link = matches!(item, Item::Symbolic(_) | Item::Hard(_));
                if is_link && names.len() < MOST_NAMES && is_named(path) {
                    names.extend(system.root.file(path).map(|inode| (inode, path.to_owned())));
                }
            });
        }
        system.root.for_each_file_behind_folder_link(MOST_BEHIND_LINKS, |path, inode| {
            if names.len() < MOST_NAMES && is_named(path) {
                names.insert((inode, path.to_owned()));
            }
        });
        system.look_up_names(names);
        system.look_up_texts();
        system
    }

    /// Files that have another name by which they may hold a secret, unless one was found by their own.
    fn look_up_names(&mut self, names: BTreeSet<(Inode, String)>) {
        for (inode, path) in names {
            let Some(Some(layer)) = self.layers.get(usize::from(inode.layer)) else { continue };
            if !layer.secrets.contains_key(&inode.entry) {
                self.second.entry(inode.layer).or_default().named.entry(inode.entry).or_default().push(path);
            }
        }
    }

    /// Users and releases that lie where a link leads, in a file of another name.
    fn look_up_texts(&mut self) {
        for path in [USERS].into_iter().chain(RELEASES) {
            let Some(inode) = self.root.file(path) else { continue };
            let Some(Some(layer)) = self.layers.get(usize::from(inode.layer)) else { continue };
            if !layer.texts.contains_key(&inode.entry) {
                self.second.entry(inode.layer).or_default().texts_of.insert(inode.entry);
            }
        }
    }

    fn text(&self, path: &str) -> Option<(&str, Inode)> {
        let inode = self.root.file(path)?;
        let first = self.layers.get(usize::from(inode.layer))?.as_ref()?.texts.get(&inode.entry);
        let text = first.or_else(|| self.second.get(&inode.layer)?.texts.get(&inode.entry))?;
        Some((text, inode))
    }

    /// What all of this says. `digests` are those of the layers.
    pub(super) fn told(self, digests: &[&str], unread: Vec<Unread>, claims: &Claims<'_>) -> Told {
        let mut tools = tools(&self.root, claims.search_path);
        tools.sort_by(|left, right| (left.kind, &left.path).cmp(&(right.kind, &right.path)));
        let distribution = self.distribution(claims.distribution, &tools, !unread.is_empty());
        // A layer above that was not read may hold other users.
        let users = self.text(USERS).filter(|(_, inode)| inode.layer >= self.sure_from);
        let user_id = users.and_then(|(text, _)| user_id(text, claims.user)).map(|number| {
            // A process has a number of 32 bits; what is negative comes out at the upper end.
            u64::try_from(number).unwrap_or_else(|_| number.rem_euclid(1 << 32).unsigned_abs())
        });
        let files = Files { unread, user_id, secrets: self.secrets(digests) };
        Told { files, distribution, tools: shown(&tools) }
    }

    fn secrets(&self, digests: &[&str]) -> Vec<SecretFile> {
        let mut secrets = Vec::new();
        for ((number, layer), digest) in (0_u16..).zip(&self.layers).zip(digests) {
            let first = layer.iter().flat_map(|layer| layer.secrets.values().map(|(path, class)| (path, class)));
            let second = self.second.get(&number).into_iter();
            let second = second.flat_map(|second| second.secrets.iter().map(|(_, path, class)| (path, class)));
            secrets.extend(first.chain(second).map(|(path, class)| SecretFile {
                path: path.clone(),
                class: *class,
                layer: (*digest).to_owned(),
            }));
        }
        secrets.sort();
        secrets.dedup();
        secrets
    }

    /// The distribution that release file, packages and programs tell; what the image calls itself counts where they do
    /// not speak against it.
    fn distribution(&self, claimed: Option<&Distribution>, tools: &[Tool], is_partial: bool) -> Option<Distribution> {
        let release = RELEASES.iter().find_map(|path| by_os_release(self.text(path)?.0));
        let seen = Seen {
            database: DATABASES.iter().find(|(path, _)| self.root.has(path)).map(|(_, keeper)| *keeper),
            manager: tools.iter().find(|tool| tool.kind == Use::Manager && !tool.is_applet),
            has_apk: tools.iter().any(|tool| tool.kind == Use::SmallManager),
            has_shell: tools.iter().any(|tool| tool.kind == Use::Shell && !tool.is_applet),
            has_box: tools.iter().any(|tool| tool.kind == Use::Box),
        };
        let by_packages = || seen.by_packages().map(|family| Distribution { family, version: None });
        let found = release.or_else(by_packages).or_else(|| claimed.cloned())?;
        // Red Hat's micro images are told from the others only by what they lack.
        if found.family == Family::RedHat && !is_partial && seen.manager.is_none() {
            return Some(Distribution { family: Family::RedHatMicro, ..found });
        }
        if seen.fits(&found.family) { Some(found) } else { by_packages() }
    }
}

/// What the files show that a claim has to fit to.
struct Seen<'t> {
    database: Option<&'static str>,
    manager: Option<&'t Tool>,
    has_apk: bool,
    has_shell: bool,
    has_box: bool,
}

impl Seen<'_> {
    /// Whether packages are kept by another package manager than `apk`.
    fn is_general(&self) -> bool {
        self.database.is_some_and(|keeper| keeper != "apk")
    }

    /// The distribution by its packages alone.
    fn by_packages(&self) -> Option<Family> {
        let manager = self.manager.map(|tool| tool.path.rsplit('/').next().unwrap_or_default());
        match (self.database, manager) {
            (Some("apk"), _) => Some(Family::Alpine),
            (_, Some(manager)) => Some(Family::Other(format!("distribution with {manager}"))),
            (Some(keeper), None) => Some(Family::Other(format!("distribution with {keeper}"))),
            (None, None) => None,
        }
    }

    /// Whether an image of this family can hold what is there.
    fn fits(&self, family: &Family) -> bool {
        let is_bare = self.manager.is_none() && !self.has_shell;
        match family {
            Family::Scratch => is_bare && !self.has_box && !self.has_apk && self.database.is_none(),
            Family::Distroless | Family::Busybox => is_bare && !self.has_apk && !self.is_general(),
            Family::Wolfi | Family::Alpine => {
                let has_apk = self.has_apk || self.database == Some("apk");
                !self.is_general() && (is_bare || has_apk)
            }
            Family::RedHatMicro => self.manager.is_none(),
            Family::Debian | Family::Ubuntu | Family::AmazonLinux | Family::RedHat | Family::Other(_) => true,
        }
    }
}

/// The paths of shells and package managers; beside them, those of interpreters and download tools, which say nothing
/// alone: a program may need its interpreter.
fn shown(tools: &[Tool]) -> Vec<String> {
    const MOST: usize = 20;
    let is_telling = |tool: &Tool| !matches!(tool.kind, Use::Interpreter | Use::Download);
    if !tools.iter().any(is_telling) {
        return Vec::new();
    }
    tools.iter().take(MOST).map(|tool| tool.path.clone()).collect()
}

#[cfg(test)]
mod tests;
