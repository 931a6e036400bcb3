//! Attack paths: findings that are harmless enough one by one, and together lead from outside to much.

mod any_pod_administrator;
mod any_pod_escalation;
mod doors;
mod pod_create_node_role;
mod public_function_administrator;
mod public_function_escalation;
mod public_service_escalation;

use crate::check::Check;

/// All attack paths.
pub(crate) const CHECKS: &[&Check] = &[
    &any_pod_administrator::CHECK,
    &any_pod_escalation::CHECK,
    &pod_create_node_role::CHECK,
    &public_function_administrator::CHECK,
    &public_function_escalation::CHECK,
    &public_service_escalation::CHECK,
];
