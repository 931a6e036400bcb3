"""Refreshes the tables of checks/src/facts/tables, each from a package or page that AWS or others keep.

    python refresh.py TABLE [PAGE]

The day of a table becomes today. What changed is for `git diff` to show, and for you to judge. The tables:
"""

import json
import re
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from datetime import date
from pathlib import Path

from botocore.endpoint_provider import EndpointProvider
from botocore.session import Session

TABLES = Path(__file__).parents[2] / "model" / "src" / "tables"
# Pinned: the same command gives the same table. Raise them to look for what is new.
CFN_LINT = "cfn-lint==1.58.0"
CDK = "aws-cdk-lib@2.276.0"


def read(name):
    lines = (TABLES / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    head = [line for line in lines if line.startswith("#")]
    return head, [line.split("\t") for line in lines if not line.startswith("#")]


def write(name, rows):
    head, _ = read(name)
    head = [f"# as of: {date.today()}" if line.startswith("# as of: ") else line for line in head]
    lines = head + ["\t".join(row) for row in rows]
    (TABLES / f"{name}.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def runtimes(_):
    """Names from botocore's model of Lambda and from cfn-lint, dates from cfn-lint. A date that only the table has stays."""
    known = dict(read("runtimes")[1])
    names = Session().get_service_model("lambda").shape_for("Runtime").enum
    with tempfile.TemporaryDirectory() as folder:
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
        subprocess.run([*pip, "--dest", folder, CFN_LINT], check=True)
        with zipfile.ZipFile(next(Path(folder).glob("*.whl"))) as wheel:
            lifecycle = json.loads(wheel.read("cfnlint/data/AdditionalSpecs/LmbdRuntimeLifecycle.json"))
    dates = {name: entry["deprecated"] for name, entry in lifecycle.items()}
    rows = {name: "-" for name in names} | known | {name: day for name, day in dates.items() if day}
    write("runtimes", sorted(rows.items()))


def partitions(_):
    """Domains and patterns from botocore's partitions.json, the Region that signs from its endpoint rules of IAM."""
    data = Session().get_component("data_loader").load_data("partitions")
    rules = Session().get_component("data_loader").load_service_model("iam", "endpoint-rule-set-1")
    provider = EndpointProvider(rules, data)
    rows = []
    for partition in sorted(data["partitions"], key=lambda one: one["id"]):
        outputs = partition["outputs"]
        region = outputs["implicitGlobalRegion"]
        endpoint = provider.resolve_endpoint(Region=region, UseDualStack=False, UseFIPS=False)
        [scheme] = endpoint.properties["authSchemes"]
        # ^(us|eu)\-\w+\-\d+$ and ^us\-gov\-\w+\-\d+$: what stands before the direction.
        pattern = partition["regionRegex"].removesuffix("\\w+\\-\\d+$").removeprefix("^").replace("\\", "")
        found = re.fullmatch(r"(.*)\(([^)]+)\)(.*)", pattern)
        prefixes = [found[1] + one + found[3] for one in found[2].split("|")] if found else [pattern]
        domains = [outputs["dnsSuffix"], outputs["dualStackDnsSuffix"]]
        rows.append([partition["id"], *domains, scheme["signingRegion"], ",".join(prefixes)])
    write("partitions", rows)


def regions(_):
    """Names from botocore's partitions.json. Which are opted into it does not say: one that is new in the commercial
    partition is taken for such a one, as all have been since 2019."""
    known = {name: opt for name, _, opt in read("regions")[1]}
    data = Session().get_component("data_loader").load_data("partitions")
    rows = [
        [name, partition["id"], known.get(name, "opt-in" if partition["id"] == "aws" else "by default")]
        for partition in data["partitions"]
        for name in partition["regions"]
        if not name.endswith("-global")
    ]
    write("regions", sorted(rows))


def eks_registries(page):
    """Accounts from a copy of the page, of whatever form: no package has them."""
    text = Path(page).read_text(encoding="utf-8")
    accounts = set(re.findall(r"\b(\d{12})\.dkr\.ecr\.", text))
    if len(accounts) < 10:
        sys.exit(f"{page} names {len(accounts)} registries: it is another page")
    write("eks-registries", [[account] for account in sorted(accounts)])


# Layers that the CDK's region-info names, and their publishers.
LAYERS = {
    "AWS-AppConfig-Extension": "AWS AppConfig extension",
    "AWS-Parameters-and-Secrets-Lambda-Extension": "AWS Parameters and Secrets extension",
    "LambdaInsightsExtension": "AWS Lambda Insights",
    "aws-otel-": "AWS Distro for OpenTelemetry",
}


def layer_publishers(_):
    """AWS's own accounts from the CDK's region-info, added to those known. The others' stand on their own pages, which the
    table names beside them."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["npm", "pack", "--silent", "--pack-destination", folder, CDK], check=True, stdout=subprocess.DEVNULL)
        with tarfile.open(next(Path(folder).glob("*.tgz"))) as archive:
            text = archive.extractfile("package/region-info/lib/built-ins.generated.js").read().decode()
    found = re.findall(r":lambda:[a-z0-9-]+:(\d{12}):layer:([\w-]+)", text)
    rows = []
    for name, source, accounts in read("layer-publishers")[1]:
        named = {
            account
            for account, layer in found
            for start, publisher in LAYERS.items()
            if layer.startswith(start) and publisher == name
        }
        rows.append([name, source, ",".join(sorted(named | set(accounts.split(","))))])
    write("layer-publishers", rows)


COMMANDS = {
    "eks-registries": eks_registries,
    "layer-publishers": layer_publishers,
    "partitions": partitions,
    "regions": regions,
    "runtimes": runtimes,
}


def main(arguments):
    if not arguments or arguments[0] not in COMMANDS or (arguments[0] == "eks-registries") != (len(arguments) == 2):
        print(__doc__, file=sys.stderr)
        for name, command in COMMANDS.items():
            print(f"  {name}: {' '.join(command.__doc__.split())}", file=sys.stderr)
        return 2
    COMMANDS[arguments[0]](arguments[-1])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
