//! The built binary, run as a user runs it: against the simulated account, with faults, on files, and on other
//! people's emulators of AWS.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![expect(clippy::print_stdout, reason = "a test that is skipped says so")]

mod cli;
mod connection;
mod credentials;
mod docs;
mod ecr;
mod faults;
mod gate;
mod history;
mod honesty;
mod iam;
mod identity;
mod images;
mod journal;
mod loopback;
mod models;
mod moto;
mod older;
mod output;
mod partitions;
mod planted;
mod proxy;
mod reports;
mod secrets;
mod support;
