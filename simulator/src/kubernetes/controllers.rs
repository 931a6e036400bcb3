//! The controllers of a cluster: workloads get their replica sets and pods, and pods what admission adds to them.

use serde_json::{Value, json};

use super::objects::{by_kind, text, uid};
use crate::account::Cluster;
use crate::ids;
use crate::world::World;

/// The label of nodes that Fargate runs.
const COMPUTE_TYPE: &str = "eks.amazonaws.com/compute-type";

/// Pods that differ in little: one of them, with blanks, and what stands in the blanks of each.
#[derive(Debug)]
pub(super) struct Mould {
    pub(super) pod: Value,
    pub(super) casts: Vec<Cast>,
}

/// What stands in the blanks of one pod.
#[derive(Debug)]
pub(super) struct Cast {
    pub(super) name: String,
    pub(super) node: String,
}

/// Stands for a pod's name.
pub(super) const NAME: &str = "\u{1}name";
/// Stands for a pod's id.
pub(super) const UID: &str = "\u{1}uid";
/// Stands for a pod's node.
pub(super) const NODE: &str = "\u{1}node";

/// Adds the replica sets that the workloads in `objects` lead to and completes all pods; the pods of workloads are
/// answered.
pub(super) fn run(objects: &mut Vec<Value>, world: &World, cluster: &Cluster, region: &str) -> Vec<Mould> {
    let mut made = Made::default();
    let count;
    {
        let kinds = by_kind(objects);
        let of = |kind: &str| kinds.get(kind).into_iter().flatten().copied();
        let nodes = of("Node").filter(|node| node["metadata"]["labels"][COMPUTE_TYPE].is_null());
        made.nodes = nodes.map(|node| text(node, "name").to_owned()).collect();
        for workload in of("Deployment").filter(|workload| !is_owned(objects, workload)) {
            made.deployment(workload);
        }
        for workload in of("StatefulSet") {
            let names = (0..replicas(workload)).map(|number| format!("{}-{number}", text(workload, "name")));
            made.pods(workload, workload, names.collect());
        }
        for workload in of("ReplicationController") {
            made.pods(workload, workload, random_names(workload, workload, replicas(workload)));
        }
        for workload in of("Job") {
            made.pods(workload, workload, random_names(workload, workload, 1));
        }
        for workload in of("DaemonSet") {
            made.pods(workload, workload, random_names(workload, workload, made.nodes.len()));
        }
        count = made.nodes.len();
    }
    objects.append(&mut made.sets);
    for set in objects.iter_mut().filter(|object| object["kind"] == "DaemonSet" && object["status"].is_null()) {
        set["status"] = json!({
            "currentNumberScheduled": count, "desiredNumberScheduled": count, "numberMisscheduled": 0,
            "numberReady": count, "numberAvailable": count,
        });
    }
    ready_nodes(objects);
    let admission = Admission::new(objects, cluster, region);
    for object in objects.iter_mut().chain(made.moulds.iter_mut().map(|mould| &mut mould.pod)) {
        if object["kind"] == "Pod" {
            admission.admit(object);
        }
        status(object, world);
    }
    made.moulds
}

fn replicas(workload: &Value) -> usize {
    workload["spec"]["replicas"].as_u64().and_then(|count| usize::try_from(count).ok()).unwrap_or(1)
}

/// What controllers make.
#[derive(Debug, Default)]
struct Made {
    nodes: Vec<String>,
    sets: Vec<Value>,
    moulds: Vec<Mould>,
}

impl Made {
    fn deployment(&mut self, workload: &Value) {
        let hash = ids::characters(&workload["spec"]["template"].to_string(), LETTERS, 10);
        let count = replicas(workload);
        let mut set = json!({
            "apiVersion": "apps/v1", "kind": "ReplicaSet",
            "metadata": {
                "name": format!("{}-{hash}", text(workload, "name")),
                "namespace": workload["metadata"]["namespace"],
                "ownerReferences": [reference(workload)],
            },
            "spec": workload["spec"],
            "status": {"replicas": count, "readyReplicas": count},
        });
        set["spec"]["template"]["metadata"]["labels"]["pod-template-hash"] = hash.as_str().into();
        set["metadata"]["labels"] = set["spec"]["template"]["metadata"]["labels"].clone();
        self.pods(&set, &set, random_names(&set, &set, count));
        self.sets.push(set);
    }

