#!/bin/sh
# Checks the virtual home against another public gateway: zigbee2mqtt, unmodified, in a temporary
# directory of its own. Installs it there, pairs every device, and expects a press, a door and a
# plug that switches. Takes a minute or two and needs an npm registry.
# Usage: sim/peers/zigbee2mqtt.sh [VERSION]
set -eu
version=${1:-2.14.1}
root=$(cd "$(dirname "$0")/../.." && pwd)
place=$(mktemp -d "${TMPDIR:-/tmp}/obhut-zigbee2mqtt.XXXXXX")
trap 'rm -rf "$place"' EXIT
trap 'exit 130' INT TERM

export PATH="$root/node_modules/.bin:$PATH"
printf '{"private": true}\n' >"$place/package.json"
echo "installing zigbee2mqtt $version ..."
(cd "$place" && npm install --ignore-scripts --no-audit --no-fund --loglevel=error \
  "zigbee2mqtt@$version")
cd "$root"
node sim/peers/zigbee2mqtt.ts "$place"
