use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use tar::{Builder, EntryType, Header};

use super::*;

const MIB: u64 = 1024 * 1024;

const LIMITS: Limits = Limits {
    unpacked: MIB,
    ratio: 200,
    ratio_counts_from: 16 * MIB,
    entries: 200_000,
    path: 4096,
    header: MIB,
    content: 8,
};

/// Notes what it is shown, and wants files whose names end in `.txt`.
#[derive(Debug, Default, PartialEq, Eq)]
struct Shown {
    files: Vec<(String, String)>,
    entries: Vec<String>,
}

impl Visitor for Shown {
    fn wants(&self, path: &str) -> bool {
        path.rsplit_once('.').is_some_and(|(_, extension)| extension == "txt")
    }

    fn file(&mut self, path: &str, content: &[u8]) {
        self.files.push((path.to_owned(), String::from_utf8_lossy(content).into_owned()));
    }

    fn entry(&mut self, path: &str) {
        self.entries.push(path.to_owned());
    }
}

fn packed(tar: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(tar).unwrap();
    encoder.finish().unwrap()
}

/// An entry with this very path, however odd: the builder itself would refuse some.
fn entry(kind: EntryType, path: &str, data: &[u8]) -> Vec<u8> {
    let mut header = Header::new_gnu();
    header.as_mut_bytes()[..path.len()].copy_from_slice(path.as_bytes());
    header.set_entry_type(kind);
    header.set_size(data.len() as u64);
    header.set_mode(0o644);
    header.set_cksum();
    let padding = data.len().next_multiple_of(512) - data.len();
    [header.as_bytes().as_slice(), data, &vec![0; padding]].concat()
}

fn archive(entries: &[Vec<u8>]) -> Vec<u8> {
    [entries.concat(), vec![0; 1024]].concat()
}

fn shown(bytes: &[u8]) -> Shown {
    let mut shown = Shown::default();
    read(bytes, &LIMITS, &mut shown).unwrap();
    shown
}

fn reason(bytes: &[u8], unpacked: u64) -> String {
    read(bytes, &Limits { unpacked, ..LIMITS }, &mut Shown::default()).unwrap_err().to_string()
}

#[test]
fn an_archive_is_read_packed_or_not() {
    let tar = archive(&[
        entry(EntryType::Directory, "app/", b""),
        entry(EntryType::Regular, "app/note.txt", b"short"),
        entry(EntryType::Regular, "app/long.txt", b"longer than wanted"),
        entry(EntryType::Symlink, "./bin/sh", b""),
        entry(EntryType::Regular, "app/server", b"x"),
    ]);
    for bytes in [tar.clone(), packed(&tar)] {
        let Shown { files, entries } = shown(&bytes);
        let file = |path: &str, text: &str| (path.to_owned(), text.to_owned());
        assert_eq!(files, [file("app/note.txt", "short"), file("app/long.txt", "longer t")]);
        assert_eq!(entries, ["bin/sh", "app/server"]);
    }
}

#[test]
fn long_paths_are_read_in_both_forms() {
    let folder = "deep/".repeat(40);
    let path = format!("{folder}../{}usr/bin/bash", "../".repeat(60));
    let record = |length: usize| format!("{length} path={path}\n");
    let length = record(100 + path.len()).len();
    for extension in [
        entry(EntryType::GNULongName, "././@LongLink", format!("{path}\0").as_bytes()),
        entry(EntryType::XHeader, "PaxHeaders/x", record(length).as_bytes()),
    ] {
        let tar =
            archive(&[extension, entry(EntryType::Regular, "short", b"x"), entry(EntryType::Regular, "next", b"x")]);
        assert_eq!(shown(&tar).entries, ["usr/bin/bash", "next"]);
    }
}

#[test]
fn paths_cannot_leave_the_root_nor_hide_by_detours() {
    let tar = archive(&[
        entry(EntryType::Regular, "../../../bin/sh", b"x"),
        entry(EntryType::Regular, "usr/lib/../bin/./bash", b"x"),
        entry(EntryType::Regular, "/sbin/apk", b"x"),
        entry(EntryType::Directory, "bin/dash", b""),
        entry(EntryType::Regular, "./", b"x"),
    ]);
    assert_eq!(shown(&tar).entries, ["bin/sh", "usr/bin/bash", "sbin/apk"]);
}

#[test]
fn a_link_is_not_followed() {
    let mut builder = Builder::new(Vec::new());
    let mut header = Header::new_gnu();
    header.set_entry_type(EntryType::Symlink);
    header.set_size(0);
    builder.append_link(&mut header, "etc/users.txt", "/proc/self/environ").unwrap();
    let Shown { files, entries } = shown(&builder.into_inner().unwrap());
    assert_eq!((files.as_slice(), entries.as_slice()), ([].as_slice(), ["etc/users.txt".to_owned()].as_slice()));
}

#[test]
fn bombs_are_refused() {
    let zeros = vec![0_u8; 40 * 1024 * 1024];
    let bomb = packed(&archive(&[entry(EntryType::Regular, "zeros", &zeros)]));
    assert_eq!(reason(&bomb, MIB), "unpacks to more than 1048576 bytes");
    assert_eq!(reason(&bomb, 1024 * MIB), "unpacks to more than 200 times its size");
    let named = archive(&[entry(EntryType::GNULongName, "././@LongLink", &zeros[..8192])]);
    assert_eq!(reason(&named, 1024 * MIB), "holds a path of 8192 bytes, more than 4096");
}

#[test]
fn too_many_entries_are_refused() {
    let one = entry(EntryType::Regular, "x", b"");
    let many = vec![one; 200_001];
    assert_eq!(reason(&archive(&many), 1024 * MIB), "holds more than 200000 entries");
}

#[test]
fn a_path_in_an_extended_header_is_bounded_as_well() {
    let path = "x".repeat(5000);
    let record = format!("5011 path={path}\n");
    assert_eq!(record.len(), 5011);
    let extended = entry(EntryType::XHeader, "PaxHeaders/x", record.as_bytes());
    let tar = archive(&[extended, entry(EntryType::Regular, "short", b"x")]);
    assert_eq!(reason(&tar, MIB), "holds a path of more than 4096 bytes");
}

#[test]
fn what_two_readers_would_see_differently_is_refused() {
    let size = entry(EntryType::XHeader, "PaxHeaders/x", b"13 size=1024\n");
    assert!(
        reason(&archive(&[size, entry(EntryType::Regular, "x", b"y")]), MIB)
            .contains("size stands in an extended header")
    );
    let garbled = entry(EntryType::XHeader, "PaxHeaders/x", b"99999999999999999999 path=x\n");
    assert!(reason(&archive(&[garbled]), MIB).contains("extended header"));
    assert!(reason(&archive(&[entry(EntryType::GNUSparse, "x", b"y")]), MIB).contains("sparse"));
}

#[test]
fn garbage_is_no_archive() {
    assert_eq!(reason(&[7; 4096], MIB), "is no archive that can be read");
    assert_eq!(reason(&packed(&[7; 4096]), MIB), "is no archive that can be read");
    let cut = packed(&archive(&[entry(EntryType::Regular, "x", &[7; 4096])]));
    assert_eq!(reason(&cut[..cut.len() / 2], MIB), "is no archive that can be read");
    assert_eq!(reason(&[0x28, 0xb5, 0x2f, 0xfd, 0], MIB), "is compressed with zstd, which is not read");
}
