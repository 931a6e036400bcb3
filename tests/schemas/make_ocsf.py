#!/usr/bin/env python3
"""Makes a strict JSON Schema of one OCSF event class from the published, compiled schema of a release.

    pip download --no-deps --no-binary :all: ocsf-json-schema==1.2.0
    tar xzf ocsf_json_schema-1.2.0.tar.gz
    python3 make_ocsf.py ocsf_json_schema-1.2.0/src/ocsf_json_schema/ocsf/1.3.0.json > ocsf-1.3.0-compliance_finding.json

The compiled schema of a release is what https://schema.ocsf.io/1.3.0/export/schema serves; the package above carries it
unchanged, with its licence (Apache-2.0, OCSF-LICENSE.txt beside this file).

Stricter than OCSF asks: an attribute that the class or object does not define, or that the release calls deprecated, is an
error, and a caption (`severity`) must be the one of its number (`severity_id`).
"""

import json
import sys

CLASS = "compliance_finding"
PROFILES = {"cloud"}
BASE_TYPES = {
    "boolean_t": "boolean",
    "integer_t": "integer",
    "long_t": "integer",
    "float_t": "number",
    "string_t": "string",
}


def scalar(types, name):
    """The JSON Schema of a scalar type."""
    if name == "json_t":
        return {}
    definition = types[name]
    schema = {"type": BASE_TYPES[definition.get("type", name)]}
    base = types[definition["type"]] if "type" in definition else {}
    for source in (base, definition):
        if "max_len" in source:
            schema["maxLength"] = source["max_len"]
        if "regex" in source:
            schema["pattern"] = source["regex"]
        if "range" in source:
            schema["minimum"], schema["maximum"] = source["range"]
    return schema


def attribute(types, definition, wanted):
    """The JSON Schema of one attribute; notes the object that it refers to."""
    if definition["type"] == "object_t":
        wanted.append(definition["object_type"])
        schema = {"$ref": f"#/$defs/{definition['object_type']}"}
    else:
        schema = scalar(types, definition["type"])
        if definition.get("enum"):
            integer = schema["type"] == "integer"
            schema["enum"] = sorted(int(key) if integer else key for key in definition["enum"])
    if definition.get("is_array"):
        schema = {"type": "array", "items": schema}
    return {"title": definition["caption"], **schema}


def captions(attributes):
    """For each number with a caption beside it: the rule that the caption is that number's."""
    rules = []
    for name, definition in sorted(attributes.items()):
        sibling = definition.get("sibling")
        if sibling not in attributes or definition["type"] == "string_t":
            continue
        for key, value in sorted(definition.get("enum", {}).items()):
            if int(key) != 99:
                rules.append(
                    {
                        "if": {"required": [name], "properties": {name: {"const": int(key)}}},
                        "then": {"properties": {sibling: {"const": value["caption"]}}},
                    }
                )
    return rules


def structure(types, definition, wanted):
    """The JSON Schema of a class or an object."""
    attributes = {
        name: one
        for name, one in sorted(definition["attributes"].items())
        if one.get("profile") in PROFILES | {None} and "@deprecated" not in one
    }
    schema = {"title": definition["caption"], "type": "object"}
    if attributes:
        schema["properties"] = {name: attribute(types, one, wanted) for name, one in attributes.items()}
        schema["additionalProperties"] = False
    required = [name for name, one in attributes.items() if one.get("requirement") == "required"]
    if required:
        schema["required"] = required
    constraints = definition.get("constraints") or {}
    if "at_least_one" in constraints:
        schema["anyOf"] = [{"required": [name]} for name in constraints["at_least_one"]]
    if "just_one" in constraints:
        schema["oneOf"] = [{"required": [name]} for name in constraints["just_one"]]
    rules = captions(attributes)
    if rules:
        schema["allOf"] = rules
    return schema


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        source = json.load(file)
    version, types, wanted, definitions = source["version"], source["types"], [], {}
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"https://schema.ocsf.io/schema/{version}/classes/{CLASS}?profiles={','.join(sorted(PROFILES))}",
        "$comment": f"Made by make_ocsf.py from the Open Cybersecurity Schema Framework {version}, "
        "https://github.com/ocsf/ocsf-schema, licensed under the Apache License 2.0 (OCSF-LICENSE.txt). "
        "Changed: turned into JSON Schema, one class with the objects that it reaches.",
        **structure(types, source["classes"][CLASS], wanted),
    }
    while wanted:
        name = wanted.pop()
        if name not in definitions:
            definitions[name] = structure(types, source["objects"][name], wanted)
    schema["properties"]["metadata"] = {
        "allOf": [{"$ref": "#/$defs/metadata"}, {"properties": {"version": {"const": version}}}]
    }
    schema["$defs"] = dict(sorted(definitions.items()))
    json.dump(schema, sys.stdout, indent=1, ensure_ascii=False)
    print()


main()
