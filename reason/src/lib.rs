//! What follows from the facts of an account: who can do what and by which steps, what a cluster admits and who rules it,
//! what is reachable from where. Checks and questions read it; it knows neither.
//!
//! Pure and synchronous: no AWS SDK, no clock, no environment, no files.

#![warn(missing_docs)]
#![warn(clippy::wildcard_enum_match_arm)]

pub mod access;
pub mod account;
pub mod ask;
pub mod exposure;
pub mod image_user;
pub mod images;
pub mod in_cluster;
pub mod pod_security;
pub mod rbac;
pub mod tables;
pub mod tasks;
pub mod wording;
