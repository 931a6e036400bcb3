#!/usr/bin/env bash
# What it takes to judge accounts with many identities: `benches/identities.sh [KIND NUMBER]`, by default the kinds and sizes
# whose figures stand in docs/running.md. Nothing but the judgement is measured.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo build --quiet --release -p palisade-checks --example identities
run() { "${CARGO_TARGET_DIR:-target}/release/examples/identities" "$@"; }
if [ $# -gt 0 ]; then
    run "$@"
    exit
fi
for number in 60 120 250; do run wide "$number"; done
run wide-copies 250
for number in 500 1000 2000 4000; do run thirds "$number"; done
run sets 10000
