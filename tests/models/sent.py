"""Holds what palisade sent to a simulator against botocore's models, and then the simulator's answers to it.

    python sent.py ENDPOINT ACTION…

The simulator must have been told to keep requests. Each ACTION, such as ec2:DescribeSubnets, must be among them.
Prints a line for each thing that the models say otherwise, and ends with 1 if there is one.
"""

import json
import sys
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from botocore.session import Session

sys.path.append(str(Path(__file__).parent))
import wire  # noqa: E402


def again(endpoint, sent):
    """The answer to the same request, in botocore's raw form."""
    scope = f"{sent['region']}/{sent['service']}/aws4_request"
    headers = {
        "authorization": f"AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20261129/{scope}, Signature=0",
        "content-type": sent["content_type"] or "",
        "x-amz-target": sent["target"] or "",
    }
    address = f"{endpoint}{sent['path']}" + (f"?{sent['query']}" if sent["query"] else "")
    body = sent["body"].encode() if sent["method"] == "POST" else None
    request = Request(address, data=body, method=sent["method"], headers={key: value for key, value in headers.items() if value})
    try:
        with urlopen(request) as answer:
            return {"status_code": answer.status, "headers": answer.headers, "body": answer.read()}
    except HTTPError as error:
        return {"status_code": error.code, "headers": error.headers, "body": error.read()}


def main(endpoint, expected):
    with urlopen(f"{endpoint}/_simulator/requests") as answer:
        requests = json.load(answer)
    session, models, problems, seen = Session(), {}, set(), set()
    for sent in requests:
        name = sent["service"]
        if name not in wire.SERVICES:
            problems.add(f"{name} has no name of botocore's in wire.py")
            continue
        service = models.get(name) or models.setdefault(name, session.get_service_model(wire.SERVICES[name]))
        operation = wire.operation_of(service, sent)
        if operation is None:
            problems.add(f"{name}: {sent['method']} {sent['path']} {sent['target'] or sent['body'][:80]} is no operation")
            continue
        named = f"{name}:{operation.name}"
        seen.add(named)
        if service.signing_name != name:
            problems.add(f"{named}: signed for {name} where {service.signing_name} is due")
        problems |= {f"{named}: request{problem}" for problem in wire.read_request(operation, sent)[1]}
        answer = again(endpoint, sent)
        if answer["status_code"] == 200:
            problems |= {f"{named}: answer{problem}" for problem in wire.read_answer(operation, answer)[1]}
    problems |= {f"{action} was not sent" for action in expected if action.replace("tag:", "tagging:") not in seen}
    for problem in sorted(problems):
        print(problem)
    print(f"{len(requests)} requests of {len(seen)} operations", file=sys.stderr)
    return 1 if problems or not requests else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
