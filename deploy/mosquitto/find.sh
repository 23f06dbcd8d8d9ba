#!/bin/sh
# Prints where mosquitto is, for tests and measurements. Installs Debian's package where there is
# none; its service is not started.
set -eu
PATH="$PATH:/usr/sbin"
if ! command -v mosquitto >/dev/null 2>&1; then
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
    echo "obhut: mosquitto is missing. Remedy: apt-get install mosquitto" >&2
    exit 69
  fi
  echo "obhut: installing Debian's mosquitto (once) ..." >&2
  apt-get update >&2
  # Debian starts a service with its package unless a policy says no.
  RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends mosquitto >&2
fi
command -v mosquitto
