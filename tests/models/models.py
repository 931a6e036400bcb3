"""Tells what AWS's newest models answer that palisade neither reads nor leaves out for a reason.

    python models.py

`members/SERVICE.json` names, for each structure in the answers that palisade reads, the members it reads and those it
leaves out, with the reason; for each enumeration among them, the values it tells apart by name and the others. What is in
a model and in neither is printed, and so is what is in the file and not in the model. Ends with 1 if there is anything.
"""

import json
import re
import sys
from pathlib import Path

from botocore import xform_name
from botocore.session import Session

FOLDER = Path(__file__).parent
ROOT = FOLDER.parents[1]
sys.path.append(str(FOLDER))
import wire  # noqa: E402

# Where answers of AWS are read.
SOURCES = ["collect/src", "model/src", "checks/src"]
ACTIONS = ROOT / "model" / "src" / "action" / "mod.rs"
TABLES = ROOT / "model" / "src" / "tables"


class Service:
    """What a file says of a service, held against the model."""

    def __init__(self, name, words):
        self.name, self.words = name, words
        self.said = json.loads((FOLDER / "members" / f"{name}.json").read_text(encoding="utf-8"))
        self.model = Session().get_service_model(wire.SERVICES[name])
        self.problems, self.shapes, self.enums = [], set(), set()

    def say(self, text):
        self.problems.append(f"{self.name}: {text}")

    def check(self):
        for operation in self.said["operations"]:
            self.visit(self.model.operation_model(operation).output_shape)
        for name in sorted(self.said["shapes"].keys() - self.shapes):
            self.say(f"{name} is in no answer that is read")
        for name in sorted(self.said["enums"].keys() - self.enums):
            self.say(f"{name} is no enumeration of a member that is read")
        return self.problems

    def visit(self, shape):
        if shape.type_name == "list":
            self.visit(shape.member)
        elif shape.type_name == "map":
            self.visit(shape.key)
            self.visit(shape.value)
        elif shape.type_name == "structure":
            self.visit_structure(shape)
        elif getattr(shape, "enum", None):
            self.visit_enum(shape)

    def visit_structure(self, shape):
        if shape.name in self.shapes:
            return
        self.shapes.add(shape.name)
        said = self.said["shapes"].get(shape.name)
        if said is None:
            self.say(f"{shape.name} is new: {', '.join(shape.members)}")
            return
        read, ignored = set(said["read"]), named(said.get("ignored", {}))
        for member in shape.members.keys() - read - ignored:
            self.say(f"{shape.name}.{member} is new")
        for member in sorted((read | ignored) - shape.members.keys()):
            self.say(f"{shape.name}.{member} is not in the model")
        for member in sorted(read & ignored):
            self.say(f"{shape.name}.{member} is both read and left out")
        for member in said["read"]:
            if member in shape.members:
                self.is_in_sources(shape, member)
                self.visit(shape.members[member])

    def is_in_sources(self, shape, member):
        """A member that is read stands in the sources, under one of its names."""
        wire_name = shape.members[member].serialization.get("name", member)
        # serde spells `cidrIpv6` as `cidr_ipv6`, and so do the SDK's accessors.
        spelt = {xform_name(member), xform_name(wire_name), wire_name, re.sub(r"(?<!^)(?=[A-Z])", "_", wire_name).lower()}
        if not spelt & self.words:
            self.say(f"{shape.name}.{member} is said to be read, and the sources have none of {sorted(spelt)}")

    def visit_enum(self, shape):
        if shape.name in self.enums:
            return
        self.enums.add(shape.name)
        said = self.said["enums"].get(shape.name)
        if said is None:
            self.say(f"{shape.name} is new: {', '.join(shape.enum)}")
            return
        if "any" in said:
            return
        if "table" in said:
            rows = (TABLES / f"{said['table']}.tsv").read_text(encoding="utf-8").splitlines()
            known = {row.split("\t")[0] for row in rows if not row.startswith("#")}
            for value in sorted(set(shape.enum) - known):
                self.say(f"the table of {said['table']} lacks {value}: refresh it")
            return
        known = set(said["known"]) | named(said.get("others", {}))
        for value in sorted(set(shape.enum) - known):
            self.say(f"{shape.name} has a new value: {value}")
        for value in sorted(known - set(shape.enum)):
            self.say(f"{shape.name} has no value {value}")


def named(reasons):
    return {name for names in reasons.values() for name in names}


def read_operations():
    """What palisade calls, by service, from its one table of actions."""
    found = re.findall(r'= "([a-z0-9-]+):([A-Za-z0-9]+)", (\w+);', ACTIONS.read_text(encoding="utf-8"))
    operations = {}
    for prefix, action, when in found:
        if prefix != "k8s" and when != "Never":
            service, _, operation = wire.OPERATIONS.get(f"{prefix}:{action}", f"{prefix}:{action}").partition(":")
            operations.setdefault(service, set()).add(operation)
    return operations


def main():
    texts = [file.read_text(encoding="utf-8") for source in SOURCES for file in (ROOT / source).rglob("*.rs")]
    words = {word for text in texts for word in re.findall(r"\w+", text)}
    problems = []
    operations = read_operations()
    for name in sorted(operations):
        if not (FOLDER / "members" / f"{name}.json").exists():
            problems.append(f"{name}: there is no members/{name}.json")
            continue
        service = Service(name, words)
        for operation in sorted(operations[name] ^ set(service.said["operations"])):
            service.say(f"{operation} is in the table of actions or in the file, not in both")
        problems += service.check()
    print("\n".join(sorted(problems)), end="\n" if problems else "")
    print(f"{sum(map(len, operations.values()))} operations of {len(operations)} services", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
