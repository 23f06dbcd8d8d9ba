#!/bin/sh
# The compiler as a fence: the whole tree, the pure core in a world without Node or DOM, the pages.
set -eu
cd "$(dirname "$0")/.."
sh deploy/run.sh node_modules/typescript/bin/tsc -p tsconfig.json
sh deploy/run.sh node_modules/typescript/bin/tsc -p rules/tsconfig.json
sh deploy/run.sh node_modules/typescript/bin/tsc -p web/tsconfig.json
