//! Rights on pods, on what makes them, and on the nodes that run them.

use super::{CHANGE, CORE, Names, Need, Right, WRITE, anywhere, cluster};

const MADE: &str = "kubernetes-rbac-pods-creatable";
const ENTERED: &str = "kubernetes-rbac-exec";
const STEERED: &str = "kubernetes-rbac-nodes-steerable";
/// A request in the form of a web socket is a `get`; from 1.35 on it takes `create` all the same.
///
/// Source: <https://kubernetes.io/docs/reference/command-line-tools-reference/feature-gates/>
/// (`AuthorizePodWebsocketUpgradeCreatePermission`)
const SOCKETS: u32 = 35;
/// What Unit 42 found node agents to have, and what becomes of it.
const UNIT_42: &str = "https://www.paloaltonetworks.com/resources/whitepapers/kubernetes-privilege-escalation-excessive-permissions-in-popular-platforms";
const PROXY: &str = "https://kubernetes.io/docs/tasks/access-application-cluster/access-cluster-services/";

const fn made(group: &'static str, resources: &'static [&'static str]) -> Need {
    anywhere(WRITE, group, resources).named(Names::Templates).applied()
}

const fn entered(verbs: &'static [&'static str], resources: &'static [&'static str]) -> Need {
    anywhere(verbs, CORE, resources).named(Names::Pods)
}

/// The methods of HTTP that the proxies pass on.
const METHODS: &[&str] = &["get", "create", "update", "patch", "delete"];

pub(super) const RIGHTS: &[Right] = &[
    Right::new(
        "reach the kubelet",
        "A request through nodes/proxy runs commands in any pod of the node, past admission and the audit log.",
        &[&[cluster(&["get", "create"], CORE, &["nodes/proxy"])]],
        "kubernetes-rbac-nodes-proxy",
    )
    .from("https://kubernetes.io/docs/reference/access-authn-authz/kubelet-authn-authz/"),
    Right::new(
        "create persistent volumes",
        "A persistent volume can be a path of a node.",
        &[&[cluster(&["create"], CORE, &["persistentvolumes"])]],
        "kubernetes-rbac-volumes-creatable",
    ),
    Right::new(
        "change persistent volumes",
        "Its holder binds the volumes of others to a claim of its own.",
        &[&[cluster(CHANGE, CORE, &["persistentvolumes"])]],
        "kubernetes-rbac-volumes-creatable",
    )
    .lesser(),
    Right::new(
        "create pods",
        "A pod runs as any service account of its namespace and mounts its Secrets; unless refused, it takes its node.",
        &[&[anywhere(&["create"], CORE, &["pods"]).applied()]],
        MADE,
    )
    .taking_accounts(),
    Right::new(
        "change pods",
        "Another image in a pod that runs is a program with the pod's service account and volumes.",
        &[&[anywhere(CHANGE, CORE, &["pods"]).named(Names::Pods)]],
        MADE,
    )
    .taking_accounts()
    .from("https://kubernetes.io/docs/concepts/workloads/pods/#pod-update-and-replacement"),
    Right::new(
        "change workloads",
        "The pods that a controller makes run as any service account of the namespace.",
        &[
            &[made("apps", &["deployments", "daemonsets", "statefulsets", "replicasets"])],
            &[made("batch", &["jobs", "cronjobs"])],
            &[made(CORE, &["replicationcontrollers"])],
        ],
        MADE,
    )
    .taking_accounts(),
    Right::new(
        "run commands in pods",
        "Its holder acts as the pods' service accounts. Reading is enough before Kubernetes 1.35.",
        &[
            &[entered(&["create"], &["pods/exec", "pods/attach"])],
            &[entered(&["get"], &["pods/exec", "pods/attach"]).until(SOCKETS)],
            &[entered(CHANGE, &["pods/ephemeralcontainers"])],
        ],
        ENTERED,
    )
    .taking_accounts(),
    Right::new(
        "forward ports of pods",
        "Its holder reaches ports of pods past network policies. Reading is enough before Kubernetes 1.35.",
        &[&[entered(&["create"], &["pods/portforward"])], &[entered(&["get"], &["pods/portforward"]).until(SOCKETS)]],
        ENTERED,
    )
    .beyond_teams()
    .lesser(),
    Right::new(
        "reach pods through the API server",
        "A request through pods/proxy or services/proxy reaches a pod past network policies, as the API server's own.",
        &[&[anywhere(METHODS, CORE, &["pods/proxy", "services/proxy"]).named(Names::Pass)]],
        ENTERED,
    )
    .beyond_teams()
    .lesser()
    .from(PROXY),
    Right::new(
        "change nodes",
        "Labels, taints and status of nodes draw pods to a node that is held already.",
        &[&[cluster(CHANGE, CORE, &["nodes", "nodes/status"])]],
        STEERED,
    )
    .lesser()
    .from(UNIT_42),
    Right::new(
        "evict pods",
        "Pods are driven off their nodes, and onto a node that is held already.",
        &[&[anywhere(&["create"], CORE, &["pods/eviction"]).named(Names::Pass)]],
        STEERED,
    )
    .beyond_teams()
    .lesser()
    .from(UNIT_42),
    Right::new(
        "change the status of pods",
        "A pod whose status says that it failed is replaced elsewhere; one with a false address gets others' traffic.",
        &[&[anywhere(CHANGE, CORE, &["pods/status"]).named(Names::Pass)]],
        STEERED,
    )
    .beyond_teams()
    .lesser()
    .from(UNIT_42),
    Right::new(
        "bind pods to nodes",
        "Pods that wait for a node are put onto one that is held already.",
        &[&[anywhere(&["create"], CORE, &["pods/binding", "bindings"]).named(Names::Pass)]],
        STEERED,
    )
    .beyond_teams()
    .lesser()
    .from(UNIT_42),
];
