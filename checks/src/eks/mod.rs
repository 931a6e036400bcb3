//! Checks of EKS, by what AWS says of clusters.

mod access_entry_administrator;
mod access_entry_administrators_many;
mod access_entry_dangling;
mod access_entry_foreign_account;
mod access_entry_reads_secrets;
mod addon_unhealthy;
mod cluster_audit_log_off;
mod cluster_authentication_config_map;
mod cluster_authentication_mixed;
mod cluster_creator_administrator;
mod cluster_deletion_unprotected;
mod cluster_endpoint_private_off;
mod cluster_endpoint_public;
mod cluster_endpoint_public_reachable;
mod cluster_log_retention;
mod cluster_logs_incomplete;
mod cluster_secrets_unencrypted;
mod cluster_secrets_without_customer_key;
mod cluster_tags_missing;
mod cluster_version_extended;
mod cluster_version_unsupported;
mod cluster_workload_identity_missing;
mod fargate_profile_wildcard;
mod guard_duty_audit_off;
mod guard_duty_runtime_uncovered;
mod identity_provider_unprefixed;
mod insight_failing;
mod node_group_image_outdated;
mod node_group_ssh_open;
mod node_group_version_behind;
mod node_metadata_hop_limit;
mod node_metadata_version_one;
mod node_public;
mod oidc_provider_audience_extra;
mod pod_identity_agent_missing;
mod pod_identity_default_account;
mod pod_identity_foreign_target;
mod pod_identity_role_missing;
mod pod_identity_tags_disabled;
mod security_group_open;
mod vpc_cni_node_role;
mod vpc_flow_logs_off;

use crate::check::Check;

/// All checks of EKS.
pub(crate) const CHECKS: &[&Check] = &[
    &access_entry_administrator::CHECK,
    &access_entry_administrators_many::CHECK,
    &access_entry_dangling::CHECK,
    &access_entry_foreign_account::CHECK,
    &access_entry_reads_secrets::CHECK,
    &addon_unhealthy::CHECK,
    &cluster_audit_log_off::CHECK,
    &cluster_authentication_config_map::CHECK,
    &cluster_authentication_mixed::CHECK,
    &cluster_creator_administrator::CHECK,
    &cluster_deletion_unprotected::CHECK,
    &cluster_endpoint_private_off::CHECK,
    &cluster_endpoint_public::CHECK,
    &cluster_endpoint_public_reachable::CHECK,
    &cluster_log_retention::CHECK,
    &cluster_logs_incomplete::CHECK,
    &cluster_secrets_unencrypted::CHECK,
    &cluster_secrets_without_customer_key::CHECK,
    &cluster_tags_missing::CHECK,
    &cluster_version_extended::CHECK,
    &cluster_version_unsupported::CHECK,
    &cluster_workload_identity_missing::CHECK,
    &fargate_profile_wildcard::CHECK,
    &guard_duty_audit_off::CHECK,
    &guard_duty_runtime_uncovered::CHECK,
    &identity_provider_unprefixed::CHECK,
    &insight_failing::CHECK,
    &node_group_image_outdated::CHECK,
    &node_group_ssh_open::CHECK,
    &node_group_version_behind::CHECK,
    &node_metadata_hop_limit::CHECK,
    &node_metadata_version_one::CHECK,
    &node_public::CHECK,
    &oidc_provider_audience_extra::CHECK,
    &pod_identity_agent_missing::CHECK,
    &pod_identity_default_account::CHECK,
    &pod_identity_foreign_target::CHECK,
    &pod_identity_role_missing::CHECK,
    &pod_identity_tags_disabled::CHECK,
    &security_group_open::CHECK,
    &vpc_cni_node_role::CHECK,
    &vpc_flow_logs_off::CHECK,
];
