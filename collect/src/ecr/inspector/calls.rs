//! What it takes to ask Inspector of the images of one Region.

use std::sync::Arc;

use palisade_model::{AccountId, Place};

use crate::ask::Ask;
use crate::aws::signed::Signed;

/// Chains of pages that are read at once. The pacer sets the speed.
pub(super) const AT_ONCE: usize = 16;
/// The most values that a filter takes.
pub(super) const FILTER_VALUES: usize = 10;

/// How Inspector is asked.
pub(in crate::ecr) struct Inspector<'a> {
    pub(in crate::ecr) signed: &'a Signed,
    pub(in crate::ecr) account: &'a AccountId,
    /// The Region.
    pub(in crate::ecr) place: &'a Arc<Place>,
    pub(in crate::ecr) ask: &'a Ask,
}
