"""Reads what came over the wire by botocore's models, and says what the models do not know."""

import base64
import binascii
import json
from datetime import datetime
from xml.etree import ElementTree

# The services that palisade asks, by their names in signatures, and what botocore calls them.
SERVICES = {
    "account": "account",
    "batch": "batch",
    "ec2": "ec2",
    "ecr": "ecr",
    "ecr-public": "ecr-public",
    "ecs": "ecs",
    "eks": "eks",
    "elasticloadbalancing": "elbv2",
    "events": "events",
    "guardduty": "guardduty",
    "iam": "iam",
    "inspector2": "inspector2",
    "lambda": "lambda",
    "logs": "logs",
    "organizations": "organizations",
    "pipes": "pipes",
    "s3": "s3",
    "scheduler": "scheduler",
    "sqs": "sqs",
    "states": "stepfunctions",
    "sts": "sts",
    "tagging": "resourcegroupstaggingapi",
    "wafv2": "wafv2",
}
# Actions of IAM that are called otherwise than the operations that they permit, or that these ask for besides.
OPERATIONS = {
    "s3:ListAllMyBuckets": "s3:ListBuckets",
    "tag:GetResources": "tagging:GetResources",
    "wafv2:GetWebACL": "wafv2:GetWebACLForResource",
}
# Roots of answers in XML that no model names.
ROOTS = {"ListBuckets": "{http://s3.amazonaws.com/doc/2006-03-01/}ListAllMyBucketsResult"}
ABSENT = object()


