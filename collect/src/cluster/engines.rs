//! The policies of policy engines, where these are installed.

use futures_util::future::join_all;
use palisade_model::kubernetes::{EngineExemption, EnginePolicy, PolicyException};
use palisade_model::{Action, Listing};

use super::convert::{self, Definition};
use super::objects::joined;
use super::read::Reader;

/// The API group of Gatekeeper's constraints, whose kinds are only known from the definitions.
const CONSTRAINTS: &str = "constraints.gatekeeper.sh";

/// The policies of Kyverno that judge requests: the action, the group, the plural.
const KYVERNO_POLICIES: [(Action, &str, &str); 6] = [
    (Action::KubernetesListClusterPolicies, "kyverno.io", "clusterpolicies"),
    (Action::KubernetesListKyvernoPolicies, "kyverno.io", "policies"),
    (Action::KubernetesListImageValidatingPolicies, "policies.kyverno.io", "imagevalidatingpolicies"),
    (
        Action::KubernetesListNamespacedImageValidatingPolicies,
        "policies.kyverno.io",
        "namespacedimagevalidatingpolicies",
    ),
    (Action::KubernetesListNamespacedValidatingPolicies, "policies.kyverno.io", "namespacedvalidatingpolicies"),
    (Action::KubernetesListValidatingPolicies, "policies.kyverno.io", "validatingpolicies"),
];

impl Reader<'_> {
    pub(super) async fn kyverno(&self, definitions: &Listing<Definition>) -> Listing<EnginePolicy> {
        let lists = KYVERNO_POLICIES.iter().map(async |(action, group, plural)| {
            self.installed(definitions, *action, group, plural, |kind, object| {
                convert::kyverno_policy(kind, &object, |why| self.unreadable(*action, why))
            })
            .await
        });
        joined(&join_all(lists).await)
    }

    pub(super) async fn exceptions(&self, definitions: &Listing<Definition>) -> Listing<PolicyException> {
        let groups = [
            (Action::KubernetesListPolicyExceptions, "kyverno.io"),
            (Action::KubernetesListNewerPolicyExceptions, "policies.kyverno.io"),
        ];
        let lists = groups.iter().map(async |(action, group)| {
            self.installed(definitions, *action, group, "policyexceptions", |_, object| {
                convert::policy_exception(&object, |why| self.unreadable(*action, why))
            })
            .await
        });
        joined(&join_all(lists).await)
    }

    /// Constraints are of as many kinds as there are templates.
    pub(super) async fn gatekeeper(&self, definitions: &Listing<Definition>) -> Listing<EnginePolicy> {
        let kinds = definitions.seen().iter().filter(|definition| definition.group == CONSTRAINTS);
        let lists = kinds.map(async |definition| {
            let action = Action::KubernetesListConstraints;
            self.installed(definitions, action, CONSTRAINTS, &definition.plural, |kind, object| {
                convert::constraint(kind, &object, |why| self.unreadable(action, why))
            })
            .await
        });
        let lists = join_all(lists).await;
        if lists.is_empty() { Listing::new(Vec::new(), definitions.gap().cloned()) } else { joined(&lists) }
    }

    pub(super) async fn gatekeeper_exemptions(&self, definitions: &Listing<Definition>) -> Listing<EngineExemption> {
        let action = Action::KubernetesListGatekeeperConfigs;
        self.installed(definitions, action, "config.gatekeeper.sh", "configs", |_, object| convert::exemption(&object))
            .await
    }
}
