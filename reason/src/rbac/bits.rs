//! Sets of needs and of rights, small enough to be put together without a thought.

/// How many words a set of needs has.
const WORDS: usize = 4;

/// A set of needs, by their number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Needs([u64; WORDS]);

impl Needs {
    /// How many needs there can be.
    pub(super) const MOST: usize = WORDS * 64;

    pub(super) fn insert(&mut self, need: usize) {
        self.0[need / 64] |= 1 << (need % 64);
    }

    pub(super) fn has(&self, need: usize) -> bool {
        self.0[need / 64] & (1 << (need % 64)) != 0
    }

    pub(super) fn add(&mut self, other: &Self) {
        for (word, more) in self.0.iter_mut().zip(other.0) {
            *word |= more;
        }
    }

    pub(super) fn with(mut self, other: &Self) -> Self {
        self.add(other);
        self
    }

    pub(super) fn meets(&self, other: &Self) -> bool {
        self.0.iter().zip(other.0).any(|(word, other)| word & other != 0)
    }
}

/// A set of rights, by their number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Held(u64);

impl Held {
    /// How many rights there can be.
    pub(super) const MOST: usize = 64;

    pub(super) fn of(rights: impl IntoIterator<Item = usize>) -> Self {
        Self(rights.into_iter().fold(0, |held, right| held | 1 << right))
    }

    pub(super) fn insert(&mut self, right: usize) {
        self.0 |= 1 << right;
    }

    pub(super) fn has(self, right: usize) -> bool {
        self.0 & (1 << right) != 0
    }

    pub(super) fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    pub(super) fn within(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    pub(super) fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(super) fn rights(self) -> impl Iterator<Item = usize> {
        (0..Self::MOST).filter(move |right| self.has(*right))
    }
}
