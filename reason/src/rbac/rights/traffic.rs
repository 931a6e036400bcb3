//! Rights on what traffic is let through, and on where it goes.

use super::{ALTER, CHANGE, CORE, Names, Object, Reach, Right, WRITE, anywhere, cluster, need};

const OPENED: &str = "kubernetes-rbac-network-openable";
const REDIRECTED: &str = "kubernetes-rbac-traffic-redirectable";
const KUBE_SYSTEM: Reach = Reach::In("kube-system");

pub(super) const RIGHTS: &[Right] = &[
    Right::new(
        "change network policies",
        "Its holder opens what network policies close.",
        &[
            &[anywhere(ALTER, "networking.k8s.io", &["networkpolicies"])],
            &[cluster(
                ALTER,
                "policy.networking.k8s.io",
                &["adminnetworkpolicies", "baselineadminnetworkpolicies", "clusternetworkpolicies"],
            )],
            &[cluster(ALTER, "networking.k8s.aws", &["clusternetworkpolicies", "clusterpolicyendpoints"])],
            &[anywhere(ALTER, "networking.k8s.aws", &["applicationnetworkpolicies", "policyendpoints"])],
            &[cluster(
                ALTER,
                "cilium.io",
                &["ciliumcidrgroups", "ciliumclusterwideenvoyconfigs", "ciliumclusterwidenetworkpolicies"],
            )],
            &[anywhere(ALTER, "cilium.io", &["ciliumendpoints", "ciliumenvoyconfigs", "ciliumnetworkpolicies"])],
            &[cluster(
                ALTER,
                "crd.projectcalico.org",
                &["globalnetworkpolicies", "globalnetworksets", "hostendpoints", "tiers"],
            )],
            &[anywhere(ALTER, "crd.projectcalico.org", &["networkpolicies", "networksets"])],
            &[cluster(
                ALTER,
                "projectcalico.org",
                &["globalnetworkpolicies", "globalnetworksets", "hostendpoints", "tiers"],
            )],
            &[anywhere(ALTER, "projectcalico.org", &["networkpolicies", "networksets"])],
            &[cluster(ALTER, "crd.antrea.io", &["clusternetworkpolicies", "tiers"])],
            &[anywhere(ALTER, "crd.antrea.io", &["networkpolicies"])],
            &[anywhere(ALTER, "security.istio.io", &["authorizationpolicies", "peerauthentications"])],
            &[need(CHANGE, Object::Named(CORE, "configmaps", "amazon-vpc-cni"), KUBE_SYSTEM)],
        ],
        OPENED,
    )
    .beyond_teams()
    .lesser()
    .from("https://kubernetes.io/docs/concepts/services-networking/network-policies/"),
    Right::new(
        "change security groups of pods",
        "A policy chooses the security groups of pods, and so what of AWS lets them in.",
        &[&[anywhere(ALTER, "vpcresources.k8s.aws", &["securitygrouppolicies"])]],
        OPENED,
    )
    .lesser()
    .from("https://docs.aws.amazon.com/eks/latest/userguide/security-groups-for-pods.html"),
    Right::new(
        "change endpoints",
        "Traffic of a service goes where its endpoints say, into other namespaces too (CVE-2021-25740).",
        &[
            &[anywhere(WRITE, CORE, &["endpoints"]).named(Names::Pass)],
            &[anywhere(WRITE, "discovery.k8s.io", &["endpointslices"]).named(Names::Pass)],
        ],
        REDIRECTED,
    )
    .beyond_teams()
    .lesser()
    .from("https://kubernetes.io/docs/reference/access-authn-authz/rbac/#write-access-for-endpoints"),
    Right::new(
        "change the status of services",
        "The address of a load balancer in the status takes over traffic to that address (CVE-2020-8554).",
        &[&[anywhere(CHANGE, CORE, &["services/status"]).named(Names::Pass)]],
        REDIRECTED,
    )
    .lesser()
    .from("https://github.com/kubernetes/kubernetes/issues/97076"),
    Right::new(
        "change the configuration of DNS",
        "Names are answered for the whole cluster: traffic to them is taken over.",
        &[
            &[need(CHANGE, Object::Named(CORE, "configmaps", "coredns"), KUBE_SYSTEM)],
            &[need(CHANGE, Object::Named(CORE, "configmaps", "node-local-dns"), KUBE_SYSTEM)],
        ],
        REDIRECTED,
    )
    .lesser()
    .from("https://kubernetes.io/docs/tasks/administer-cluster/dns-custom-nameservers/"),
];
