//! The way to AWS: credentials and clients, the rates at which it may be asked, and the few calls that we sign ourselves.

pub(crate) mod answer;
pub(crate) mod download;
pub(crate) mod endpoint;
pub mod pacer;
pub(crate) mod refusal;
pub(crate) mod region;
pub mod session;
pub mod signed;
