#!/usr/bin/env bash
# py-ocsf-models 0.10.0 reads a valid OCSF 1.3.0 Compliance Finding with the cloud profile, and loses its cloud.
#
# With `metadata.profiles: [cloud]` the class has the attribute `cloud`, which the schema requires, and its object `compliance` has
# the caption `status` beside `status_id`. The model ComplianceFinding takes both without a word, and writes neither: what went
# through it no longer says which account and Region a finding is about, unless a resource repeats them. palisade's events
# are held against the schema itself for that reason, and name account and Region in the resource's ARN too.
# https://schema.ocsf.io/1.3.0/classes/compliance_finding?profiles=cloud
#
# Seen: py-ocsf-models 0.10.0, on 2026-11-30. Output: `False ['control', 'standards', 'status_id']`.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check py-ocsf-models==0.10.0
"$folder/venv/bin/python" - <<'PYTHON'
import json

from py_ocsf_models.events.findings.compliance_finding import ComplianceFinding

event = {
    "activity_id": 1, "category_uid": 2, "class_uid": 2003, "type_uid": 200301, "severity_id": 4, "time": 1795943003592,
    "metadata": {
        "version": "1.3.0",
        "product": {"name": "Example", "vendor_name": "Example", "version": "1"},
        "profiles": ["cloud"],
    },
    "finding_info": {"uid": "a1", "title": "Example"},
    "compliance": {"control": "EX-1", "standards": ["Example"], "status_id": 3, "status": "Fail"},
    "cloud": {"provider": "AWS", "account": {"uid": "111122223333"}, "region": "eu-west-1"},
    "status_id": 1,
}
written = json.loads(ComplianceFinding(**event).model_dump_json(exclude_none=True))
print("cloud" in written, sorted(written["compliance"]))
assert "cloud" not in written, "the cloud is kept now"
assert "status" not in written["compliance"], "the caption is kept now"
PYTHON
