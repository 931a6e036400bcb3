//! Rights with which more can be gained than they say.
//!
//! Source: <https://kubernetes.io/docs/concepts/security/rbac-good-practices/>

use super::need::{Need, Object, Reach};

/// A right that is dangerous to give away.
#[derive(Debug, PartialEq, Eq)]
pub struct Right {
    /// Its name, in words.
    pub name: &'static str,
    /// What can be gained with it.
    pub reason: &'static str,
    /// What gives it: any of these.
    pub needs: &'static [Need],
    /// What it takes besides: any of these; nothing when empty.
    pub besides: &'static [Need],
}

const fn need(verbs: &'static [&'static str], object: Object, reach: Reach) -> Need {
    Need { verbs, object, reach }
}

const CORE: &str = "";
const RBAC: &str = "rbac.authorization.k8s.io";
const ADMISSION: &str = "admissionregistration.k8s.io";
const CERTIFICATES: &str = "certificates.k8s.io";
const WRITE: &[&str] = &["create", "update", "patch"];
const CHANGE: &[&str] = &["update", "patch"];
const ALTER: &[&str] = &["create", "update", "patch", "delete", "deletecollection"];
const WEAKEN: &[&str] = &["update", "patch", "delete", "deletecollection"];
const CALL: &[&str] = &["get", "create"];

const fn right(name: &'static str, reason: &'static str, needs: &'static [Need]) -> Right {
    Right { name, reason, needs, besides: &[] }
}

