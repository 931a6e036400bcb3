use crate::check::{Control, Gathered, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::eks::Cluster;
use palisade_model::kubernetes::{Ingress, IngressTls};
use palisade_reason::in_cluster::ingresses::{Server, server};

check! {
    /// Ingress serves a host without a certificate
    ///
    /// ## Why
    /// A host that no entry under `tls` names is served over plain HTTP, or with a certificate that the controller made
    /// up and no browser believes.
    ///
    /// Ingresses of AWS's load balancers are the matter of `kubernetes-load-balancer-without-tls`. A controller that
    /// was given a certificate for all hosts in its own configuration is not seen from here.
    ///
    /// ## Severity
    /// Medium: it takes somebody on the way.
    ///
    /// ## Fix
    /// Name the host and the Secret of its certificate under `spec.tls`.
    ///
    /// ## References
    /// - <https://kubernetes.io/docs/concepts/services-networking/ingress/#tls>
    CHECK {
        id: "kubernetes-ingress-without-tls",
        severity: Severity::Medium,
        controls: &[Control::cis("eks-1.8.0:5.4.5"), Control::checklist("traffic-encrypted")],
        since: "0.1.0",
        rule: Rule::Cluster(evaluate),
    }
}

fn evaluate(cluster: &Cluster, _: &Context) -> Outcome {
    let objects = cluster.inside.known()?;
    let ingresses = &objects.network.ingresses;
    let mut gathered = Gathered::default();
    for ingress in ingresses.seen() {
        match server(ingress, objects, cluster) {
            Ok(Server::Other) => gathered.add(Ok(plain_hosts(ingress))),
            Ok(Server::LoadBalancer(_)) => {}
            Err(gap) => gathered.add(Err::<Vec<String>, _>(gap)),
        }
    }
    if let Some(gap) = ingresses.gap() {
        gathered.add(Err::<Vec<String>, _>(gap.clone()));
    }
    gathered.outcome()
}

fn plain_hosts(ingress: &Ingress) -> Vec<String> {
    let Ingress { namespace, name, tls, rules, .. } = ingress;
    let is_covered = |host: Option<&str>| tls.iter().any(|entry| covers(entry, host));
    let plain = rules.iter().map(|rule| rule.host.as_deref()).filter(|host| !is_covered(*host));
    plain
        .map(|host| format!("ingress {namespace}/{name} serves {} without TLS", host.unwrap_or("every host")))
        .collect()
}

/// Whether an entry has a certificate for a host. `*` stands for one label.
fn covers(entry: &IngressTls, host: Option<&str>) -> bool {
    let matches = |own: &String| match (host, own.strip_prefix('*')) {
        (Some(host), Some(domain)) => {
            host.split_once('.').is_some_and(|(_, rest)| domain.strip_prefix('.') == Some(rest))
        }
        (Some(host), None) => own == host,
        (None, _) => false,
    };
    entry.hosts.is_empty() || entry.hosts.iter().any(matches)
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::Listing;
    use palisade_model::kubernetes::IngressRule;
    use palisade_scenes::Scene;
    use palisade_scenes::kubernetes::inside;

    let serving = |hosts: &[Option<&str>], tls: &[&[&str]], class: &str| -> Scene {
        let owned = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect::<Vec<_>>();
        let rule = |host: Option<&str>| IngressRule { host: host.map(str::to_owned), services: owned(&["web"]) };
        let ingress = Ingress {
            namespace: "shop".to_owned(),
            name: "web".to_owned(),
            class: Some(class.to_owned()),
            annotations: [].into(),
            snippets: vec![],
            tls: tls.iter().map(|hosts| IngressTls { hosts: owned(hosts), secret: None }).collect(),
            rules: hosts.iter().copied().map(rule).collect(),
            load_balancers: vec![],
        };
        inside(|objects| objects.network.ingresses = Listing::whole(vec![ingress]))
    };
    let nginx = |hosts: &[Option<&str>], tls: &[&[&str]]| serving(hosts, tls, "nginx");
    let (shop, deep) = (Some("shop.example.com"), Some("a.shop.example.com"));
    Cases::default()
        .pass(nginx(&[shop], &[&["shop.example.com"]]))
        .pass(nginx(&[shop, deep], &[&["*.example.com"], &["a.shop.example.com"]]))
        .pass(nginx(&[None], &[&[]]))
        .fail(nginx(&[shop], &[]))
        .fail(nginx(&[shop, deep], &[&["shop.example.com"]]))
        .fail(nginx(&[deep], &[&["*.example.com"]]))
        .fail(nginx(&[None], &[&["shop.example.com"]]))
        .not_applicable(serving(&[shop], &[], "alb"))
        .not_applicable(inside(|_| {}))
}
