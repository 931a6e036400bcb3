//! What ECS says, in the words of the model. Values of variables, commands, labels and options are looked at once, here, and
//! not kept.

pub(crate) mod cluster;
pub(crate) mod container;
pub(crate) mod daemon;
pub(crate) mod definition;
pub(crate) mod gateway;
pub(crate) mod instance;
pub(crate) mod overrides;
pub(crate) mod place;
pub(crate) mod revision;
pub(crate) mod service;
pub(crate) mod stage;
pub(crate) mod tags;
pub(crate) mod task;
mod texts;
mod volume;

#[cfg(test)]
#[expect(clippy::needless_pass_by_value, reason = "a literal `json!` reads better without a reference")]
mod tests;
