//! The facts of made-up accounts.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod fields;
mod objects;
mod older;
mod trace;
mod usage;
mod workload;
