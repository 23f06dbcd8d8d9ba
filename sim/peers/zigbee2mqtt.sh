#!/bin/sh
# Checks the virtual home against another public gateway: zigbee2mqtt, unmodified, in a temporary
# directory of its own. Installs it there, pairs every device, and expects a press, a door and a
# plug that switches. Takes a minute or two and needs an npm registry.
# Usage: npm run peer [-- VERSION]
set -eu
version=${1:-2.14.1}
root=$(cd "$(dirname "$0")/../.." && pwd)
place=$(mktemp -d "${TMPDIR:-/tmp}/obhut-zigbee2mqtt.XXXXXX")
trap 'rm -rf "$place"' EXIT
trap 'exit 130' INT TERM

# The first start installs our own parts, and the peer is installed with the Node it will run on.
sh "$root/deploy/run.sh" --version >/dev/null
printf '{"private": true}\n' >"$place/package.json"
echo "installing zigbee2mqtt $version ..."
(cd "$place" && PATH="$root/node_modules/.bin:$PATH" npm install --ignore-scripts --no-audit \
  --no-fund --loglevel=error "zigbee2mqtt@$version")
sh "$root/deploy/run.sh" sim/peers/zigbee2mqtt.ts "$place"
