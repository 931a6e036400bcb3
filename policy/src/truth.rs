//! Logic with a third value for what the auditor does not know.

use std::ops::{BitAnd, BitOr, Not};

/// Whether something holds: for every request that fits what is known, for none, or for some.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Truth {
    True,
    False,
    Unknown,
}

impl From<bool> for Truth {
    fn from(value: bool) -> Truth {
        if value { Truth::True } else { Truth::False }
    }
}

impl BitAnd for Truth {
    type Output = Truth;

    fn bitand(self, other: Truth) -> Truth {
        match (self, other) {
            (Truth::False, _) | (_, Truth::False) => Truth::False,
            (Truth::True, Truth::True) => Truth::True,
            (Truth::Unknown, _) | (_, Truth::Unknown) => Truth::Unknown,
        }
    }
}

impl BitOr for Truth {
    type Output = Truth;

    fn bitor(self, other: Truth) -> Truth {
        !(!self & !other)
    }
}

impl Not for Truth {
    type Output = Truth;

    fn not(self) -> Truth {
        match self {
            Truth::True => Truth::False,
            Truth::False => Truth::True,
            Truth::Unknown => Truth::Unknown,
        }
    }
}

impl Truth {
    /// Whether any holds.
    pub(crate) fn any(truths: impl IntoIterator<Item = Truth>) -> Truth {
        let mut sum = Truth::False;
        for truth in truths {
            sum = sum | truth;
            if sum == Truth::True {
                break;
            }
        }
        sum
    }

    /// Whether all hold.
    pub(crate) fn all(truths: impl IntoIterator<Item = Truth>) -> Truth {
        let mut product = Truth::True;
        for truth in truths {
            product = product & truth;
            if product == Truth::False {
                break;
            }
        }
        product
    }
}
