"""What an operation is asked for by `answers.py`, where it needs parameters or says more with some."""

import json

import tasks
from calls import batches, by_ids, each, literally, within

of_function = each("FunctionName", "ListFunctions", "Functions[].FunctionName")
of_signing = each("CodeSigningConfigArn", "ListCodeSigningConfigs", "CodeSigningConfigs[].CodeSigningConfigArn")
of_repository = each("repositoryName", "DescribeRepositories", "repositories[].repositoryName")
of_detector = each("DetectorId", "ListDetectors", "DetectorIds[]")
of_cluster = each("clusterName", "ListClusters", "clusters[]")
of_policy_target = each("TargetId", "ListRoots", "Roots[].Id", Filter="SERVICE_CONTROL_POLICY")


def of_image(ask):
    return [
        {"repositoryName": repository, "imageId": {"imageDigest": digest}}
        for repository in ask("DescribeRepositories", "repositories[].repositoryName")
        for digest in ask("DescribeImages", "imageDetails[].imageDigest", repositoryName=repository)
    ]


def in_batches(ask):
    return [{"repositoryName": one["repositoryName"], "imageIds": [one["imageId"]]} for one in of_image(ask)]


def configurations(ask):
    """The blobs that manifests name, by which images are downloaded."""
    found = []
    for parameters in in_batches(ask):
        for text in ask("BatchGetImage", "images[].imageManifest", **parameters):
            manifest = json.loads(text)
            blobs = [manifest.get("config", {}), *manifest.get("layers", [])]
            digests = [blob["digest"] for blob in blobs if "digest" in blob]
            found += [{"repositoryName": parameters["repositoryName"], "layerDigest": digest} for digest in digests]
    return found


def of_identity_provider(ask):
    return [
        {"clusterName": cluster, "identityProviderConfig": one}
        for cluster in ask("ListClusters", "clusters[]")
        for one in ask("ListIdentityProviderConfigs", "identityProviderConfigs[]", clusterName=cluster)
    ]


def of_finding(ask):
    return batches("findingArns", 10, ask("ListFindings", "findings[].findingArn"))


def aggregations(ask):
    return [{"aggregationType": kind} for kind in ("AWS_ECR_CONTAINER", "IMAGE_LAYER", "REPOSITORY")]


def of_job(ask):
    return [
        {"JobId": job}
        for arn in ask("ListRoles", "Roles[].Arn")[:3]
        for job in [ask("GenerateServiceLastAccessedDetails", "JobId", Arn=arn)]
    ]


