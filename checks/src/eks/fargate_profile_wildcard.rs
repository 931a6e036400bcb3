use crate::check::{Control, Gathered, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::Gap;
use palisade_model::eks::{Cluster, FargateProfile, FargateSelector};
use palisade_reason::access::entries::is_any;

check! {
    /// Fargate profile takes pods of every namespace
    ///
    /// ## Why
    /// A Fargate profile decides which pods run on Fargate with its execution role. A selector for every namespace
    /// takes pods that nobody thought of, `kube-system` included, and takes them away from the agents that watch the
    /// nodes: DaemonSets do not run on Fargate. With labels in the selector, whoever writes a pod decides that.
    ///
    /// ## Severity
    /// Low: it widens who can choose where a pod runs; the execution role only pulls images and writes logs.
    ///
    /// ## Fix
    /// Name the namespaces that the profile is meant for.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/fargate-profile.html>
    CHECK {
        id: "eks-fargate-profile-wildcard",
        severity: Severity::Low,
        controls: &[Control::checklist("cluster-network-closed")],
        since: "0.1.0",
        rule: Rule::Cluster(evaluate),
    }
}

fn evaluate(cluster: &Cluster, _: &Context) -> Outcome {
    Gathered::of(&cluster.fargate_profiles, judge).outcome()
}

fn judge(profile: &FargateProfile) -> Result<Vec<String>, Gap> {
    let selectors = profile.details.known()?.selectors.iter();
    let wide = selectors.filter(|selector| is_any(&selector.namespace));
    Ok(wide.map(|selector| told(&profile.name, selector)).collect())
}

fn told(profile: &str, FargateSelector { namespace, labels }: &FargateSelector) -> String {
    if labels.is_empty() {
        return format!("Fargate profile {profile} selects namespace {namespace} and no labels");
    }
    let labels: Vec<_> = labels.iter().map(|(key, value)| format!("{key}={value}")).collect();
    format!("Fargate profile {profile} selects namespace {namespace} and the labels {}", labels.join(", "))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::eks::FargateDetails;
    use palisade_model::{Fact, Listing};
    use palisade_scenes::{cluster, role_arn};

    let with = |selectors: &[(&str, &[(&str, &str)])]| {
        let selector = |(namespace, labels): &(&str, &[(&str, &str)])| FargateSelector {
            namespace: (*namespace).to_owned(),
            labels: labels.iter().map(|&(key, value)| (key.to_owned(), value.to_owned())).collect(),
        };
        let details = FargateDetails {
            arn: "arn:aws:eks:eu-west-1:111122223333:fargateprofile/shop/batch/0a1b2c3d".into(),
            role: Some(role_arn("fargate")),
            subnets: vec!["subnet-a".to_owned()],
            selectors: selectors.iter().map(selector).collect(),
        };
        let profile = FargateProfile { name: "batch".to_owned(), details: Fact::Known(details) };
        cluster(|cluster| cluster.fargate_profiles = Listing::whole(vec![profile]))
    };
    Cases::default()
        .pass(with(&[("batch", &[]), ("batch-*", &[("kind", "job")])]))
        .pass(with(&[]))
        .fail(with(&[("*", &[])]))
        .fail(with(&[("batch", &[]), ("**", &[("compute", "fargate")])]))
        .not_applicable(cluster(|_| {}))
}
