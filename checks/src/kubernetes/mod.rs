//! Checks of Kubernetes, by what a cluster's own API tells.

mod access_entry_group_administrator;
mod admission_policy_unbound;
mod admission_unenforced;
mod agent_baseline_violated;
mod aws_auth_broken;
mod aws_auth_foreign_account;
mod aws_auth_ignored;
mod aws_auth_masters;
mod aws_auth_user_name_chosen;
mod aws_auth_users;
mod ingress_nginx;
mod ingress_without_tls;
mod load_balancer_without_tls;
mod namespace_agents_unrestricted;
mod namespace_default_used;
mod namespace_egress_not_denied;
mod namespace_ingress_not_denied;
mod namespace_network_policy_missing;
mod namespace_pod_security_baseline;
mod namespace_pod_security_label_malformed;
mod namespace_pod_security_unenforced;
mod namespace_pod_security_unwatched;
mod namespace_pod_security_version_old;
mod namespace_pod_security_violated;
mod namespace_quota_missing;
mod network_policy_dangling;
mod network_policy_open;
mod network_policy_unenforced;
mod pod_identity_dangling;
mod policy_engine_audit_only;
mod rbac_anonymous;
mod rbac_aws_auth_writable;
mod rbac_certificates_approvable;
mod rbac_cluster_admin;
mod rbac_default_account_bound;
mod rbac_escalation;
mod rbac_everybody;
mod rbac_exec;
mod rbac_identity_rewritable;
mod rbac_masters_group;
mod rbac_node_classes_writable;
mod rbac_nodes_proxy;
mod rbac_pod_security_bypass;
mod rbac_pods_creatable;
mod rbac_policy_bypass;
mod rbac_secrets_readable;
mod rbac_tokens_creatable;
mod rbac_volumes_creatable;
mod rbac_webhooks_writable;
mod rbac_wildcard;
mod runtime_security_missing;
mod runtime_security_unready;
mod service_account_both_identities;
mod service_account_role_dangling;
mod service_account_role_refused;
mod service_account_role_shared;
mod service_account_shared_by_workloads;
mod service_external_address;
mod service_internet_facing;
mod service_node_port;
mod storage_class_unencrypted;
mod volume_transit_unencrypted;
mod webhook_dead;
mod webhook_external_url;
mod webhook_fails_open;
mod workload_access_key;
mod workload_access_key_reference;
mod workload_baseline_violated;
mod workload_default_service_account;
mod workload_ephemeral_container;
mod workload_host_credentials_mounted;
mod workload_image_registry_unknown;
mod workload_image_tag_mutable;
mod workload_image_unpinned;
mod workload_limits_missing;
mod workload_network_unselected;
mod workload_node_role_fallback;
mod workload_restricted_violated;
mod workload_role_overridden;
mod workload_root_filesystem_writable;
mod workload_runtime_socket_mounted;
mod workload_secret_as_variable;
mod workload_secret_in_environment;
mod workload_service_account_missing;
mod workload_token_mounted;

use crate::check::Check;

/// All checks of Kubernetes.
pub(crate) const CHECKS: &[&Check] = &[
    &access_entry_group_administrator::CHECK,
    &admission_policy_unbound::CHECK,
    &admission_unenforced::CHECK,
    &agent_baseline_violated::CHECK,
    &aws_auth_broken::CHECK,
    &aws_auth_foreign_account::CHECK,
    &aws_auth_ignored::CHECK,
    &aws_auth_masters::CHECK,
    &aws_auth_user_name_chosen::CHECK,
    &aws_auth_users::CHECK,
    &ingress_nginx::CHECK,
    &ingress_without_tls::CHECK,
    &load_balancer_without_tls::CHECK,
    &namespace_agents_unrestricted::CHECK,
    &namespace_default_used::CHECK,
    &namespace_egress_not_denied::CHECK,
    &namespace_ingress_not_denied::CHECK,
    &namespace_network_policy_missing::CHECK,
    &namespace_pod_security_baseline::CHECK,
    &namespace_pod_security_label_malformed::CHECK,
    &namespace_pod_security_unenforced::CHECK,
    &namespace_pod_security_unwatched::CHECK,
    &namespace_pod_security_version_old::CHECK,
    &namespace_pod_security_violated::CHECK,
    &namespace_quota_missing::CHECK,
    &network_policy_dangling::CHECK,
    &network_policy_open::CHECK,
    &network_policy_unenforced::CHECK,
    &pod_identity_dangling::CHECK,
    &policy_engine_audit_only::CHECK,
    &rbac_anonymous::CHECK,
    &rbac_aws_auth_writable::CHECK,
    &rbac_certificates_approvable::CHECK,
    &rbac_cluster_admin::CHECK,
    &rbac_default_account_bound::CHECK,
    &rbac_escalation::CHECK,
    &rbac_everybody::CHECK,
    &rbac_exec::CHECK,
    &rbac_identity_rewritable::CHECK,
    &rbac_masters_group::CHECK,
    &rbac_node_classes_writable::CHECK,
    &rbac_nodes_proxy::CHECK,
    &rbac_pod_security_bypass::CHECK,
    &rbac_pods_creatable::CHECK,
    &rbac_policy_bypass::CHECK,
    &rbac_secrets_readable::CHECK,
    &rbac_tokens_creatable::CHECK,
    &rbac_volumes_creatable::CHECK,
    &rbac_webhooks_writable::CHECK,
    &rbac_wildcard::CHECK,
    &runtime_security_missing::CHECK,
    &runtime_security_unready::CHECK,
    &service_account_both_identities::CHECK,
    &service_account_role_dangling::CHECK,
    &service_account_role_refused::CHECK,
    &service_account_role_shared::CHECK,
    &service_account_shared_by_workloads::CHECK,
    &service_external_address::CHECK,
    &service_internet_facing::CHECK,
    &service_node_port::CHECK,
    &storage_class_unencrypted::CHECK,
    &volume_transit_unencrypted::CHECK,
    &webhook_dead::CHECK,
    &webhook_external_url::CHECK,
    &webhook_fails_open::CHECK,
    &workload_access_key::CHECK,
    &workload_access_key_reference::CHECK,
    &workload_baseline_violated::CHECK,
    &workload_default_service_account::CHECK,
    &workload_ephemeral_container::CHECK,
    &workload_host_credentials_mounted::CHECK,
    &workload_image_registry_unknown::CHECK,
    &workload_image_tag_mutable::CHECK,
    &workload_image_unpinned::CHECK,
    &workload_limits_missing::CHECK,
    &workload_network_unselected::CHECK,
    &workload_node_role_fallback::CHECK,
    &workload_restricted_violated::CHECK,
    &workload_role_overridden::CHECK,
    &workload_root_filesystem_writable::CHECK,
    &workload_runtime_socket_mounted::CHECK,
    &workload_secret_as_variable::CHECK,
    &workload_secret_in_environment::CHECK,
    &workload_service_account_missing::CHECK,
    &workload_token_mounted::CHECK,
];
