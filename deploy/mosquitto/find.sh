#!/bin/sh
# Prints where mosquitto is, for tests and measurements. Installs Debian's package where there is
# none; its service is not started.
set -eu
PATH="$PATH:/usr/sbin"
command -v mosquitto >/dev/null 2>&1 || sh "$(dirname "$0")/../packages.sh" mosquitto
command -v mosquitto
