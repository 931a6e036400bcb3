//! Every call that palisade makes, in one table: the permissions, the gaps and the reports name calls from here.

use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::run::{Depth, Run, When};

macro_rules! actions {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal, $when:ident;)+) => {
        /// A call to AWS, by the name of the IAM action that permits it; or to a cluster, see [`Action::is_kubernetes`].
        ///
        /// Source of the names: <https://docs.aws.amazon.com/service-authorization/latest/reference/reference.html>
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Action {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl Action {
            /// All of them, sorted by service.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The IAM action, such as `lambda:GetPolicy`.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }

            /// When palisade makes the call.
            pub fn when(self) -> When {
                match self {
                    $(Self::$variant => When::$when,)+
                }
            }

            /// What the call is made for, in one line.
            pub fn purpose(self) -> &'static str {
                match self {
                    $(Self::$variant => [$($doc),+][0].trim_ascii(),)+
                }
            }
        }
    };
}

actions! {
    /// Which Regions are enabled for the account.
    AccountListRegions = "account:ListRegions", Always;
    /// The job definitions of Batch, where there are clusters of ECS.
    BatchDescribeJobDefinitions = "batch:DescribeJobDefinitions", Needed;
    /// Whether the traffic of a cluster's VPC is logged.
    Ec2DescribeFlowLogs = "ec2:DescribeFlowLogs", Needed;
    /// How the metadata service of a cluster's nodes can be reached.
    Ec2DescribeInstances = "ec2:DescribeInstances", Needed;
    /// What the launch templates of a cluster's node groups say of the metadata service.
    Ec2DescribeLaunchTemplateVersions = "ec2:DescribeLaunchTemplateVersions", Needed;
    /// Which addresses on the internet the tasks of ECS have.
    Ec2DescribeNetworkInterfaces = "ec2:DescribeNetworkInterfaces", Needed;
    /// Which subnets of a cluster's VPC lead to the internet.
    Ec2DescribeRouteTables = "ec2:DescribeRouteTables", Needed;
    /// Which addresses the security groups of a cluster let in.
    Ec2DescribeSecurityGroups = "ec2:DescribeSecurityGroups", Needed;
    /// The Availability Zone of each subnet that a function uses.
    Ec2DescribeSubnets = "ec2:DescribeSubnets", Needed;
    /// Whether new volumes are encrypted by default, where services make volumes that are not.
    Ec2GetEbsEncryptionByDefault = "ec2:GetEbsEncryptionByDefault", Needed;
    /// Public repositories.
    EcrPublicDescribeRepositories = "ecr-public:DescribeRepositories", Always;
    /// Who may push to a public repository.
    EcrPublicGetRepositoryPolicy = "ecr-public:GetRepositoryPolicy", Needed;
    /// Manifests of images in use, and of the newest.
    EcrBatchGetImage = "ecr:BatchGetImage", Deep;
    /// What basic scanning found in images in use, and in the newest.
    EcrDescribeImageScanFindings = "ecr:DescribeImageScanFindings", Needed;
    /// Whether ECR signed an image, where it is configured to.
    EcrDescribeImageSigningStatus = "ecr:DescribeImageSigningStatus", Needed;
    /// What each repository holds.
    EcrDescribeImages = "ecr:DescribeImages", Needed;
    /// The registries whose images are fetched on demand.
    EcrDescribePullThroughCacheRules = "ecr:DescribePullThroughCacheRules", Always;
    /// Where images are copied to.
    EcrDescribeRegistry = "ecr:DescribeRegistry", Always;
    /// Repositories and their settings.
    EcrDescribeRepositories = "ecr:DescribeRepositories", Always;
    /// Settings of the repositories that ECR creates by itself.
    EcrDescribeRepositoryCreationTemplates = "ecr:DescribeRepositoryCreationTemplates", Always;
    /// Which actions the registry policy covers.
    EcrGetAccountSetting = "ecr:GetAccountSetting", Always;
    /// The configuration of an image: its user, environment and history.
    EcrGetDownloadUrlForLayer = "ecr:GetDownloadUrlForLayer", Deep;
    /// When images are given up.
    EcrGetLifecyclePolicy = "ecr:GetLifecyclePolicy", Needed;
    /// Who may use the registry.
    EcrGetRegistryPolicy = "ecr:GetRegistryPolicy", Always;
    /// How images are scanned.
    EcrGetRegistryScanningConfiguration = "ecr:GetRegistryScanningConfiguration", Always;
    /// The resource policy of each repository.
    EcrGetRepositoryPolicy = "ecr:GetRepositoryPolicy", Needed;
    /// What ECR signs as it is pushed.
    EcrGetSigningConfiguration = "ecr:GetSigningConfiguration", Always;
    /// Whose pulls are not recorded as the last of an image.
    EcrListPullTimeUpdateExclusions = "ecr:ListPullTimeUpdateExclusions", Always;
    /// Who provides the machines of a cluster of ECS.
    EcsDescribeCapacityProviders = "ecs:DescribeCapacityProviders", Needed;
    /// How clusters of ECS are configured.
    EcsDescribeClusters = "ecs:DescribeClusters", Needed;
    /// The machines of clusters of ECS.
    EcsDescribeContainerInstances = "ecs:DescribeContainerInstances", Needed;
    /// How a managed daemon is configured.
    EcsDescribeDaemon = "ecs:DescribeDaemon", Needed;
    /// Which revisions of managed daemons run.
    EcsDescribeDaemonRevisions = "ecs:DescribeDaemonRevisions", Needed;
    /// What a managed daemon runs.
    EcsDescribeDaemonTaskDefinition = "ecs:DescribeDaemonTaskDefinition", Needed;
    /// What ECS made for a service that it manages.
    EcsDescribeExpressGatewayService = "ecs:DescribeExpressGatewayService", Needed;
    /// How a gateway is configured.
    EcsDescribeGateway = "ecs:DescribeGateway", Needed;
    /// The images and the runtime monitoring of what services run.
    EcsDescribeServiceRevisions = "ecs:DescribeServiceRevisions", Needed;
    /// How services are configured.
    EcsDescribeServices = "ecs:DescribeServices", Needed;
    /// The task definitions by which something runs, and no others.
    EcsDescribeTaskDefinition = "ecs:DescribeTaskDefinition", Needed;
    /// Tasks, with what was said in place of their definitions.
    EcsDescribeTasks = "ecs:DescribeTasks", Needed;
    /// The account's settings for ECS.
    EcsListAccountSettings = "ecs:ListAccountSettings", Needed;
    /// Clusters of ECS.
    EcsListClusters = "ecs:ListClusters", Always;
    /// The machines of a cluster.
    EcsListContainerInstances = "ecs:ListContainerInstances", Needed;
    /// The managed daemons of a cluster.
    EcsListDaemons = "ecs:ListDaemons", Needed;
    /// Gateways of ECS.
    EcsListGateways = "ecs:ListGateways", Needed;
    /// The services of a cluster.
    EcsListServices = "ecs:ListServices", Needed;
    /// The tasks of a cluster, those that just stopped included.
    EcsListTasks = "ecs:ListTasks", Needed;
    /// Groups and user name of a principal that may enter a cluster.
    EksDescribeAccessEntry = "eks:DescribeAccessEntry", Needed;
    /// Version, role and configuration of an add-on.
    EksDescribeAddon = "eks:DescribeAddon", Needed;
    /// The role of a managed capability.
    EksDescribeCapability = "eks:DescribeCapability", Needed;
    /// The configuration of each cluster.
    EksDescribeCluster = "eks:DescribeCluster", Needed;
    /// How long EKS supports each version of Kubernetes.
    EksDescribeClusterVersions = "eks:DescribeClusterVersions", Needed;
    /// Which pods run on Fargate, and as which role.
    EksDescribeFargateProfile = "eks:DescribeFargateProfile", Needed;
    /// Whose users an OpenID Connect provider lets into a cluster.
    EksDescribeIdentityProviderConfig = "eks:DescribeIdentityProviderConfig", Needed;
    /// Machine image, role and remote access of a group of nodes.
    EksDescribeNodegroup = "eks:DescribeNodegroup", Needed;
    /// The role that EKS gives to the pods of a service account.
    EksDescribePodIdentityAssociation = "eks:DescribePodIdentityAssociation", Needed;
    /// The principals that may enter a cluster.
    EksListAccessEntries = "eks:ListAccessEntries", Needed;
    /// The add-ons of a cluster.
    EksListAddons = "eks:ListAddons", Needed;
    /// What a principal may do in a cluster, and where.
    EksListAssociatedAccessPolicies = "eks:ListAssociatedAccessPolicies", Needed;
    /// The managed capabilities of a cluster.
    EksListCapabilities = "eks:ListCapabilities", Needed;
    /// Clusters.
    EksListClusters = "eks:ListClusters", Always;
    /// The Fargate profiles of a cluster.
    EksListFargateProfiles = "eks:ListFargateProfiles", Needed;
    /// The OpenID Connect providers of a cluster.
    EksListIdentityProviderConfigs = "eks:ListIdentityProviderConfigs", Needed;
    /// What EKS itself finds wrong with a cluster.
    EksListInsights = "eks:ListInsights", Needed;
    /// The node groups of a cluster.
    EksListNodegroups = "eks:ListNodegroups", Needed;
    /// The service accounts to which EKS gives roles.
    EksListPodIdentityAssociations = "eks:ListPodIdentityAssociations", Needed;
    /// Where the load balancers before services of ECS listen.
    ElbDescribeListeners = "elasticloadbalancing:DescribeListeners", Needed;
    /// The load balancers before services of ECS.
    ElbDescribeLoadBalancers = "elasticloadbalancing:DescribeLoadBalancers", Needed;
    /// What the listeners before services of ECS do with requests.
    ElbDescribeRules = "elasticloadbalancing:DescribeRules", Needed;
    /// The target groups of services of ECS.
    ElbDescribeTargetGroups = "elasticloadbalancing:DescribeTargetGroups", Needed;
    /// Whether a rule that starts tasks is on.
    EventsDescribeRule = "events:DescribeRule", Needed;
    /// Event buses, whose rules may start tasks of ECS.
    EventsListEventBuses = "events:ListEventBuses", Needed;
    /// The rules that start tasks in a cluster of ECS.
    EventsListRuleNamesByTarget = "events:ListRuleNamesByTarget", Needed;
    /// The tasks that a rule starts.
    EventsListTargetsByRule = "events:ListTargetsByRule", Needed;
    /// Which features of GuardDuty are on, where there are clusters.
    GuardDutyGetDetector = "guardduty:GetDetector", Needed;
    /// How many nodes of a cluster GuardDuty watches.
    GuardDutyListCoverage = "guardduty:ListCoverage", Needed;
    /// Whether GuardDuty is on, where there are clusters.
    GuardDutyListDetectors = "guardduty:ListDetectors", Needed;
    /// What the roles of workloads have used of what they are allowed; starts a report, changes nothing.
    IamGenerateServiceLastAccessedDetails = "iam:GenerateServiceLastAccessedDetails", Deep;
    /// Users, groups, roles and their policies.
    IamGetAccountAuthorizationDetails = "iam:GetAccountAuthorizationDetails", Always;
    /// Issuer and audiences of an OpenID Connect provider.
    IamGetOpenIdConnectProvider = "iam:GetOpenIDConnectProvider", Needed;
    /// What the roles of workloads have used, from the finished report.
    IamGetServiceLastAccessedDetails = "iam:GetServiceLastAccessedDetails", Deep;
    /// Access keys of users, when a function's environment holds the id of one.
    IamListAccessKeys = "iam:ListAccessKeys", Needed;
    /// OpenID Connect providers.
    IamListOpenIdConnectProviders = "iam:ListOpenIDConnectProviders", Always;
    /// Whether Inspector scans images, where scanning is enhanced.
    InspectorBatchGetAccountStatus = "inspector2:BatchGetAccountStatus", Needed;
    /// Which vulnerabilities of images in use, and of the newest, are known to be exploited.
    InspectorBatchGetFindingDetails = "inspector2:BatchGetFindingDetails", Needed;
    /// Which images Inspector watches, and since when it does not.
    InspectorListCoverage = "inspector2:ListCoverage", Needed;
    /// How many vulnerabilities Inspector counts in each image, and which images run.
    InspectorListFindingAggregations = "inspector2:ListFindingAggregations", Needed;
    /// The critical and high vulnerabilities of images in use, and of the newest.
    InspectorListFindings = "inspector2:ListFindings", Needed;
    /// The ConfigMaps aws-auth and amazon-vpc-cni of kube-system, and no other.
    KubernetesGetConfigmaps = "k8s:get/configmaps", Cluster;
    /// The version of the API server.
    KubernetesGetVersion = "k8s:get/version", Cluster;
    /// Gatekeeper's constraints, where it is installed.
    KubernetesListConstraints = "k8s:list/*.constraints.gatekeeper.sh", Cluster;
    /// Network policies of the whole cluster, where that API is installed.
    KubernetesListAdminNetworkPolicies = "k8s:list/adminnetworkpolicies.policy.networking.k8s.io", Cluster;
    /// Network policies of the VPC CNI that may name domains, where that API is installed.
    KubernetesListApplicationNetworkPolicies = "k8s:list/applicationnetworkpolicies.networking.k8s.aws", Cluster;
    /// What holds where no other network policy does, where that API is installed.
    KubernetesListBaselineAdminNetworkPolicies = "k8s:list/baselineadminnetworkpolicies.policy.networking.k8s.io", Cluster;
    /// Cilium's network policies of the whole cluster, where it is installed.
    KubernetesListCiliumClusterwideNetworkPolicies = "k8s:list/ciliumclusterwidenetworkpolicies.cilium.io", Cluster;
    /// Cilium's network policies, where it is installed.
    KubernetesListCiliumNetworkPolicies = "k8s:list/ciliumnetworkpolicies.cilium.io", Cluster;
    /// Network policies of the whole cluster of the VPC CNI, where that API is installed.
    KubernetesListClusterNetworkPolicies = "k8s:list/clusternetworkpolicies.networking.k8s.aws", Cluster;
    /// Network policies of the whole cluster in their newer form, where that API is installed.
    KubernetesListPolicyClusterNetworkPolicies = "k8s:list/clusternetworkpolicies.policy.networking.k8s.io", Cluster;
    /// Kyverno's policies of the whole cluster, where it is installed.
    KubernetesListClusterPolicies = "k8s:list/clusterpolicies.kyverno.io", Cluster;
    /// Who has a role in the whole cluster.
    KubernetesListClusterRoleBindings = "k8s:list/clusterrolebindings.rbac.authorization.k8s.io", Cluster;
    /// Roles of the cluster and what they allow.
    KubernetesListClusterRoles = "k8s:list/clusterroles.rbac.authorization.k8s.io", Cluster;
    /// Which namespaces Gatekeeper leaves out, where it is installed.
    KubernetesListGatekeeperConfigs = "k8s:list/configs.config.gatekeeper.sh", Cluster;
    /// Cron jobs and their pod templates.
    KubernetesListCronJobs = "k8s:list/cronjobs.batch", Cluster;
    /// Which further kinds of objects are installed.
    KubernetesListDefinitions = "k8s:list/customresourcedefinitions.apiextensions.k8s.io", Cluster;
    /// Daemon sets and their pod templates.
    KubernetesListDaemonSets = "k8s:list/daemonsets.apps", Cluster;
    /// Deployments and their pod templates.
    KubernetesListDeployments = "k8s:list/deployments.apps", Cluster;
    /// How Karpenter makes nodes, where it is installed.
    KubernetesListEc2NodeClasses = "k8s:list/ec2nodeclasses.karpenter.k8s.aws", Cluster;
    /// Which controller serves which gateways, where the Gateway API is installed.
    KubernetesListGatewayClasses = "k8s:list/gatewayclasses.gateway.networking.k8s.io", Cluster;
    /// Gateways and their listeners, where the Gateway API is installed.
    KubernetesListGateways = "k8s:list/gateways.gateway.networking.k8s.io", Cluster;
    /// Calico's network policies of the whole cluster, where it is installed.
    KubernetesListGlobalNetworkPolicies = "k8s:list/globalnetworkpolicies.crd.projectcalico.org", Cluster;
    /// Calico's network policies of the whole cluster in their newer form, where it is installed.
    KubernetesListCalicoGlobalPolicies = "k8s:list/globalnetworkpolicies.projectcalico.org", Cluster;
    /// Routes of gRPC, where the Gateway API is installed.
    KubernetesListGrpcRoutes = "k8s:list/grpcroutes.gateway.networking.k8s.io", Cluster;
    /// Routes of HTTP, where the Gateway API is installed.
    KubernetesListHttpRoutes = "k8s:list/httproutes.gateway.networking.k8s.io", Cluster;
    /// Kyverno's policies about images, where it is installed.
    KubernetesListImageValidatingPolicies = "k8s:list/imagevalidatingpolicies.policies.kyverno.io", Cluster;
    /// Which controller serves which ingresses.
    KubernetesListIngressClasses = "k8s:list/ingressclasses.networking.k8s.io", Cluster;
    /// What Auto Mode's ingresses have in common, where it is on.
    KubernetesListAutoModeIngressClassParams = "k8s:list/ingressclassparams.eks.amazonaws.com", Cluster;
    /// What ingresses of a class have in common, where AWS's controller is installed.
    KubernetesListIngressClassParams = "k8s:list/ingressclassparams.elbv2.k8s.aws", Cluster;
    /// Ingresses, their hosts and certificates.
    KubernetesListIngresses = "k8s:list/ingresses.networking.k8s.io", Cluster;
    /// Jobs and their pod templates.
    KubernetesListJobs = "k8s:list/jobs.batch", Cluster;
    /// Default limits of namespaces.
    KubernetesListLimitRanges = "k8s:list/limitranges", Cluster;
    /// How the load balancers of gateways are made, where AWS's controller is installed.
    KubernetesListLoadBalancerConfigurations = "k8s:list/loadbalancerconfigurations.gateway.k8s.aws", Cluster;
    /// Webhooks that may change objects.
    KubernetesListMutatingWebhooks = "k8s:list/mutatingwebhookconfigurations.admissionregistration.k8s.io", Cluster;
    /// Kyverno's policies of namespaces about images, where it is installed.
    KubernetesListNamespacedImageValidatingPolicies = "k8s:list/namespacedimagevalidatingpolicies.policies.kyverno.io", Cluster;
    /// Kyverno's newer policies of namespaces, where it is installed.
    KubernetesListNamespacedValidatingPolicies = "k8s:list/namespacedvalidatingpolicies.policies.kyverno.io", Cluster;
    /// Namespaces and their labels.
    KubernetesListNamespaces = "k8s:list/namespaces", Cluster;
    /// Calico's network policies, where it is installed.
    KubernetesListCalicoNetworkPolicies = "k8s:list/networkpolicies.crd.projectcalico.org", Cluster;
    /// Network policies.
    KubernetesListNetworkPolicies = "k8s:list/networkpolicies.networking.k8s.io", Cluster;
    /// Calico's network policies in their newer form, where it is installed.
    KubernetesListCalicoPolicies = "k8s:list/networkpolicies.projectcalico.org", Cluster;
    /// How EKS Auto Mode makes nodes, where it is installed.
    KubernetesListNodeClasses = "k8s:list/nodeclasses.eks.amazonaws.com", Cluster;
    /// Nodes, their versions and taints.
    KubernetesListNodes = "k8s:list/nodes", Cluster;
    /// Volumes that outlive pods.
    KubernetesListPersistentVolumes = "k8s:list/persistentvolumes", Cluster;
    /// Pods, their specifications and images.
    KubernetesListPods = "k8s:list/pods", Cluster;
    /// Kyverno's policies of namespaces, where it is installed.
    KubernetesListKyvernoPolicies = "k8s:list/policies.kyverno.io", Cluster;
    /// Exceptions from Kyverno's policies, where it is installed.
    KubernetesListPolicyExceptions = "k8s:list/policyexceptions.kyverno.io", Cluster;
    /// Exceptions from Kyverno's newer policies, where it is installed.
    KubernetesListNewerPolicyExceptions = "k8s:list/policyexceptions.policies.kyverno.io", Cluster;
    /// Which namespaces let routes of others lead to their services, where the Gateway API is installed.
    KubernetesListReferenceGrants = "k8s:list/referencegrants.gateway.networking.k8s.io", Cluster;
    /// Replica sets: those on their own, and what owns the others.
    KubernetesListReplicaSets = "k8s:list/replicasets.apps", Cluster;
    /// Replication controllers and their pod templates.
    KubernetesListReplicationControllers = "k8s:list/replicationcontrollers", Cluster;
    /// Quotas of namespaces.
    KubernetesListResourceQuotas = "k8s:list/resourcequotas", Cluster;
    /// Who has a role in a namespace.
    KubernetesListRoleBindings = "k8s:list/rolebindings.rbac.authorization.k8s.io", Cluster;
    /// Roles of namespaces and what they allow.
    KubernetesListRoles = "k8s:list/roles.rbac.authorization.k8s.io", Cluster;
    /// Service accounts and the roles of AWS in their annotations.
    KubernetesListServiceAccounts = "k8s:list/serviceaccounts", Cluster;
    /// Services and how they are reached.
    KubernetesListServices = "k8s:list/services", Cluster;
    /// Stateful sets and their pod templates.
    KubernetesListStatefulSets = "k8s:list/statefulsets.apps", Cluster;
    /// Classes of storage and whether they encrypt.
    KubernetesListStorageClasses = "k8s:list/storageclasses.storage.k8s.io", Cluster;
    /// Which services are behind target groups of load balancers, where Auto Mode is on.
    KubernetesListAutoModeTargetGroupBindings = "k8s:list/targetgroupbindings.eks.amazonaws.com", Cluster;
    /// Which services are behind target groups of load balancers, where AWS's controller is installed.
    KubernetesListTargetGroupBindings = "k8s:list/targetgroupbindings.elbv2.k8s.aws", Cluster;
    /// Routes of TCP, where the Gateway API is installed.
    KubernetesListTcpRoutes = "k8s:list/tcproutes.gateway.networking.k8s.io", Cluster;
    /// Routes of TLS, where the Gateway API is installed.
    KubernetesListTlsRoutes = "k8s:list/tlsroutes.gateway.networking.k8s.io", Cluster;
    /// Routes of UDP, where the Gateway API is installed.
    KubernetesListUdpRoutes = "k8s:list/udproutes.gateway.networking.k8s.io", Cluster;
    /// Admission policies.
    KubernetesListAdmissionPolicies = "k8s:list/validatingadmissionpolicies.admissionregistration.k8s.io", Cluster;
    /// What puts admission policies into force.
    KubernetesListAdmissionPolicyBindings = "k8s:list/validatingadmissionpolicybindings.admissionregistration.k8s.io", Cluster;
    /// Kyverno's newer policies, where it is installed.
    KubernetesListValidatingPolicies = "k8s:list/validatingpolicies.policies.kyverno.io", Cluster;
    /// Webhooks that may refuse objects.
    KubernetesListValidatingWebhooks = "k8s:list/validatingwebhookconfigurations.admissionregistration.k8s.io", Cluster;
    /// Decryption of a function's environment, which Lambda does for the caller of ListFunctions.
    KmsDecrypt = "kms:Decrypt", Never;
    /// Concurrency limits and the number of functions.
    LambdaGetAccountSettings = "lambda:GetAccountSettings", Always;
    /// Image address and digest of functions deployed as container images.
    LambdaGetFunction = "lambda:GetFunction", Deep;
    /// Reserved concurrency, where the unreserved pool runs low.
    LambdaGetFunctionConcurrency = "lambda:GetFunctionConcurrency", Needed;
    /// Who may use a layer that the account owns.
    LambdaGetLayerVersionPolicy = "lambda:GetLayerVersionPolicy", Needed;
    /// The resource policy of each function.
    LambdaGetPolicy = "lambda:GetPolicy", Needed;
    /// The resource policy of every other function, when policies are read over two lanes.
    LambdaGetResourcePolicy = "lambda:GetResourcePolicy", TwoLanes;
    /// The aliases of each function, whose policies and URLs are their own.
    LambdaListAliases = "lambda:ListAliases", Deep;
    /// Code signing configurations.
    LambdaListCodeSigningConfigs = "lambda:ListCodeSigningConfigs", Always;
    /// Event source mappings.
    LambdaListEventSourceMappings = "lambda:ListEventSourceMappings", Always;
    /// Failure destinations of functions that services invoke asynchronously.
    LambdaListFunctionEventInvokeConfigs = "lambda:ListFunctionEventInvokeConfigs", Needed;
    /// Function URLs, where the resource policy lets somebody call one.
    LambdaListFunctionUrlConfigs = "lambda:ListFunctionUrlConfigs", Needed;
    /// Functions and their configuration.
    LambdaListFunctions = "lambda:ListFunctions", Always;
    /// The functions that a code signing configuration guards.
    LambdaListFunctionsByCodeSigningConfig = "lambda:ListFunctionsByCodeSigningConfig", Needed;
    /// The layers that the account owns.
    LambdaListLayers = "lambda:ListLayers", Always;
    /// Published versions of each function, whose policies are their own.
    LambdaListVersionsByFunction = "lambda:ListVersionsByFunction", Deep;
    /// How long the control plane logs of a cluster are kept.
    LogsDescribeLogGroups = "logs:DescribeLogGroups", Needed;
    /// The organisation's id and its management account.
    OrganizationsDescribeOrganization = "organizations:DescribeOrganization", Always;
    /// What a service or resource control policy says.
    OrganizationsDescribePolicy = "organizations:DescribePolicy", Needed;
    /// The organisational units above the account.
    OrganizationsListParents = "organizations:ListParents", Needed;
    /// The control policies of the account, its organisational units and the root.
    OrganizationsListPoliciesForTarget = "organizations:ListPoliciesForTarget", Needed;
    /// The tasks that a pipe starts.
    PipesDescribePipe = "pipes:DescribePipe", Needed;
    /// Pipes, which may start tasks of ECS.
    PipesListPipes = "pipes:ListPipes", Needed;
    /// Which buckets the account owns, where containers take variables from files.
    S3ListAllMyBuckets = "s3:ListAllMyBuckets", Needed;
    /// The task that a schedule starts.
    SchedulerGetSchedule = "scheduler:GetSchedule", Needed;
    /// Schedules, which may start tasks of ECS.
    SchedulerListSchedules = "scheduler:ListSchedules", Needed;
    /// Visibility timeout and dead letter queue of queues that feed functions.
    SqsGetQueueAttributes = "sqs:GetQueueAttributes", Needed;
    /// The tasks that a state machine starts.
    StatesDescribeStateMachine = "states:DescribeStateMachine", Needed;
    /// State machines, which may start tasks of ECS.
    StatesListStateMachines = "states:ListStateMachines", Needed;
    /// Who the caller is; needs no permission.
    StsGetCallerIdentity = "sts:GetCallerIdentity", Always;
    /// Tags of functions, when required tags are configured.
    TagGetResources = "tag:GetResources", RequiredTags;
    /// The web ACL before a load balancer that faces the internet, which AWS asks for within GetWebACLForResource.
    Wafv2GetWebAcl = "wafv2:GetWebACL", Within;
    /// The web ACL before a load balancer that faces the internet.
    Wafv2GetWebAclForResource = "wafv2:GetWebACLForResource", Needed;
}