class Reading:
    """One message; its problems, each with the place where it is."""

    def __init__(self, is_answer=True):
        self.is_answer, self.problems = is_answer, []

    def say(self, path, what):
        self.problems.append(f"{path or '.'}: {what}")

    # JSON

    def from_json(self, shape, value, path):
        kind = shape.type_name
        if getattr(shape, "is_document_type", False):
            return value
        if kind == "structure":
            if not isinstance(value, dict):
                self.say(path, f"{value!r} is no object")
                return ABSENT
            names = {member.serialization.get("name", name): name for name, member in shape.members.items()}
            result = {}
            for key, inner in value.items():
                name = names.get(key)
                if name is None:
                    if key != "__type":
                        self.say(path, f"{shape.name} has no member {key!r}")
                elif inner is not None:
                    result[name] = self.from_json(shape.members[name], inner, f"{path}.{name}")
            return result
        if kind == "list":
            if not isinstance(value, list):
                self.say(path, f"{value!r} is no list")
                return ABSENT
            return [self.from_json(shape.member, inner, f"{path}[{index}]") for index, inner in enumerate(value)]
        if kind == "map":
            if not isinstance(value, dict):
                self.say(path, f"{value!r} is no map")
                return ABSENT
            return {
                self.from_json(shape.key, key, f"{path}.{key}"): self.from_json(shape.value, inner, f"{path}.{key}")
                for key, inner in value.items()
            }
        return value

    # XML

    def from_xml(self, shape, element, path):
        kind = shape.type_name
        if kind == "structure":
            names = {}
            for name, member in shape.members.items():
                wire = member.serialization.get("name", name)
                if member.type_name == "list" and member.serialization.get("flattened"):
                    wire = member.member.serialization.get("name", wire)
                names[wire] = name
            children = {}
            for child in element:
                children.setdefault(tag(child), []).append(child)
            result = {}
            for key, found in children.items():
                name = names.get(key)
                if name is None:
                    self.say(path, f"{shape.name} has no member {key!r}")
                    continue
                member = shape.members[name]
                if member.serialization.get("flattened"):
                    result[name] = [self.from_xml(member.member, one, f"{path}.{name}[]") for one in found]
                    continue
                if len(found) > 1:
                    self.say(path, f"{key} stands {len(found)} times")
                result[name] = self.from_xml(member, found[0], f"{path}.{name}")
            return result
        if kind == "list":
            wanted = shape.member.serialization.get("name", "member")
            for child in element:
                if tag(child) != wanted:
                    self.say(path, f"holds {tag(child)!r} where {wanted!r} is due")
            return [self.from_xml(shape.member, child, f"{path}[{index}]") for index, child in enumerate(element)]
        if kind == "map":
            names = (shape.key.serialization.get("name", "key"), shape.value.serialization.get("name", "value"))
            entries = [{tag(part): part for part in entry} for entry in element]
            return {
                entry[names[0]].text: self.from_xml(shape.value, entry[names[1]], f"{path}.{entry[names[0]].text}")
                for entry in entries
            }
        return self.from_text(shape, element.text or "", path)

    def from_text(self, shape, text, path):
        """A scalar that stands in XML, a form or an address."""
        kind = shape.type_name
        if kind == "boolean":
            if text not in ("true", "false"):
                self.say(path, f"{text!r} is no boolean")
            return text == "true"
        if kind in ("integer", "long", "float", "double"):
            try:
                return int(text) if kind in ("integer", "long") else float(text)
            except ValueError:
                self.say(path, f"{text!r} is no number")
                return ABSENT
        return text

    # Forms

    def from_form(self, shape, pairs, is_ec2, path=""):
        """A structure from pairs such as `Filter.1.Name`."""
        result, known = {}, set()
        for name, member in shape.members.items():
            wire = form_name(name, member, is_ec2)
            inner = {key: value for key, value in pairs.items() if key == wire or key.startswith(f"{wire}.")}
            known |= set(inner)
            if inner:
                inner = {key[len(wire) :].removeprefix("."): value for key, value in inner.items()}
                result[name] = self.of_form(member, inner, is_ec2, f"{path}.{name}")
        for key in pairs.keys() - known:
            self.say(path, f"{shape.name} has no member {key!r}")
        return result

    def of_form(self, shape, pairs, is_ec2, path):
        kind = shape.type_name
        if kind == "structure":
            return self.from_form(shape, pairs, is_ec2, path)
        if kind == "list":
            if not (is_ec2 or shape.serialization.get("flattened")):
                wanted = shape.member.serialization.get("name", "member")
                for key in pairs:
                    if not key.startswith(f"{wanted}."):
                        self.say(path, f"{key!r} does not begin with {wanted!r}")
                pairs = {key.removeprefix(f"{wanted}."): value for key, value in pairs.items()}
            items = {}
            for key, value in pairs.items():
                number, _, rest = key.partition(".")
                items.setdefault(number, {})[rest] = value
            if sorted(items, key=str) != sorted((str(number + 1) for number in range(len(items))), key=str):
                self.say(path, f"items are numbered {sorted(items)}")
            return [self.of_form(shape.member, items[number], is_ec2, f"{path}[]") for number in sorted(items)]
        if set(pairs) != {""}:
            self.say(path, f"{sorted(pairs)} are parts of a {kind}")
        return self.from_text(shape, pairs.get("", ""), path)

    # What holds of a value, however it came

    def check(self, shape, value, path):
        """Required members, types, enums, lengths and ranges."""
        if value is ABSENT or getattr(shape, "is_document_type", False):
            return
        kind = shape.type_name
        if kind == "structure":
            for name in shape.required_members:
                if name not in value:
                    self.say(path, f"{shape.name} lacks {name}, which is required")
            if getattr(shape, "is_tagged_union", False) and len(value) != 1:
                self.say(path, f"{shape.name} is a union and holds {sorted(value)}")
            for name, inner in value.items():
                self.check(shape.members[name], inner, f"{path}.{name}")
        elif kind == "list":
            self.check_size(shape, len(value), path, "items")
            for index, inner in enumerate(value):
                self.check(shape.member, inner, f"{path}[{index}]")
        elif kind == "map":
            self.check_size(shape, len(value), path, "entries")
            for key, inner in value.items():
                self.check(shape.key, key, f"{path}.{key}")
                self.check(shape.value, inner, f"{path}.{key}")
        else:
            self.check_scalar(shape, value, path)

    def check_scalar(self, shape, value, path):
        kind = shape.type_name
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if kind in ("string", "character"):
            if not isinstance(value, str):
                self.say(path, f"{value!r} is no string")
            elif getattr(shape, "enum", None):
                if value not in shape.enum:
                    self.say(path, f"{value!r} is no value of {shape.name}")
            else:
                self.check_size(shape, len(value), path, "characters")
        elif kind == "boolean" and not isinstance(value, bool):
            self.say(path, f"{value!r} is no boolean")
        elif kind in ("integer", "long"):
            if not isinstance(value, int) or isinstance(value, bool):
                self.say(path, f"{value!r} is no whole number")
            else:
                self.check_size(shape, value, path, "")
        elif kind in ("float", "double") and not is_number:
            self.say(path, f"{value!r} is no number")
        elif kind == "timestamp" and not is_number and not is_date(value):
            self.say(path, f"{value!r} is no time")
        elif kind == "blob" and not is_base64(value):
            self.say(path, f"{value!r} is not in base 64")

    def check_size(self, shape, size, path, of_what):
        least, most = shape.metadata.get("min"), shape.metadata.get("max")
        # Services answer with empty lists and maps that they would not take: EKS's tags.
        if self.is_answer and shape.type_name in ("list", "map") and size == 0:
            return
        if least is not None and size < least or most is not None and size > most:
            self.say(path, f"{size} {of_what} where {least} to {most} are due".replace("  ", " "))


