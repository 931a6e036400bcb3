"""Holds what palisade sent to a simulator against botocore's models, and then the simulator's answers to it.

    python sent.py ENDPOINT ACTION…

The simulator must have been told to keep requests. Each ACTION, such as ec2:DescribeSubnets, must be among them.
Prints a line for each thing that the models say otherwise, and ends with 1 if there is one.
"""

import json
import re
import sys
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import parse_qsl, unquote
from urllib.request import Request, urlopen

from botocore.session import Session

sys.path.append(str(Path(__file__).parent))
import wire  # noqa: E402


def operation_of(service, sent):
    """The operation that a request names; `None` when the model has none like it."""
    protocol = service.resolved_protocol
    if protocol in ("query", "ec2"):
        name = dict(form(sent)).get("Action")
    elif protocol == "json":
        prefix, _, name = (sent["target"] or "").rpartition(".")
        if prefix != service.metadata["targetPrefix"]:
            return None
    else:
        # The one with the most literal path, as a server takes it.
        fitting = [
            operation
            for operation in map(service.operation_model, service.operation_names)
            if operation.http["method"] == sent["method"] and labels(operation, sent) is not None
        ]
        return min(fitting, key=by_literalness, default=None)
    return service.operation_model(name) if name in service.operation_names else None


def by_literalness(operation):
    path, _, query = operation.http["requestUri"].partition("?")
    return path.count("{"), -len(query)


def form(sent):
    return parse_qsl(sent["query"], keep_blank_values=True) + parse_qsl(sent["body"], keep_blank_values=True)


def labels(operation, sent):
    """The labels in a request's path; `None` when the path is another's."""
    pattern, _, query = operation.http["requestUri"].partition("?")
    if not set(parse_qsl(query, keep_blank_values=True)) <= set(parse_qsl(sent["query"], keep_blank_values=True)):
        return None
    regex, names = "", []
    for part in re.split(r"(\{[^}]+\})", pattern):
        if part.startswith("{"):
            is_greedy = part.endswith("+}")
            names.append(part.strip("{+}"))
            regex += "(.+)" if is_greedy else "([^/]+)"
        else:
            regex += re.escape(part)
    found = re.fullmatch(regex.rstrip("/") + "/?", sent["path"])
    return found and dict(zip(names, map(unquote, found.groups())))


def read_request(operation, sent):
    """The parameters of a request, and what is wrong with it."""
    reading, shape, protocol = wire.Reading(is_answer=False), operation.input_shape, operation.service_model.resolved_protocol
    if protocol in ("query", "ec2"):
        pairs = dict(form(sent))
        if pairs.pop("Version", None) != operation.service_model.api_version:
            reading.say("", "the Version is not the model's")
        pairs.pop("Action")
        if shape is not None:
            value = reading.from_form(shape, pairs, protocol == "ec2")
        else:
            value = pairs
    elif protocol == "json":
        wanted = f"application/x-amz-json-{operation.service_model.metadata['jsonVersion']}"
        if sent["content_type"] != wanted:
            reading.say("", f"the content type is {sent['content_type']} where {wanted} is due")
        value = json.loads(sent["body"] or "{}")
        if shape is not None:
            value = reading.from_json(shape, value, "")
    else:
        value = from_rest(reading, operation, sent)
    if shape is None:
        if value:
            reading.say("", f"{value!r} is sent where nothing is due")
    elif value is not wire.ABSENT:
        reading.check(shape, value, "")
    return value, reading.problems


def from_rest(reading, operation, sent):
    shape = operation.input_shape
    inner = json.loads(sent["body"]) if sent["body"].strip() else {}
    if shape is None:
        return inner
    value = {}
    by_place = {(member.serialization.get("location"), member.serialization.get("name", name)): (name, member)
                for name, member in shape.members.items()}
    for key, text in labels(operation, sent).items():
        name, member = by_place["uri", key]
        value[name] = reading.from_text(member, text, f".{name}")
    literal = parse_qsl(operation.http["requestUri"].partition("?")[2], keep_blank_values=True)
    for key, text in parse_qsl(sent["query"], keep_blank_values=True):
        if (key, text) in literal:
            continue
        name, member = by_place.get(("querystring", key), (None, None))
        if name is None:
            reading.say("", f"{shape.name} has no member {key!r} in its query")
        elif member.type_name == "list":
            value.setdefault(name, []).append(reading.from_text(member.member, text, f".{name}"))
        else:
            value[name] = reading.from_text(member, text, f".{name}")
    in_body = {key for (place, key) in by_place if place is None}
    for key in inner.keys() - in_body:
        reading.say("", f"{shape.name} has no member {key!r} in its body")
    body = reading.from_json(shape, {key: inner[key] for key in inner.keys() & in_body}, "")
    return {**value, **body}


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
        operation = operation_of(service, sent)
        if operation is None:
            problems.add(f"{name}: {sent['method']} {sent['path']} {sent['target'] or sent['body'][:80]} is no operation")
            continue
        named = f"{name}:{operation.name}"
        seen.add(named)
        if service.signing_name != name:
            problems.add(f"{named}: signed for {name} where {service.signing_name} is due")
        problems |= {f"{named}: request{problem}" for problem in read_request(operation, sent)[1]}
        answer = again(endpoint, sent)
        if answer["status_code"] == 200:
            problems |= {f"{named}: answer{problem}" for problem in wire.read_answer(operation, answer)[1]}
    problems |= {f"{action} was not sent" for action in expected if wire.OPERATIONS.get(action, action) not in seen}
    for problem in sorted(problems):
        print(problem)
    print(f"{len(requests)} requests of {len(seen)} operations", file=sys.stderr)
    return 1 if problems or not requests else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
