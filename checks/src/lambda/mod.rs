//! Checks of Lambda.

mod function_url_public;
mod tracing_off;

use crate::check::Check;

/// All checks of Lambda.
pub(crate) const CHECKS: &[&Check] = &[&function_url_public::CHECK, &tracing_off::CHECK];
