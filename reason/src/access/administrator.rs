//! Whether an identity is an administrator in effect, whatever its policies are called.

use std::sync::LazyLock;

use palisade_policy::{
    ActionElement, ActionPattern, Attached, CallerKind, Decision, Document, Effect, Identity, Policies,
    PrincipalElement, Request, RequestContext, ResourceElement, ResourcePattern, Statement, Version, evaluate,
};

use super::sets::PolicySet;
use super::{Access, Actor};
use crate::wording::reasons;

/// An action of a service that nobody thought of: allowed only where everything is, but for what is named.
const UNNAMED: (&str, &str) = ("an-unnamed-service:AnyAction", "arn:PARTITION:an-unnamed-service:::any-resource");

/// Ways to hand out permissions; whoever may do everything else and one of these may do everything.
const HAND_OUT: [(&str, &str); 5] = [
    ("iam:AttachRolePolicy", "arn:PARTITION:iam::ACCOUNT:role/a-role-that-no-policy-names"),
    ("iam:PutRolePolicy", "arn:PARTITION:iam::ACCOUNT:role/a-role-that-no-policy-names"),
    ("iam:AttachUserPolicy", "arn:PARTITION:iam::ACCOUNT:user/a-user-that-no-policy-names"),
    ("iam:PutUserPolicy", "arn:PARTITION:iam::ACCOUNT:user/a-user-that-no-policy-names"),
    ("iam:CreatePolicyVersion", "arn:PARTITION:iam::ACCOUNT:policy/a-policy-that-no-policy-names"),
];

/// AWS's managed policies that make an administrator of whoever they are attached to.
pub(super) const STRONGEST: [&str; 2] = ["AdministratorAccess", "IAMFullAccess"];

pub(super) static EVERYTHING: LazyLock<Document> = LazyLock::new(|| Document {
    version: Version::V2012,
    id: None,
    statements: vec![Statement {
        sid: None,
        effect: Effect::Allow,
        principal: PrincipalElement::None,
        action: ActionElement::Action(vec![ActionPattern::new("*")]),
        resource: ResourceElement::Resource(vec![ResourcePattern::new("*")]),
        conditions: vec![],
    }],
});

/// Why an identity is as good as an administrator, or `None` when it is not.
///
/// It is one when its policies together allow everything, or allow it to give itself everything, after explicit
/// denials, its permissions boundary and the organisation's guard rails, as far as those could be read. What depends on
/// a condition counts as allowed, and the condition is named.
pub fn administrator<'a>(access: &Access<'a>, principal: &Actor<'a>) -> Option<Vec<String>> {
    let set = access.set_of(principal);
    if has_everything(&set) {
        let decision = everything(principal, &access.policies_of(principal))?;
        return Some(vec![format!("all actions on all resources are allowed by {}", reasons(&decision))]);
    }
    if !HAND_OUT.iter().any(|(action, _)| set.mentions(action)) {
        return None;
    }
    let boundary = removable_boundary(access, principal);
    let would_have_everything =
        || may(principal, &granted_everything(&set.policies, boundary.is_some()), UNNAMED).is_some();
    let is_worth_it = match boundary {
        Some(_) => would_have_everything(),
        None => *set.would_have_everything.get_or_init(would_have_everything),
    };
    if !is_worth_it {
        return None;
    }
    let grants = ways_to_grant(access, principal);
    (!grants.is_empty()).then(|| grants.into_iter().chain(boundary).collect())
}

/// Whether an identity's policies allow everything as they are, so that there is nothing left to gain.
pub(super) fn has_everything(set: &PolicySet<'_>) -> bool {
    *set.everything.get_or_init(|| everything(&set.sample, &set.policies).is_some())
}

/// Whether an identity is as good as an administrator.
pub(super) fn is_administrator<'a>(access: &Access<'a>, principal: &Actor<'a>) -> bool {
    has_everything(&access.set_of(principal)) || administrator(access, principal).is_some()
}

/// How everything is allowed by these policies, if it may be.
fn everything<'p>(principal: &Actor<'_>, policies: &Policies<'p>) -> Option<Decision<'p>> {
    let hands_out = HAND_OUT.into_iter().any(|power| may(principal, policies, power).is_some());
    may(principal, policies, UNNAMED).filter(|_| hands_out)
}

