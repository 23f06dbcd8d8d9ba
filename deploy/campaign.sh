#!/bin/sh
# kill -9 of the form that runs in a home: builds first. --kills N, --seed N, --json FILE.
set -eu
cd "$(dirname "$0")/.."
sh deploy/build.sh
exec sh deploy/run.sh tests/campaign/kill.ts "$@"
