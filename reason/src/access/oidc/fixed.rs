//! How much of who may come in conditions fix.

use std::ops::BitOr;

/// What the values of claims fix of who may come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Fixed(u8);

impl Fixed {
    /// Nothing.
    pub const NOTHING: Self = Self(0);
    /// The organisation, group, workspace or other customer of the provider.
    pub const TENANT: Self = Self(1);
    /// The repository, project or pipeline by a name that is unique for its tenant.
    pub const NAME: Self = Self(2);
    /// The repository, project, pipeline, user or service by an id that is unique for the provider.
    pub const PROJECT: Self = Self(4);
    /// Whose the file is that says what runs.
    pub const CODE_OWNER: Self = Self(8);
    /// In which of their repositories it is.
    pub const CODE_NAME: Self = Self(16);

    /// Both.
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether all that `other` names is fixed.
    pub fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether one project alone may come in, or one tenant's with one file that says what runs.
    pub fn is_enough(self) -> bool {
        let code = Self::CODE_OWNER.and(Self::CODE_NAME);
        self.has(Self::PROJECT) || self.has(Self::TENANT) && (self.has(Self::NAME) || self.has(code))
    }
}

impl BitOr for Fixed {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        self.and(other)
    }
}
