//! What follows from the facts of ECS: what a definition is used for and where it runs, who reaches tasks, what tasks reach.

pub mod agents;
pub mod digests;
pub mod exec;
pub mod host_paths;
pub mod instances;
pub mod load_balancers;
pub mod machines;
pub mod network;
pub mod platforms;
pub mod power;
pub mod reach;
pub mod references;
pub mod roles;
pub mod services;
pub mod tls;
pub mod uses;

#[cfg(test)]
mod tests;
