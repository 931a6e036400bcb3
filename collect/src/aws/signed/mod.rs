//! The few calls for which an SDK crate would cost more than it gives (`aws-sdk-ec2` alone takes minutes and gigabytes
//! to compile): built and signed here, sent through the same HTTP client, and failing with the SDK's own error type.

mod calls;
mod client;
mod ec2;
mod ecr_public;
mod guard_duty;
mod inspector;
mod logs;
mod organizations;

pub(crate) use client::{Answer, Paged, RESERVED, Signed};
pub(crate) use inspector::{Covered, Details, Finding, Scored};
pub(crate) use organizations::ControlKind;
