//! The few calls for which an SDK crate would cost more than it gives (`aws-sdk-ec2` alone takes minutes and gigabytes
//! to compile): built and signed here, sent through the same HTTP client, and failing with the SDK's own error type.

mod batch;
mod calls;
mod client;
mod ec2;
mod ecr_public;
mod ecs;
mod elbv2;
mod events;
mod guard_duty;
mod inspector;
mod logs;
mod organizations;
mod pipes;
mod s3;
mod scheduler;
mod security_hub;
mod states;
mod wafv2;

pub use client::Posted;
pub(crate) use client::{Answer, Paged, RESERVED, Signed, moment};
pub(crate) use ecs::{Batch, GatewayName, Missed};
pub(crate) use inspector::{Covered, Details, Finding, Scored};
pub(crate) use organizations::ControlKind;
pub(crate) use pipes::PipeName;
pub(crate) use scheduler::ScheduleName;
pub use security_hub::post_to_security_hub;
