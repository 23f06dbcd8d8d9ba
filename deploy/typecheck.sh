#!/bin/sh
# The compiler as a fence: the whole tree, then the pure core in a world without Node or DOM.
set -eu
cd "$(dirname "$0")/.."
sh deploy/run.sh node_modules/typescript/bin/tsc -p tsconfig.json
sh deploy/run.sh node_modules/typescript/bin/tsc -p rules/tsconfig.json
