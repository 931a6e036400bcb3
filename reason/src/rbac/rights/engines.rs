//! Rights on objects from which controllers make pods, nodes or anything else with rights of their own.

use super::{Names, Need, Right, WRITE, anywhere, cluster};

const MADE: &str = "kubernetes-rbac-pods-creatable";
const DELIVERED: &str = "kubernetes-rbac-deliveries-writable";
const NODES: &str = "kubernetes-rbac-node-classes-writable";

const fn runs(group: &'static str, resources: &'static [&'static str]) -> Need {
    anywhere(WRITE, group, resources).named(Names::Templates)
}

pub(super) const RIGHTS: &[Right] = &[
    Right::new(
        "change node classes",
        "A node class says which role of AWS nodes have, and how their metadata service answers.",
        &[
            &[cluster(WRITE, "karpenter.k8s.aws", &["awsnodetemplates", "ec2nodeclasses"])],
            &[cluster(WRITE, "eks.amazonaws.com", &["nodeclasses"])],
        ],
        NODES,
    )
    .from("https://karpenter.sh/docs/concepts/nodeclasses/"),
    Right::new(
        "change node pools",
        "A node pool names the node class, and so the role of AWS, the labels and the taints of nodes.",
        &[&[cluster(WRITE, "karpenter.sh", &["nodeclaims", "nodepools", "provisioners"])]],
        NODES,
    )
    .from("https://karpenter.sh/docs/concepts/nodepools/"),
    Right::new(
        "change what GitOps controllers deploy",
        "A controller that may do much puts into the cluster what the object names.",
        &[
            &[anywhere(WRITE, "argoproj.io", &["applications", "applicationsets", "appprojects"])],
            &[anywhere(WRITE, "kustomize.toolkit.fluxcd.io", &["kustomizations"])],
            &[anywhere(WRITE, "helm.toolkit.fluxcd.io", &["helmreleases"])],
            &[anywhere(
                WRITE,
                "source.toolkit.fluxcd.io",
                &[
                    "buckets",
                    "externalartifacts",
                    "gitrepositories",
                    "helmcharts",
                    "helmrepositories",
                    "ocirepositories",
                ],
            )],
            &[anywhere(WRITE, "fluxcd.controlplane.io", &["fluxinstances", "resourcesets"])],
            &[anywhere(WRITE, "fleet.cattle.io", &["bundles", "gitrepos"])],
            &[anywhere(WRITE, "helm.cattle.io", &["helmchartconfigs", "helmcharts"])],
            &[anywhere(WRITE, "app.terraform.io", &["workspaces"])],
            &[anywhere(WRITE, "infra.contrib.fluxcd.io", &["terraforms"])],
        ],
        DELIVERED,
    )
    .from("https://argo-cd.readthedocs.io/en/stable/operator-manual/security/"),
    Right::new(
        "change roles of AWS through objects",
        "A controller with a role of AWS makes roles and policies of IAM from objects of the cluster.",
        &[
            &[anywhere(WRITE, "iam.services.k8s.aws", &["groups", "instanceprofiles", "policies", "roles", "users"])],
            &[anywhere(WRITE, "eks.services.k8s.aws", &["accessentries", "podidentityassociations"])],
            &[anywhere(
                WRITE,
                "iam.aws.upbound.io",
                &["policies", "rolepolicies", "rolepolicyattachments", "roles", "users"],
            )],
        ],
        DELIVERED,
    )
    .from("https://aws-controllers-k8s.github.io/community/docs/user-docs/authorization/"),
    Right::new(
        "run workflows",
        "The pods that an engine makes from the object run as any service account of the namespace.",
        &[
            &[runs("argoproj.io", &["cronworkflows", "rollouts", "sensors", "workflows"])],
            &[runs("argoproj.io", &["clusterworkflowtemplates", "workflowtemplates", "eventsources"])],
            &[runs("tekton.dev", &["customruns", "pipelineruns", "pipelines", "runs", "taskruns", "tasks"])],
            &[runs("triggers.tekton.dev", &["eventlisteners", "triggers", "triggertemplates"])],
            &[runs("batch.volcano.sh", &["cronjobs", "jobs"])],
            &[runs("jobset.x-k8s.io", &["jobsets"])],
            &[runs("leaderworkerset.x-k8s.io", &["leaderworkersets"])],
            &[runs("kubeflow.org", &["mpijobs", "notebooks", "pytorchjobs", "tfjobs", "xgboostjobs"])],
            &[runs("trainer.kubeflow.org", &["trainjobs"])],
            &[runs("ray.io", &["rayclusters", "raycronjobs", "rayjobs", "rayservices"])],
            &[runs("sparkoperator.k8s.io", &["scheduledsparkapplications", "sparkapplications", "sparkconnects"])],
            &[runs("flink.apache.org", &["flinkdeployments"])],
            &[runs("serving.knative.dev", &["configurations", "services"])],
            &[runs("serving.kserve.io", &["inferenceservices"])],
            &[runs("keda.sh", &["scaledjobs"])],
            &[runs(
                "apps.kruise.io",
                &["advancedcronjobs", "broadcastjobs", "clonesets", "daemonsets", "statefulsets"],
            )],
            &[runs("actions.github.com", &["autoscalingrunnersets", "ephemeralrunners", "ephemeralrunnersets"])],
            &[runs("kubevirt.io", &["virtualmachineinstances", "virtualmachines"])],
        ],
        MADE,
    )
    .taking_accounts()
    .from("https://argo-workflows.readthedocs.io/en/latest/service-accounts/"),
];