/// What the identity's policies are once it has given itself everything. What denies and what limits stays.
fn granted_everything<'p>(policies: &Policies<'p>, without_boundary: bool) -> Policies<'p> {
    let mut granted = policies.clone();
    let everything = Attached { name: "everything", document: &EVERYTHING };
    match &mut granted.identity {
        Identity::Known(identity) => identity.push(everything),
        Identity::Unknown => granted.identity = Identity::Known(vec![everything]),
    }
    if without_boundary {
        granted.boundary = None;
    }
    granted
}

/// How one action is allowed by these policies, if it may be.
fn may<'p>(principal: &Actor<'_>, policies: &Policies<'p>, (action, resource): (&str, &str)) -> Option<Decision<'p>> {
    let resource = resource.replace("PARTITION", principal.arn.partition());
    let resource = resource.replace("ACCOUNT", principal.arn.account());
    let request = Request {
        caller: &principal.caller,
        action,
        resource: &resource,
        resource_account: None,
        context: &principal.context,
    };
    Some(evaluate(&request, policies)).filter(Decision::may_be_allowed)
}

/// How the identity may take its boundary off, if it has one and may.
fn removable_boundary<'a>(access: &Access<'a>, principal: &Actor<'a>) -> Option<String> {
    principal.boundary?;
    let action = match principal.caller.kind() {
        CallerKind::User { .. } => "iam:DeleteUserPermissionsBoundary",
        CallerKind::Role { .. } => "iam:DeleteRolePermissionsBoundary",
        CallerKind::Anonymous
        | CallerKind::SomeoneIn(_)
        | CallerKind::Root(_)
        | CallerKind::Session { .. }
        | CallerKind::FederatedUser { .. }
        | CallerKind::Service
        | CallerKind::Federated => return None,
    };
    way(access, principal, action, principal.arn.as_str(), &about_itself(principal))
}

/// The ways in which the identity may give itself permissions.
fn ways_to_grant<'a>(access: &Access<'a>, principal: &Actor<'a>) -> Vec<String> {
    let (put, attach) = match principal.caller.kind() {
        CallerKind::User { .. } => ("iam:PutUserPolicy", "iam:AttachUserPolicy"),
        CallerKind::Role { .. } => ("iam:PutRolePolicy", "iam:AttachRolePolicy"),
        CallerKind::Anonymous
        | CallerKind::SomeoneIn(_)
        | CallerKind::Root(_)
        | CallerKind::Session { .. }
        | CallerKind::FederatedUser { .. }
        | CallerKind::Service
        | CallerKind::Federated => return Vec::new(),
    };
    let itself = principal.arn.as_str();
    let context = about_itself(principal);
    let attached = STRONGEST.iter().find_map(|policy| {
        let policy = format!("arn:{}:iam::aws:policy/{policy}", principal.arn.partition());
        way(access, principal, attach, itself, &context.clone().known("iam:PolicyARN", [policy]))
    });
    let own =
        principal.identity.iter().map(|policy| policy.name).filter(|name| is_owned(name, principal.arn.account()));
    let versions = own.filter_map(|arn| {
        let context = principal.context.clone();
        way(access, principal, "iam:CreatePolicyVersion", arn, &context)
    });
    way(access, principal, put, itself, &context).into_iter().chain(attached).chain(versions).collect()
}

/// How one action is allowed, if it may be.
fn way<'a>(
    access: &Access<'a>,
    principal: &Actor<'a>,
    action: &str,
    resource: &str,
    context: &RequestContext,
) -> Option<String> {
    let decision = access.can(principal, action, resource, context);
    decision.may_be_allowed().then(|| format!("{action} on {resource} is allowed by {}", reasons(&decision)))
}

/// What is known of a request that changes the identity itself: IAM shows the boundary that its subject has.
fn about_itself(principal: &Actor<'_>) -> RequestContext {
    let context = principal.context.clone();
    match principal.boundary {
        Some(boundary) => context.known("iam:PermissionsBoundary", [boundary.name]),
        None => context.absent("iam:PermissionsBoundary"),
    }
}

