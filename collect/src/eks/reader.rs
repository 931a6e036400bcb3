//! What it takes to read clusters.

use std::sync::Arc;

use palisade_model::{Fact, Listing, Place, RegionName};

use crate::ask::Ask;
use crate::aws::signed::Signed;

/// What is needed to read clusters.
pub(super) struct Reader<'a> {
    pub(super) client: aws_sdk_eks::Client,
    pub(super) signed: Signed,
    pub(super) region: &'a RegionName,
    pub(super) ask: &'a Ask,
}

/// A cluster, as its calls name it and its gaps place it.
pub(super) struct At<'a> {
    pub(super) name: &'a str,
    pub(super) place: &'a Arc<Place>,
}

/// A list as a fact: whole, or a gap.
pub(super) fn whole<T>(listing: Listing<T>) -> Fact<Vec<T>> {
    match listing.into_parts() {
        (items, None) => Fact::Known(items),
        (_, Some(gap)) => Fact::Unknown(gap),
    }
}
