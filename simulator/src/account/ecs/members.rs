//! The members of ECS's shapes, so that a misspelt one in an account file is an error.

use serde_json::{Map, Value};

/// Members of an answer, spelt as in the API.
pub(crate) type Members = Map<String, Value>;

/// Refuses a member that `shape`, a list of names, doesn't have.
pub(super) fn check(what: &str, members: &Members, shape: &str) -> Result<(), String> {
    match members.keys().find(|name| !shape.split_ascii_whitespace().any(|known| known == name.as_str())) {
        Some(name) => Err(format!("{what} has no member `{name}`")),
        None => Ok(()),
    }
}

/// A container of a task definition, and the short keys of account files.
pub(super) const CONTAINER: &str = "\
    name image repositoryCredentials cpu memory memoryReservation links portMappings essential restartPolicy \
    entryPoint command environment environmentFiles mountPoints volumesFrom linuxParameters secrets dependsOn \
    startTimeout stopTimeout versionConsistency hostname user workingDirectory disableNetworking privileged \
    readonlyRootFilesystem dnsServers dnsSearchDomains extraHosts dockerSecurityOptions interactive pseudoTerminal \
    dockerLabels ulimits logConfiguration healthCheck systemControls resourceRequirements firelensConfiguration \
    credentialSpecs env ports log_group mounts";

/// A container of a daemon, and the short keys of account files.
pub(super) const DAEMON_CONTAINER: &str = "\
    name image memory memoryReservation repositoryCredentials healthCheck cpu essential entryPoint command \
    workingDirectory environmentFiles environment secrets readonlyRootFilesystem mountPoints logConfiguration \
    firelensConfiguration privileged user ulimits linuxParameters dependsOn startTimeout stopTimeout systemControls \
    interactive pseudoTerminal restartPolicy env log_group mounts";

/// A volume, and the short keys of account files.
pub(super) const VOLUME: &str = "\
    name host dockerVolumeConfiguration efsVolumeConfiguration s3filesVolumeConfiguration \
    fsxWindowsFileServerVolumeConfiguration configuredAtLaunch host_path efs";

/// A volume of a daemon, and the short key of account files.
pub(super) const DAEMON_VOLUME: &str = "name host logDriverVolumeConfiguration host_path";

/// The overrides of a task, and the short keys of account files.
pub(super) const OVERRIDE: &str = "\
    containerOverrides cpu inferenceAcceleratorOverrides executionRoleArn memory taskRoleArn ephemeralStorage \
    task_role execution_role containers";

/// The overrides of a container, and the short key of account files.
pub(super) const CONTAINER_OVERRIDE: &str =
    "name command environment environmentFiles cpu memory memoryReservation resourceRequirements env";

/// `TaskDefinition`.
pub(super) const TASK_DEFINITION: &str = "\
    taskDefinitionArn containerDefinitions family taskRoleArn executionRoleArn networkMode revision volumes status \
    requiresAttributes placementConstraints compatibilities runtimePlatform requiresCompatibilities cpu memory \
    inferenceAccelerators pidMode ipcMode proxyConfiguration registeredAt deregisteredAt deleteRequestedAt \
    registeredBy ephemeralStorage enableFaultInjection trustedExecutionConfiguration";

/// `DaemonTaskDefinition`.
pub(super) const DAEMON_TASK_DEFINITION: &str = "\
    daemonTaskDefinitionArn family revision taskRoleArn executionRoleArn containerDefinitions volumes cpu memory \
    status registeredAt deleteRequestedAt registeredBy pidMode ipcMode";

/// `Cluster`.
pub(super) const CLUSTER: &str = "\
    clusterArn clusterName configuration status registeredContainerInstancesCount runningTasksCount \
    pendingTasksCount activeServicesCount statistics tags settings capacityProviders defaultCapacityProviderStrategy \
    attachments attachmentsStatus serviceConnectDefaults";

