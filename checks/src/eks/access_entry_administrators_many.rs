use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::Gap;
use palisade_model::eks::Cluster;
use palisade_reason::access::entries::administers;

check! {
    /// Many principals administer the cluster
    ///
    /// ## Why
    /// Each administrator of the whole cluster can read all its Secrets and become any of its pods. The more of them
    /// there are, the more ways in, and the less anybody can say who did it.
    ///
    /// The threshold `cluster_administrators` says how many access entries may hold `AmazonEKSClusterAdminPolicy` or
    /// `AmazonEKSAdminPolicy` for the whole cluster.
    ///
    /// ## Severity
    /// Low: each of them may be right by itself; there are many.
    ///
    /// ## Fix
    /// Let teams share a role, give `AmazonEKSEditPolicy` in the namespaces that they work in, and keep one role for
    /// emergencies.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html>
    CHECK {
        id: "eks-access-entry-administrators-many",
        severity: Severity::Low,
        controls: &[Control::cis("eks-1.8.0:4.1.1"), Control::checklist("cluster-access-named")],
        since: "0.1.0",
        rule: Rule::Cluster(evaluate),
    }
}

fn evaluate(cluster: &Cluster, context: &Context) -> Outcome {
    if cluster.access_entries.complete().is_ok_and(<[_]>::is_empty) {
        return Ok(Verdict::NotApplicable);
    }
    let most = context.settings.thresholds.cluster_administrators;
    let (mut administrators, mut gap): (_, Option<Gap>) = (Vec::new(), cluster.access_entries.gap().cloned());
    for entry in cluster.access_entries.seen() {
        match administers(entry) {
            Ok(Some(_)) => administrators.push(entry.principal.as_str()),
            Ok(None) => {}
            Err(unread) => gap = Some(unread),
        }
    }
    if administrators.len() > most {
        let named = administrators.join(", ");
        return Ok(Verdict::fail(format!("{} access entries administer the cluster: {named}", administrators.len())));
    }
    gap.map_or(Ok(Verdict::Pass), Err)
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::eks::AccessScope;
    use palisade_scenes::clusters::{entered, entry};
    use palisade_scenes::{Scene, cluster};

    let administered = |count: usize| -> Scene {
        let held = [("AmazonEKSClusterAdminPolicy", AccessScope::Cluster)];
        let viewed = [("AmazonEKSViewPolicy", AccessScope::Cluster)];
        let principal = |number: usize| format!("arn:aws:iam::111122223333:role/role-{number}");
        let administrators = (0..count).map(|number| entry(&principal(number), &held));
        let others = (100..110).map(|number| entry(&principal(number), &viewed));
        entered(administrators.chain(others).collect())
    };
    let unclear = [("AmazonEKSAdminPolicy", AccessScope::Other("zone".to_owned()))];
    Cases::default()
        .pass(administered(0))
        .pass(administered(3))
        .fail(administered(4))
        .fail(administered(2).settings(|settings| settings.thresholds.cluster_administrators = 1))
        .unknown(entered(vec![entry("arn:aws:iam::111122223333:role/platform", &unclear)]))
        .not_applicable(cluster(|_| {}))
}
