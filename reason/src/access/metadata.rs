//! How the metadata services of a cluster's nodes, which give out the node's role, can be reached.

use palisade_model::eks::{Cluster, Instance, MetadataOptions, NodeGroup, NodeGroupDetails, Tokens};
use palisade_model::verdict::{Gathered, Outcome};
use palisade_model::{Action, Arn, Gap, Switch};

/// Where options are said, and for which nodes.
pub struct Service<'a> {
    /// How evidence names them: `node i-0a1b2c3d`.
    pub name: String,
    /// The options; none where they are left to a default that is not known.
    pub options: MetadataOptions,
    action: Action,
    resource: &'a Arn,
}

impl<'a> Service<'a> {
    /// That of a node that runs.
    pub fn of_instance(instance: &Instance, cluster: &'a Cluster) -> Self {
        Self {
            name: format!("node {}", instance.id),
            options: instance.metadata.clone(),
            action: Action::Ec2DescribeInstances,
            resource: &cluster.arn,
        }
    }

    /// The gap when an option that matters is not said.
    pub fn unsaid(&self, option: &str) -> Gap {
        Gap::undecided(self.action, self.resource, format!("{option} of {} is not said", self.name))
    }

    /// The gap when an option has a value that is not known here.
    pub fn not_known(&self, option: &str, value: &str) -> Gap {
        Gap::not_known(self.action, self.resource, format!("{option} of {}", self.name), value)
    }

    /// The gap where the tokens that are asked for are not said, or not known here.
    pub fn unclear_tokens(&self, tokens: Option<&str>) -> Gap {
        tokens.map_or_else(|| self.unsaid("HttpTokens"), |tokens| self.not_known("HttpTokens", tokens))
    }

    /// Whether the service is switched off, so that nothing else matters. One that does not say is on.
    pub fn is_off(&self) -> Result<bool, Gap> {
        let Some(state) = &self.options.enabled else { return Ok(false) };
        state.is_on(|state| self.not_known("HttpEndpoint", state)).map(|is_on| !is_on)
    }

    /// What speaks against the service counts only where it is switched on.
    pub fn unless_off<T>(&self, judged: Result<Option<T>, Gap>) -> Result<Option<T>, Gap> {
        match judged {
            Ok(None) => Ok(None),
            Ok(Some(_)) | Err(_) if self.is_off()? => Ok(None),
            judged => judged,
        }
    }
}

/// Judges the metadata services of all nodes: by the nodes that run, and for a node group without running nodes by its
/// launch template, or by what EKS sets without one. Not applicable where nothing runs on EC2.
pub fn each_service(cluster: &Cluster, judge: impl Fn(&Service<'_>) -> Result<Option<String>, Gap>) -> Outcome {
    let mut gathered =
        Gathered::of(&cluster.instances, |instance: &Instance| judge(&Service::of_instance(instance, cluster)));
    gathered.each(&cluster.node_groups, |group| {
        let runs = |instance: &Instance| instance.node_group.as_ref() == Some(&group.name);
        if cluster.instances.seen().iter().any(runs) {
            return Ok(None);
        }
        judge(&service_of(group)?)
    });
    gathered.outcome()
}

/// The metadata service of the next node of a group: by its launch template, or by what EKS sets without one.
pub fn service_of(group: &NodeGroup) -> Result<Service<'_>, Gap> {
    let details = group.details.known()?;
    let Some(template) = &details.launch_template else {
        return Ok(Service {
            name: format!("node group {}", group.name),
            options: defaults(details),
            action: Action::EksDescribeNodegroup,
            resource: &details.arn,
        });
    };
    Ok(Service {
        name: format!("launch template {} version {} of node group {}", template.id, template.version, group.name),
        options: template.metadata.known()?.clone().unwrap_or(UNSAID),
        action: Action::Ec2DescribeLaunchTemplateVersions,
        resource: &details.arn,
    })
}

const UNSAID: MetadataOptions = MetadataOptions { enabled: None, tokens: None, hop_limit: None };

/// What EKS sets in the launch template that it makes for a group without one.
///
/// Source: <https://docs.aws.amazon.com/eks/latest/userguide/al2023.html>
fn defaults(group: &NodeGroupDetails) -> MetadataOptions {
    match group.ami_type.as_deref() {
        Some(kind) if kind.starts_with("AL2023_") => {
            MetadataOptions { enabled: Some(Switch::On), tokens: Some(Tokens::Required), hop_limit: Some(1) }
        }
        Some(kind) if kind != "CUSTOM" => MetadataOptions { hop_limit: Some(2), ..UNSAID },
        Some(_) | None => UNSAID,
    }
}
