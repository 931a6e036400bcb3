use crate::check::{Control, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::Gap;
use palisade_model::eks::{Cluster, Tokens};
use palisade_reason::access::metadata::{Service, each_service};

check! {
    /// Metadata service of nodes answers without a token
    ///
    /// ## Why
    /// The metadata service of a node gives out the credentials of the node's role. Without asking for a token (IMDSv1)
    /// it answers each pod, and each server in a pod that can be made to fetch an address; the hop limit does not stop
    /// it.
    ///
    /// Nodes that run are judged as they are. For a node group without running nodes its launch template counts, or
    /// what EKS sets without one.
    ///
    /// ## Severity
    /// High: one flaw in one pod gives away the role of the node.
    ///
    /// ## Fix
    /// Set `HttpTokens` to `required` in the launch template, and for nodes that run with
    /// `modify-instance-metadata-options`.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/eks/latest/best-practices/identity-and-access-management.html>
    /// - <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html>
    CHECK {
        id: "eks-node-metadata-version-one",
        severity: Severity::High,
        controls: &[
            Control::security_hub("EC2.8"),
            Control::prowler("ec2_instance_imdsv2_enabled"),
            Control::cis("compute-services-1.1.0:2.8"),
            Control::checklist("nodes-hardened"),
        ],
        since: "0.1.0",
        rule: Rule::Cluster(evaluate),
    }
}

fn evaluate(cluster: &Cluster, _: &Context) -> Outcome {
    each_service(cluster, judge)
}

fn judge(service: &Service) -> Result<Option<String>, Gap> {
    service.unless_off(match &service.options.tokens {
        Some(Tokens::Required) => Ok(None),
        Some(Tokens::Optional) => Ok(Some(format!("{}: HttpTokens is optional", service.name))),
        Some(Tokens::Other(tokens)) => Err(service.unclear_tokens(Some(tokens))),
        None => Err(service.unclear_tokens(None)),
    })
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::eks::{Instance, LaunchTemplate, MetadataOptions};
    use palisade_model::{Fact, Listing, Switch};
    use palisade_scenes::cluster;
    use palisade_scenes::clusters::{grouped, instance, node_group};

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
    let mixed = node_group(|group| group.ami_type = Some("BOTTLEROCKET_x86_64".to_owned()));
    let covered = cluster(|cluster| {
        cluster.node_groups = Listing::whole(vec![mixed]);
        cluster.instances = Listing::whole(vec![instance(|instance| instance.node_group = Some("workers".to_owned()))]);
    });
    let new = || Some(Switch::Other("dreaming".to_owned()));
    Cases::default()
        .unknown(running(vec![node(options(new(), Some(Tokens::Optional), Some(2)))]))
        .pass(running(vec![node(options(new(), Some(Tokens::Required), Some(1)))]))
        .pass(running(vec![node(options(Some(Switch::On), Some(Tokens::Required), Some(2)))]))
        .pass(running(vec![node(options(Some(Switch::Off), Some(Tokens::Optional), Some(2)))]))
        .pass(from(Some(options(None, Some(Tokens::Required), None))))
        .pass(of(Some("AL2023_x86_64_STANDARD")))
        .pass(covered)
        .fail(running(vec![instance(|_| {}), node(options(Some(Switch::On), Some(Tokens::Optional), Some(1)))]))
        .fail(from(Some(options(None, Some(Tokens::Optional), Some(1)))))
        .unknown(running(vec![node(options(Some(Switch::On), Some(Tokens::Other("later".to_owned())), Some(1)))]))
        .unknown(running(vec![node(options(Some(Switch::On), None, Some(1)))]))
        .unknown(from(None))
        .unknown(from(Some(options(Some(Switch::On), None, Some(1)))))
        .unknown(of(Some("BOTTLEROCKET_x86_64")))
        .unknown(of(Some("CUSTOM")))
        .unknown(of(None))
        .not_applicable(cluster(|_| {}))
}
