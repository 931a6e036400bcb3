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
from parameters import PARAMETERS  # noqa: E402

# What every service may answer, whether or not its model says so.
COMMON_ERRORS = {"AccessDenied", "AccessDeniedException", "ValidationError", "ValidationException"}

# Where AWS itself answers otherwise than its model says.
EXCEPTIONS = {
    # A function without code signing has no ARN of a configuration.
    "lambda:GetFunctionCodeSigningConfig.: GetFunctionCodeSigningConfigResponse lacks CodeSigningConfigArn, which is required",
}

# What a page calls the token of the next.
TOKENS = ("nextToken", "NextToken", "ContinuationToken")


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
                    pages = list(self.by_token(operation, parameters))
            except ClientError as error:
                code = error.response["Error"]["Code"]
                modelled = {shape.error_code for shape in self.model.operation_model(operation).error_shapes}
                modelled |= {shape.name for shape in self.model.operation_model(operation).error_shapes}
                if modelled and code not in modelled | COMMON_ERRORS:
                    self.say(operation, f": {code} is no error of this operation")
                pages = []
            self.known[key] = pages
        return self.known[key]

    def by_token(self, operation, parameters):
        """Pages of a list of which botocore does not know that it has pages."""
        shape = self.model.operation_model(operation).input_shape
        token = next((name for name in TOKENS if shape and name in shape.members), None)
        while True:
            page = getattr(self.client, self.methods[operation])(**parameters)
            yield page
            if not (token and page.get(token)):
                return
            parameters = {**parameters, token: page[token]}

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