    /// The pods of a workload, on the nodes round and round.
    fn pods(&mut self, workload: &Value, owner: &Value, names: Vec<String>) {
        let template = &workload["spec"]["template"];
        let mut pod = json!({
            "apiVersion": "v1", "kind": "Pod",
            "metadata": template["metadata"],
            "spec": template["spec"],
        });
        pod["metadata"]["name"] = NAME.into();
        pod["metadata"]["uid"] = UID.into();
        pod["metadata"]["namespace"] = workload["metadata"]["namespace"].clone();
        pod["metadata"]["ownerReferences"] = json!([reference(owner)]);
        if !self.nodes.is_empty() && pod["spec"]["nodeName"].is_null() {
            pod["spec"]["nodeName"] = NODE.into();
        }
        let nodes = self.nodes.iter().cycle().cloned().chain(std::iter::repeat(String::new()));
        let casts = names.into_iter().zip(nodes).map(|(name, node)| Cast { name, node });
        self.moulds.push(Mould { pod, casts: casts.collect() });
    }
}

/// The letters of made-up names: no vowels, so that they are no words.
const LETTERS: &[u8] = b"bcdfghjklmnpqrstvwxz2456789";

fn random_names(workload: &Value, owner: &Value, count: usize) -> Vec<String> {
    let seed = owner["metadata"].to_string();
    let suffix = |number| ids::characters(&format!("{seed} {number}"), LETTERS, 5);
    (0..count).map(|number| format!("{}-{}", text(workload, "name"), suffix(number))).collect()
}

/// Whether the file itself holds something that the workload owns.
fn is_owned(objects: &[Value], workload: &Value) -> bool {
    let owners = objects
        .iter()
        .filter(|object| object["kind"] == "ReplicaSet" && text(object, "namespace") == text(workload, "namespace"))
        .filter_map(|object| object["metadata"]["ownerReferences"].as_array())
        .flatten();
    owners.into_iter().any(|owner| owner["name"] == workload["metadata"]["name"])
}

fn reference(owner: &Value) -> Value {
    json!({
        "apiVersion": owner["apiVersion"],
        "kind": owner["kind"],
        "name": owner["metadata"]["name"],
        "uid": uid(owner["kind"].as_str().unwrap_or_default(), &owner["metadata"]),
        "controller": true,
        "blockOwnerDeletion": true,
    })
}

/// Nodes are ready unless the file says otherwise.
fn ready_nodes(objects: &mut [Value]) {
    for node in objects.iter_mut().filter(|object| object["kind"] == "Node") {
        if node["status"]["conditions"].is_null() {
            node["status"]["conditions"] = json!([{"type": "Ready", "status": "True", "reason": "KubeletReady"}]);
        }
    }
}

/// What is added to pods when they are made: their service account, its token, and a role of AWS.
struct Admission {
    region: String,
    /// Namespace and name of each account, its role by IRSA, and whether its token is mounted.
    accounts: Vec<(String, String, Option<String>, bool)>,
    /// Namespaces and accounts with a role by Pod Identity.
    associated: Vec<(String, String)>,
}

impl Admission {
    fn new(objects: &[Value], cluster: &Cluster, region: &str) -> Admission {
        let accounts = objects.iter().filter(|object| object["kind"] == "ServiceAccount").map(|account| {
            let role = account["metadata"]["annotations"]["eks.amazonaws.com/role-arn"].as_str().map(str::to_owned);
            let mounts = account["automountServiceAccountToken"] != false;
            (text(account, "namespace").to_owned(), text(account, "name").to_owned(), role, mounts)
        });
        let associated = cluster.pod_identities.iter();
        Admission {
            region: region.to_owned(),
            accounts: accounts.collect(),
            associated: associated.map(|one| (one.namespace.clone(), one.service_account.clone())).collect(),
        }
    }

