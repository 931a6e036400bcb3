//! Checks of ECR.

mod creation_template_policy_open;
mod creation_template_settings_weak;
mod encryption_without_customer_key;
mod image_known_exploited;
mod image_mutable_tag_in_use;
mod image_never_scanned;
mod image_not_minimal;
mod image_old;
mod image_runs_as_root;
mod image_scan_failed;
mod image_scan_stale;
mod image_scan_unsupported;
mod image_secret_in_environment;
mod image_secret_in_files;
mod image_secret_in_history;
mod image_unsigned;
mod image_vulnerable_in_use;
mod image_vulnerable_newest;
mod lifecycle_missing;
mod lifecycle_untagged_kept;
mod public_repository_push_foreign;
mod public_repository_unexpected;
mod pull_through_upstream_unexpected;
mod pull_through_without_credentials;
mod registry_policy_foreign_account;
mod registry_policy_public;
mod registry_policy_scope_v1;
mod replication_foreign_account;
mod repository_policy_dangling_principal;
mod repository_policy_foreign_account;
mod repository_policy_public;
mod repository_write_foreign;
mod repository_write_wide;
mod scan_on_push_off;
mod scanning_basic;
mod tag_mutable;

use crate::check::Check;

/// All checks of ECR.
pub(crate) const CHECKS: &[&Check] = &[
    &creation_template_policy_open::CHECK,
    &creation_template_settings_weak::CHECK,
    &encryption_without_customer_key::CHECK,
    &image_known_exploited::CHECK,
    &image_mutable_tag_in_use::CHECK,
    &image_never_scanned::CHECK,
    &image_not_minimal::CHECK,
    &image_old::CHECK,
    &image_runs_as_root::CHECK,
    &image_scan_failed::CHECK,
    &image_scan_stale::CHECK,
    &image_scan_unsupported::CHECK,
    &image_secret_in_environment::CHECK,
    &image_secret_in_files::CHECK,
    &image_secret_in_history::CHECK,
    &image_unsigned::CHECK,
    &image_vulnerable_in_use::CHECK,
    &image_vulnerable_newest::CHECK,
    &lifecycle_missing::CHECK,
    &lifecycle_untagged_kept::CHECK,
    &public_repository_push_foreign::CHECK,
    &public_repository_unexpected::CHECK,
    &pull_through_upstream_unexpected::CHECK,
    &pull_through_without_credentials::CHECK,
    &registry_policy_foreign_account::CHECK,
    &registry_policy_public::CHECK,
    &registry_policy_scope_v1::CHECK,
    &replication_foreign_account::CHECK,
    &repository_policy_dangling_principal::CHECK,
    &repository_policy_foreign_account::CHECK,
    &repository_policy_public::CHECK,
    &repository_write_foreign::CHECK,
    &repository_write_wide::CHECK,
    &scan_on_push_off::CHECK,
    &scanning_basic::CHECK,
    &tag_mutable::CHECK,
];
