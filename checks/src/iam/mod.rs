//! Checks of IAM: the roles of workloads, and who may take them on.

mod age;
mod escalates;
mod guards;

use crate::check::checks;

checks! {
    assumed_role_privilege_escalation,
    role_action_unused,
    role_administrator,
    role_boundary_missing,
    role_confused_deputy,
    role_not_action,
    role_pass_role_any,
    role_pod_identity_without_tagging,
    role_pod_tags_without_cluster,
    role_privilege_escalation,
    role_service_unused,
    role_shared_by_service_accounts,
    role_trust_any_audience,
    role_trust_any_namespace,
    role_trust_any_pod,
    role_trust_anyone,
    role_trust_cluster_unknown,
    role_trust_foreign_account,
    role_trust_no_pod,
    role_trust_oidc_unlimited,
    role_trust_pods_and_others,
    role_trust_service_extra,
    role_trust_service_foreign,
    role_trust_whole_namespace,
    role_unused,
    role_wildcard_action,
    role_wildcard_resource,
    user_privilege_escalation,
}
