//! Attack paths: findings that are harmless enough one by one, and together lead from outside to much.

mod public_function_administrator;
mod public_function_escalation;

use crate::check::Check;

/// All attack paths.
pub(crate) const CHECKS: &[&Check] = &[&public_function_administrator::CHECK, &public_function_escalation::CHECK];
