#!/bin/sh
# Installs Debian's packages that tests and measurements need, where they are missing: chromium for
# pages, postgresql and mosquitto as peers. Two tests that want one at the same time take turns.
set -eu
missing=""
for package; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' ||
    missing="$missing $package"
done
[ -n "$missing" ] || exit 0
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
  echo "obhut: missing on this machine:$missing. Remedy: apt-get install$missing" >&2
  exit 69
fi
exec 9>"${TMPDIR:-/tmp}/obhut-packages.lock"
flock 9
echo "obhut: installing Debian's$missing (once) ..." >&2
apt-get update -qq >&2
# Debian starts a service with its package unless a policy says no. One word is one package.
# shellcheck disable=SC2086
RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 install -y -qq \
  --no-install-recommends $missing >&2
