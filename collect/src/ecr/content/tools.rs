//! Shells, package managers, interpreters and download tools, by the names of the programs.

use super::rootfs::{Inode, RootFs, split};

/// What a program is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Use {
    /// The package manager of a distribution that is made for general use.
    Manager,
    /// `apk`, the package manager of Alpine and Wolfi.
    SmallManager,
    /// A shell.
    Shell,
    /// Many small tools in one program, a shell among them.
    Box,
    /// An interpreter of programs.
    Interpreter,
    /// A tool that fetches files.
    Download,
}

/// Names of programs; a version may follow each, as in `ksh93`, `dnf5` or `python3.12`.
const PROGRAMS: &[(Use, &[&str])] = &[
    (
        Use::Manager,
        &[
            "apt",
            "apt-get",
            "aptitude",
            "conary",
            "dnf",
            "dpkg",
            "emerge",
            "eopkg",
            "equo",
            "flatpak",
            "guix",
            "installpkg",
            "ipkg",
            "microdnf",
            "nix",
            "nix-env",
            "opkg",
            "pacman",
            "pkgin",
            "rpm",
            "slackpkg",
            "snap",
            "swupd",
            "tdnf",
            "urpmi",
            "xbps-install",
            "yum",
            "zypper",
        ],
    ),
    (Use::SmallManager, &["apk"]),
    (
        Use::Shell,
        &[
            "ash", "bash", "csh", "dash", "elvish", "fish", "hush", "ksh", "lksh", "loksh", "mksh", "nu", "oksh",
            "osh", "pdksh", "posh", "pwsh", "rbash", "rksh", "sash", "sh", "tcsh", "xonsh", "yash", "zsh",
        ],
    ),
    (Use::Box, &["busybox", "toybox"]),
    (Use::Interpreter, &["gawk", "guile", "lua", "luajit", "node", "perl", "php", "python", "ruby", "tclsh"]),
    (Use::Download, &["aria2c", "curl", "ftp", "lftp", "lynx", "nc", "ncat", "socat", "tftp", "wget"]),
];

/// Folders in which programs are looked for whatever an image's `PATH` says.
const USUAL: [&str; 8] = ["", "bin", "sbin", "usr/bin", "usr/sbin", "usr/local/bin", "usr/local/sbin", "busybox"];

/// A program of a kind that is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tool {
    /// Its path.
    pub(super) path: String,
    pub(super) kind: Use,
    /// Whether it is another name of a program that is many tools in one.
    pub(super) is_applet: bool,
}

/// What a program of this name is for; none of any other.
pub(super) fn use_of(name: &str) -> Option<Use> {
    let plain = name.trim_end_matches(|letter: char| letter.is_ascii_digit() || letter == '.').trim_end_matches('-');
    let is_listed = |names: &[&str]| names.contains(&name) || (!plain.is_empty() && names.contains(&plain));
    PROGRAMS.iter().find(|(_, names)| is_listed(names)).map(|(kind, _)| *kind)
}

/// The programs of these kinds that a root file system holds, by path: those that can be started, in a folder for programs,
/// in one of the image's `PATH`, or in any folder if they are machine code.
pub(super) fn tools(root: &RootFs, search_path: &str) -> Vec<Tool> {
    let searched: Vec<&str> = search_path.split(':').map(|folder| folder.trim_matches('/')).collect();
    let mut boxes: Vec<Inode> = Vec::new();
    let mut found: Vec<(String, Use, Inode)> = Vec::new();
    root.for_each_file(|path, inode, _| {
        let (folder, name) = split(path);
        let Some(kind) = use_of(name) else { return };
        let (_, last) = split(folder);
        let is_place = USUAL.contains(&folder) || searched.contains(&folder) || matches!(last, "bin" | "sbin");
        let traits = inode.traits();
        if !traits.is_executable || !(is_place || traits.is_binary) {
            return;
        }
        if kind == Use::Box {
            boxes.push(inode);
        }
        found.push((format!("/{path}"), kind, inode));
    });
    let tool = |(path, kind, inode)| Tool { path, kind, is_applet: kind != Use::Box && boxes.contains(&inode) };
    found.into_iter().map(tool).collect()
}

#[cfg(test)]
mod tests {
    use palisade_archive::{Entry, Kind};

    use super::super::listing::Listing;
    use super::*;

    #[test]
    fn programs_are_known_by_their_names() {
        for (name, kind) in [
            ("bash", Some(Use::Shell)),
            ("bash-5.2", Some(Use::Shell)),
            ("ksh93", Some(Use::Shell)),
            ("dnf5", Some(Use::Manager)),
            ("dnf-3", Some(Use::Manager)),
            ("apk", Some(Use::SmallManager)),
            ("busybox", Some(Use::Box)),
            ("python3.12", Some(Use::Interpreter)),
            ("aria2c", Some(Use::Download)),
            ("server", None),
            ("bashful", None),
            ("7", None),
            ("sh.txt", None),
        ] {
            assert_eq!(use_of(name), kind, "{name}");
        }
    }

    #[test]
    fn tools_are_programs_in_places_for_programs() {
        let mut listing = Listing::default();
        for (path, kind, mode) in [
            ("bin/busybox", Kind::File, 0o755),
            ("bin/dpkg", Kind::Hard("bin/busybox"), 0),
            ("bin/sh", Kind::Symbolic("/bin/busybox"), 0o777),
            ("bin/gone", Kind::Symbolic("/bin/nothing"), 0o777),
            ("opt/run/zsh", Kind::File, 0o755),
            ("opt/tools/bin/bash", Kind::File, 0o755),
            ("srv/tools/fish", Kind::File, 0o755),
            ("usr/bin/apt", Kind::File, 0o644),
            ("usr/share/completions/apt", Kind::File, 0o755),
        ] {
            listing.add(&Entry { path, kind, size: 0, mode });
        }
        listing.add(&Entry { path: "app/dash", kind: Kind::File, size: 0, mode: 0o711 });
        listing.last_is_binary();
        let mut root = RootFs::default();
        root.lay(0, &listing);
        let found: Vec<String> = tools(&root, "/usr/bin:/srv/tools/")
            .into_iter()
            .map(|tool| format!("{}{}", tool.path, if tool.is_applet { " in a box" } else { "" }))
            .collect();
        let expected = [
            "/app/dash",
            "/bin/busybox",
            "/bin/dpkg in a box",
            "/bin/sh in a box",
            "/opt/tools/bin/bash",
            "/srv/tools/fish",
        ];
        assert_eq!(found, expected);
    }
}
