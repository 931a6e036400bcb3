"""Which identity botocore takes in each of the rows that arrive as JSON on standard input, as one JSON list.

Two variables are read in the order of the AWS CLI 2, whose copy of botocore differs from the published one there:
awscli/botocore/configprovider.py of aws/aws-cli.
"""

import getpass
import json
import os
import sys

ORDER = {
    "profile": (None, ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"], None, None),
    "region": ("region", ["AWS_REGION", "AWS_DEFAULT_REGION"], None, None),
}


class Asked(Exception):
    """Somebody was asked for a code."""


def ask(*_):
    raise Asked


# Before botocore is imported, which keeps the function.
getpass.getpass = ask

import botocore.credentials  # noqa: E402
import botocore.exceptions  # noqa: E402
import botocore.session  # noqa: E402
import botocore.tokens  # noqa: E402


def identity(row):
    os.environ.clear()
    os.environ.update(row["variables"])
    cache = os.path.join(row["variables"]["HOME"], ".aws", "sso", "cache")
    botocore.credentials.SSOProvider._SSO_TOKEN_CACHE_DIR = cache
    botocore.tokens.SSOTokenProvider._SSO_TOKEN_CACHE_DIR = cache
    session = botocore.session.Session(session_vars=ORDER, profile=row["argument"])
    try:
        region = session.get_config_variable("region") or None
        if session.get_credentials() is None:
            return "refused"
        answer = session.create_client("sts", region_name=region).get_caller_identity()
        return answer["Arn"].split("/")[-1]
    except Asked:
        return "asks"
    except botocore.exceptions.BotoCoreError as error:
        print(type(error).__name__, error, file=sys.stderr)
        return "refused"


rows = json.load(sys.stdin)
json.dump([identity(row) for row in rows], sys.stdout)
