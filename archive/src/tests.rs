use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;

use super::*;

const MIB: u64 = 1024 * 1024;

const LIMITS: Limits = Limits {
    unpacked: MIB,
    zeros: 32 * MIB,
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
    fn entry(&mut self, entry: &Entry<'_>) -> u64 {
        if entry.path.rsplit_once('.').is_some_and(|(_, extension)| extension == "txt") {
            return u64::MAX;
        }
        let sign = match entry.kind {
            Kind::Folder => "/".to_owned(),
            Kind::File => String::new(),
            Kind::Symbolic(target) => format!(" -> {target}"),
            Kind::Hard(target) => format!(" = {target}"),
            Kind::Other => " ?".to_owned(),
        };
        self.entries.push(format!("{}{sign}", entry.path));
        0
    }

    fn content(&mut self, path: &str, content: &[u8]) {
        self.files.push((path.to_owned(), String::from_utf8_lossy(content).into_owned()));
    }
}

fn packed(tar: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(tar).unwrap();
    encoder.finish().unwrap()
}

/// A frame of blocks that are stored as they are, of at most 128 KiB each.
fn frame(data: &[u8]) -> Vec<u8> {
    let mut frame = [&[0x28, 0xb5, 0x2f, 0xfd, 0xe0][..], &(data.len() as u64).to_le_bytes()].concat();
    let pieces: Vec<&[u8]> = if data.is_empty() { vec![data] } else { data.chunks(65_536).collect() };
    for (at, piece) in pieces.iter().enumerate() {
        let head = (u32::try_from(piece.len()).unwrap() << 3) | u32::from(at + 1 == pieces.len());
        frame.extend(&head.to_le_bytes()[..3]);
        frame.extend(*piece);
    }
    frame
}

/// A frame that is skipped.
fn note(text: &[u8]) -> Vec<u8> {
    [&0x184d_2a50_u32.to_le_bytes()[..], &u32::try_from(text.len()).unwrap().to_le_bytes(), text].concat()
}

