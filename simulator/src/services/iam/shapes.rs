//! The XML of roles, users, groups and policies.

use std::collections::BTreeMap;

use crate::account::{Document, Group, LastUsed, Moment, Policy, Role, Trust, User};
use crate::ids;
use crate::wire::percent;
use crate::wire::xml::Xml;
use crate::world::World;

/// A role as `GetAccountAuthorizationDetails` tells it.
pub(super) fn role_detail(xml: &mut Xml, world: &World, role: &Role) {
    role_identity(xml, world, role);
    xml.members("InstanceProfileList", &role.instance_profiles, |xml, profile| {
        xml.text("Path", &profile.path);
        xml.text("InstanceProfileName", &profile.name);
        xml.text("InstanceProfileId", &ids::unique_id("AIPA", &profile.name, 21));
        let resource = format!("instance-profile{}{}", profile.path, profile.name);
        xml.text("Arn", &world.account.arn("iam", "", &resource));
        xml.text("CreateDate", &world.iso(role.created));
        xml.members("Roles", [role], |xml, role| role_identity(xml, world, role));
    });
    inline(xml, "RolePolicyList", &role.inline);
    attached(xml, world, &role.policies);
    boundary(xml, world, role.boundary.as_deref());
    tags(xml, &role.tags);
    last_used(xml, world, role.last_used.as_ref());
}

/// A role as `ListRoles` tells it: with description and session length, without policies, tags and last use.
pub(super) fn listed_role(xml: &mut Xml, world: &World, role: &Role) {
    role_identity(xml, world, role);
    xml.text_if("Description", role.description.as_deref());
    xml.value("MaxSessionDuration", role.max_session);
}

fn role_identity(xml: &mut Xml, world: &World, role: &Role) {
    xml.text("Path", &role.path);
    xml.text("RoleName", &role.name);
    xml.text("RoleId", &ids::unique_id("AROA", &role.name, 21));
    xml.text("Arn", &world.account.arn("iam", "", &format!("role{}{}", role.path, role.name)));
    xml.text("CreateDate", &world.iso(role.created));
    xml.text("AssumeRolePolicyDocument", &percent::encode(&trust(world, &role.trust)));
}

fn trust(world: &World, trust: &Trust) -> String {
    let service = match trust {
        Trust::Document(document) => return document.text(),
        Trust::Service(service) => service,
    };
    let principal = match service.as_str() {
        // The one service whose principal differs in China.
        "ec2" => format!("ec2.{}", world.account.domain()),
        named if named.contains('.') => named.to_owned(),
        named => format!("{named}.amazonaws.com"),
    };
    let statement =
        serde_json::json!({"Effect": "Allow", "Principal": {"Service": principal}, "Action": "sts:AssumeRole"});
    Document::new(serde_json::json!({"Statement": [statement]})).text()
}

fn last_used(xml: &mut Xml, world: &World, last: Option<&LastUsed>) {
    xml.within("RoleLastUsed", |xml| {
        let (date, region) = match last {
            None => return,
            Some(LastUsed::Date(date)) => (*date, world.account.home_region()),
            Some(LastUsed::Place { date, region }) => (*date, region.as_str()),
        };
        xml.text("LastUsedDate", &world.iso(date));
        xml.text("Region", region);
    });
}

/// A user as `GetAccountAuthorizationDetails` tells it.
pub(super) fn user_detail(xml: &mut Xml, world: &World, user: &User) {
    xml.text("Path", &user.path);
    xml.text("UserName", &user.name);
    xml.text("UserId", &ids::unique_id("AIDA", &user.name, 21));
    xml.text("Arn", &world.account.arn("iam", "", &format!("user{}{}", user.path, user.name)));
    xml.text("CreateDate", &world.iso(user.created));
    inline(xml, "UserPolicyList", &user.inline);
    xml.members("GroupList", &user.groups, |xml, group| xml.escape(group));
    attached(xml, world, &user.policies);
    boundary(xml, world, user.boundary.as_deref());
    tags(xml, &user.tags);
}

/// A group as `GetAccountAuthorizationDetails` tells it.
pub(super) fn group_detail(xml: &mut Xml, world: &World, group: &Group) {
    xml.text("Path", &group.path);
    xml.text("GroupName", &group.name);
    xml.text("GroupId", &ids::unique_id("AGPA", &group.name, 21));
    xml.text("Arn", &world.account.arn("iam", "", &format!("group{}{}", group.path, group.name)));
    xml.text("CreateDate", &world.iso(group.created));
    inline(xml, "GroupPolicyList", &group.inline);
    attached(xml, world, &group.policies);
}

/// A managed policy with its versions, and how many identities and boundaries use it.
pub(super) fn policy_detail(xml: &mut Xml, world: &World, policy: &Policy, arn: &str, uses: (usize, usize)) {
    xml.text("PolicyName", &policy.name);
    xml.text("PolicyId", &ids::unique_id("ANPA", &policy.name, 21));
    xml.text("Arn", arn);
    xml.text("Path", &policy.path);
    xml.text("DefaultVersionId", &policy.version);
    xml.value("AttachmentCount", uses.0);
    xml.value("PermissionsBoundaryUsageCount", uses.1);
    xml.value("IsAttachable", true);
    xml.text_if("Description", policy.description.as_deref());
    xml.text("CreateDate", &world.iso(policy.created));
    xml.text("UpdateDate", &world.iso(policy.created));
    let default = (policy.version.as_str(), &policy.document, true);
    let others = policy.versions.iter().map(|version| (version.id.as_str(), &version.document, false));
    let versions: Vec<(&str, &Document, bool)> = std::iter::once(default).chain(others).collect();
    xml.members("PolicyVersionList", versions, |xml, (id, document, is_default)| {
        policy_version(xml, world, id, document, is_default, policy.created);
    });
}

fn policy_version(xml: &mut Xml, world: &World, id: &str, document: &Document, is_default: bool, created: Moment) {
    xml.text("Document", &percent::encode(&document.text()));
    xml.text("VersionId", id);
    xml.value("IsDefaultVersion", is_default);
    xml.text("CreateDate", &world.iso(created));
}

fn inline(xml: &mut Xml, name: &str, policies: &BTreeMap<String, Document>) {
    xml.members(name, policies, |xml, (name, document)| {
        xml.text("PolicyName", name);
        xml.text("PolicyDocument", &percent::encode(&document.text()));
    });
}

fn attached(xml: &mut Xml, world: &World, policies: &[String]) {
    xml.members("AttachedManagedPolicies", policies, |xml, policy| {
        xml.text("PolicyName", policy.rsplit('/').next().unwrap_or(policy));
        xml.text("PolicyArn", &world.account.policy_arn(policy));
    });
}

fn boundary(xml: &mut Xml, world: &World, boundary: Option<&str>) {
    let Some(policy) = boundary else { return };
    xml.within("PermissionsBoundary", |xml| {
        xml.text("PermissionsBoundaryType", "PermissionsBoundaryPolicy");
        xml.text("PermissionsBoundaryArn", &world.account.policy_arn(policy));
    });
}

/// Tags, as IAM lists them.
pub(super) fn tags(xml: &mut Xml, tags: &BTreeMap<String, String>) {
    xml.members("Tags", tags, |xml, (key, value)| {
        xml.text("Key", key);
        xml.text("Value", value);
    });
}
