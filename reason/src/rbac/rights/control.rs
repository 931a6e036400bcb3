//! Rights on what controls others: namespaces, admission, policy engines, the API itself, its records.

use super::{ALTER, CHANGE, CORE, Names, Need, Object, Reach, Right, WEAKEN, WRITE, anywhere, cluster, need};

const ADMISSION: &str = "admissionregistration.k8s.io";
const KYVERNO: &str = "policies.kyverno.io";
const WEAKENED: &str = "kubernetes-rbac-policy-bypass";
const EXTENDED: &str = "kubernetes-rbac-api-extendable";
const KYVERNO_POLICIES: &str = "https://kyverno.io/docs/policy-types/";
const GATEKEEPER: &str = "https://open-policy-agent.github.io/gatekeeper/website/docs/howto/";

const fn weakened(group: &'static str, resources: &'static [&'static str]) -> Need {
    anywhere(WEAKEN, group, resources)
}

pub(super) const RIGHTS: &[Right] = &[
    Right::new(
        "change namespaces",
        "Labels of a namespace say what Pod Security enforces and whom policy engines leave alone.",
        &[&[anywhere(CHANGE, CORE, &["namespaces"])]],
        "kubernetes-rbac-pod-security-bypass",
    )
    .lesser(),
    Right::new(
        "change admission",
        "Its holder can read and change all that is written to the cluster, or put controls out of force.",
        &[&[cluster(
            ALTER,
            ADMISSION,
            &[
                "validatingwebhookconfigurations",
                "mutatingwebhookconfigurations",
                "validatingadmissionpolicies",
                "validatingadmissionpolicybindings",
                "mutatingadmissionpolicies",
                "mutatingadmissionpolicybindings",
            ],
        )
        .named(Names::Pass)]],
        "kubernetes-rbac-webhooks-writable",
    ),
    Right::new(
        "redirect a part of the API",
        "Another server gets the requests of an API group, with their callers and what they send.",
        &[&[cluster(WRITE, "apiregistration.k8s.io", &["apiservices"]).named(Names::Pass)]],
        EXTENDED,
    )
    .from("https://kubernetes.io/docs/concepts/extend-kubernetes/api-extension/apiserver-aggregation/"),
    Right::new(
        "change resource definitions",
        "A conversion webhook reads and rewrites every object of a kind; with a definition, its objects are deleted.",
        &[&[cluster(ALTER, "apiextensions.k8s.io", &["customresourcedefinitions"]).named(Names::Pass)]],
        EXTENDED,
    )
    .from(
        "https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definition-versioning/#webhook-conversion",
    ),
    Right::new(
        "make policy exceptions",
        "An exception exempts pods from the policies of Kyverno.",
        &[&[anywhere(WRITE, "kyverno.io", &["policyexceptions"])], &[anywhere(WRITE, KYVERNO, &["policyexceptions"])]],
        WEAKENED,
    )
    .lesser()
    .from("https://kyverno.io/docs/exceptions/"),
    Right::new(
        "weaken policies",
        "Its holder can put the policies of a policy engine out of force.",
        &[
            &[cluster(WEAKEN, "kyverno.io", &["clusterpolicies"])],
            &[weakened("kyverno.io", &["policies"])],
            &[cluster(
                WEAKEN,
                KYVERNO,
                &[
                    "deletingpolicies",
                    "generatingpolicies",
                    "imagevalidatingpolicies",
                    "mutatingpolicies",
                    "validatingpolicies",
                ],
            )],
            &[weakened(
                KYVERNO,
                &[
                    "namespaceddeletingpolicies",
                    "namespacedgeneratingpolicies",
                    "namespacedimagevalidatingpolicies",
                    "namespacedmutatingpolicies",
                    "namespacedvalidatingpolicies",
                ],
            )],
        ],
        WEAKENED,
    )
    .from(KYVERNO_POLICIES),
    Right::new(
        "weaken constraints",
        "Its holder can put the constraints of Gatekeeper out of force, or leave namespaces and kinds out of them.",
        &[
            &[need(WEAKEN, Object::Group("constraints.gatekeeper.sh"), Reach::Cluster)],
            &[cluster(WEAKEN, "templates.gatekeeper.sh", &["constrainttemplates"])],
            &[anywhere(ALTER, "config.gatekeeper.sh", &["configs"])],
            &[cluster(ALTER, "mutations.gatekeeper.sh", &["assign", "assignimage", "assignmetadata", "modifyset"])],
        ],
        WEAKENED,
    )
    .from(GATEKEEPER),
    Right::new(
        "weaken image policies",
        "Its holder lets images run that are not signed.",
        &[
            &[cluster(ALTER, "policy.sigstore.dev", &["clusterimagepolicies", "trustroots"])],
            &[anywhere(ALTER, "config.ratify.deislabs.io", &["namespacedpolicies", "namespacedverifiers", "policies", "verifiers"])],
        ],
        WEAKENED,
    )
    .lesser()
    .from("https://docs.sigstore.dev/policy-controller/overview/"),
    Right::new(
        "weaken policies of Kubewarden",
        "Its holder can put the policies of Kubewarden out of force.",
        &[
            &[cluster(WEAKEN, "policies.kubewarden.io", &["clusteradmissionpolicies", "clusteradmissionpolicygroups", "policyservers"])],
            &[weakened("policies.kubewarden.io", &["admissionpolicies", "admissionpolicygroups"])],
        ],
        WEAKENED,
    )
    .from("https://docs.kubewarden.io/reference/CRDs"),
    Right::new(
        "delete events",
        "Its holder can remove traces.",
        &[
            &[anywhere(&["delete", "deletecollection"], CORE, &["events"]).named(Names::Pass)],
            &[anywhere(&["delete", "deletecollection"], "events.k8s.io", &["events"]).named(Names::Pass)],
        ],
        "kubernetes-rbac-events-deletable",
    )
    .lesser(),
    Right::new(
        "read inner paths of the API server",
        "Its logs and profiles tell what others do.",
        &[
            &[need(&["get"], Object::Path("/logs"), Reach::Cluster)],
            &[need(&["get"], Object::Path("/debug/pprof"), Reach::Cluster)],
        ],
        "kubernetes-rbac-events-deletable",
    )
    .lesser()
    .from("https://kubernetes.io/docs/concepts/cluster-administration/system-logs/"),
];