/// The header of an entry with this very path, however odd.
fn header(flag: u8, path: &str, size: u64, change: impl FnOnce(&mut [u8])) -> Vec<u8> {
    let mut block = vec![0; 512];
    block[..path.len()].copy_from_slice(path.as_bytes());
    block[100..107].copy_from_slice(b"0000644");
    block[124..135].copy_from_slice(format!("{size:011o}").as_bytes());
    block[156] = flag;
    block[257..265].copy_from_slice(b"ustar  \0");
    change(&mut block);
    block[148..156].fill(b' ');
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    block[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
    block
}

fn padded(data: &[u8]) -> Vec<u8> {
    [data, &vec![0; data.len().next_multiple_of(512) - data.len()]].concat()
}

fn entry(flag: u8, path: &str, data: &[u8]) -> Vec<u8> {
    [header(flag, path, data.len() as u64, |_| {}), padded(data)].concat()
}

fn link(flag: u8, path: &str, target: &str) -> Vec<u8> {
    header(flag, path, 0, |block| block[157..157 + target.len()].copy_from_slice(target.as_bytes()))
}

fn file(path: &str, data: &[u8]) -> Vec<u8> {
    entry(b'0', path, data)
}

/// An extended header of these records.
fn extended(records: &[(&str, &str)]) -> Vec<u8> {
    let record = |(key, value): &(&str, &str)| {
        let rest = format!(" {key}={value}\n");
        let length = (1..10_000).find(|length: &usize| length.to_string().len() + rest.len() == *length).unwrap();
        format!("{length}{rest}")
    };
    entry(b'x', "PaxHeaders/x", records.iter().map(record).collect::<String>().as_bytes())
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
fn an_archive_is_read_however_it_is_packed() {
    let tar = archive(&[
        entry(b'5', "app/", b""),
        file("app/note.txt", b"short"),
        file("app/long.txt", b"longer than wanted"),
        link(b'2', "./bin/sh", "../busybox"),
        link(b'1', "bin/ash", "./app/../bin/sh"),
        file("app/server", b"x"),
        entry(0, "old/", b""),
        entry(b'4', "dev/sda", b""),
    ]);
    let (left, right) = tar.split_at(700);
    let chunked = [note(b"before"), frame(left), frame(b""), frame(right), note(b"contents")].concat();
    for bytes in [tar.clone(), packed(&tar), [packed(left), packed(right)].concat(), frame(&tar), chunked] {
        let Shown { files, entries } = shown(&bytes);
        let file = |path: &str, text: &str| (path.to_owned(), text.to_owned());
        assert_eq!(files, [file("app/note.txt", "short"), file("app/long.txt", "longer t")]);
        assert_eq!(entries, ["app/", "bin/sh -> ../busybox", "bin/ash = bin/sh", "app/server", "old/", "dev/sda ?"]);
    }
}

#[test]
fn long_paths_are_read_in_both_forms() {
    let folder = "deep/".repeat(40);
    let path = format!("{folder}../{}usr/bin/bash", "../".repeat(60));
    for extension in [entry(b'L', "././@LongLink", format!("{path}\0").as_bytes()), extended(&[("path", &path)])] {
        let tar = archive(&[extension, file("short", b"x"), file("next", b"x")]);
        assert_eq!(shown(&tar).entries, ["usr/bin/bash", "next"]);
    }
    for extension in [entry(b'K', "././@LongLink", b"to/there\0"), extended(&[("linkpath", "to/there")])] {
        assert_eq!(shown(&archive(&[extension, link(b'2', "a", "b")])).entries, ["a -> to/there"]);
    }
    let prefixed = header(b'0', "bash", 0, |block| {
        block[257..265].copy_from_slice(b"ustar\x0000");
        block[345..352].copy_from_slice(b"usr/bin");
    });
    assert_eq!(shown(&archive(&[prefixed])).entries, ["usr/bin/bash"]);
}

#[test]
fn paths_cannot_leave_the_root_nor_hide_by_detours() {
    let tar = archive(&[
        file("../../../bin/sh", b"x"),
        file("usr/lib/../bin/./bash", b"x"),
        file("/sbin/apk", b"x"),
        entry(b'5', "bin/dash", b""),
        file("./", b"x"),
        link(b'1', "x", "../../etc/shadow"),
    ]);
    assert_eq!(shown(&tar).entries, ["bin/sh", "usr/bin/bash", "sbin/apk", "bin/dash/", "x = etc/shadow"]);
}

#[test]
fn the_end_may_be_cut_off_behind_the_last_byte_of_content() {
    let whole = archive(&[file("a.txt", b"one"), file("b.txt", b"two")]);
    for length in [whole.len(), whole.len() - 512, 2048, 2048 - 100, 1024 + 512 + 3] {
        assert_eq!(shown(&whole[..length]).files.len(), 2, "{length}");
    }
    assert_eq!(reason(&whole[..1024 + 512 + 2], MIB), "is no archive that can be read");
    assert_eq!(reason(&whole[..1024 + 100], MIB), "is no archive that can be read");
    // What stands behind the end is not there for any reader.
    let behind = [whole, file("c.txt", b"three")].concat();
    assert_eq!(shown(&behind).files.len(), 2);
}

#[test]
fn what_has_no_content_ends_with_its_header() {
    let odd = header(b'2', "a", 512, |block| block[157] = b'b');
    assert_eq!(shown(&archive(&[odd, file("next", b"x")])).entries, ["a -> b", "next"]);
}

#[test]
fn bombs_are_refused() {
    let bytes = vec![7_u8; 40 * 1024 * 1024];
    let bomb = packed(&archive(&[file("bytes", &bytes)]));
    assert_eq!(reason(&bomb, MIB), "unpacks to more than 1048576 bytes");
    assert_eq!(reason(&bomb, 1024 * MIB), "unpacks to more than 200 times its size");
    let zeros = packed(&archive(&[file("zeros", &vec![0; 40 * 1024 * 1024])]));
    assert_eq!(reason(&zeros, MIB), "unpacks to more than 33554432 zeros");
    let named = archive(&[entry(b'L', "././@LongLink", &bytes[..8192])]);
    assert_eq!(reason(&named, 1024 * MIB), "holds a path of 8192 bytes, more than 4096");
    let window = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xa0, 1, 0, 0];
    assert_eq!(reason(&window, MIB), "asks for a window of more than 67108864 bytes to be unpacked");
}

#[test]
fn a_file_of_zeros_is_no_bomb() {
    let zeros = vec![0; 24 * 1024 * 1024];
    for tar in [packed(&archive(&[file("log", &zeros), file("x", b"y")])), frame(&archive(&[file("log", &zeros)]))] {
        assert_eq!(shown(&tar).entries[0], "log");
    }
}

#[test]
fn files_with_holes_are_read_in_all_forms() {
    // `ab`, two holes, `cd`, and a hole at the end.
    let gnu = [
        header(b'S', "gnu.txt", 4, |block| {
            for (at, number) in [(386, 0), (398, 2), (410, 4), (422, 2), (483, 20)] {
                block[at..at + 11].copy_from_slice(format!("{number:011o}").as_bytes());
            }
        }),
        padded(b"abcd"),
    ];
    let size = ("GNU.sparse.size", "20");
    let oldest = [("GNU.sparse.offset", "0"), ("GNU.sparse.numbytes", "2")];
    let older = [("GNU.sparse.offset", "4"), ("GNU.sparse.numbytes", "2"), size];
    let map = [("GNU.sparse.map", "0,2,4,2"), ("GNU.sparse.name", "b.txt"), size];
    let new = [("GNU.sparse.major", "1"), ("GNU.sparse.minor", "0"), ("GNU.sparse.name", "c.txt")];
    let realsize = [("GNU.sparse.realsize", "20")];
    let tar = archive(&[
        gnu.concat(),
        extended(&[oldest.as_slice(), &older].concat()),
        file("a.txt", b"abcd"),
        extended(&map),
        file("GNUSparseFile.1/b", b"abcd"),
        extended(&[new.as_slice(), &realsize].concat()),
        file("GNUSparseFile.1/c", &[padded(b"2\n0\n2\n4\n2\n"), b"abcd".to_vec()].concat()),
        file("next", b""),
    ]);
    let Shown { files, entries } = shown(&tar);
    let expected = ["gnu.txt", "a.txt", "b.txt", "c.txt"].map(|path| (path.to_owned(), "ab\0\0cd\0\0".to_owned()));
    assert_eq!((files.as_slice(), entries), (expected.as_slice(), vec!["next".to_owned()]));
}

#[test]
fn maps_of_holes_that_cannot_be_are_refused() {
    for map in ["0,5,4,2", "0,2,19,2", "0", "x,1", "18446744073709551615,2"] {
        let tar = archive(&[extended(&[("GNU.sparse.map", map), ("GNU.sparse.size", "20")]), file("x", b"abcd")]);
        assert!(reason(&tar, MIB).contains("sparse"), "{map}");
    }
    let endless = [("GNU.sparse.major", "1"), ("GNU.sparse.minor", "0"), ("GNU.sparse.realsize", "20")];
    let tar = archive(&[extended(&endless), file("x", &padded(b"99999999\n"))]);
    assert!(reason(&tar, MIB).contains("sparse"));
}

#[test]
fn too_many_entries_are_refused() {
    let many = vec![file("x", b""); 200_001];
    assert_eq!(reason(&archive(&many), 1024 * MIB), "holds more than 200000 entries");
}

#[test]
fn a_path_in_an_extended_header_is_bounded_as_well() {
    let path = "x".repeat(5000);
    for key in ["path", "linkpath", "GNU.sparse.name"] {
        let tar = archive(&[extended(&[(key, &path)]), file("short", b"x")]);
        assert_eq!(reason(&tar, MIB), "holds a path of more than 4096 bytes");
    }
}

#[test]
fn a_size_that_stands_twice_must_be_the_same() {
    let same = archive(&[extended(&[("size", "1"), ("mtime", "1.5")]), file("a.txt", b"y")]);
    assert_eq!(shown(&same).files[0].1, "y");
    for size in ["1024", "0"] {
        let tar = archive(&[extended(&[("size", size)]), file("x", b"y")]);
        assert_eq!(reason(&tar, MIB), "holds a file with two sizes that differ");
    }
}

#[test]
fn garbage_is_no_archive() {
    let garbled = entry(b'x', "PaxHeaders/x", b"99999999999999999999 path=x\n");
    assert!(reason(&archive(&[garbled]), MIB).contains("extended header"));
    let zero = archive(&[extended(&[("path", "a\0b")]), file("x", b"")]);
    assert!(reason(&zero, MIB).contains("extended header"));
    assert_eq!(reason(&[7; 4096], MIB), "is no archive that can be read");
    assert_eq!(reason(&packed(&[7; 4096]), MIB), "is no archive that can be read");
    let whole = archive(&[file("x", &[7; 4096])]);
    for bytes in [packed(&whole), frame(&whole), whole.clone()] {
        assert_eq!(reason(&bytes[..bytes.len() / 2], MIB), "is no archive that can be read");
    }
    let mut changed = whole;
    changed[0] = b'y';
    assert_eq!(reason(&changed, MIB), "is no archive that can be read");
    assert_eq!(reason(&[0x28, 0xb5, 0x2f, 0xfd, 0], MIB), "is no archive that can be read");
}

#[test]
fn files_of_an_archive_are_found_where_they_lie() {
    let tar = archive(&[
        entry(b'5', "blobs/", b""),
        file("blobs/one", b"first"),
        extended(&[("path", "blobs/two")]),
        file("x", b"second"),
        link(b'2', "old/layer.tar", "../blobs/one"),
        link(b'1', "hard", "blobs/two"),
        link(b'2', "lost", "nowhere"),
    ]);
    let found = members(std::io::Cursor::new(&tar), &LIMITS).unwrap();
    let text = |path: &str| {
        let Member { offset, size } = found[path];
        let (start, size) = (usize::try_from(offset).unwrap(), usize::try_from(size).unwrap());
        str::from_utf8(&tar[start..start + size]).unwrap()
    };
    assert_eq!(found.len(), 4);
    assert_eq!((text("blobs/one"), text("old/layer.tar")), ("first", "first"));
    assert_eq!((text("blobs/two"), text("hard")), ("second", "second"));
    let cut = archive(&[file("x", &[7; 4096])]);
    assert!(members(std::io::Cursor::new(&cut[..1024]), &LIMITS).is_err());
}

/// An archive of all that there is.
fn rich() -> Vec<u8> {
    let sparse = [("GNU.sparse.major", "1"), ("GNU.sparse.minor", "0"), ("GNU.sparse.realsize", "20")];
    archive(&[
        entry(b'5', "app/", b""),
        entry(b'L', "././@LongLink", "long/".repeat(50).as_bytes()),
        file("a.txt", b"one"),
        extended(&[("path", "b.txt"), ("size", "3")]),
        file("x", b"two"),
        extended(&sparse),
        file("c.txt", &[padded(b"2\n0\n2\n4\n2\n"), b"abcd".to_vec()].concat()),
        link(b'2', "l", "../x"),
        link(b'1', "h", "a.txt"),
    ])
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever was changed, reading ends, within the limits, and shows no path that leads out of the root.
    #[test]
    fn changed_archives_are_read_or_refused(changes in prop::collection::vec((0_usize..6000, any::<u8>()), 1..8), pack in 0..3) {
        let mut tar = rich();
        for (at, byte) in changes {
            let at = at % tar.len();
            tar[at] = byte;
        }
        let bytes = match pack {
            0 => tar,
            1 => packed(&tar),
            _ => frame(&tar),
        };
        let mut seen = Shown::default();
        let _ = read(bytes.as_slice(), &LIMITS, &mut seen);
        for path in seen.files.iter().map(|(path, _)| path).chain(&seen.entries) {
            prop_assert!(!path.starts_with('/'));
            prop_assert!(path.split([' ', '/']).next().is_none_or(|part| part != ".."));
        }
        prop_assert!(seen.files.iter().all(|(_, text)| text.chars().count() <= 8));
        let _ = members(std::io::Cursor::new(&bytes), &LIMITS);
    }

    /// Nor do bytes that are no archive do harm, packed or not.
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..2000), start in 0..3) {
        let head: &[u8] = match start {
            0 => &[],
            1 => &[0x1f, 0x8b],
            _ => &[0x28, 0xb5, 0x2f, 0xfd],
        };
        let _ = read([head, &bytes].concat().as_slice(), &LIMITS, &mut Shown::default());
    }
}
