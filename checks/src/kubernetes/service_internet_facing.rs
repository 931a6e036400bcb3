use crate::check::{Control, Gathered, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::eks::Cluster;
use palisade_reason::in_cluster::exposure::open_service;

check! {
    /// Service is reached from the internet through a load balancer
    ///
    /// ## Why
    /// A service of the type `LoadBalancer` that says nothing of its scheme gets a load balancer on the internet from
    /// the controller that Kubernetes brings; AWS's own controllers make it internal. Many a database and dashboard
    /// came onto the internet by that default.
    ///
    /// Only AWS's own controllers know the annotation of the scheme. Where it says `internal` and nothing hands the
    /// service to one of them, the answer is unknown.
    ///
    /// One that lets in few addresses, by `loadBalancerSourceRanges`, is left out: how many is set by
    /// `public_endpoint_addresses`. Security groups that are named by annotation are not looked at.
    ///
    /// ## Severity
    /// Medium: a front end is meant to be reached; anything else is not.
    ///
    /// ## Fix
    /// Set `service.beta.kubernetes.io/aws-load-balancer-scheme: internal`, or name the addresses in
    /// `loadBalancerSourceRanges`. Accept the finding where the service is a front end.
    ///
    /// ## References
    /// - <https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/service/annotations/>
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/network-load-balancing.html>
    CHECK {
        id: "kubernetes-service-internet-facing",
        severity: Severity::Medium,
        controls: &[Control::checklist("services-exposed-on-purpose")],
        since: "0.1.0",
        rule: Rule::Cluster(evaluate),
    }
}

fn evaluate(cluster: &Cluster, context: &Context) -> Outcome {
    let services = &cluster.inside.known()?.network.services;
    Gathered::of(services, |service| open_service(service, cluster, context)).outcome()
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::kubernetes::{Service, ServiceKind};
    use palisade_scenes::Scene;
    use palisade_scenes::in_cluster::{balanced, served, service};
    use palisade_scenes::kubernetes::inside;

    let with = |annotations: &[(&str, &str)]| served(balanced(annotations));
    let of_class = |class: &str, annotations: &[(&str, &str)]| {
        let mut service = balanced(annotations);
        service.load_balancer_class = Some(class.to_owned());
        served(service)
    };
    let from = |ranges: &[&str]| -> Scene {
        let mut service = balanced(&[]);
        service.source_ranges = ranges.iter().map(|&range| range.to_owned()).collect();
        served(service)
    };
    let of_kind = |kind: ServiceKind| served(service(|service: &mut Service| service.kind = kind));
    Cases::default()
        .pass(of_kind(ServiceKind::ClusterIp))
        .pass(of_kind(ServiceKind::NodePort))
        .pass(with(&[("scheme", "internal"), ("type", "external")]))
        .pass(of_class("service.k8s.aws/nlb", &[("scheme", "internal")]))
        .pass(with(&[("internal", "true")]))
        .pass(with(&[("type", "external")]))
        .pass(of_class("service.k8s.aws/nlb", &[]))
        .pass(of_class("eks.amazonaws.com/nlb", &[("type", "nlb")]))
        .pass(from(&["203.0.113.0/24", "10.0.0.0/8"]))
        .pass(with(&[("source-ranges", "203.0.113.0/24, 198.51.100.7/32")]))
        .fail(with(&[]))
        .fail(with(&[("type", "nlb")]))
        .fail(with(&[("internal", "false")]))
        .fail(with(&[("scheme", "internet-facing"), ("type", "external")]))
        .fail(of_class("service.k8s.aws/nlb", &[("scheme", "internet-facing")]))
        .fail(from(&["0.0.0.0/1", "128.0.0.0/1"]))
        .fail(from(&["somewhere", "0.0.0.0/0"]))
        .unknown(from(&["somewhere"]))
        .unknown(with(&[("scheme", "internal")]))
        .unknown(with(&[("scheme", "dualstack")]))
        .unknown(with(&[("internal", "maybe")]))
        .unknown(of_class("example.com/balancer", &[]))
        .unknown(of_kind(ServiceKind::Other("Anycast".to_owned())))
        .not_applicable(inside(|_| {}))
}
