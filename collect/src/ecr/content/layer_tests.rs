use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use tar::{Builder, Header};

use super::*;
use crate::ecr::content::files::Overlay;

const MIB: u64 = 1024 * 1024;

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

fn tools(tar: &[u8]) -> Vec<String> {
    let mut overlay = Overlay::default();
    overlay.under("sha256:aa", scan(tar, MIB).unwrap());
    overlay.tools()
}

fn reason(bytes: &[u8], most: u64) -> String {
    scan(bytes, most).unwrap_err().to_string()
}

#[test]
fn a_layer_is_read_packed_or_not() {
    let key = ["-----BEGIN ", "PRIVATE KEY-----\nMIIE"].concat();
    let tar = archive(&[
        entry(EntryType::Directory, "app/", b""),
        entry(EntryType::Regular, "app/tls.key", key.as_bytes()),
        entry(EntryType::Symlink, "./bin/sh", b""),
        entry(EntryType::Regular, "etc/passwd", b"app:x:1000:1000::/:\n"),
    ]);
    for bytes in [tar.clone(), packed(&tar)] {
        let mut overlay = Overlay::default();
        overlay.under("sha256:aa", scan(bytes.as_slice(), MIB).unwrap());
        assert_eq!(overlay.user_id("app"), Some(1000));
        assert_eq!(overlay.tools(), ["/bin/sh"]);
        assert_eq!(overlay.into_secrets()[0].path, "/app/tls.key");
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
        assert_eq!(tools(&tar), ["/usr/bin/bash"]);
    }
}

#[test]
fn paths_cannot_leave_the_root_nor_hide_by_detours() {
    let tar = archive(&[
        entry(EntryType::Regular, "../../../bin/sh", b"x"),
        entry(EntryType::Regular, "usr/lib/../bin/./bash", b"x"),
        entry(EntryType::Regular, "/sbin/apk", b"x"),
        entry(EntryType::Directory, "bin/dash", b""),
    ]);
    assert_eq!(tools(&tar), ["/bin/sh", "/sbin/apk", "/usr/bin/bash"]);
}

#[test]
fn a_link_is_not_followed() {
    let mut builder = Builder::new(Vec::new());
    let mut header = Header::new_gnu();
    header.set_entry_type(EntryType::Symlink);
    header.set_size(0);
    builder.append_link(&mut header, "etc/passwd", "/proc/self/environ").unwrap();
    let mut overlay = Overlay::default();
    overlay.under("sha256:aa", scan(builder.into_inner().unwrap().as_slice(), MIB).unwrap());
    assert_eq!(overlay.user_id("root"), None);
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