def tag(element):
    return element.tag.rpartition("}")[2]


def is_date(value):
    try:
        datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return False
    return True


def is_base64(value):
    try:
        base64.b64decode(value, validate=True)
    except (TypeError, ValueError, binascii.Error):
        return False
    return True


def form_name(name, member, is_ec2):
    wire = member.serialization
    if is_ec2:
        plain = wire.get("name", name)
        return wire.get("queryName") or plain[0].upper() + plain[1:]
    return wire.get("name", name)


# Answers


def read_answer(operation, answer):
    """The members of a successful answer, and what is wrong with it. `answer` is botocore's own raw form of it."""
    reading, shape, protocol = Reading(), operation.output_shape, operation.service_model.resolved_protocol
    body = answer["body"]
    if protocol in ("query", "ec2"):
        value = from_xml_answer(reading, operation, body)
    elif protocol == "rest-xml":
        root = ElementTree.fromstring(body)
        if root.tag != ROOTS.get(operation.name):
            reading.say("", f"the root is {root.tag}")
        value = reading.from_xml(shape, root, "")
    elif shape is None:
        value = {}
        if body.strip() not in (b"", b"{}"):
            reading.say("", "there is a body where none is due")
    else:
        plain = json.loads(body) if body.strip() else {}
        value = reading.from_json(shape, plain, "")
    if shape is not None and value is not ABSENT:
        elsewhere = [name for name, member in shape.members.items() if "location" in member.serialization]
        if elsewhere or "payload" in shape.serialization:
            reading.say("", f"members outside of the body are not read here: {elsewhere}")
        reading.check(shape, value, "")
    return value, reading.problems


def from_xml_answer(reading, operation, body):
    root = ElementTree.fromstring(body)
    space = operation.service_model.metadata.get("xmlNamespace")
    if operation.service_model.resolved_protocol == "ec2":
        space = f"http://ec2.amazonaws.com/doc/{operation.service_model.api_version}/"
    if space and root.tag != f"{{{space}}}{operation.name}Response":
        reading.say("", f"the root is {root.tag}")
    shape = operation.output_shape
    if operation.service_model.resolved_protocol == "ec2":
        if root.find("{*}requestId") is None:
            reading.say("", "there is no requestId")
        for request_id in root.findall("{*}requestId"):
            root.remove(request_id)
        return reading.from_xml(shape, root, "")
    if root.find("{*}ResponseMetadata/{*}RequestId") is None:
        reading.say("", "there is no ResponseMetadata")
    if shape is None:
        return {}
    wrapper = shape.serialization["resultWrapper"]
    result = root.find(f"{{*}}{wrapper}")
    if result is None:
        reading.say("", f"there is no {wrapper}")
        return ABSENT
    return reading.from_xml(shape, result, "")
