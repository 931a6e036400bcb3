//! The simulator as a client meets it: raw HTTP/1.1 over a socket, no SDK.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by panicking")]

mod balancing;
mod carriers;
mod client;
mod content;
mod demo;
mod ecr;
mod ecs;
mod eks;
mod faults;
mod identity;
mod inspector;
mod kubernetes;
mod lambda;
mod others;
