//! Checks of IAM: the roles of workloads, and who may take them on.

mod role_action_unused;
mod role_administrator;
mod role_boundary_missing;
mod role_confused_deputy;
mod role_not_action;
mod role_pass_role_any;
mod role_privilege_escalation;
mod role_service_unused;
mod role_trust_anyone;
mod role_trust_foreign_account;
mod role_trust_oidc_unlimited;
mod role_trust_service_extra;
mod role_unused;
mod role_wildcard_action;
mod role_wildcard_resource;
mod user_privilege_escalation;

use crate::check::Check;

/// All checks of IAM.
pub(crate) const CHECKS: &[&Check] = &[
    &role_action_unused::CHECK,
    &role_administrator::CHECK,
    &role_boundary_missing::CHECK,
    &role_confused_deputy::CHECK,
    &role_not_action::CHECK,
    &role_pass_role_any::CHECK,
    &role_privilege_escalation::CHECK,
    &role_service_unused::CHECK,
    &role_trust_anyone::CHECK,
    &role_trust_foreign_account::CHECK,
    &role_trust_oidc_unlimited::CHECK,
    &role_trust_service_extra::CHECK,
    &role_unused::CHECK,
    &role_wildcard_action::CHECK,
    &role_wildcard_resource::CHECK,
    &user_privilege_escalation::CHECK,
];
