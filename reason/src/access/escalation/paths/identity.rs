//! Paths through IAM itself.

use super::{Limit, Other, Own, Path, Way};

const TWO_KEYS: &str = "the user has fewer than two access keys";

/// Paths through IAM, STS and Identity Center.
pub(super) const PATHS: &[Path] = &[
    Path::new("iam-001", Way::RewriteOwn(Own::Policy), &["iam:CreatePolicyVersion"]),
    Path::new("iam-005", Way::RewriteOwn(Own::Role), &["iam:PutRolePolicy"]),
    Path::new("iam-007", Way::RewriteOwn(Own::User), &["iam:PutUserPolicy"]),
    Path::new("iam-008", Way::RewriteOwn(Own::User), &["iam:AttachUserPolicy"]),
    Path::new("iam-009", Way::RewriteOwn(Own::Role), &["iam:AttachRolePolicy"]),
    Path::new("iam-010", Way::RewriteOwn(Own::Group), &["iam:AttachGroupPolicy"]),
    Path::new("iam-011", Way::RewriteOwn(Own::Group), &["iam:PutGroupPolicy"]),
    Path::new("iam-013", Way::Join, &["iam:AddUserToGroup"]),
    Path::new("palisade-iam-6", Way::JoinRewritten, &["iam:PutGroupPolicy", "iam:AddUserToGroup"]).child_of("iam-013"),
    Path::new("palisade-iam-7", Way::JoinRewritten, &["iam:AttachGroupPolicy", "iam:AddUserToGroup"])
        .child_of("iam-013"),
    Path::new("x-rhino-02", Way::Revert, &["iam:SetDefaultPolicyVersion"])
        .given("an older version of the policy allows more"),
    Path::new("iam-022", Way::Unbind(Own::User, Limit::Boundary), &["iam:DeleteUserPermissionsBoundary"]),
    Path::new("iam-024", Way::Unbind(Own::User, Limit::BoundaryReplaced), &["iam:PutUserPermissionsBoundary"]),
    Path::new("iam-025", Way::Unbind(Own::User, Limit::Attached), &["iam:DetachUserPolicy"]),
    Path::new("iam-026", Way::Unbind(Own::User, Limit::Inline), &["iam:DeleteUserPolicy"]),
    Path::new("palisade-iam-1", Way::Unbind(Own::Role, Limit::Boundary), &["iam:DeleteRolePermissionsBoundary"]),
    Path::new("palisade-iam-2", Way::Unbind(Own::Role, Limit::BoundaryReplaced), &["iam:PutRolePermissionsBoundary"]),
    Path::new("palisade-iam-3", Way::Unbind(Own::Role, Limit::Attached), &["iam:DetachRolePolicy"]),
    Path::new("palisade-iam-4", Way::Unbind(Own::Role, Limit::Inline), &["iam:DeleteRolePolicy"]),
    Path::new("palisade-iam-5", Way::Unbind(Own::Policy, Limit::BoundaryRewritten), &["iam:CreatePolicyVersion"]),
    Path::new("sts-001", Way::Become(Other::Role), &["sts:AssumeRole"]),
    Path::new("iam-012", Way::Become(Other::Role), &["iam:UpdateAssumeRolePolicy"]),
    Path::new("iam-002", Way::Become(Other::User), &["iam:CreateAccessKey"]).given(TWO_KEYS),
    Path::new("iam-003", Way::Become(Other::User), &["iam:CreateAccessKey", "iam:DeleteAccessKey"]).child_of("iam-002"),
    Path::new("iam-004", Way::Become(Other::User), &["iam:CreateLoginProfile"]).given("the user has no password"),
    Path::new("iam-006", Way::Become(Other::User), &["iam:UpdateLoginProfile"]).given("the user has a password"),
    Path::new("iam-014", Way::Rewrite(Other::Role), &["iam:AttachRolePolicy", "sts:AssumeRole"]).child_of("iam-009"),
    Path::new("iam-015", Way::Rewrite(Other::User), &["iam:AttachUserPolicy", "iam:CreateAccessKey"])
        .child_of("iam-008")
        .given(TWO_KEYS),
    Path::new("iam-016", Way::Rewrite(Other::Role), &["iam:CreatePolicyVersion", "sts:AssumeRole"]).child_of("iam-001"),
    Path::new("iam-017", Way::Rewrite(Other::Role), &["iam:PutRolePolicy", "sts:AssumeRole"]).child_of("iam-005"),
    Path::new("iam-018", Way::Rewrite(Other::User), &["iam:PutUserPolicy", "iam:CreateAccessKey"])
        .child_of("iam-007")
        .given(TWO_KEYS),
    Path::new("iam-019", Way::Rewrite(Other::Role), &["iam:AttachRolePolicy", "iam:UpdateAssumeRolePolicy"])
        .child_of("iam-009"),
    Path::new("iam-020", Way::Rewrite(Other::Role), &["iam:CreatePolicyVersion", "iam:UpdateAssumeRolePolicy"])
        .child_of("iam-001"),
    Path::new("iam-021", Way::Rewrite(Other::Role), &["iam:PutRolePolicy", "iam:UpdateAssumeRolePolicy"])
        .child_of("iam-005"),
    Path::new("iam-023", Way::UnbindRole, &["iam:DeleteRolePermissionsBoundary", "sts:AssumeRole"]),
    Path::new("palisade-iam-8", Way::Make(Other::Role), &["iam:CreateRole", "iam:AttachRolePolicy"]),
    Path::new("palisade-iam-9", Way::Make(Other::Role), &["iam:CreateRole", "iam:PutRolePolicy"])
        .child_of("palisade-iam-8"),
    Path::new(
        "palisade-iam-10",
        Way::Make(Other::User),
        &["iam:CreateUser", "iam:AttachUserPolicy", "iam:CreateAccessKey"],
    ),
    Path::new(
        "palisade-iam-11",
        Way::Make(Other::User),
        &["iam:CreateUser", "iam:PutUserPolicy", "iam:CreateAccessKey"],
    )
    .child_of("palisade-iam-10"),
    Path::new(
        "palisade-iam-12",
        Way::Make(Other::User),
        &["iam:CreateUser", "iam:AddUserToGroup", "iam:CreateAccessKey"],
    )
    .child_of("palisade-iam-10"),
    Path::new(
        "palisade-iam-13",
        Way::Make(Other::User),
        &["iam:CreateUser", "iam:AttachUserPolicy", "iam:CreateLoginProfile"],
    )
    .child_of("palisade-iam-10"),
    Path::new(
        "palisade-iam-14",
        Way::Make(Other::User),
        &["iam:CreateUser", "iam:PutUserPolicy", "iam:CreateLoginProfile"],
    )
    .child_of("palisade-iam-10"),
    // Source: <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoot.html>
    Path::new("palisade-sts-1", Way::Elsewhere, &["sts:AssumeRoot"])
        .given("the account manages root access of its organisation's member accounts"),
    Path::new(
        "sso-001",
        Way::Elsewhere,
        &["sso:CreatePermissionSet", "sso:AttachManagedPolicyToPermissionSet", "sso:CreateAccountAssignment"],
    )
    .given("the account administers Identity Center"),
    Path::new("sso-002", Way::Elsewhere, &["sso:AttachManagedPolicyToPermissionSet"])
        .child_of("sso-001")
        .given("a permission set of Identity Center is assigned to whoever controls the identity"),
    Path::new("sso-003", Way::Elsewhere, &["sso:PutInlinePolicyToPermissionSet"])
        .given("a permission set of Identity Center is assigned to whoever controls the identity"),
];