    fn admit(&self, pod: &mut Value) {
        if pod["spec"]["serviceAccountName"].is_null() {
            pod["spec"]["serviceAccountName"] = "default".into();
        }
        let namespace = text(pod, "namespace").to_owned();
        let account = pod["spec"]["serviceAccountName"].as_str().unwrap_or_default().to_owned();
        let found = self.accounts.iter().find(|(place, name, ..)| *place == namespace && *name == account);
        let mounts = pod["spec"]["automountServiceAccountToken"].as_bool();
        if mounts.unwrap_or(found.is_none_or(|(.., mounts)| *mounts)) {
            let source = json!({"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}});
            mount(pod, "kube-api-access", "/var/run/secrets/kubernetes.io/serviceaccount", &source);
        }
        if let Some((.., Some(role), _)) = found {
            self.irsa(pod, role);
        } else if self.associated.contains(&(namespace, account)) {
            self.pod_identity(pod);
        }
    }

    fn irsa(&self, pod: &mut Value, role: &str) {
        let path = "/var/run/secrets/eks.amazonaws.com/serviceaccount";
        let source = json!({"serviceAccountToken": {"audience": "sts.amazonaws.com", "expirationSeconds": 86400, "path": "token"}});
        mount(pod, "aws-iam-token", path, &source);
        set(pod, "AWS_ROLE_ARN", role);
        set(pod, "AWS_WEB_IDENTITY_TOKEN_FILE", &format!("{path}/token"));
        set(pod, "AWS_REGION", &self.region);
    }

    fn pod_identity(&self, pod: &mut Value) {
        let path = "/var/run/secrets/pods.eks.amazonaws.com/serviceaccount";
        let source = json!({"serviceAccountToken": {
            "audience": "pods.eks.amazonaws.com", "expirationSeconds": 86400, "path": "eks-pod-identity-token",
        }});
        mount(pod, "eks-pod-identity-token", path, &source);
        set(pod, "AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://169.254.170.23/v1/credentials");
        set(pod, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", &format!("{path}/eks-pod-identity-token"));
        set(pod, "AWS_REGION", &self.region);
    }
}

/// Pushes to an array that may not be there yet.
fn push(array: &mut Value, value: Value) {
    if let Value::Array(values) = array {
        values.push(value);
    } else {
        *array = json!([value]);
    }
}

fn containers(pod: &mut Value) -> impl Iterator<Item = &mut Value> {
    let containers = pod["spec"]["containers"].as_array_mut();
    containers.into_iter().flatten()
}

fn mount(pod: &mut Value, name: &str, path: &str, source: &Value) {
    push(&mut pod["spec"]["volumes"], json!({"name": name, "projected": {"sources": [source]}}));
    for container in containers(pod) {
        push(&mut container["volumeMounts"], json!({"name": name, "mountPath": path, "readOnly": true}));
    }
}

fn set(pod: &mut Value, name: &str, value: &str) {
    for container in containers(pod) {
        push(&mut container["env"], json!({"name": name, "value": value}));
    }
}

/// What runs, as far as the file does not say otherwise.
fn status(object: &mut Value, world: &World) {
    if !object["status"].is_null() {
        return;
    }
    let count = replicas(object);
    match object["kind"].as_str() {
        Some("Pod") => object["status"] = running(object, world),
        Some("Deployment" | "StatefulSet" | "ReplicationController") => {
            object["status"] = json!({"replicas": count, "readyReplicas": count, "availableReplicas": count});
        }
        _ => {}
    }
}

fn running(pod: &Value, world: &World) -> Value {
    let containers = pod["spec"]["containers"].as_array().into_iter().flatten();
    let statuses = containers.map(|container| {
        let image = container["image"].as_str().unwrap_or_default();
        let digest = image.split_once('@').map(|(_, digest)| digest).or_else(|| world.resolve_image(image));
        let digest = digest.map(str::to_owned);
        let digest = digest.unwrap_or_else(|| format!("sha256:{}", ids::hexadecimal(image, 64)));
        let repository = image.split('@').next().unwrap_or_default();
        json!({
            "name": container["name"], "image": image, "imageID": format!("{repository}@{digest}"),
            "ready": true, "restartCount": 0, "started": true, "state": {"running": {}},
        })
    });
    json!({
        "phase": "Running",
        "conditions": [{"type": "Ready", "status": "True"}],
        "containerStatuses": statuses.collect::<Value>(),
    })
}
