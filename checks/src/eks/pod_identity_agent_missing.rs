use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::eks::Cluster;

check! {
    /// Roles are associated with pods, and no agent hands them out
    ///
    /// ## Why
    /// The roles that EKS Pod Identity associates with service accounts reach pods through an agent on each node.
    /// Without the add-on `eks-pod-identity-agent` pods get no role and fall back to that of the node, or to whatever
    /// keys were given to them so that they work at all. Auto Mode has the agent built in.
    ///
    /// ## Severity
    /// Medium: what was meant to part the pods' rights does not, and nobody sees it where the node's role is strong.
    ///
    /// ## Fix
    /// Install the add-on `eks-pod-identity-agent`.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-agent-setup.html>
    CHECK {
        id: "eks-pod-identity-agent-missing",
        severity: Severity::Medium,
        controls: &[Control::cis("eks-1.8.0:5.2.1"), Control::checklist("pods-have-own-roles")],
        since: "0.1.0",
        rule: Rule::Cluster(evaluate),
    }
}

fn evaluate(cluster: &Cluster, _: &Context) -> Outcome {
    let associations = cluster.pod_identities.seen().len();
    if associations == 0 {
        return cluster.pod_identities.complete().map(|_| Verdict::NotApplicable);
    }
    if cluster.configuration.known()?.auto_mode {
        return Ok(Verdict::Pass);
    }
    let agent = cluster.addons.find(|addon| addon.name == "eks-pod-identity-agent")?;
    Ok(Verdict::fail_when(agent.is_none(), || {
        let so_many =
            if associations == 1 { "an association".to_owned() } else { format!("{associations} associations") };
        format!("there is {so_many} of EKS Pod Identity and no add-on eks-pod-identity-agent")
    }))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::{Fact, Listing};
    use palisade_scenes::cluster;
    use palisade_scenes::clusters::{addon, pods};

    let with = |addons: &[&str], auto_mode| {
        cluster(|cluster| {
            cluster.addons = Listing::whole(addons.iter().map(|name| addon(name, |_| {})).collect());
            cluster.pod_identities = Listing::whole(vec![pods("shop", "orders", "orders-role")]);
            let Fact::Known(configuration) = &mut cluster.configuration else { return };
            configuration.auto_mode = auto_mode;
        })
    };
    Cases::default()
        .pass(with(&["coredns", "eks-pod-identity-agent"], false))
        .pass(with(&[], true))
        .fail(with(&[], false))
        .fail(with(&["coredns"], false))
        .not_applicable(cluster(|_| {}))
}
