//! A loopback AWS endpoint: it speaks the services' own wire protocols, answers from a readable account file, and
//! misbehaves on request.
//!
//! Point any AWS SDK at [`Simulator::endpoint`] (`AWS_ENDPOINT_URL`), give it any access key, and it meets the account
//! that the file describes. Service and Region are read from the credential scope of the signature, which is not
//! verified. Only reads are known; anything else is answered as AWS answers an unknown operation, and logged as such.
//!
//! ```no_run
//! # use palisade_simulator::{Account, Faults, Simulator};
//! # async fn run() -> std::io::Result<()> {
//! let simulator = Simulator::start(Account::demo(), Faults::default()).await?;
//! println!("AWS_ENDPOINT_URL={}", simulator.endpoint());
//! # Ok(())
//! # }
//! ```
#![warn(missing_docs)]

mod account;
mod action;
mod calls;
mod downloads;
mod faults;
mod generate;
mod ids;
mod images;
mod kubernetes;
mod limits;
mod reply;
mod request;
mod requests;
mod server;
mod services;
mod wire;
mod world;

pub use account::{Account, AccountError};
pub use calls::{Call, Outcome};
pub use faults::{Denial, DeniedBy, Failure, FailureKind, Faults, Random, Rewrite};
pub use generate::Size;
pub use limits::{Bucket, Limits};
pub use server::Simulator;
