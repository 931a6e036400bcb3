//! Made-up deployments with many pods.

use serde_json::{Value, json};

use crate::account::PodCount;
use crate::ids;

/// How many pods one node takes.
const ON_A_NODE: usize = 50;

/// Namespaces, nodes and deployments whose pods are `count` together.
pub(super) fn made_up(size: PodCount) -> Vec<Value> {
    let deployments = size.deployments.max(1);
    let mut objects: Vec<Value> = (0..size.count.div_ceil(ON_A_NODE)).map(node).collect();
    for number in 0..deployments.div_ceil(10) {
        objects.push(json!({
            "apiVersion": "v1", "kind": "Namespace",
            "metadata": {"name": namespace(number * 10), "labels": {"pod-security.kubernetes.io/enforce": "baseline"}},
        }));
    }
    for number in 0..deployments {
        let replicas = size.count / deployments + usize::from(number < size.count % deployments);
        objects.push(deployment(number, replicas));
    }
    objects
}

fn namespace(deployment: usize) -> String {
    format!("team-{:03}", deployment / 10)
}

fn node(number: usize) -> Value {
    let name = format!("ip-10-0-{}-{}.ec2.internal", number / 250, number % 250 + 4);
    let id = format!("i-{}", ids::hexadecimal(&name, 17));
    json!({
        "apiVersion": "v1", "kind": "Node",
        "metadata": {"name": name, "labels": {"kubernetes.io/os": "linux", "eks.amazonaws.com/nodegroup": "general-0"}},
        "spec": {"providerID": format!("aws:///us-east-1a/{id}")},
        "status": {"nodeInfo": {
            "architecture": "amd64", "bootID": "", "machineID": "", "systemUUID": "", "kubeProxyVersion": "",
            "operatingSystem": "linux", "kubeletVersion": "v1.35.4-eks-8f14e45", "osImage": "Amazon Linux 2023.9.20261104",
            "kernelVersion": "6.12.46-66.121.amzn2023.x86_64", "containerRuntimeVersion": "containerd://2.1.5",
        }},
    })
}

fn deployment(number: usize, replicas: usize) -> Value {
    let name = format!("service-{number:04}");
    let image = format!("111122223333.dkr.ecr.us-east-1.amazonaws.com/{name}:1.{number}");
    json!({
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": {"name": name, "namespace": namespace(number), "labels": {"app": name}},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": {"app": name}},
            "template": {
                "metadata": {"labels": {"app": name, "team": namespace(number)}},
                "spec": {
                    "securityContext": {"runAsNonRoot": true, "seccompProfile": {"type": "RuntimeDefault"}},
                    "containers": [{
                        "name": "app",
                        "image": image,
                        "ports": [{"containerPort": 8080}],
                        "env": [
                            {"name": "LOG_LEVEL", "value": "info"},
                            {"name": "POD_NAME", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
                            {"name": "DATABASE_URL", "valueFrom": {"secretKeyRef": {"name": name, "key": "url"}}},
                        ],
                        "resources": {"requests": {"cpu": "100m", "memory": "128Mi"}, "limits": {"memory": "256Mi"}},
                        "livenessProbe": {"httpGet": {"path": "/live", "port": 8080}},
                        "readinessProbe": {"httpGet": {"path": "/ready", "port": 8080}},
                        "securityContext": {
                            "allowPrivilegeEscalation": number.is_multiple_of(7),
                            "capabilities": {"drop": ["ALL"]},
                        },
                    }],
                },
            },
        },
    })
}
