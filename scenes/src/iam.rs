//! Scenes about roles: what the role of the function `orders` is allowed, and who may take it on.

use serde_json::{Value, json};

use crate::{ACCOUNT, Scene, function, policy, role_arn};
use palisade_model::iam::{
    ActionUse, InlinePolicy, LastUsed, ManagedPolicy, OidcDetails, OidcProvider, Role, ServiceUse,
};
use palisade_model::organization::Organization;
use palisade_model::{Fact, Listing};

/// An account whose function `orders` runs as `orders-role`; the role, then changed, is the subject.
pub fn role(change: impl FnOnce(&mut Role)) -> Scene {
    let mut scene = function(|_| {}).and_subject(change);
    scene.subject = role_arn("orders-role");
    scene
}

pub fn allow(action: impl Into<Value>, resource: impl Into<Value>) -> Value {
    json!({ "Effect": "Allow", "Action": action.into(), "Resource": resource.into() })
}

pub fn deny(action: impl Into<Value>, resource: impl Into<Value>) -> Value {
    json!({ "Effect": "Deny", "Action": action.into(), "Resource": resource.into() })
}

/// The role of the function `orders` with these statements, each in an inline policy of its own.
pub fn permitted(statements: &[Value]) -> Scene {
    statements.iter().enumerate().fold(role(|_| {}), |scene, (index, statement)| {
        scene.and_subject(|role| {
            role.inline.push(InlinePolicy { name: format!("p{index}"), document: policy(statement.clone()) });
        })
    })
}

impl Scene {
    /// Changes the role `orders-role`.
    pub fn and_subject(self, change: impl FnOnce(&mut Role)) -> Self {
        self.iam(|iam| {
            let mut roles = iam.roles.seen().to_vec();
            change(roles.iter_mut().find(|role| role.name == "orders-role").unwrap());
            iam.roles = Listing::new(roles, iam.roles.gap().cloned());
        })
    }

    /// Adds a managed policy of the account.
    fn and_policy(self, arn: &str, statement: Value) -> Self {
        self.iam(|iam| {
            let name = arn.rsplit('/').next().unwrap().to_owned();
            let added = ManagedPolicy { arn: arn.into(), name, document: policy(statement), attachments: 1 };
            iam.policies = Listing::new([iam.policies.seen(), &[added]].concat(), iam.policies.gap().cloned());
        })
    }

    /// Attaches a managed policy to the role.
    pub fn and_managed(self, arn: &str, statement: Value) -> Self {
        self.and_policy(arn, statement).and_subject(|role| role.attached.push(arn.into()))
    }

    /// Bounds the role.
    pub fn bounded(self, statement: Value) -> Self {
        let arn = format!("arn:aws:iam::{ACCOUNT}:policy/boundary");
        self.and_policy(&arn, statement).and_subject(|role| role.boundary = Some(arn.as_str().into()))
    }
}

/// An account without functions whose one role has this trust policy.
pub fn trusting(statement: Value) -> Scene {
    let trust = policy(statement);
    let functionless = role(|role| role.trust = trust);
    functionless.lambda(|lambda| lambda.functions = Listing::whole(vec![]))
}

/// The account in the organisation `o-a1b2c3d4e5`, whose guard rails allow everything.
pub fn in_organization(mut scene: Scene) -> Scene {
    scene.inventory.organization = Fact::Known(Some(Organization {
        id: "o-a1b2c3d4e5".to_owned(),
        management_account: "999988887777".into(),
        service_control: Fact::Known(vec![]),
        resource_control: Fact::Known(vec![]),
    }));
    scene
}

/// Adds an identity provider with these audiences.
pub fn and_provider(scene: Scene, issuer: &str, audiences: &[&str]) -> Scene {
    let provider = OidcProvider {
        arn: format!("arn:aws:iam::{ACCOUNT}:oidc-provider/{issuer}").into(),
        details: Fact::Known(OidcDetails {
            issuer: issuer.to_owned(),
            audiences: audiences.iter().copied().map(str::to_owned).collect(),
        }),
    };
    scene.iam(|iam| iam.oidc_providers = Listing::whole(vec![provider]))
}

/// A service with the actions that AWS tracks, each with its last use.
type Used<'s> = (&'s str, Option<&'s str>, &'s [(&'s str, Option<&'s str>)]);

/// The role of the function `orders`, old enough to be judged and used a day ago, with what it has used.
pub fn used_services(services: &[Used<'_>]) -> Scene {
    let time = |text: &str| text.parse().unwrap();
    let services = services.iter().map(|(service, last_used, actions)| ServiceUse {
        service: (*service).to_owned(),
        last_used: last_used.map(time),
        actions: actions
            .iter()
            .map(|(action, last_used)| ActionUse { action: (*action).to_owned(), last_used: last_used.map(time) })
            .collect(),
    });
    let services = services.collect();
    role(|role| {
        role.created_at = Some(time("2024-01-01T00:00:00Z"));
        role.last_used = Some(LastUsed { at: time("2026-11-21T00:00:00Z"), region: None });
        role.services = Fact::Known(services);
    })
}