# What an operation is asked for; one that is not here is asked for as it is. One that is served, has required parameters,
# and is missing here is an error.
PARAMETERS = {
    **tasks.PARAMETERS,
    "ec2": {
        "DescribeInstances": by_ids("InstanceIds", "DescribeInstances", "Reservations[].Instances[].InstanceId"),
        "DescribeLaunchTemplateVersions": lambda ask: launch_templates(ask),
        "DescribeNetworkInterfaces": by_ids(
            "NetworkInterfaceIds", "DescribeNetworkInterfaces", "NetworkInterfaces[].NetworkInterfaceId"
        ),
    },
    "ecr": {
        "BatchGetImage": in_batches,
        "DescribeImages": of_repository,
        "DescribeImageReplicationStatus": of_image,
        "DescribeImageScanFindings": of_image,
        "DescribeImageSigningStatus": of_image,
        "GetAccountSetting": literally({"name": "BASIC_SCAN_TYPE_VERSION"}, {"name": "REGISTRY_POLICY_SCOPE"}),
        "GetDownloadUrlForLayer": configurations,
        "GetLifecyclePolicy": of_repository,
        "GetRepositoryPolicy": of_repository,
        "ListImageReferrers": lambda ask: [
            {"repositoryName": one["repositoryName"], "subjectId": one["imageId"]} for one in of_image(ask)
        ],
        "ListImages": of_repository,
    },
    "ecr-public": {"GetRepositoryPolicy": of_repository},
    "eks": {
        "DescribeAccessEntry": within(
            "clusterName", "ListClusters", "clusters[]", "principalArn", "ListAccessEntries", "accessEntries[]"
        ),
        "DescribeAddon": within("clusterName", "ListClusters", "clusters[]", "addonName", "ListAddons", "addons[]"),
        "DescribeCapability": within(
            "clusterName", "ListClusters", "clusters[]",
            "capabilityName", "ListCapabilities", "capabilities[].capabilityName",
        ),
        "DescribeCluster": each("name", "ListClusters", "clusters[]"),
        "DescribeFargateProfile": within(
            "clusterName", "ListClusters", "clusters[]",
            "fargateProfileName", "ListFargateProfiles", "fargateProfileNames[]",
        ),
        "DescribeIdentityProviderConfig": of_identity_provider,
        "DescribeNodegroup": within(
            "clusterName", "ListClusters", "clusters[]", "nodegroupName", "ListNodegroups", "nodegroups[]"
        ),
        "DescribePodIdentityAssociation": within(
            "clusterName", "ListClusters", "clusters[]",
            "associationId", "ListPodIdentityAssociations", "associations[].associationId",
        ),
        "ListAccessEntries": of_cluster,
        "ListAddons": of_cluster,
        "ListAssociatedAccessPolicies": within(
            "clusterName", "ListClusters", "clusters[]", "principalArn", "ListAccessEntries", "accessEntries[]"
        ),
        "ListCapabilities": of_cluster,
        "ListFargateProfiles": of_cluster,
        "ListIdentityProviderConfigs": of_cluster,
        "ListInsights": of_cluster,
        "ListNodegroups": of_cluster,
        "ListPodIdentityAssociations": of_cluster,
    },
    "guardduty": {"GetDetector": of_detector, "ListCoverage": of_detector},
    "iam": {
        "GenerateServiceLastAccessedDetails": each("Arn", "ListRoles", "Roles[].Arn"),
        "GetAccessKeyLastUsed": lambda ask: [
            {"AccessKeyId": key}
            for user in ask("GetAccountAuthorizationDetails", "UserDetailList[].UserName")
            for key in ask("ListAccessKeys", "AccessKeyMetadata[].AccessKeyId", UserName=user)
        ],
        "GetOpenIDConnectProvider": each(
            "OpenIDConnectProviderArn", "ListOpenIDConnectProviders", "OpenIDConnectProviderList[].Arn"
        ),
        "GetServiceLastAccessedDetails": of_job,
        "ListAccessKeys": each("UserName", "GetAccountAuthorizationDetails", "UserDetailList[].UserName"),
    },
    "inspector2": {"BatchGetFindingDetails": of_finding, "ListFindingAggregations": aggregations},
    "lambda": {
        "GetCodeSigningConfig": of_signing,
        "GetFunction": of_function,
        "GetFunctionCodeSigningConfig": of_function,
        "GetFunctionConcurrency": of_function,
        "GetFunctionConfiguration": of_function,
        "GetFunctionRecursionConfig": of_function,
        "GetFunctionUrlConfig": of_function,
        "GetLayerVersionPolicy": lambda ask: [
            {"LayerName": name, "VersionNumber": version}
            for name in ask("ListLayers", "Layers[].LayerName")
            for version in ask("ListLayerVersions", "LayerVersions[].Version", LayerName=name)
        ],
        "GetPolicy": of_function,
        "GetResourcePolicy": each("ResourceArn", "ListFunctions", "Functions[].FunctionArn"),
        "GetRuntimeManagementConfig": of_function,
        "ListAliases": of_function,
        "ListFunctionEventInvokeConfigs": of_function,
        "ListFunctionUrlConfigs": of_function,
        "ListFunctionsByCodeSigningConfig": of_signing,
        "ListLayerVersions": each("LayerName", "ListLayers", "Layers[].LayerName"),
        "ListProvisionedConcurrencyConfigs": of_function,
        "ListTags": each("Resource", "ListFunctions", "Functions[].FunctionArn"),
        "ListVersionsByFunction": of_function,
    },
    "organizations": {
        "DescribePolicy": lambda ask: [
            {"PolicyId": found}
            for kind in ("SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY")
            for found in ask("ListPolicies", "Policies[].Id", Filter=kind)
        ],
        "ListParents": lambda ask: [{"ChildId": ask.account}],
        "ListPolicies": literally({"Filter": "SERVICE_CONTROL_POLICY"}, {"Filter": "RESOURCE_CONTROL_POLICY"}),
        "ListPoliciesForTarget": of_policy_target,
        "ListTargetsForPolicy": lambda ask: [
            {"PolicyId": found} for found in ask("ListPolicies", "Policies[].Id", Filter="SERVICE_CONTROL_POLICY")
        ],
    },
    "sqs": {
        "GetQueueAttributes": lambda ask: [
            {"QueueUrl": ask("GetQueueUrl", "QueueUrl", **one), "AttributeNames": ["All"]} for one in queues(ask)
        ],
        "GetQueueUrl": lambda ask: queues(ask),
    },
    "sts": {
        "AssumeRole": lambda ask: [
            {"RoleArn": arn, "RoleSessionName": "models"} for arn in ask.other("iam")("ListRoles", "Roles[].Arn")
        ],
    },
    "tagging": {},
}


def queues(ask):
    """Queues have no list here; those that functions name have one."""
    found = ask.other("lambda")("ListEventSourceMappings", "EventSourceMappings[].EventSourceArn")
    names = [arn.rpartition(":")[2] for arn in found if arn.split(":")[2] == "sqs"]
    return [{"QueueName": name} for name in names]


def launch_templates(ask):
    """Those of node groups: they have no list here."""
    other = ask.other("eks")
    found = [
        other("DescribeNodegroup", "[nodegroup.launchTemplate]", clusterName=cluster, nodegroupName=name)
        for cluster in other("ListClusters", "clusters[]")
        for name in other("ListNodegroups", "nodegroups[]", clusterName=cluster)
    ]
    return [
        {"LaunchTemplateId": one["id"], "Versions": [one["version"]]} for groups in found for one in groups if one
    ]
