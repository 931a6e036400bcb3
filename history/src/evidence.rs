//! What a failure rests on, so that more of it, or less, is seen.

use std::collections::BTreeSet;

use palisade_model::verdict::Evidence;
use sha2::{Digest as _, Sha256};

/// What stands for one piece of evidence.
pub(crate) type Mark = [u8; 8];

/// The evidence of one finding; the order in which it was told does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct EvidenceSet {
    marks: BTreeSet<Mark>,
    /// The words, as far as they are known: a history keeps the marks alone.
    words: Vec<(Mark, String)>,
}

/// What became of the evidence between two runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Became {
    Same,
    /// There is some that was not there, whatever else has gone.
    More,
    /// Some has gone, and none came.
    Less,
}

impl EvidenceSet {
    pub(crate) fn of(evidence: &[Evidence]) -> Self {
        let words: Vec<_> = evidence.iter().map(|one| (mark(&one.0), one.0.clone())).collect();
        Self { marks: words.iter().map(|(mark, _)| *mark).collect(), words }
    }

    /// Of what [`to_bytes`](Self::to_bytes) gave.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Self {
        let (marks, _) = bytes.as_chunks();
        Self { marks: marks.iter().copied().collect(), words: Vec::new() }
    }

    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        self.marks.iter().flatten().copied().collect()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.marks.is_empty()
    }

    pub(crate) fn same_marks(&self, other: &Self) -> bool {
        self.marks == other.marks
    }

    pub(crate) fn since(&self, before: &Self) -> Became {
        if self.marks == before.marks {
            Became::Same
        } else if self.marks.is_subset(&before.marks) {
            Became::Less
        } else {
            Became::More
        }
    }

    /// The words of what the other one has not.
    pub(crate) fn words_without(&self, other: &Self) -> Vec<String> {
        let new = self.words.iter().filter(|(mark, _)| !other.marks.contains(mark));
        new.map(|(_, words)| words.clone()).collect()
    }

    pub(crate) fn words(&self) -> Vec<String> {
        self.words.iter().map(|(_, words)| words.clone()).collect()
    }
}

fn mark(words: &str) -> Mark {
    let digest = Sha256::digest(ageless(words));
    std::array::from_fn(|index| digest[index])
}

/// The words without what changes by time alone: how many days ago something was.
fn ageless(words: &str) -> String {
    const AGO: &str = " days ago";
    let mut rest = words.trim();
    let mut kept = String::with_capacity(rest.len());
    while let Some((before, after)) = rest.split_once(AGO) {
        kept.push_str(before.trim_end_matches(|character: char| character.is_ascii_digit()));
        kept.push_str(AGO);
        rest = after;
    }
    kept + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(words: &[&str]) -> EvidenceSet {
        EvidenceSet::of(&words.iter().map(|words| Evidence((*words).to_owned())).collect::<Vec<_>>())
    }

    #[test]
    fn order_and_age_change_nothing() {
        assert_eq!(set(&["a", "b"]).since(&set(&["b", "a"])), Became::Same);
        let pushed = |days| format!("imagePushedAt is 2026-01-01, {days} days ago");
        assert_eq!(set(&[&pushed(9)]).since(&set(&[&pushed(10)])), Became::Same);
        assert_eq!(set(&["port 22"]).since(&set(&["port 23"])), Became::More);
    }

    #[test]
    fn one_more_is_worse_even_when_another_has_gone() {
        assert_eq!(set(&["a", "b"]).since(&set(&["a"])), Became::More);
        assert_eq!(set(&["b"]).since(&set(&["a"])), Became::More);
        assert_eq!(set(&["a"]).since(&set(&["a", "b"])), Became::Less);
        assert_eq!(set(&["a", "c"]).words_without(&set(&["a", "b"])), ["c"]);
    }

    #[test]
    fn marks_survive_being_kept() {
        let all = set(&["a", "b"]);
        assert!(EvidenceSet::from_bytes(&all.to_bytes()).same_marks(&all));
    }
}
