use crate::check::{Control, Gathered, Inside, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::Gap;
use palisade_model::kubernetes::{Namespace, TrafficRule};
use palisade_reason::in_cluster::network::{Direction, Held, holding, openness};

check! {
    /// Network policy of the namespace lets everybody in, or everything out
    ///
    /// ## Why
    /// What one policy allows, no other takes back. A rule without peers, for the whole internet or for all pods of the
    /// cluster undoes the isolation of the pods that it is for. A front end is meant to be reached by all: a rule that
    /// names ports, in a policy that selects some pods, is left out. So is, of outgoing traffic, every rule that names
    /// ports.
    ///
    /// A selector that selects every namespace there is and one to come, a range of all ports, and blocks that are the
    /// internet together count as what they come to; what `except` leaves out does not count.
    ///
    /// ## Severity
    /// Medium: the pods are as open as without policies, and look guarded.
    ///
    /// ## Fix
    /// Name who may come in, or at which ports of which pods; and where pods may go.
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
    for direction in [Direction::Incoming, Direction::Outgoing] {
        let (held, gap) = holding(&namespace.name, direction, objects, cluster);
        for one in &held {
            for rule in one.rules.unwrap_or_default() {
                gathered.add(judge(one, rule, direction, inside));
            }
            gathered.add(Ok(None));
        }
        if let Some(gap) = gap {
            gathered.add(Err::<Option<String>, _>(gap));
        }
    }
    gathered.outcome()
}

fn judge(
    held: &Held<'_>,
    rule: &TrafficRule,
    direction: Direction,
    inside: &Inside<'_, Namespace>,
) -> Result<Option<String>, Gap> {
    let (all_pods, all_ports) = (held.is_for_all(), rule.has_all_ports());
    let counts = match direction {
        Direction::Incoming => all_pods || all_ports,
        Direction::Outgoing => all_ports,
    };
    if !counts {
        return Ok(None);
    }
    let pods = if all_pods { "all pods" } else { "the pods it selects" };
    let ports = if all_ports { "all ports" } else { "some ports" };
    let open = openness(rule, inside.objects, inside.cluster)?;
    Ok(open.map(|whom| match direction {
        Direction::Incoming => format!("{} lets in {whom} to {ports} of {pods}", held.name),
        Direction::Outgoing => format!("{} lets {pods} out to {ports} of {whom}", held.name),
    }))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::kubernetes::{Operator, Peer, PolicyPort, Requirement, Selector, Stance};
    use palisade_scenes::network::{and_form, app, guarded_by, policy};

    let going = |rule: TrafficRule| {
        guarded_by(vec![policy("web", |policy| {
            policy.pods = app("web");
            policy.egress = Some(vec![rule]);
        })])
    };
    let named = |operator: Operator, values: &[&str]| {
        let values = values.iter().map(|&value| value.to_owned()).collect();
        Selector {
            requirements: vec![Requirement { key: Namespace::NAME.to_owned(), operator, values }],
            ..Selector::default()
        }
    };
    let without = |except: &[&str]| Peer::Addresses {
        cidr: "0.0.0.0/0".to_owned(),
        except: except.iter().map(|&block| block.to_owned()).collect(),
    };
    let all_ports = PolicyPort { protocol: "TCP".to_owned(), port: Some("1".to_owned()), end_port: Some(65_535) };
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
        .pass(of_web(from(vec![without(&["0.0.0.0/1", "128.0.0.0/1"])])))
        .pass(of_web(from(vec![pods(Some(named(Operator::In, &["shop"])), None)])))
        .pass(of_web(from(vec![pods(Some(named(Operator::NotIn, &["shop"])), None)])))
        .pass(going(at_port(TrafficRule::default())))
        .pass(and_form(guarded_by(vec![]), Some("shop"), |_| {}))
        .fail(of_web(from(vec![pods(Some(named(Operator::Exists, &[])), None)])))
        .fail(of_web(from(vec![pods(Some(named(Operator::NotIn, &["gone"])), None)])))
        .fail(of_web(from(vec![
            pods(Some(named(Operator::In, &["shop"])), None),
            pods(Some(named(Operator::NotIn, &["shop"])), None),
        ])))
        .fail(of_web(TrafficRule { ports: vec![all_ports], ..TrafficRule::default() }))
        .fail(going(TrafficRule::default()))
        .fail(going(from(vec![network("0.0.0.0/0")])))
        .fail(and_form(guarded_by(vec![]), Some("shop"), |form| {
            form.ingress = Stance::Only(vec![TrafficRule::default()]);
        }))
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
