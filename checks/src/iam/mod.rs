//! Checks of IAM: the roles of workloads, and who may take them on.

mod age;
mod guards;
mod role_action_unused;
mod role_administrator;
mod role_boundary_missing;
mod role_confused_deputy;
mod role_not_action;
mod role_pass_role_any;
mod role_pod_identity_without_tagging;
mod role_pod_tags_without_cluster;
mod role_privilege_escalation;
mod role_service_unused;
mod role_shared_by_service_accounts;
mod role_trust_any_audience;
mod role_trust_any_namespace;
mod role_trust_any_pod;
mod role_trust_anyone;
mod role_trust_cluster_unknown;
mod role_trust_foreign_account;
mod role_trust_no_pod;
mod role_trust_oidc_unlimited;
mod role_trust_pods_and_others;
mod role_trust_service_extra;
mod role_trust_whole_namespace;
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
    &role_pod_identity_without_tagging::CHECK,
    &role_pod_tags_without_cluster::CHECK,
    &role_privilege_escalation::CHECK,
    &role_service_unused::CHECK,
    &role_shared_by_service_accounts::CHECK,
    &role_trust_any_audience::CHECK,
    &role_trust_any_namespace::CHECK,
    &role_trust_any_pod::CHECK,
    &role_trust_anyone::CHECK,
    &role_trust_cluster_unknown::CHECK,
    &role_trust_foreign_account::CHECK,
    &role_trust_no_pod::CHECK,
    &role_trust_oidc_unlimited::CHECK,
    &role_trust_pods_and_others::CHECK,
    &role_trust_service_extra::CHECK,
    &role_trust_whole_namespace::CHECK,
    &role_unused::CHECK,
    &role_wildcard_action::CHECK,
    &role_wildcard_resource::CHECK,
    &user_privilege_escalation::CHECK,
];
