//! The facts of made-up accounts.

mod fields;
mod objects;
mod older;
mod trace;
mod usage;
