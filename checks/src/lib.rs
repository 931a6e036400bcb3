//! The checks of palisade: facts about an AWS account in, a scored report out.
//!
//! Pure and synchronous: no AWS SDK, no clock, no environment, no files. [`audit::audit`] judges an
//! [`Inventory`](palisade_model::Inventory) with every check that [`all`] lists, and writers render the [`audit::Report`].

#![warn(missing_docs)]
#![warn(clippy::wildcard_enum_match_arm)]

pub mod audit;
pub mod check;
pub mod context;
pub mod ecr;
pub mod ecs;
pub mod eks;
pub mod frameworks;
pub mod iam;
pub mod kubernetes;
pub mod lambda;
pub mod page;
pub mod path;
pub mod renamed;
pub mod score;
mod tags;
#[cfg(test)]
mod testing;

use check::Check;

/// Every check, service by service.
pub fn all() -> impl Iterator<Item = &'static Check> {
    [ecr::CHECKS, ecs::CHECKS, eks::CHECKS, iam::CHECKS, kubernetes::CHECKS, lambda::CHECKS, path::CHECKS]
        .into_iter()
        .flatten()
        .copied()
}
