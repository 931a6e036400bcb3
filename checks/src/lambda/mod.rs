//! Checks of Lambda.

mod alias_weighted;
mod async_without_failure_destination;
mod code_signing_absent;
mod code_signing_warn_only;
mod concurrency_unreserved;
mod environment_secret;
mod environment_user_key;
mod environment_without_customer_key;
mod ephemeral_storage_extreme;
mod event_source_function_missing;
mod event_source_without_failure_destination;
mod execution_role_missing;
mod execution_role_shared;
mod function_url_auth_none;
mod function_url_cors_any_origin;
mod function_url_cors_credentials_with_wildcard;
mod function_url_iam_open;
mod function_url_permission_unused;
mod function_url_public;
mod image_tag_mutable;
mod layer_foreign;
mod layer_shared_publicly;
mod log_format_text;
mod log_group_default;
mod log_level_debug;
mod memory_extreme;
mod policy_dangling_principal;
mod policy_foreign_account;
mod policy_public;
mod policy_service_without_source;
mod queue_visibility_timeout_short;
mod runtime_deprecated;
mod runtime_deprecation_near;
mod tags_missing;
mod timeout_default_with_event_source;
mod timeout_maximum;
mod tracing_off;
mod vpc_single_zone;
mod vpc_unneeded;

use crate::check::Check;

/// All checks of Lambda.
pub(crate) const CHECKS: &[&Check] = &[
    &alias_weighted::CHECK,
    &async_without_failure_destination::CHECK,
    &code_signing_absent::CHECK,
    &code_signing_warn_only::CHECK,
    &concurrency_unreserved::CHECK,
    &environment_secret::CHECK,
    &environment_user_key::CHECK,
    &environment_without_customer_key::CHECK,
    &ephemeral_storage_extreme::CHECK,
    &event_source_function_missing::CHECK,
    &event_source_without_failure_destination::CHECK,
    &execution_role_missing::CHECK,
    &execution_role_shared::CHECK,
    &function_url_auth_none::CHECK,
    &function_url_cors_any_origin::CHECK,
    &function_url_cors_credentials_with_wildcard::CHECK,
    &function_url_iam_open::CHECK,
    &function_url_permission_unused::CHECK,
    &function_url_public::CHECK,
    &image_tag_mutable::CHECK,
    &layer_foreign::CHECK,
    &layer_shared_publicly::CHECK,
    &log_format_text::CHECK,
    &log_group_default::CHECK,
    &log_level_debug::CHECK,
    &memory_extreme::CHECK,
    &policy_dangling_principal::CHECK,
    &policy_foreign_account::CHECK,
    &policy_public::CHECK,
    &policy_service_without_source::CHECK,
    &queue_visibility_timeout_short::CHECK,
    &runtime_deprecated::CHECK,
    &runtime_deprecation_near::CHECK,
    &tags_missing::CHECK,
    &timeout_default_with_event_source::CHECK,
    &timeout_maximum::CHECK,
    &tracing_off::CHECK,
    &vpc_single_zone::CHECK,
    &vpc_unneeded::CHECK,
];
