#!/usr/bin/env python3
"""Measures a release build against the simulated account: calls, wall time against the rate limit's bound, peak memory.

    cargo build --release -p palisade -p palisade-simulator
    python3 benches/audit.py [--lanes 2] [FUNCTIONS ...]    1000 and 10000 when none are named; 10000 take 12 minutes
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TARGET = Path(os.environ.get("CARGO_TARGET_DIR", Path(__file__).parent.parent / "target")) / os.environ.get("PROFILE", "release")
SHARE = 0.9
POLICIES_A_SECOND = 15
LATENCY_MS = 40


def start(*arguments):
    server = subprocess.Popen([TARGET / "palisade-simulator", *arguments], stdout=subprocess.PIPE, text=True)
    return server, server.stdout.readline().strip()


def run(endpoint, *arguments):
    """Runs palisade; gives its exit code, wall seconds and peak memory in MB."""
    environment = {
        "PATH": os.environ["PATH"],
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "AKIABENCHBENCHBENCH1",
        "AWS_SECRET_ACCESS_KEY": "bench",
        "AWS_REGION": "us-east-1",
    }
    began = time.monotonic()
    child = subprocess.Popen([TARGET / "palisade", *arguments], env=environment, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    return os.waitstatus_to_exitcode(status), time.monotonic() - began, usage.ru_maxrss / 1024


def measure(functions, lanes, folder):
    report_file, inventory = folder / "report.json", folder / "inventory.json"
    server, endpoint = start("--functions", str(functions), "--limits", "--latency-ms", str(LATENCY_MS))
    lane = ["--policy-lanes", str(lanes)]
    code, wall, memory = run(endpoint, "collect", "--region", "us-east-1", *lane, "--output", inventory)
    server.terminate()
    run(endpoint, "audit", "--from", inventory, "--format", "json", "--output", report_file)
    report = json.loads(report_file.read_text())
    bound = functions / (POLICIES_A_SECOND * SHARE * lanes)
    calls = report["calls"]
    of_lambda = sum(count for action, count in calls["by_action"].items() if action.startswith("lambda:"))
    print(f"{functions} functions, {functions // 2} roles, {lanes} lanes, limits as documented, {LATENCY_MS} ms latency (exit code {code})")
    print(f"  calls      {calls['total']}, of them to Lambda {of_lambda}: {of_lambda / functions:.3f} a function")
    print(f"  throttled  {calls['throttled']}")
    print(f"  failed     {len(report['gaps'])} reads")
    print(f"  wall       {wall:.1f} s, {wall / bound:.3f} of the bound of {bound:.1f} s")
    print(f"  memory     {memory:.0f} MB at the peak")

    # What was collected is judged again, without AWS.
    _, wall, memory = run(endpoint, "audit", "--from", inventory, "--format", "json", "--output", report_file)
    print(f"  judging    {functions / wall:.0f} functions a second, reading the inventory and writing JSON included; {memory:.0f} MB")


def main():
    arguments = sys.argv[1:]
    lanes = 2 if arguments[:2] == ["--lanes", "2"] else 1
    sizes = [int(argument) for argument in arguments if argument.isdigit() and argument != "2"] or [1000, 10000]
    with tempfile.TemporaryDirectory() as folder:
        for functions in sizes:
            measure(functions, lanes, Path(folder))


if __name__ == "__main__":
    main()
