#!/bin/sh
# Measures the resident's page with the form that runs in a home. --json FILE, --quick, --presses N.
set -eu
cd "$(dirname "$0")/.."
sh deploy/build.sh
sh deploy/pages.sh
exec sh deploy/run.sh tests/bench/tablet.ts "$@"
