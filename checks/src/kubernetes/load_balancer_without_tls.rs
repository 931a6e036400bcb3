use crate::check::{Control, Gathered, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::eks::Cluster;
use palisade_model::kubernetes::{Ingress, Service, ServiceKind, ServicePort};
use palisade_model::{Action, Gap};
use palisade_reason::in_cluster::exposure::{annotation, ingress_annotation, is_by_load_balancer};

check! {
    /// Load balancer takes plain HTTP
    ///
    /// ## Why
    /// What is sent without TLS is read and changed on its way, sessions and passwords included.
    ///
    /// Judged are ingresses of AWS's load balancers: one without a certificate, or one that listens for HTTP and does
    /// not redirect. Of services of the type `LoadBalancer` the ports 80, 8000 and 8080, and those named `http`, are
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
    let network = &cluster.inside.known()?.network;
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
    for ingress in network.ingresses.seen().iter().filter(|ingress| is_by_load_balancer(ingress)) {
        gathered.add(judge(ingress, cluster));
    }
    if let Some(gap) = network.services.gap().or(network.ingresses.gap()) {
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

fn judge(ingress: &Ingress, cluster: &Cluster) -> Result<Vec<String>, Gap> {
    let name = format!("ingress {}/{}", ingress.namespace, ingress.name);
    let is_certified = ingress_annotation(ingress, "certificate-arn").is_some_and(|arn| !arn.is_empty());
    // Certificates of ACM are also found by the hosts under `tls`.
    if !is_certified && ingress.tls.is_empty() {
        return Ok(vec![format!("{name} has neither certificate-arn nor tls")]);
    }
    let Some(listens) = ingress_annotation(ingress, "listen-ports") else { return Ok(vec![]) };
    let redirects = ["ssl-redirect", "actions.ssl-redirect"];
    if redirects.iter().any(|annotation| ingress_annotation(ingress, annotation).is_some()) {
        return Ok(vec![]);
    }
    let Ok(ports) = serde_json::from_str::<Vec<serde_json::Map<String, serde_json::Value>>>(listens) else {
        let why = format!("listen-ports of {name} cannot be parsed");
        return Err(cluster.unclear(Action::KubernetesListIngresses, why));
    };
    let is_plain = ports.iter().any(|port| port.contains_key("HTTP"));
    Ok(Vec::from_iter(is_plain.then(|| format!("{name} listens at {listens} without ssl-redirect"))))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::Listing;
    use palisade_model::kubernetes::IngressTls;
    use palisade_scenes::Scene;
    use palisade_scenes::in_cluster::{balanced, served};
    use palisade_scenes::kubernetes::inside;

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
    let ingress = |annotations: &[(&str, &str)], hosts: &[&str]| -> Scene {
        let name = |name: &str| format!("{}{name}", Ingress::KEPT_ANNOTATIONS);
        let hosts: Vec<_> = hosts.iter().map(|&host| host.to_owned()).collect();
        let ingress = Ingress {
            namespace: "shop".to_owned(),
            name: "web".to_owned(),
            class: Some("alb".to_owned()),
            annotations: annotations.iter().map(|(key, value)| (name(key), (*value).to_owned())).collect(),
            snippets: vec![],
            tls: Vec::from_iter((!hosts.is_empty()).then_some(IngressTls { hosts, secret: None })),
            rules: vec![],
            load_balancers: vec![],
        };
        inside(|objects| objects.network.ingresses = Listing::whole(vec![ingress]))
    };
    let certified =
        |annotations: &[(&str, &str)]| ingress(&[&[("certificate-arn", CERTIFICATE)], annotations].concat(), &[]);
    let both = r#"[{"HTTP": 80}, {"HTTPS": 443}]"#;
    Cases::default()
        .pass(at(&[("https", 443), ("postgres", 5432)], &[]))
        .pass(at(&[("web", 80)], &[("ssl-cert", CERTIFICATE)]))
        .pass(at(&[("web", 80), ("https", 443)], &[("ssl-cert", CERTIFICATE), ("ssl-ports", "80, https")]))
        .pass(certified(&[]))
        .pass(certified(&[("listen-ports", both), ("ssl-redirect", "443")]))
        .pass(certified(&[("listen-ports", r#"[{"HTTPS": 443}]"#)]))
        .pass(ingress(&[], &["shop.example.com"]))
        .fail(at(&[("web", 80)], &[]))
        .fail(at(&[("http", 9000)], &[]))
        .fail(at(&[("web", 80), ("https", 443)], &[("ssl-cert", CERTIFICATE), ("ssl-ports", "443")]))
        .fail(at(&[("web", 8080)], &[("ssl-cert", "")]))
        .fail(ingress(&[("scheme", "internet-facing")], &[]))
        .fail(certified(&[("listen-ports", both)]))
        .unknown(certified(&[("listen-ports", "80,443")]))
        .not_applicable(inside(|_| {}))
}
