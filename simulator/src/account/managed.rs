//! AWS-managed policies that account files attach by name.

use std::sync::LazyLock;

use super::Policy;

const FILE: &str = include_str!("../../accounts/aws-managed-policies.yaml");

/// The AWS-managed policies the simulator knows.
pub(crate) fn managed_policies() -> &'static [Policy] {
    static POLICIES: LazyLock<Vec<Policy>> = LazyLock::new(|| match serde_saphyr::from_str(FILE) {
        Ok(policies) => policies,
        Err(error) => panic!("accounts/aws-managed-policies.yaml: {error}"),
    });
    &POLICIES
}
