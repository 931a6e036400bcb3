use crate::check::{Control, Gathered, Inside, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::Gap;
use palisade_model::eks::Cluster;
use palisade_model::kubernetes::{Namespace, NetworkPolicy, TrafficRule};
use palisade_reason::in_cluster::network::openness;

check! {
    /// Network policy of the namespace lets in everybody
    ///
    /// ## Why
    /// What one policy allows, no other takes back. A rule without peers, for the whole internet or for all pods of the
    /// cluster undoes the isolation of the pods that it is for. A front end is meant to be reached by all: a rule that
    /// names ports, in a policy that selects some pods, is left out.
    ///
    /// ## Severity
    /// Medium: the pods are as open as without policies, and look guarded.
    ///
    /// ## Fix
    /// Name who may come in, or at which ports of which pods.
    ///
    /// ## References
    /// - <https://kubernetes.io/docs/concepts/services-networking/network-policies/#allow-all-ingress-traffic>
    CHECK {
        id: "kubernetes-network-policy-open",
        severity: Severity::Medium,
        controls: &[Control::checklist("network-policies")],
        since: "0.1.0",
        rule: Rule::Namespace(evaluate),
    }
}

fn evaluate(inside: &Inside<'_, Namespace>, _: &Context) -> Outcome {
    let Inside { object: namespace, objects, cluster } = inside;
    let mut gathered = Gathered::default();
    let policies = &objects.network.policies;
    for policy in policies.seen().iter().filter(|policy| policy.namespace == namespace.name) {
        for rule in policy.ingress.iter().flatten() {
            gathered.add(judge(policy, rule, cluster));
        }
        gathered.add(Ok(None));
    }
    if let Some(gap) = policies.gap() {
        gathered.add(Err::<Option<String>, _>(gap.clone()));
    }
    gathered.outcome()
}

fn judge(policy: &NetworkPolicy, rule: &TrafficRule, cluster: &Cluster) -> Result<Option<String>, Gap> {
    if !policy.pods.is_everything() && !rule.ports.is_empty() {
        return Ok(None);
    }
    let (pods, ports) = (
        if policy.pods.is_everything() { "all pods" } else { "the pods it selects" },
        if rule.ports.is_empty() { "all ports" } else { "some ports" },
    );
    let open = openness(rule, cluster)?;
    Ok(open.map(|whom| format!("network policy {} lets in {whom} to {ports} of {pods}", policy.name)))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::kubernetes::{Peer, PolicyPort, Selector};
    use palisade_scenes::network::{app, guarded_by, policy};

    let port = || PolicyPort { protocol: "TCP".to_owned(), port: Some("443".to_owned()), end_port: None };
    let from = |peers: Vec<Peer>| TrafficRule { peers, ports: vec![] };
    let network = |cidr: &str| Peer::Addresses { cidr: cidr.to_owned(), except: vec!["10.0.0.0/8".to_owned()] };
    let pods = |namespaces: Option<Selector>, pods| Peer::Pods { namespaces, pods };
    let of_web = |rule: TrafficRule| {
        guarded_by(vec![
            policy("deny", |_| {}),
            policy("web", |policy| {
                policy.pods = app("web");
                policy.ingress = Some(vec![rule]);
            }),
        ])
    };
    let of_all = |rule: TrafficRule| guarded_by(vec![policy("all", |policy| policy.ingress = Some(vec![rule]))]);
    let at_port = |rule: TrafficRule| TrafficRule { ports: vec![port()], ..rule };
    Cases::default()
        .pass(guarded_by(vec![policy("deny", |_| {})]))
        .pass(of_web(from(vec![network("10.0.0.0/8"), pods(None, None)])))
        .pass(of_web(from(vec![pods(Some(app("front")), None)])))
        .pass(of_web(from(vec![pods(Some(Selector::default()), Some(app("front")))])))
        .pass(of_web(at_port(TrafficRule::default())))
        .pass(of_web(at_port(from(vec![network("0.0.0.0/0")]))))
        .fail(of_web(TrafficRule::default()))
        .fail(of_web(from(vec![network("0.0.0.0/0")])))
        .fail(of_web(from(vec![network("0.0.0.0/1"), network("128.0.0.0/1")])))
        .fail(of_web(from(vec![network("::/0")])))
        .fail(of_web(from(vec![pods(Some(Selector::default()), None)])))
        .fail(of_all(at_port(TrafficRule::default())))
        .fail(of_all(from(vec![Peer::Other("fqdn".to_owned()), network("0.0.0.0/0")])))
        .unknown(of_all(from(vec![Peer::Other("fqdn".to_owned())])))
        .unknown(of_all(from(vec![network("everywhere")])))
        .not_applicable(guarded_by(vec![]))
}
