#!/bin/sh
# What is cheap to look at comes first: format, lint and import order, then the house's own rules.
set -eu
cd "$(dirname "$0")/.."
sh deploy/run.sh node_modules/@biomejs/biome/bin/biome check .
sh deploy/run.sh node_modules/vitest/vitest.mjs run tests/house.test.ts
