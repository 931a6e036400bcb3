//! What watches programs as they run: agents on nodes, and GuardDuty.

use jiff::civil::date;

use crate::account::Account;
use crate::in_cluster::enforcement::is_of;
use palisade_model::dated::Dated;
use palisade_model::eks::{Cluster, Detector};
use palisade_model::kubernetes::{Container, Controller, Node, Objects};
use palisade_model::{Action, Gap};

/// What is to be known of the agents below; no package has them, look at the makers' pages.
pub(crate) const AGENTS_DATED: Dated = Dated {
    name: "agents that watch programs on nodes",
    source: "https://docs.aws.amazon.com/guardduty/latest/ug/runtime-monitoring.html",
    as_of: date(2026, 11, 21),
};

/// How the repositories of agents end that watch programs on a node.
///
/// Sources: <https://falco.org/docs/setup/kubernetes/>, <https://tetragon.io/docs/installation/kubernetes/>,
/// <https://docs.aws.amazon.com/guardduty/latest/ug/runtime-monitoring.html>, and the makers' own pages.
const AGENTS: [&str; 19] = [
    "aquasec/enforcer",
    "aquasec/tracee",
    "aws-guardduty-agent",
    "cilium/tetragon",
    "falcon-sensor",
    "falcosecurity/falco",
    "falcosecurity/falco-no-driver",
    "kubearmor/kubearmor",
    "kubescape/node-agent",
    "neuvector/enforcer",
    "sentinelone/s1-agent",
    "stackrox/collector",
    "rhacs-collector-rhel8",
    "sysdig/agent",
    "sysdig/agent-slim",
    "twistlock/defender",
    "upwind-agent",
    "wiz-sensor",
    "wizio/sensor",
];

/// Datadog's agent watches programs only when it is told to.
const DATADOG: &str = "datadog/agent";
const DATADOG_SWITCH: &str = "DD_RUNTIME_SECURITY_CONFIG_ENABLED";

/// The features of GuardDuty that watch nodes; the second is the older one.
const RUNTIME: [&str; 2] = ["RUNTIME_MONITORING", "EKS_RUNTIME_MONITORING"];

/// Whether a daemon set is a known agent.
pub fn is_agent(workload: &Controller) -> bool {
    workload.template.containers.iter().any(|container| {
        let image = container.image.as_str();
        AGENTS.iter().any(|agent| is_of(image, agent)) || is_of_datadog(image) && is_switched_on(container)
    })
}

fn is_of_datadog(image: &str) -> bool {
    // Their own registries leave the name of the maker out.
    is_of(image, DATADOG) || image.starts_with("gcr.io/datadoghq/agent") || is_of(image, "datadog-agent")
}

fn is_switched_on(container: &Container) -> bool {
    container.settings.get(DATADOG_SWITCH).is_some_and(|value| value.eq_ignore_ascii_case("true"))
}

/// The nodes that an agent has to be on: Linux, on EC2. Fargate takes no daemon sets.
pub fn eligible(objects: &Objects) -> Result<Vec<&Node>, Gap> {
    let nodes = objects.nodes.complete()?.iter();
    Ok(nodes.filter(|node| node.software.operating_system != "windows" && !is_on_fargate(node)).collect())
}

/// Whether a node is a pod's own machine of Fargate.
pub fn is_on_fargate(node: &Node) -> bool {
    node.labels.get("eks.amazonaws.com/compute-type").is_some_and(|kind| kind == "fargate")
}

/// Whether GuardDuty is set up to watch the nodes of a cluster. What is off for certain decides, whatever the other is.
pub fn watches_nodes(detector: Option<&Detector>, cluster: &Cluster) -> Result<bool, Gap> {
    let Some(detector) = detector else { return Ok(false) };
    match (detector.is_on(&cluster.arn), detector.has_any(&RUNTIME, &cluster.arn)) {
        (Ok(false), _) | (_, Ok(false)) => Ok(false),
        (Ok(true), Ok(true)) => Ok(true),
        (Err(gap), _) | (_, Err(gap)) => Err(gap),
    }
}

/// Whether GuardDuty says that it watches the nodes of a cluster.
pub fn is_covered(cluster: &Cluster, account: &Account) -> Result<bool, Gap> {
    let eks = &account.audited_region(&cluster.arn)?.eks;
    if !watches_nodes(eks.detector.known()?.as_ref(), cluster)? {
        return Ok(false);
    }
    let Some(coverage) = eks.coverage.known()?.get(&cluster.name) else { return Ok(false) };
    match coverage.status.as_str() {
        "HEALTHY" => Ok(coverage.covered_nodes > 0),
        "UNHEALTHY" => Ok(false),
        other => Err(Gap::not_known(Action::GuardDutyListCoverage, &cluster.arn, "coverageStatus", other)),
    }
}
