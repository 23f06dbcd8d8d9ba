#!/bin/sh
# Compiles what runs on the Pi and on the care server to dist/: plain JavaScript, nothing else needed.
set -eu
cd "$(dirname "$0")/.."
rm -rf dist
sh deploy/run.sh node_modules/typescript/bin/tsc -p deploy/tsconfig.build.json
cp flows/flows.json dist/flows/
sh deploy/pages.sh
