//! The entries of one layer in short form: what it takes to lay it over others, without what its files hold.

use palisade_archive::{Entry, Kind};

/// What an entry is, in the list of a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Item<'l> {
    Folder,
    /// A file with a content of its own.
    File(Traits),
    /// A symbolic link, with its target.
    Symbolic(&'l str),
    /// Another name of the file at this path.
    Hard(&'l str),
    Other,
}

/// What is known of a file beside its path.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Traits {
    /// Whether anybody may start it.
    pub(super) is_executable: bool,
    /// Whether it begins as a program in machine code; looked at only where a name asks for it.
    pub(super) is_binary: bool,
}

const FOLDER: u8 = 0;
const FILE: u8 = 1;
const SYMBOLIC: u8 = 2;
const HARD: u8 = 3;
const OTHER: u8 = 4;
const EXECUTABLE: u8 = 0x10;
const BINARY: u8 = 0x20;

/// The entries of a layer in their order. Of each path stands only what differs from the one before.
#[derive(Debug, Default)]
pub(super) struct Listing {
    bytes: Vec<u8>,
    last_path: String,
    last_kind: usize,
    count: u32,
}

impl Listing {
    /// Adds an entry; answers its number, counted from 0.
    pub(super) fn add(&mut self, entry: &Entry<'_>) -> u32 {
        let (kind, target) = match entry.kind {
            Kind::Folder => (FOLDER, ""),
            Kind::File if entry.mode & 0o111 != 0 => (FILE | EXECUTABLE, ""),
            Kind::File => (FILE, ""),
            Kind::Symbolic(target) => (SYMBOLIC, target),
            Kind::Hard(target) => (HARD, target),
            Kind::Other => (OTHER, ""),
        };
        let shared = shared(&self.last_path, entry.path);
        let rest = &entry.path[shared..];
        // Paths and targets have 4096 bytes at the most; what one grows to where it was no UTF-8 is cut off.
        let [shared, rest_length, target_length] =
            [shared, rest.len(), target.len()].map(|length| u16::try_from(length).unwrap_or(u16::MAX));
        self.bytes.extend(shared.to_le_bytes());
        self.bytes.extend(rest_length.to_le_bytes());
        self.bytes.extend(target_length.to_le_bytes());
        self.last_kind = self.bytes.len();
        self.bytes.push(kind);
        self.bytes.extend(&rest.as_bytes()[..usize::from(rest_length)]);
        self.bytes.extend(&target.as_bytes()[..usize::from(target_length)]);
        self.last_path.truncate(usize::from(shared));
        self.last_path.push_str(rest);
        self.count += 1;
        self.count - 1
    }

    /// Notes that the file that was added last is a program in machine code.
    pub(super) fn last_is_binary(&mut self) {
        if let Some(kind) = self.bytes.get_mut(self.last_kind) {
            *kind |= BINARY;
        }
    }

    /// How many bytes it takes.
    pub(super) fn size(&self) -> usize {
        self.bytes.capacity() + self.last_path.capacity()
    }

    /// Gives back memory that is not needed once all entries are there.
    pub(super) fn finish(&mut self) {
        self.bytes.shrink_to_fit();
        self.last_path = String::new();
    }

    /// Shows each entry with its number and path.
    pub(super) fn for_each(&self, mut show: impl FnMut(u32, &str, Item<'_>)) {
        let (mut rest, mut path) = (self.bytes.as_slice(), Vec::new());
        for number in 0..self.count {
            let Some((head, tail)) = rest.split_at_checked(7) else { return };
            let length = |at: usize| usize::from(u16::from_le_bytes([head[at], head[at + 1]]));
            let Some((own, tail)) = tail.split_at_checked(length(2)) else { return };
            let Some((target, tail)) = tail.split_at_checked(length(4)) else { return };
            rest = tail;
            path.truncate(length(0));
            path.extend(own);
            let (Ok(path), Ok(target)) = (str::from_utf8(&path), str::from_utf8(target)) else { continue };
            let item = match head[6] & 0x0f {
                FOLDER => Item::Folder,
                FILE => {
                    Item::File(Traits { is_executable: head[6] & EXECUTABLE != 0, is_binary: head[6] & BINARY != 0 })
                }
                SYMBOLIC => Item::Symbolic(target),
                HARD => Item::Hard(target),
                _ => Item::Other,
            };
            show(number, path, item);
        }
    }
}

/// How many bytes two paths begin with alike, up to the end of a character.
fn shared(left: &str, right: &str) -> usize {
    let alike = left.bytes().zip(right.bytes()).take_while(|(left, right)| left == right).count();
    let alike = alike.min(usize::from(u16::MAX));
    (0..=alike).rev().find(|at| right.is_char_boundary(*at) && left.is_char_boundary(*at)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_come_back_as_they_were() {
        let entries = [
            ("usr", Kind::Folder, 0o755),
            ("usr/bin", Kind::Folder, 0o755),
            ("usr/bin/bash", Kind::File, 0o755),
            ("usr/bin/bä", Kind::File, 0o644),
            ("usr/bin/bö", Kind::Symbolic("../lib/ö"), 0o777),
            ("x", Kind::Hard("usr/bin/bash"), 0),
            ("dev/null", Kind::Other, 0),
        ];
        let mut listing = Listing::default();
        for (number, (path, kind, mode)) in (0..).zip(entries) {
            assert_eq!(listing.add(&Entry { path, kind, size: 0, mode }), number);
            if path.ends_with("bash") {
                listing.last_is_binary();
            }
        }
        listing.finish();
        let mut found = Vec::new();
        listing.for_each(|number, path, item| found.push(format!("{number} {path} {item:?}")));
        let file =
            |executable, binary| format!("{:?}", Item::File(Traits { is_executable: executable, is_binary: binary }));
        let expected = [
            "0 usr Folder".to_owned(),
            "1 usr/bin Folder".to_owned(),
            format!("2 usr/bin/bash {}", file(true, true)),
            format!("3 usr/bin/bä {}", file(false, false)),
            "4 usr/bin/bö Symbolic(\"../lib/ö\")".to_owned(),
            "5 x Hard(\"usr/bin/bash\")".to_owned(),
            "6 dev/null Other".to_owned(),
        ];
        assert_eq!(found, expected);
    }
}
