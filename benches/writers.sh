#!/usr/bin/env bash
# How fast reports are written, and what memory that takes: `benches/writers.sh [FINDINGS] [FORMAT ...]`.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo run --quiet --release -p palisade-report --example writers -- "$@"
