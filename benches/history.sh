#!/usr/bin/env bash
# How long a run of a hundred thousand findings takes to record in a history, and how large the file grows. The figures stand
# in docs/history.md. The reports are made up: nothing but the history is measured.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo test --quiet --release -p palisade-history --lib -- --ignored --nocapture a_hundred_thousand_findings
