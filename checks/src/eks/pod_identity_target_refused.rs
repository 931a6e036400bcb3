use crate::check::{Control, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::eks::Cluster;
use palisade_reason::access::pods::association::conclude;
use palisade_reason::access::pods::target::refusal;

check! {
    /// Pod Identity takes pods to a second role that refuses them
    ///
    /// ## Why
    /// The association names a target role, which the first role assumes for the pods. That works only if the policies of
    /// the first role allow `sts:AssumeRole` and `sts:TagSession` on the target, and if the target's trust policy lets the
    /// first role in. Otherwise the pods get no credentials, or use those of their node.
    ///
    /// The trust policy of a target in another account is not collected: where the first role's own side allows it, the
    /// association is reported as not checked.
    ///
    /// ## Severity
    /// Low: pods fail; they are given nothing that they should not have.
    ///
    /// ## Fix
    /// Allow the first role both actions on the target role, and name the first role in the target's trust policy, with
    /// both actions.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-assign-target-role.html>
    CHECK {
        id: "eks-pod-identity-target-refused",
        severity: Severity::Low,
        controls: &[Control::checklist("trust-limited")],
        since: "0.1.0",
        rule: Rule::Cluster(evaluate),
    }
}

fn evaluate(cluster: &Cluster, context: &Context) -> Outcome {
    conclude(cluster, |association| refusal(association.details.known()?, context))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use serde_json::{Value, json};

    use crate::testing::Cases;
    use palisade_model::Listing;
    use palisade_model::eks::SessionTags;
    use palisade_model::iam::{InlinePolicy, Role};
    use palisade_scenes::pods::{association, beside_cluster};
    use palisade_scenes::{Scene, new_role, policy};

    const TARGET: &str = "arn:aws:iam::111122223333:role/reader";
    let both = || json!(["sts:AssumeRole", "sts:TagSession"]);
    let by_account =
        |actions: Value| json!({ "Effect": "Allow", "Principal": { "AWS": "111122223333" }, "Action": actions });
    let to = |target: &str, allowed: Value, trust: Option<Value>, tags: SessionTags| -> Scene {
        let associated = association(|_, details| {
            details.target_role = Some(target.into());
            details.session_tags = tags;
        });
        let own = policy(json!({ "Effect": "Allow", "Action": allowed, "Resource": target }));
        let scene = beside_cluster(|role| {
            role.inline = vec![InlinePolicy { name: "own".to_owned(), document: own }];
        });
        let second = trust.map(|trust| Role { trust: policy(trust), ..new_role("reader") });
        let scene = scene.iam(|iam| {
            iam.roles = Listing::whole(iam.roles.seen().iter().cloned().chain(second).collect());
        });
        scene.and_associations(&[associated]).of_cluster()
    };
    let own = |allowed: Value, trust: Value| to(TARGET, allowed, Some(trust), SessionTags::Set);
    Cases::default()
        .pass(own(both(), by_account(both())))
        .pass(to(TARGET, json!("sts:AssumeRole"), Some(by_account(json!("sts:AssumeRole"))), SessionTags::Disabled))
        .pass(beside_cluster(|_| {}).and_associations(&[association(|_, _| {})]).of_cluster())
        .fail(own(json!("sts:AssumeRole"), by_account(both())))
        .fail(own(both(), by_account(json!("sts:AssumeRole"))))
        .fail(own(both(), json!({ "Effect": "Allow", "Principal": { "AWS": "444455556666" }, "Action": "sts:*" })))
        .fail(to(TARGET, both(), None, SessionTags::Set))
        .fail(to("arn:aws:iam::444455556666:role/reader", json!("sts:TagSession"), None, SessionTags::Set))
        .left_out(to("arn:aws:iam::444455556666:role/reader", both(), None, SessionTags::Set))
        .not_applicable(beside_cluster(|_| {}).of_cluster())
}
