//! Faults by chance, the same in every run with the same seed.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use super::failure::FailureKind;

/// Faults that pass, on a part of all calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Random {
    /// Of a thousand calls, how many fail.
    pub per_mille: u16,
    /// What the chance hangs on, besides the number of the call.
    pub seed: u64,
}

/// What happens by chance; each as often as the others.
const KINDS: [FailureKind; 4] = [
    FailureKind::ServerError,
    FailureKind::Reset,
    FailureKind::Throttle { retry_after: None },
    FailureKind::Throttle { retry_after: Some(1) },
];

impl Random {
    /// How the call of this number fails, if it does.
    pub(super) fn failure(self, number: u64) -> Option<FailureKind> {
        let mut hasher = DefaultHasher::new();
        (self.seed, number).hash(&mut hasher);
        let drawn = hasher.finish();
        let (fails, kind) = (drawn % 1_000 < u64::from(self.per_mille), (drawn / 1_000) % KINDS.len() as u64);
        KINDS.get(usize::try_from(kind).ok()?).copied().filter(|_| fails)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn about_as_many_calls_fail_as_were_asked_for_and_always_the_same() {
        let random = Random { per_mille: 50, seed: 7 };
        let failures: Vec<_> = (0..10_000).map(|number| random.failure(number)).collect();
        let count = failures.iter().flatten().count();
        assert!((400..600).contains(&count), "{count} of 10,000");
        assert!(KINDS.iter().all(|kind| failures.contains(&Some(*kind))));
        assert_eq!(failures, (0..10_000).map(|number| random.failure(number)).collect::<Vec<_>>());
        assert_ne!(
            failures,
            (0..10_000).map(|number| Random { seed: 8, ..random }.failure(number)).collect::<Vec<_>>()
        );
    }
}
