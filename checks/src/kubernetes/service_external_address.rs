use crate::check::{Control, Gathered, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::eks::Cluster;

check! {
    /// Service takes traffic for an address outside the cluster
    ///
    /// ## Why
    /// Every node sends traffic for an address among `externalIPs` to the service, wherever the address belongs.
    /// Whoever may write services takes over what pods and nodes send to somebody else, a name server or AWS included
    /// (CVE-2020-8554). No version of Kubernetes mends that; an admission control can forbid the field.
    ///
    /// ## Severity
    /// Medium: it takes somebody who may write services.
    ///
    /// ## Fix
    /// Use a load balancer, and forbid `externalIPs` by an admission policy.
    ///
    /// ## References
    /// - <https://kubernetes.io/docs/concepts/services-networking/service/#external-ips>
    /// - <https://github.com/kubernetes/kubernetes/issues/97076>
    CHECK {
        id: "kubernetes-service-external-address",
        severity: Severity::Medium,
        controls: &[Control::checklist("services-exposed-on-purpose")],
        since: "0.1.0",
        rule: Rule::Cluster(evaluate),
    }
}

fn evaluate(cluster: &Cluster, _: &Context) -> Outcome {
    let gathered = Gathered::of(&cluster.inside.known()?.network.services, |service| {
        let addresses = service.external_addresses.join(", ");
        let told = || format!("service {}/{} has externalIPs {addresses}", service.namespace, service.name);
        Ok((!addresses.is_empty()).then(told))
    });
    gathered.outcome()
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_scenes::in_cluster::{balanced, served, service};
    use palisade_scenes::kubernetes::inside;

    let at = |addresses: &[&str]| {
        served(service(|service| service.external_addresses = addresses.iter().map(|&it| it.to_owned()).collect()))
    };
    let mut both = balanced(&[]);
    both.external_addresses = vec!["198.51.100.7".to_owned()];
    Cases::default()
        .pass(at(&[]))
        .pass(served(balanced(&[])))
        .fail(at(&["198.51.100.7"]))
        .fail(at(&["10.0.0.2", "169.254.169.254"]))
        .fail(served(both))
        .not_applicable(inside(|_| {}))
}
