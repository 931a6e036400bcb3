use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::eks::{Cluster, PodIdentity};

check! {
    /// Network add-on works with the role of the nodes
    ///
    /// ## Why
    /// The add-on `vpc-cni` manages network interfaces. Without a role of its own it uses the node's role, which then
    /// has to allow that: each pod that gets at the node's credentials can move interfaces and addresses, too.
    ///
    /// Judged is the add-on that EKS manages. Where another network plugin, or this one without EKS, is installed, the
    /// question is one for the inside of the cluster.
    ///
    /// ## Severity
    /// Low: an attacker must have the node's credentials first.
    ///
    /// ## Fix
    /// Give the add-on a role by an association of EKS Pod Identity or by IRSA, then take `AmazonEKS_CNI_Policy` away
    /// from the role of the nodes.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/cni-iam-role.html>
    CHECK {
        id: "eks-vpc-cni-node-role",
        severity: Severity::Low,
        controls: &[Control::cis("eks-1.8.0:5.2.1"), Control::checklist("pods-have-own-roles")],
        since: "0.1.0",
        rule: Rule::Cluster(evaluate),
    }
}

fn evaluate(cluster: &Cluster, _: &Context) -> Outcome {
    let Some(addon) = cluster.addons.find(|addon| addon.name == "vpc-cni")? else {
        return Ok(Verdict::NotApplicable);
    };
    let details = addon.details.known()?;
    if details.role.is_some() || !details.pod_identities.is_empty() {
        return Ok(Verdict::Pass);
    }
    let is_its = |pods: &PodIdentity| pods.namespace == "kube-system" && pods.service_account == "aws-node";
    Ok(match cluster.pod_identities.find(is_its)? {
        Some(_) => Verdict::Pass,
        None => {
            Verdict::fail("add-on vpc-cni has neither a service account role nor an association of EKS Pod Identity")
        }
    })
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::Listing;
    use palisade_model::eks::AddonDetails;
    use palisade_scenes::clusters::{addon, pods};
    use palisade_scenes::{cluster, role_arn};

    let with = |change: fn(&mut AddonDetails), associated: Vec<PodIdentity>| {
        cluster(|cluster| {
            cluster.addons = Listing::whole(vec![addon("coredns", |_| {}), addon("vpc-cni", change)]);
            cluster.pod_identities = Listing::whole(associated);
        })
    };
    let associated = |details: &mut AddonDetails| {
        details.pod_identities = vec!["arn:aws:eks:eu-west-1:111122223333:podidentityassociation/shop/a-1".into()];
    };
    Cases::default()
        .pass(with(|details| details.role = Some(role_arn("cni")), vec![]))
        .pass(with(associated, vec![]))
        .pass(with(|_| {}, vec![pods("kube-system", "aws-node", "cni")]))
        .fail(with(|_| {}, vec![]))
        .fail(with(|_| {}, vec![pods("shop", "aws-node", "cni")]))
        .not_applicable(cluster(|cluster| cluster.addons = Listing::whole(vec![addon("coredns", |_| {})])))
        .not_applicable(cluster(|_| {}))
}
