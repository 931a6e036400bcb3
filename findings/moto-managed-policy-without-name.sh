#!/usr/bin/env bash
# moto 5.2.5 answers GetAccountAuthorizationDetails without the PolicyName of managed policies.
#
# In the answer of AWS, and in the service model of botocore, each entry of `Policies` has a PolicyName. moto leaves it out, so that
# boto3's entry has no such key: a reader that takes the name for given fails on it, one that skips incomplete entries loses the
# account's own policies. The name is the end of the Arn, which is there.
#
# Seen: moto 5.2.5 with boto3 1.44.8, on 2026-11-29.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check 'moto[iam]==5.2.5' boto3==1.44.8
AWS_ACCESS_KEY_ID=example AWS_SECRET_ACCESS_KEY=example "$folder/venv/bin/python" - <<'PYTHON'
import json

import boto3
from moto import mock_aws

with mock_aws():
    iam = boto3.client("iam", region_name="us-east-1")
    document = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}}
    iam.create_policy(PolicyName="look", PolicyDocument=json.dumps(document))
    [policy] = iam.get_account_authorization_details(Filter=["LocalManagedPolicy"])["Policies"]
    print(sorted(policy))
    assert "PolicyName" not in policy, "moto gives the name now"
    assert policy["Arn"].endswith(":policy/look"), policy["Arn"]
    assert iam.get_policy(PolicyArn=policy["Arn"])["Policy"]["PolicyName"] == "look"
PYTHON
