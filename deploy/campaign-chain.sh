#!/bin/sh
# Alarms against the built care service, with everything going wrong around it: builds first.
# --alarms N, --seed N, --dialect sqlite|postgres|both, --json FILE.
set -eu
cd "$(dirname "$0")/.."
sh deploy/build.sh
exec sh deploy/run.sh tests/campaign/chain.ts "$@"
