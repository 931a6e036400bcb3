//! What Inspector knows of the images of a Region.

mod calls;
mod coverage;
mod findings;

pub(super) use calls::Inspector;
pub(crate) use coverage::Inspected;
