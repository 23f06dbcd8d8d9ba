#!/bin/sh
# Measures the form that runs in a home: builds first, then prints every figure. --json FILE, --quick,
# --alarms N (for each idle round).
set -eu
cd "$(dirname "$0")/.."
sh deploy/build.sh
exec sh deploy/run.sh tests/bench/main.ts "$@"
