#!/bin/sh
# Measures how many homes the built care service bears. --homes N,N, --full, --broker, --quick,
# --json FILE.
set -eu
cd "$(dirname "$0")/.."
# The most that the kernel allows; each home is one descriptor here and one there.
# Not in POSIX, but in every shell that Debian has as sh.
# shellcheck disable=SC3045
ulimit -n "$(ulimit -Hn)"
sh deploy/build.sh
exec sh deploy/run.sh tests/bench/care.ts "$@"
