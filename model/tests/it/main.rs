//! The facts of made-up accounts.

mod objects;
mod usage;
