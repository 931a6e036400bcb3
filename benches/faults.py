#!/usr/bin/env python3
"""Measures what passing faults cost: the same account collected side by side, undisturbed and with 5 % of all calls failing
by a server error, a reset connection or a throttle. The reports must be equal.

    cargo build --release -p palisade -p palisade-simulator
    python3 benches/faults.py [FUNCTIONS]    1000 when none are named; they take a minute and a half
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TARGET = Path(os.environ.get("CARGO_TARGET_DIR", Path(__file__).parent.parent / "target")) / os.environ.get("PROFILE", "release")
LATENCY_MS = 40
PER_MILLE = 50
MOST = 1.25


def environment(endpoint):
    return {
        "PATH": os.environ["PATH"],
        "HOME": tempfile.gettempdir(),
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "AKIABENCHBENCHBENCH1",
        "AWS_SECRET_ACCESS_KEY": "bench",
        "AWS_REGION": "us-east-1",
    }


def start(functions, per_mille):
    arguments = ["--functions", str(functions), "--limits", "--latency-ms", str(LATENCY_MS), "--random", str(per_mille)]
    server = subprocess.Popen([TARGET / "palisade-simulator", *arguments], stdout=subprocess.PIPE, text=True)
    return server, server.stdout.readline().strip()


def collect(endpoint, inventory):
    arguments = ["collect", "--region", "us-east-1", "--quiet", "--output", inventory]
    return subprocess.Popen([TARGET / "palisade", *arguments], env=environment(endpoint))


def judged(inventory, folder):
    """The report without what differs from run to run."""
    file = folder / "report.json"
    audit = [TARGET / "palisade", "audit", "--from", inventory, "--include", "pass,not-applicable", "--quiet", "--output", file]
    subprocess.run(audit, env=environment(""), check=False)
    report = json.loads(file.read_text())
    file.unlink()
    calls = report.pop("calls")
    report.pop("collected_at")
    return report, calls


def main():
    functions = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        runs = []
        for per_mille in (0, PER_MILLE):
            server, endpoint = start(functions, per_mille)
            inventory = folder / f"{per_mille}.json"
            runs.append((server, inventory, collect(endpoint, inventory), time.monotonic()))
        walls, left = {}, list(runs)
        while left:
            for run in list(left):
                if run[2].poll() is not None:
                    walls[run[1]] = time.monotonic() - run[3]
                    left.remove(run)
            time.sleep(0.05)
        for server, *_ in runs:
            server.terminate()
        (calm, calm_calls), (rough, rough_calls) = (judged(run[1], folder) for run in runs)
    calm_wall, rough_wall = (walls[run[1]] for run in runs)
    print(f"{functions} functions, limits as documented, {LATENCY_MS} ms latency, {PER_MILLE / 10} % of calls failing in passing")
    print(f"  undisturbed  {calm_wall:.1f} s, {calm_calls['total']} calls, {calm_calls['throttled']} throttled, {len(calm['gaps'])} gaps")
    print(f"  disturbed    {rough_wall:.1f} s, {rough_calls['total']} calls, {rough_calls['throttled']} throttled, {len(rough['gaps'])} gaps")
    print(f"  ratio        {rough_wall / calm_wall:.3f} (at most {MOST})")
    print(f"  reports      {'equal' if calm == rough else 'DIFFERENT'}")
    sys.exit(0 if calm == rough and rough_wall <= MOST * calm_wall else 1)


if __name__ == "__main__":
    main()
