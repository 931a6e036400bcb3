//! Answers of ECS in, facts out: no value of a variable, command, label or option comes through.

mod containers;
mod overrides;
mod parts;
mod services;
mod volumes;

/// A password as people choose it.
const PASSWORD: &str = "Tr0ub4dor-3xtra";