/// `Service`.
pub(super) const SERVICE: &str = "\
    serviceArn serviceName clusterArn loadBalancers serviceRegistries status desiredCount runningCount pendingCount \
    launchType capacityProviderStrategy platformVersion platformFamily taskDefinition deploymentConfiguration \
    taskSets deployments roleArn events createdAt currentServiceDeployment currentServiceRevisions \
    placementConstraints placementStrategy networkConfiguration healthCheckGracePeriodSeconds schedulingStrategy \
    deploymentController tags createdBy enableECSManagedTags propagateTags enableExecuteCommand \
    availabilityZoneRebalancing resourceManagementType";

/// `Deployment`.
pub(super) const DEPLOYMENT: &str = "\
    id status taskDefinition desiredCount pendingCount runningCount failedTasks createdAt updatedAt \
    capacityProviderStrategy launchType platformVersion platformFamily networkConfiguration rolloutState \
    rolloutStateReason serviceConnectConfiguration serviceConnectResources volumeConfigurations \
    fargateEphemeralStorage vpcLatticeConfigurations";

/// `TaskSet`.
pub(super) const TASK_SET: &str = "\
    id taskSetArn serviceArn clusterArn startedBy externalId status taskDefinition computedDesiredCount pendingCount \
    runningCount createdAt updatedAt launchType capacityProviderStrategy platformVersion platformFamily \
    networkConfiguration loadBalancers serviceRegistries scale stabilityStatus stabilityStatusAt tags \
    fargateEphemeralStorage";

/// `ServiceRevision`.
pub(super) const REVISION: &str = "\
    serviceRevisionArn serviceArn clusterArn taskDefinition capacityProviderStrategy launchType platformVersion \
    platformFamily loadBalancers serviceRegistries networkConfiguration containerImages guardDutyEnabled \
    serviceConnectConfiguration volumeConfigurations fargateEphemeralStorage createdAt vpcLatticeConfigurations \
    resolvedConfiguration ecsManagedResources overrides gatewayConnectors monitoring";

/// `Task`.
pub(super) const TASK: &str = "\
    attachments attributes availabilityZone capacityProviderName clusterArn connectivity connectivityAt \
    containerInstanceArn containers cpu createdAt desiredStatus enableExecuteCommand executionStoppedAt group \
    healthStatus inferenceAccelerators lastStatus launchType memory overrides platformVersion platformFamily \
    pullStartedAt pullStoppedAt startedAt startedBy stopCode stoppedAt stoppedReason stoppingAt tags taskArn \
    taskDefinitionArn version ephemeralStorage fargateEphemeralStorage trustedExecutionSummary";

/// `ContainerInstance`.
pub(super) const INSTANCE: &str = "\
    containerInstanceArn ec2InstanceId capacityProviderName version versionInfo remainingResources \
    registeredResources status statusReason agentConnected runningTasksCount pendingTasksCount agentUpdateStatus \
    attributes registeredAt attachments tags healthStatus gpuDevices";

/// `CapacityProvider`.
pub(super) const PROVIDER: &str = "\
    capacityProviderArn name cluster status autoScalingGroupProvider managedInstancesProvider updateStatus \
    updateStatusReason tags type";

/// `DaemonRevision`.
pub(super) const DAEMON_REVISION: &str = "\
    daemonRevisionArn clusterArn daemonArn daemonTaskDefinitionArn createdAt containerImages propagateTags \
    enableECSManagedTags enableExecuteCommand critical";

/// `Gateway`.
pub(super) const GATEWAY: &str = "\
    gatewayArn name status statusReason failures infrastructureRoleArn deletionProtection configuration accessType \
    propagateTags tags createdAt updatedAt";

/// `ECSExpressGatewayService`.
pub(super) const EXPRESS: &str = "\
    cluster serviceName serviceArn infrastructureRoleArn status currentDeployment activeConfigurations tags \
    createdAt updatedAt";

/// `ExpressGatewayServiceConfiguration`.
pub(super) const EXPRESS_CONFIGURATION: &str = "\
    serviceRevisionArn executionRoleArn taskRoleArn taskDefinitionArn cpu memory cpuArchitecture \
    networkConfiguration healthCheckPath primaryContainer scalingTarget ingressPaths createdAt";
