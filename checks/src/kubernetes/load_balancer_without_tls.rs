use crate::check::{Control, Gathered, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::eks::Cluster;
use palisade_model::kubernetes::{Service, ServiceKind, ServicePort};
use palisade_model::{Action, Gap};
use palisade_reason::in_cluster::exposure::annotation;
use palisade_reason::in_cluster::gateways::plain_listeners;
use palisade_reason::in_cluster::ingresses::{Balancer, balancers};

check! {
    /// Load balancer takes plain HTTP
    ///
    /// ## Why
    /// What is sent without TLS is read and changed on its way, sessions and passwords included.
    ///
    /// Judged are load balancers of AWS that are made of ingresses and gateways: one that listens for HTTP and does not
    /// redirect, as it does without `listen-ports` and certificate, whatever hosts are under `tls`. The ingresses of a
    /// group are judged together, and what their IngressClassParams say goes before their annotations. A certificate
    /// that is found by the host of a rule is as good as one that is named: without it there is no listener. Of services of the type `LoadBalancer` the ports 80, 8000 and 8080, and those named `http`, are
    /// judged: at others the pods may speak TLS themselves, which cannot be seen from here.
    ///
    /// ## Severity
    /// Medium: it takes somebody on the way.
    ///
    /// ## Fix
    /// Name a certificate of ACM: `alb.ingress.kubernetes.io/certificate-arn` with `ssl-redirect: "443"`, or
    /// `service.beta.kubernetes.io/aws-load-balancer-ssl-cert` with `ssl-ports`.
    ///
    /// ## References
    /// - <https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/>
    /// - <https://docs.aws.amazon.com/eks/latest/best-practices/data-encryption-and-secrets-management.html>
    CHECK {
        id: "kubernetes-load-balancer-without-tls",
        severity: Severity::Medium,
        controls: &[Control::cis("eks-1.8.0:5.4.5"), Control::checklist("traffic-encrypted")],
        since: "0.1.0",
        rule: Rule::Cluster(evaluate),
    }
}

/// Ports at which nobody expects TLS.
const PLAIN: [u16; 3] = [80, 8000, 8080];

fn evaluate(cluster: &Cluster, _: &Context) -> Outcome {
    let objects = cluster.inside.known()?;
    let network = &objects.network;
    let mut gathered = Gathered::default();
    for service in network.services.seen() {
        match &service.kind {
            ServiceKind::LoadBalancer => gathered.add(Ok(plain_ports(service))),
            ServiceKind::ClusterIp | ServiceKind::NodePort | ServiceKind::ExternalName => {}
            ServiceKind::Other(kind) => {
                let what = format!("the type of service {}/{}", service.namespace, service.name);
                let gap = Gap::not_known(Action::KubernetesListServices, &cluster.arn, what, kind);
                gathered.add(Err::<Vec<String>, _>(gap));
            }
        }
    }
    let (balancers, gap) = balancers(objects, cluster);
    for balancer in &balancers {
        gathered.add(judge(balancer, cluster));
    }
    for gateway in network.ways_in.gateways.seen() {
        gathered.add(plain_listeners(gateway, objects, cluster));
    }
    if let Some(gap) = gap.as_ref().or(network.services.gap()).or(network.ways_in.gateways.gap()) {
        gathered.add(Err::<Vec<String>, _>(gap.clone()));
    }
    gathered.outcome()
}

/// The ports of a service that take plain HTTP.
fn plain_ports(service: &Service) -> Vec<String> {
    let is_certified = annotation(service, "ssl-cert").is_some_and(|certificate| !certificate.is_empty());
    let limited = annotation(service, "ssl-ports").filter(|ports| !ports.is_empty() && *ports != "*");
    let has_tls = |port: &ServicePort| {
        let is_it = |it: &str| it == port.port.to_string() || Some(it) == port.name.as_deref();
        is_certified && limited.is_none_or(|ports| ports.split(',').map(str::trim).any(is_it))
    };
    let is_plain = |port: &&ServicePort| PLAIN.contains(&port.port) || port.name.as_deref() == Some("http");
    let open = service.ports.iter().filter(is_plain).filter(|port| !has_tls(port));
    open.map(|port| format!("service {}/{} takes port {} without TLS", service.namespace, service.name, port.port))
        .collect()
}

/// What a load balancer of ingresses takes without TLS. One that listens for HTTPS alone, with a certificate that is found by a
/// host, either has that certificate or is not made at all.
fn judge(balancer: &Balancer<'_>, cluster: &Cluster) -> Result<Vec<String>, Gap> {
    let mut told = Vec::new();
    for member in &balancer.members {
        let (name, ports) = (member.name(), member.ports(cluster)?);
        let spared = balancer.redirects_all() || member.redirects_by_rule();
        let plain = ports.iter().filter(|port| !port.is_https && !spared);
        told.extend(plain.map(|port| format!("{name} takes HTTP at port {} without redirecting it", port.number)));
        let has_any = || balancer.members.iter().any(|member| !member.certificates().is_empty());
        if ports.iter().any(|port| port.is_https) && member.hosts().is_empty() && !has_any() {
            told.push(format!("{name} listens for HTTPS without a certificate, or a host to find one by"));
        }
    }
    Ok(told)
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::kubernetes::{Ingress, Route};
    use palisade_scenes::Scene;
    use palisade_scenes::in_cluster::{balanced, served};
    use palisade_scenes::kubernetes::inside;
    use palisade_scenes::ways_in::{class_params, gateway, ingress, route, routed, with_gateway, with_ingresses};

    const CERTIFICATE: &str = "arn:aws:acm:eu-west-1:111122223333:certificate/0a1b2c3d";
    let at = |ports: &[(&str, u16)], annotations: &[(&str, &str)]| {
        let mut service = balanced(annotations);
        let port = |&(name, port): &(&str, u16)| {
            let (name, protocol) = (Some(name.to_owned()), "TCP".to_owned());
            ServicePort { name, protocol, port, node_port: None }
        };
        service.ports = ports.iter().map(port).collect();
        served(service)
    };
    let one = |annotations: &[(&str, &str)]| with_ingresses(inside(|_| {}), vec![ingress("web", annotations)]);
    let host = |mut ingress: Ingress| {
        ingress.rules[0].host = Some("shop.example.com".to_owned());
        ingress
    };
    let hosted = |annotations: &[(&str, &str)]| with_ingresses(inside(|_| {}), vec![host(ingress("web", annotations))]);
    let certified = |annotations: &[(&str, &str)]| one(&[&[("certificate-arn", CERTIFICATE)], annotations].concat());
    let group = |first: &[(&str, &str)], second: &[(&str, &str)]| {
        let of = |name: &str, own: &[(&str, &str)]| ingress(name, &[&[("group.name", "shop")], own].concat());
        with_ingresses(inside(|_| {}), vec![of("a", first), of("b", second)])
    };
    let both = ("listen-ports", r#"[{"HTTP": 80}, {"HTTPS": 443}]"#);
    let secure = ("listen-ports", r#"[{"HTTPS": 443}]"#);
    let classed = |scene: Scene| class_params(scene, |params| params.certificates = vec![CERTIFICATE.to_owned()]);
    let fronted = |routes: Vec<Route>| with_gateway(inside(|_| {}), gateway("internet-facing"), routes);
    let redirecting = || Route { redirects: true, ..route("redirect") };
    Cases::default()
        .pass(at(&[("https", 443), ("postgres", 5432)], &[]))
        .pass(at(&[("web", 80)], &[("ssl-cert", CERTIFICATE)]))
        .pass(at(&[("web", 80), ("https", 443)], &[("ssl-cert", CERTIFICATE), ("ssl-ports", "80, https")]))
        .pass(certified(&[]))
        .pass(certified(&[both, ("ssl-redirect", "443")]))
        .pass(certified(&[secure]))
        .pass(classed(one(&[])))
        .pass(classed(one(&[secure])))
        .pass(hosted(&[secure]))
        .pass(group(&[both, ("certificate-arn", CERTIFICATE), ("ssl-redirect", "443")], &[both]))
        .pass(fronted(vec![redirecting()]))
        .pass(fronted(vec![]))
        .fail(at(&[("web", 80)], &[]))
        .fail(at(&[("http", 9000)], &[]))
        .fail(at(&[("web", 80), ("https", 443)], &[("ssl-cert", CERTIFICATE), ("ssl-ports", "443")]))
        .fail(at(&[("web", 8080)], &[("ssl-cert", "")]))
        .fail(one(&[("scheme", "internet-facing")]))
        .fail(hosted(&[]))
        .fail(one(&[secure]))
        .fail(certified(&[both]))
        .fail(group(&[secure, ("certificate-arn", CERTIFICATE)], &[]))
        .fail(fronted(vec![redirecting(), route("web")]))
        .unknown(certified(&[("listen-ports", "80,443")]))
        .not_applicable(inside(|_| {}))
        .not_applicable(routed(inside(|_| {}), "k8s.io/ingress-nginx", &[]))
}
