use crate::check::{Control, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::Gap;
use palisade_model::eks::Cluster;
use palisade_reason::access::metadata::{Service, each_service};

check! {
    /// Pods reach the metadata service of their node
    ///
    /// ## Why
    /// With a hop limit of two or more, answers of the node's metadata service reach into pods: each of them can fetch
    /// the credentials of the node's role, which registers nodes, pulls every image and often manages network
    /// interfaces. Roles of service accounts do not take that away.
    ///
    /// A hop limit of one keeps out all pods but those on the host network. Nodes that run are judged as they are. For
    /// a node group without running nodes its launch template counts, or what EKS sets without one.
    ///
    /// ## Severity
    /// Medium: an attacker has to be in a pod already; a network policy may still be in the way.
    ///
    /// ## Fix
    /// Set `HttpPutResponseHopLimit` to 1 in the launch template, after the pods that need AWS have roles of their own.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/eks/latest/best-practices/identity-and-access-management.html>
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/al2023.html>
    CHECK {
        id: "eks-node-metadata-hop-limit",
        severity: Severity::Medium,
        controls: &[Control::checklist("nodes-hardened")],
        since: "0.1.0",
        rule: Rule::Cluster(evaluate),
    }
}

fn evaluate(cluster: &Cluster, _: &Context) -> Outcome {
    each_service(cluster, judge)
}

fn judge(service: &Service) -> Result<Option<String>, Gap> {
    service.unless_off(match service.options.hop_limit {
        None => Err(service.unsaid("HttpPutResponseHopLimit")),
        Some(hops) => Ok((hops > 1).then(|| format!("{}: HttpPutResponseHopLimit is {hops}", service.name))),
    })
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::eks::{Instance, LaunchTemplate, MetadataOptions, Tokens};
    use palisade_model::{Fact, Listing, Switch};
    use palisade_scenes::cluster;
    use palisade_scenes::clusters::{grouped, instance};

    let options = |enabled, tokens, hop_limit| MetadataOptions { enabled, tokens, hop_limit };
    let running = |instances: Vec<Instance>| cluster(|cluster| cluster.instances = Listing::whole(instances));
    let node = |metadata: MetadataOptions| instance(|instance| instance.metadata = metadata);
    let from = |metadata: Option<MetadataOptions>| {
        grouped(|group| {
            let (id, version) = ("lt-0a1b2c3d".to_owned(), "3".to_owned());
            group.launch_template = Some(LaunchTemplate { id, version, metadata: Fact::Known(metadata) });
        })
    };
    let of = |kind: Option<&str>| grouped(|group| group.ami_type = kind.map(str::to_owned));
    let new = || Some(Switch::Other("dreaming".to_owned()));
    Cases::default()
        .unknown(running(vec![node(options(new(), Some(Tokens::Optional), Some(2)))]))
        .pass(running(vec![node(options(new(), Some(Tokens::Required), Some(1)))]))
        .pass(running(vec![instance(|_| {})]))
        .pass(running(vec![node(options(Some(Switch::Off), Some(Tokens::Optional), Some(64)))]))
        .pass(from(Some(options(None, None, Some(1)))))
        .pass(of(Some("AL2023_x86_64_STANDARD")))
        .fail(running(vec![instance(|_| {}), node(options(Some(Switch::On), Some(Tokens::Required), Some(2)))]))
        .fail(running(vec![node(options(None, None, Some(64)))]))
        .fail(from(Some(options(Some(Switch::On), Some(Tokens::Required), Some(2)))))
        .fail(of(Some("BOTTLEROCKET_x86_64")))
        .fail(of(Some("AL2_x86_64")))
        .unknown(running(vec![node(options(Some(Switch::On), Some(Tokens::Required), None))]))
        .unknown(from(None))
        .unknown(of(Some("CUSTOM")))
        .unknown(of(None))
        .not_applicable(cluster(|_| {}))
}