impl Action {
    /// The service's prefix, such as `lambda`.
    pub fn service(self) -> &'static str {
        self.name().split_once(':').map_or("", |(service, _)| service)
    }

    /// The operation without its service, such as `GetPolicy`.
    pub fn operation(self) -> &'static str {
        self.name().split_once(':').map_or("", |(_, operation)| operation)
    }

    /// The action with this IAM name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|action| action.name() == name)
    }

    /// Whether the call goes to a cluster's own API rather than to AWS. Its name is then the verb and the resource as
    /// Kubernetes writes them, with the API group behind a dot: `k8s:list/deployments.apps`.
    pub fn is_kubernetes(self) -> bool {
        self.when() == When::Cluster
    }

    /// What AWS asks for within the call besides its own permission.
    ///
    /// Source: <https://docs.aws.amazon.com/waf/latest/APIReference/API_GetWebACLForResource.html>
    pub fn also(self) -> Option<Self> {
        (self == Self::Wafv2GetWebAclForResource).then_some(Self::Wafv2GetWebAcl)
    }

    /// Whether a run of this kind may make the call, and so needs the permission in IAM.
    pub fn needed_by(self, run: Run) -> bool {
        match self.when() {
            When::Always | When::Needed | When::Within => self != Self::StsGetCallerIdentity,
            When::Deep => run.depth == Depth::Deep,
            When::RequiredTags => run.tags,
            When::TwoLanes => run.two_lanes,
            When::Cluster | When::Never => false,
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

impl Serialize for Action {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Action {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Self::from_name(&name).ok_or_else(|| D::Error::custom(format!("unknown action {name:?}")))
    }
}

#[cfg(test)]
mod tests;