/// Whether a policy's name is the ARN of a managed policy of the account.
fn is_owned(name: &str, account: &str) -> bool {
    let mut parts = name.splitn(6, ':');
    parts.next() == Some("arn") && parts.nth(3) == Some(account)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::account::Account;
    use palisade_model::Fact;
    use palisade_model::iam::PolicyText;
    use palisade_model::organization::{ControlPolicy, Organization};
    use palisade_scenes::Scene;
    use palisade_scenes::iam::{allow, deny, permitted as with};

    fn why(scene: &Scene) -> Option<Vec<String>> {
        let account = Account::new(&scene.inventory, &scene.settings);
        let role = account.role(&scene.subject).unwrap().unwrap();
        administrator(&account.access, &account.access.role(role).unwrap())
    }

    #[test]
    fn the_union_of_policies_makes_an_administrator() {
        assert!(why(&with(&[allow("*", "*")])).is_some());
        assert!(why(&with(&[allow("*:*", "*")])).is_some());
        let rest = json!({ "Effect": "Allow", "NotAction": "iam:*", "Resource": "*" });
        assert!(why(&with(&[rest.clone(), allow("iam:*", "*")])).is_some());
        assert!(why(&with(&[rest])).is_none());
        assert!(why(&with(&[allow("*", "*"), deny(json!(["s3:*", "iam:PutRolePolicy"]), "*")])).is_some());
        assert!(why(&with(&[allow("s3:*", "*"), allow("lambda:*", "*")])).is_none());
    }

    #[test]
    fn the_power_to_give_oneself_everything_is_enough() {
        let itself = "arn:aws:iam::111122223333:role/orders-role";
        for action in ["iam:PutRolePolicy", "iam:AttachRolePolicy", "iam:*"] {
            assert!(why(&with(&[allow(action, itself)])).is_some(), "{action}");
            assert!(why(&with(&[allow(action, "arn:aws:iam::111122223333:role/other")])).is_none(), "{action}");
        }
        let harmless = json!({
            "Effect": "Allow", "Action": "iam:AttachRolePolicy", "Resource": "*",
            "Condition": { "ArnEquals": { "iam:PolicyARN": "arn:aws:iam::aws:policy/ReadOnlyAccess" } },
        });
        assert!(why(&with(&[harmless])).is_none());
        let own = with(&[allow("iam:CreatePolicyVersion", "*")]);
        assert!(why(&own).is_none(), "there is no policy to change");
        let own = own.and_managed("arn:aws:iam::111122223333:policy/own", allow("s3:ListBucket", "*"));
        assert!(why(&own).unwrap()[0].contains("policy/own"), "{:?}", why(&own));
    }

    #[test]
    fn what_denies_for_certain_counts_and_what_may_deny_does_not() {
        assert!(why(&with(&[allow("*", "*"), deny("iam:*", "*")])).is_none());
        let without_mfa = json!({
            "Effect": "Deny", "Action": "*", "Resource": "*",
            "Condition": { "BoolIfExists": { "aws:MultiFactorAuthPresent": "false" } },
        });
        let evidence = why(&with(&[allow("*", "*"), without_mfa])).unwrap();
        assert!(evidence[0].contains("aws:MultiFactorAuthPresent"), "{evidence:?}");
    }

    #[test]
    fn a_boundary_holds_unless_it_can_be_taken_off() {
        let bounded = |boundary| with(&[allow("*", "*")]).bounded(boundary);
        assert!(why(&bounded(allow("s3:*", "*"))).is_none());
        assert!(why(&bounded(allow("*", "*"))).is_some());
        assert!(why(&bounded(allow(json!(["s3:*", "iam:PutRolePolicy"]), "*"))).is_none());
        let loose = bounded(allow(json!(["iam:DeleteRolePermissionsBoundary", "iam:PutRolePolicy"]), "*"));
        assert_eq!(why(&loose).unwrap().len(), 2);
    }

    #[test]
    fn a_service_control_policy_holds_where_it_was_read() {
        let document = |statement: Value| {
            let text = json!({ "Version": "2012-10-17", "Statement": [allow("*", "*"), statement] }).to_string();
            ControlPolicy { id: "p-1".to_owned(), name: "guard".to_owned(), document: PolicyText::parse(&text) }
        };
        let guarded = |statement: Value| {
            let mut scene = with(&[allow("*", "*")]);
            scene.inventory.organization = Fact::Known(Some(Organization {
                id: "o-a1b2c3d4e5".to_owned(),
                management_account: "444455556666".into(),
                service_control: Fact::Known(vec![vec![document(statement)]]),
                resource_control: Fact::Known(vec![]),
            }));
            scene
        };
        assert!(why(&guarded(deny("iam:*", "*"))).is_none());
        assert!(why(&guarded(deny("organizations:LeaveOrganization", "*"))).is_some());
    }
}
