//! Scenes about roles that pods of the cluster `shop` may take on.

use serde_json::{Value, json};

use crate::iam::and_provider;
use crate::{ACCOUNT, ISSUER, REGION, Scene, cluster, cluster_arn, policy, role_arn};
use palisade_model::eks::{Cluster, PodIdentity, PodIdentityDetails, SessionTags};
use palisade_model::iam::{InlinePolicy, PolicyText, Role};
use palisade_model::{Arn, Fact, Listing};

/// The issuer of a cluster that is not among those seen.
pub const GONE: &str = "oidc.eks.eu-west-1.amazonaws.com/id/FEDCBA9876543210FEDCBA9876543210";

/// The ARN of an issuer's provider in the account.
pub fn provider_arn(issuer: &str) -> String {
    format!("arn:aws:iam::{ACCOUNT}:oidc-provider/{issuer}")
}

/// The account with the cluster `shop`, whose provider is registered, and the role `orders-role`, changed, as the
/// subject. No function runs as it.
pub fn beside_cluster(change: impl FnOnce(&mut Role)) -> Scene {
    let scene = and_provider(cluster(|_| {}), ISSUER, &["sts.amazonaws.com"]);
    let mut scene = scene.lambda(|lambda| lambda.functions = Listing::whole(vec![])).and_subject(change);
    scene.subject = role_arn("orders-role");
    scene
}

/// As [`beside_cluster`], with these statements as the role's trust policy.
pub fn trusting_pods(statements: &[Value]) -> Scene {
    let text = json!({ "Version": "2012-10-17", "Statement": statements }).to_string();
    let trust = PolicyText::parse(&text);
    assert!(matches!(trust, PolicyText::Parsed(_)), "{trust:?}");
    beside_cluster(|role| role.trust = trust)
}

/// A statement that lets in the pods of an issuer under a condition, in which `ISSUER` stands for that of `shop`.
#[expect(clippy::needless_pass_by_value, reason = "a literal `json!` reads better without a reference")]
pub fn by_issuer(issuer: &str, condition: Value) -> Value {
    let condition: Value = serde_json::from_str(&condition.to_string().replace("ISSUER", ISSUER)).unwrap();
    json!({
        "Sid": "Pods", "Effect": "Allow", "Principal": { "Federated": provider_arn(issuer) },
        "Action": "sts:AssumeRoleWithWebIdentity", "Condition": condition,
    })
}

/// As [`by_issuer`], for the cluster `shop`, of which the subject is asked with this operator and the audience fixed.
pub fn by_subject(operator: &str, subject: impl Into<Value>) -> Value {
    let mut condition = json!({ "StringEquals": { "ISSUER:aud": "sts.amazonaws.com" } });
    condition[operator]["ISSUER:sub"] = subject.into();
    by_issuer(ISSUER, condition)
}

/// A statement that lets in EKS Pod Identity.
#[expect(clippy::needless_pass_by_value, reason = "a literal `json!` reads better without a reference")]
pub fn by_pod_identity(condition: Value) -> Value {
    json!({
        "Effect": "Allow", "Principal": { "Service": "pods.eks.amazonaws.com" },
        "Action": ["sts:AssumeRole", "sts:TagSession"], "Condition": condition,
    })
}

/// An association of the service account `shop/orders` with `orders-role`, then changed.
pub fn association(change: impl FnOnce(&mut PodIdentity, &mut PodIdentityDetails)) -> PodIdentity {
    let role = role_arn("orders-role");
    let mut details = PodIdentityDetails { role, target_role: None, session_tags: SessionTags::Set, policy: None };
    let mut association = PodIdentity {
        arn: Arn::from(format!("arn:aws:eks:{REGION}:{ACCOUNT}:podidentityassociation/shop/a-0a1b2c3d")),
        namespace: "shop".to_owned(),
        service_account: "orders".to_owned(),
        owner: None,
        details: Fact::Known(details.clone()),
    };
    change(&mut association, &mut details);
    association.details = Fact::Known(details);
    association
}

impl Scene {
    /// Changes the cluster `shop`.
    pub fn and_cluster(self, change: impl FnOnce(&mut Cluster)) -> Self {
        self.region(|region| {
            let mut clusters = region.eks.clusters.seen().to_vec();
            change(clusters.iter_mut().find(|cluster| cluster.name == "shop").unwrap());
            region.eks.clusters = Listing::new(clusters, region.eks.clusters.gap().cloned());
        })
    }

    /// Adds associations to the cluster `shop`.
    pub fn and_associations(self, associations: &[PodIdentity]) -> Self {
        self.and_cluster(|cluster| {
            cluster.pod_identities = Listing::whole([cluster.pod_identities.seen(), associations].concat());
        })
    }

    /// Adds a cluster like `shop` with another name and issuer.
    pub fn and_twin(self, name: &str, issuer: &str) -> Self {
        self.region(|region| {
            let mut clusters = region.eks.clusters.seen().to_vec();
            let mut twin = clusters[0].clone();
            twin.arn = cluster_arn(name);
            name.clone_into(&mut twin.name);
            if let Fact::Known(configuration) = &mut twin.configuration {
                configuration.issuer = Some(issuer.to_owned());
            }
            clusters.push(twin);
            region.eks.clusters = Listing::new(clusters, region.eks.clusters.gap().cloned());
        })
    }

    /// Gives the role `orders-role` these statements, in an inline policy of its own.
    pub fn permitting(self, statement: Value) -> Self {
        self.and_subject(|role| {
            role.inline.push(InlinePolicy { name: "own".to_owned(), document: policy(statement) });
        })
    }

    /// Makes the cluster `shop` the subject.
    pub fn of_cluster(mut self) -> Self {
        self.subject = cluster_arn("shop");
        self
    }
}
