"""Asks the simulator for everything it serves, as botocore asks, and holds each answer against botocore's models.

    python answers.py ENDPOINT

Prints a line for each thing that the models say otherwise, and ends with 1 if there is one.
"""

import json
import sys
from pathlib import Path
from urllib.request import urlopen

import jmespath
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.session import Session

FOLDER = Path(__file__).parent
sys.path.append(str(FOLDER))
import wire  # noqa: E402

# What every service may answer, whether or not its model says so.
COMMON_ERRORS = {"AccessDenied", "AccessDeniedException", "ValidationError", "ValidationException"}

# Where AWS itself answers otherwise than its model says.
EXCEPTIONS = {
    # A function without code signing has no ARN of a configuration.
    "lambda:GetFunctionCodeSigningConfig.: GetFunctionCodeSigningConfigResponse lacks CodeSigningConfigArn, which is required",
}


def each(name, lister, path, **others):
    """One call for each of what a list names; `path` is where the list names it."""
    return lambda ask: [{name: found, **others} for found in ask(lister, path)]


def within(outer, outer_lister, outer_path, name, lister, path):
    """One call for each of what a list names inside of each of what another names."""
    return lambda ask: [
        {outer: whole, name: found}
        for whole in ask(outer_lister, outer_path)
        for found in ask(lister, path, **{outer: whole})
    ]


def literally(*parameters):
    return lambda ask: list(parameters)


of_function = each("FunctionName", "ListFunctions", "Functions[].FunctionName")
of_signing = each("CodeSigningConfigArn", "ListCodeSigningConfigs", "CodeSigningConfigs[].CodeSigningConfigArn")
of_repository = each("repositoryName", "DescribeRepositories", "repositories[].repositoryName")
of_detector = each("DetectorId", "ListDetectors", "DetectorIds[]")
of_cluster = each("clusterName", "ListClusters", "clusters[]")
of_target = each("TargetId", "ListRoots", "Roots[].Id", Filter="SERVICE_CONTROL_POLICY")


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
    arns = ask("ListFindings", "findings[].findingArn")
    return [{"findingArns": arns[at : at + 10]} for at in range(0, len(arns), 10)]


def aggregations(ask):
    return [{"aggregationType": kind} for kind in ("AWS_ECR_CONTAINER", "IMAGE_LAYER", "REPOSITORY")]


def of_job(ask):
    return [
        {"JobId": job}
        for arn in ask("ListRoles", "Roles[].Arn")[:3]
        for job in [ask("GenerateServiceLastAccessedDetails", "JobId", Arn=arn)]
    ]


# What an operation needs that has required parameters. One that is served and missing here is an error.
PARAMETERS = {
    "ec2": {"DescribeLaunchTemplateVersions": lambda ask: launch_templates(ask)},
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
        "ListPoliciesForTarget": of_target,
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


class Asker:
    """Calls of one service in one Region, each answer read twice: by botocore, and by the model word for word."""

    def __init__(self, endpoint, service, region, account, problems):
        session = Session()
        session.set_credentials("AKIAIOSFODNN7EXAMPLE", "none")
        self.endpoint, self.service, self.region, self.account = endpoint, service, region, account
        self.client = session.create_client(
            wire.SERVICES[service],
            region_name=region,
            endpoint_url=endpoint,
            config=Config(retries={"max_attempts": 0}, parameter_validation=True),
        )
        self.model = self.client.meta.service_model
        self.methods = {operation: method for method, operation in self.client.meta.method_to_api_mapping.items()}
        self.problems, self.known, self.successes = problems, {}, set()
        self.client.meta.events.register("before-parse", self.read)

    def other(self, service):
        return Asker(self.endpoint, service, self.region, self.account, self.problems)

    def read(self, operation_model, response_dict, **_):
        if response_dict["status_code"] == 200:
            self.successes.add(operation_model.name)
            for problem in wire.read_answer(operation_model, response_dict)[1]:
                if f"{self.service}:{operation_model.name}{problem}" not in EXCEPTIONS:
                    self.say(operation_model.name, problem)

    def say(self, operation, problem):
        self.problems.setdefault(f"{self.service}:{operation}{problem}", self.region)

    def call(self, operation, parameters):
        """All pages of an answer; an error that the model knows is an answer too."""
        key = (operation, json.dumps(parameters, sort_keys=True))
        if key not in self.known:
            method = self.methods[operation]
            try:
                if self.client.can_paginate(method):
                    pages = list(self.client.get_paginator(method).paginate(**parameters))
                else:
                    pages = [getattr(self.client, method)(**parameters)]
            except ClientError as error:
                code = error.response["Error"]["Code"]
                modelled = {shape.error_code for shape in self.model.operation_model(operation).error_shapes}
                modelled |= {shape.name for shape in self.model.operation_model(operation).error_shapes}
                if modelled and code not in modelled | COMMON_ERRORS:
                    self.say(operation, f": {code} is no error of this operation")
                pages = []
            self.known[key] = pages
        return self.known[key]

    def __call__(self, operation, path, **parameters):
        """What `path` finds in all pages."""
        found = []
        for page in self.call(operation, parameters):
            here = jmespath.search(path, page)
            if isinstance(here, str):
                return here
            found += here or []
        return found


def main(endpoint):
    def get(path):
        with urlopen(f"{endpoint}/_simulator/{path}") as answer:
            return json.load(answer)

    problems, missing = {}, []
    served = get("operations")
    regions = ["us-east-1", "eu-west-1"]
    account = Asker(endpoint, "sts", regions[0], None, problems)("GetCallerIdentity", "Account")
    for service, operations in served.items():
        if service not in wire.SERVICES:
            missing.append(f"{service} is served, and has no name of botocore's in wire.py")
            continue
        successes = set()
        for region in regions:
            ask = Asker(endpoint, service, region, account, problems)
            for operation in operations:
                ask_for_all(ask, operation, missing)
            successes |= ask.successes
        missing += [f"{service}:{operation} never answered" for operation in sorted(set(operations) - successes)]
    for problem in sorted(set(missing)) + [f"{problem} ({region})" for problem, region in sorted(problems.items())]:
        print(problem)
    print(f"{sum(map(len, served.values()))} operations of {len(served)} services", file=sys.stderr)
    return 1 if problems or missing else 0


def ask_for_all(ask, operation, missing):
    if operation not in ask.model.operation_names:
        missing.append(f"{ask.service}:{operation} is served, and no operation of botocore's")
        return
    shape = ask.model.operation_model(operation).input_shape
    needed = shape.required_members if shape else []
    parameters = PARAMETERS.get(ask.service, {}).get(operation)
    if parameters is None and needed:
        missing.append(f"{ask.service}:{operation} is served, and answers.py has no {', '.join(needed)} for it")
        return
    for one in parameters(ask) if parameters else [{}]:
        ask.call(operation, one)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
