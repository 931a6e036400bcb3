#!/usr/bin/env python3
"""Makes a strict JSON Schema of one OCSF event class from the published, compiled schema of a release.

    pip download --no-deps --no-binary :all: ocsf-json-schema==1.2.0
    tar xzf ocsf_json_schema-1.2.0.tar.gz
    releases=ocsf_json_schema-1.2.0/src/ocsf_json_schema/ocsf
    python3 make_ocsf.py $releases/1.3.0.json compliance_finding > ocsf-1.3.0-compliance_finding.json
    python3 make_ocsf.py $releases/1.8.0.json compliance_finding --lean > ocsf-1.8.0-compliance_finding.json

All files but the first are lean: attributes that are objects which palisade never writes are left out, and so refused.

The compiled schema of a release is what https://schema.ocsf.io/1.3.0/export/schema serves; the package above carries it
unchanged, with its licence (Apache-2.0, OCSF-LICENSE.txt beside this file).

Stricter than OCSF asks: an attribute that the class or object does not define, or that the release calls deprecated, is an
error, and a caption (`severity`) must be the one of its number (`severity_id`).
"""

import argparse
import json
import sys

LEAN = {
    "account", "affected_package", "analytic", "cloud", "compliance", "cve", "finding_info", "metadata", "object", "product",
    "remediation", "resource_details", "vulnerability",
}  # fmt: skip
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


def is_of_profiles(attribute):
    """Whether an attribute is there with the profiles that are in use; later releases name several."""
    profiles = attribute.get("profiles") or [attribute.get("profile")]
    return any(profile in PROFILES | {None} for profile in profiles)


def structure(types, definition, wanted, kept):
    """The JSON Schema of a class or an object; `kept` are the objects that may stand in it, None for all."""
    attributes = {
        name: one
        for name, one in sorted(definition["attributes"].items())
        if is_of_profiles(one) and "@deprecated" not in one
        if one["type"] != "object_t" or kept is None or one["object_type"] in kept
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
    parser = argparse.ArgumentParser()
    parser.add_argument("release")
    parser.add_argument("event_class")
    parser.add_argument("--lean", action="store_true")
    arguments = parser.parse_args()
    with open(arguments.release, encoding="utf-8") as file:
        source = json.load(file)
    # Releases from 1.4 on are compiled into another form, in which types belong to the dictionary.
    types = source["types"] if "types" in source else source["dictionary"]["types"]["attributes"]
    version, wanted, definitions = source["version"], [], {}
    kept = LEAN if arguments.lean else None
    name = arguments.event_class
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"https://schema.ocsf.io/schema/{version}/classes/{name}?profiles={','.join(sorted(PROFILES))}",
        "$comment": f"Made by make_ocsf.py from the Open Cybersecurity Schema Framework {version}, "
        "https://github.com/ocsf/ocsf-schema, licensed under the Apache License 2.0 (OCSF-LICENSE.txt). "
        "Changed: turned into JSON Schema, one class with the objects that it reaches.",
        **structure(types, source["classes"][name], wanted, kept),
    }
    while wanted:
        name = wanted.pop()
        if name not in definitions:
            definitions[name] = structure(types, source["objects"][name], wanted, kept)
    schema["properties"]["metadata"] = {
        "allOf": [{"$ref": "#/$defs/metadata"}, {"properties": {"version": {"const": version}}}]
    }
    schema["$defs"] = dict(sorted(definitions.items()))
    json.dump(schema, sys.stdout, indent=1, ensure_ascii=False)
    print()


main()