/// All of them, the furthest-reaching first.
pub const RIGHTS: &[Right] = &[
    right(
        "everything",
        "It allows every request to every resource.",
        &[need(&["*"], Object::Everything, Reach::Namespace)],
    ),
    right(
        "escalate roles",
        "Its holder can write rights into a role that it does not have.",
        &[
            need(&["escalate"], Object::Resources(RBAC, &["clusterroles"]), Reach::Cluster),
            need(&["escalate"], Object::Resources(RBAC, &["roles"]), Reach::Namespace),
        ],
    ),
    right(
        "bind roles",
        "Its holder can give itself a role whose rights it does not have.",
        &[need(&["bind"], Object::Resources(RBAC, &["roles", "clusterroles"]), Reach::Namespace)],
    ),
    right(
        "impersonate",
        "Its holder can act as another user, group or service account.",
        &[
            need(&["impersonate"], Object::Resources(CORE, &["users", "groups"]), Reach::Cluster),
            need(&["impersonate"], Object::Resources(CORE, &["serviceaccounts"]), Reach::Namespace),
            need(&["impersonate"], Object::Group("authentication.k8s.io"), Reach::Cluster),
        ],
    ),
    right(
        "issue tokens",
        "Its holder can act as the service accounts it makes tokens for, in the cluster and in AWS.",
        &[need(&["create"], Object::Resources(CORE, &["serviceaccounts/token"]), Reach::Namespace)],
    ),
    right(
        "create secrets",
        "A Secret of the type service-account-token is filled with a token of a service account that its maker names.",
        &[need(&["create"], Object::Resources(CORE, &["secrets"]), Reach::Namespace)],
    ),
    right(
        "read secrets",
        "Secrets hold passwords, and tokens of service accounts.",
        &[need(&["get", "list", "watch"], Object::Resources(CORE, &["secrets"]), Reach::Namespace)],
    ),
    right(
        "change aws-auth",
        "The ConfigMap aws-auth maps identities of AWS to groups, the one that is allowed everything included.",
        &[need(CHANGE, Object::Named(CORE, "configmaps", "aws-auth"), Reach::In("kube-system"))],
    ),
    right(
        "reach the kubelet",
        "A request through nodes/proxy runs commands in any pod of the node, past admission and the audit log.",
        &[need(CALL, Object::Resources(CORE, &["nodes/proxy"]), Reach::Cluster)],
    ),
    right(
        "create persistent volumes",
        "A persistent volume can be a path of a node.",
        &[need(&["create"], Object::Resources(CORE, &["persistentvolumes"]), Reach::Cluster)],
    ),
    right(
        "create pods",
        "A pod runs as any service account of its namespace and mounts its Secrets; unless refused, it takes its node.",
        &[need(&["create"], Object::Resources(CORE, &["pods"]), Reach::Namespace)],
    ),
    right(
        "change workloads",
        "The pods that a controller makes run as any service account of the namespace.",
        &[
            need(
                WRITE,
                Object::Resources("apps", &["deployments", "daemonsets", "statefulsets", "replicasets"]),
                Reach::Namespace,
            ),
            need(WRITE, Object::Resources("batch", &["jobs", "cronjobs"]), Reach::Namespace),
            need(WRITE, Object::Resources(CORE, &["replicationcontrollers"]), Reach::Namespace),
        ],
    ),
    right(
        "run commands in pods",
        "Its holder acts as the pods' service accounts. Reading is enough before Kubernetes 1.35.",
        &[
            need(CALL, Object::Resources(CORE, &["pods/exec", "pods/attach"]), Reach::Namespace),
            need(CHANGE, Object::Resources(CORE, &["pods/ephemeralcontainers"]), Reach::Namespace),
        ],
    ),
    right(
        "forward ports of pods",
        "Its holder reaches ports of pods past network policies. Reading is enough before Kubernetes 1.35.",
        &[need(CALL, Object::Resources(CORE, &["pods/portforward"]), Reach::Namespace)],
    ),
    right(
        "change service accounts",
        "An annotation says which role of AWS the pods of a service account take.",
        &[need(WRITE, Object::Resources(CORE, &["serviceaccounts"]), Reach::Namespace)],
    ),
    right(
        "change namespaces",
        "Labels of a namespace say what Pod Security enforces and whom policy engines leave alone.",
        &[need(CHANGE, Object::Resources(CORE, &["namespaces"]), Reach::Namespace)],
    ),
    right(
        "change admission",
        "Its holder can read and change all that is written to the cluster, or put controls out of force.",
        &[need(
            ALTER,
            Object::Resources(
                ADMISSION,
                &[
                    "validatingwebhookconfigurations",
                    "mutatingwebhookconfigurations",
                    "validatingadmissionpolicies",
                    "validatingadmissionpolicybindings",
                    "mutatingadmissionpolicies",
                    "mutatingadmissionpolicybindings",
                ],
            ),
            Reach::Cluster,
        )],
    ),
    right(
        "make policy exceptions",
        "An exception exempts pods from the policies of Kyverno.",
        &[
            need(WRITE, Object::Resources("kyverno.io", &["policyexceptions"]), Reach::Namespace),
            need(WRITE, Object::Resources("policies.kyverno.io", &["policyexceptions"]), Reach::Namespace),
        ],
    ),
    right(
        "weaken policies",
        "Its holder can put the policies of a policy engine out of force.",
        &[
            need(WEAKEN, Object::Resources("kyverno.io", &["clusterpolicies"]), Reach::Cluster),
            need(WEAKEN, Object::Resources("kyverno.io", &["policies"]), Reach::Namespace),
            need(WEAKEN, Object::Resources("policies.kyverno.io", &["validatingpolicies"]), Reach::Cluster),
            need(WEAKEN, Object::Group("constraints.gatekeeper.sh"), Reach::Cluster),
            need(WEAKEN, Object::Resources("templates.gatekeeper.sh", &["constrainttemplates"]), Reach::Cluster),
        ],
    ),
    right(
        "change node classes",
        "A node class says which role of AWS nodes have, and how their metadata service answers.",
        &[
            need(WRITE, Object::Resources("karpenter.k8s.aws", &["ec2nodeclasses"]), Reach::Cluster),
            need(WRITE, Object::Resources("eks.amazonaws.com", &["nodeclasses"]), Reach::Cluster),
        ],
    ),
    Right {
        name: "approve certificates",
        reason: "A certificate makes its holder any user, in any group.",
        needs: &[need(
            CHANGE,
            Object::Resources(CERTIFICATES, &["certificatesigningrequests/approval"]),
            Reach::Cluster,
        )],
        besides: &[need(&["approve"], Object::Resources(CERTIFICATES, &["signers"]), Reach::Cluster)],
    },
    Right {
        name: "sign certificates",
        reason: "A certificate makes its holder any user, in any group.",
        needs: &[need(CHANGE, Object::Resources(CERTIFICATES, &["certificatesigningrequests/status"]), Reach::Cluster)],
        besides: &[need(&["sign"], Object::Resources(CERTIFICATES, &["signers"]), Reach::Cluster)],
    },
    right(
        "change network policies",
        "Its holder opens what network policies close.",
        &[need(ALTER, Object::Resources("networking.k8s.io", &["networkpolicies"]), Reach::Namespace)],
    ),
    right(
        "delete events",
        "Its holder can remove traces.",
        &[
            need(&["delete", "deletecollection"], Object::Resources(CORE, &["events"]), Reach::Namespace),
            need(&["delete", "deletecollection"], Object::Resources("events.k8s.io", &["events"]), Reach::Namespace),
        ],
    ),
    right(
        "read inner paths of the API server",
        "Its logs and profiles tell what others do.",
        &[
            need(&["get"], Object::Path("/logs"), Reach::Cluster),
            need(&["get"], Object::Path("/debug/pprof"), Reach::Cluster),
        ],
    ),
];

impl Right {
    /// The right with this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        RIGHTS.iter().find(|right| right.name == name)
    }
}
