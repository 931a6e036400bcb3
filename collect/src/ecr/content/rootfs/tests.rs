use palisade_archive::{Entry, Kind};

use super::*;

/// A layer of lines: `path` a file, `path/` a folder, `path -> target` and `path = target` links.
fn listing(lines: &[&str]) -> Listing {
    let mut listing = Listing::default();
    for line in lines {
        let (path, kind) = if let Some((path, target)) = line.split_once(" -> ") {
            (path, Kind::Symbolic(target))
        } else if let Some((path, target)) = line.split_once(" = ") {
            (path, Kind::Hard(target))
        } else if let Some(path) = line.strip_suffix('/') {
            (path, Kind::Folder)
        } else {
            (*line, Kind::File)
        };
        listing.add(&Entry { path, kind, size: 0, mode: 0o644 });
    }
    listing
}

fn laid(layers: &[&[&str]]) -> RootFs {
    let mut root = RootFs::default();
    for (number, lines) in (0..).zip(layers) {
        root.lay(number, &listing(lines));
    }
    root
}

/// The layer and entry that a path leads to.
fn at(root: &RootFs, path: &str) -> Option<(u16, u32)> {
    root.file(path).map(|inode| (inode.layer, inode.entry))
}

fn paths(root: &RootFs) -> Vec<String> {
    let mut paths = Vec::new();
    root.for_each_file(|path, _, _| paths.push(path.to_owned()));
    paths
}

#[test]
fn a_folder_over_a_folder_keeps_what_is_in_it_and_over_a_link_does_not() {
    let lower: &[&str] = &["etc/", "etc/passwd", "data/", "data/etc/", "data/etc/passwd"];
    assert_eq!(at(&laid(&[lower, &["etc/", "etc/hosts"]]), "etc/passwd"), Some((0, 1)));
    let linked = laid(&[lower, &["etc -> data/etc"]]);
    assert_eq!(at(&linked, "etc/passwd"), Some((0, 4)));
    let again = laid(&[lower, &["etc -> data/etc"], &["etc/"]]);
    assert_eq!(at(&again, "etc/passwd"), None);
    assert_eq!(at(&laid(&[lower, &["etc"]]), "etc/passwd"), None);
    assert_eq!(at(&laid(&[&["etc"], &["etc/passwd"]]), "etc/passwd"), None, "no folder is where a file is");
}

#[test]
fn an_entry_behind_a_link_comes_to_where_the_link_leads() {
    let root = laid(&[&["bin -> usr/bin", "usr/bin/sh"], &["bin/bash", "bin/.wh.sh"]]);
    assert_eq!((at(&root, "usr/bin/bash"), at(&root, "bin/bash")), (Some((1, 0)), Some((1, 0))));
    assert_eq!(at(&root, "bin/sh"), None);
    let up = laid(&[&["a/b -> ../../../x/./y/..", "x/y/z", "x/f"]]);
    assert_eq!(at(&up, "a/b/f"), Some((0, 2)), "no way leads out of the root");
    let absolute = laid(&[&["a/b -> /x", "x/f", "a/x/f"]]);
    assert_eq!(at(&absolute, "a/b/f"), Some((0, 1)));
}

#[test]
fn circles_of_links_end() {
    let root = laid(&[&["a -> b", "b -> a", "c -> c/c", "d -> ."], &["a/x", "c/x"]]);
    assert_eq!((at(&root, "a"), at(&root, "a/x"), at(&root, "c/x")), (None, None, None));
    assert!(root.has("d/d/d/d"));
    assert_eq!(paths(&root), [""; 0]);
    let chain: Vec<String> = (0..45).map(|n| format!("l{n} -> l{}", n + 1)).chain(["l45".to_owned()]).collect();
    let chain: Vec<&str> = chain.iter().map(String::as_str).collect();
    let root = laid(&[&chain]);
    assert_eq!((at(&root, "l0"), at(&root, "l5")), (None, Some((0, 45))));
}

#[test]
fn whiteouts_hide_what_lies_below_alone() {
    let lower: &[&str] = &["a/b/c", "a/b/d", "a/e"];
    assert_eq!(paths(&laid(&[lower, &["a/.wh.b"]])), ["a/e"]);
    assert_eq!(paths(&laid(&[lower, &["a/b/.wh.c", "a/.wh.x", "a/.wh.", "a/.wh..wh.plnk"]])), ["a/b/d", "a/e"]);
    assert_eq!(paths(&laid(&[lower, &["a/f", "a/.wh..wh..opq"]])), ["a/f"]);
    assert_eq!(paths(&laid(&[lower, &[".wh..wh..opq"]])), [""; 0]);
    assert_eq!(paths(&laid(&[lower, &["a/e", "a/.wh.e"]])), ["a/b/c", "a/b/d", "a/e"]);
    assert_eq!(paths(&laid(&[lower, &["a/.wh.e"], &["a/e"]])).len(), 3);
}

#[test]
fn hard_links_are_further_names_of_one_file() {
    let root = laid(&[&["bin/busybox", "bin/sh = bin/busybox", "l -> bin"], &["ash = l/sh", "bin/sh", "no = x"]]);
    assert_eq!((at(&root, "ash"), at(&root, "bin/sh")), (Some((0, 0)), Some((1, 1))));
    assert_eq!(at(&root, "no"), None);
}

#[test]
fn files_behind_links_have_paths_of_their_own() {
    let root = laid(&[&["opt/cfg/credentials", "root/.aws -> /opt/cfg", "a/.env -> ../opt/cfg/credentials"]]);
    let mut found = Vec::new();
    root.for_each_file(|path, _, way| found.push((path.to_owned(), way)));
    assert_eq!(found, [("a/.env".to_owned(), Way::Link), ("opt/cfg/credentials".to_owned(), Way::Own)]);
    let mut behind = Vec::new();
    root.for_each_file_behind_folder_link(10, |path, _| behind.push(path.to_owned()));
    assert_eq!(behind, ["root/.aws/credentials"]);
}
