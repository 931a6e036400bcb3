#!/usr/bin/env python3
"""Measures ECR, EKS and ECS against the simulated account: calls, wall time against the bound of the rates, peak memory.

    cargo build --release -p palisade -p palisade-simulator
    python3 benches/containers.py [images] [clusters] [pods] [services]    all when none is named; images take three minutes
"""

import json
import sys
import tempfile
from pathlib import Path

from audit import run, start

# Requests a second that the simulated account allows for each operation; AWS documents none of them.
ECR, EKS, INSPECTOR = 10, 8, 5


def report(name, endpoint, folder, bound_of, *arguments):
    inventory, judged = folder / "inventory.json", folder / "report.json"
    code, wall, memory = run(endpoint, "collect", "--region", "us-east-1", *arguments, "--output", inventory)
    judging_code, judging, judging_memory = run(endpoint, "audit", "--from", inventory, "--format", "json", "--output", judged)
    calls = json.loads(judged.read_text())["calls"]
    bound = bound_of(calls["by_action"])
    print(f"{name} (exit codes {code}, {judging_code})")
    print(f"  calls      {calls['total']}, {calls['throttled']} throttled")
    print(f"  wall       {wall:.1f} s" + (f", {wall / bound:.3f} of the bound of {bound:.1f} s" if bound else ""))
    print(f"  judging    {judging:.1f} s")
    print(f"  memory     {memory:.0f} MB at the peak, judging {judging_memory:.0f} MB")


def longest(calls):
    """The bound: the operation that takes longest at its rate."""
    rates = {"ecr": ECR, "eks": EKS, "inspector2": INSPECTOR}
    return max(count / rates[action.split(":")[0]] for action, count in calls.items() if action.split(":")[0] in rates)


def of_tasks(calls):
    """The bound: the category of ECS's calls that takes longest at its documented rate, what may burst taken off.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/request-throttling.html
    """
    categories = [
        (50, ["DescribeTaskDefinition", "DescribeDaemonTaskDefinition"]),
        (100, ["ListServices", "DescribeServices", "ListDaemons", "DescribeDaemon", "DescribeExpressGatewayService"]),
        (100, ["ListTasks", "DescribeTasks", "ListContainerInstances", "DescribeContainerInstances"]),
        (50, ["DescribeServiceRevisions", "DescribeDaemonRevisions"]),
    ]
    return max((sum(calls.get(f"ecs:{name}", 0) for name in names) - burst) / 20 for burst, names in categories)


CASES = {
    "images": (["--repositories", "1000", "--images", "100000", "--limits"], ["--clusters", "none"], longest),
    "clusters": (["--clusters", "50", "--limits"], ["--clusters", "none"], longest),
    "services": (["--services", "1000", "--revisions", "20000", "--limits"], [], of_tasks),
    "pods": (["--clusters", "1", "--pods", "10000"], [], lambda calls: 0),
}


def main():
    with tempfile.TemporaryDirectory() as folder:
        for name in sys.argv[1:] or CASES:
            serve, ask, bound_of = CASES[name]
            server, endpoint = start("--functions", "0", *serve)
            report(name, endpoint, Path(folder), bound_of, *ask)
            server.terminate()


if __name__ == "__main__":
    main()
