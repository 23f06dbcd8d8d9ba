#!/bin/sh
# A PostgreSQL of its own for tests and measurements, on 127.0.0.1 and a free port, with the disk
# synchronised as in production. Installs Debian's package where there is none.
#   start FOLDER   makes a cluster in FOLDER (made anew), prints its URL
#   stop FOLDER    stops it and removes FOLDER
#   serve FOLDER   start, then stop when standard input ends: whoever is killed leaves nothing behind
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
what=${1:-}
folder=${2:-}
case "$what" in start | stop | serve) ;; *) folder= ;; esac
if [ -z "$folder" ]; then
  echo "Usage: sh deploy/postgres.sh start|stop|serve FOLDER" >&2
  exit 64
fi

newest() { find /usr/lib/postgresql -path '*/bin/initdb' 2>/dev/null | sort -V | tail -1; }

find_programs() {
  initdb=$(newest)
  if [ -z "$initdb" ]; then
    sh "$root/deploy/packages.sh" postgresql
    initdb=$(newest)
  fi
  bin=$(dirname "$initdb")
}

# PostgreSQL refuses to run as root.
as_postgres() {
  if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi
}

free_port() {
  sh "$root/deploy/run.sh" -e '
    const server = require("node:net").createServer();
    server.listen(0, "127.0.0.1", () => { console.log(server.address().port); server.close(); });'
}

start() {
  mkdir -p "$folder"
  password=$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')
  (umask 077 && printf '%s\n' "$password" >"$folder/password")
  if [ "$(id -u)" = 0 ]; then chown -R postgres "$folder"; fi
  as_postgres "$bin/initdb" -D "$folder/data" -U obhut -A scram-sha-256 -E UTF8 --locale=C \
    --pwfile="$folder/password" >"$folder/initdb.log"
  attempt=0
  # Another program may take the port between the question and the start.
  until port=$(free_port) && as_postgres "$bin/pg_ctl" -D "$folder/data" -w -t 60 \
    -l "$folder/data/server.log" -o "-h 127.0.0.1 -p $port -k '$folder/data'" start >&2; do
    attempt=$((attempt + 1))
    if [ "$attempt" -ge 3 ]; then
      tail -20 "$folder/data/server.log" >&2
      exit 75
    fi
  done
  printf 'postgres://obhut:%s@127.0.0.1:%s/postgres\n' "$password" "$port"
}

stop() {
  as_postgres "$bin/pg_ctl" -D "$folder/data" -m immediate -w stop >&2 || true
  rm -rf "$folder"
}

find_programs
case "$what" in
start) start ;;
stop) stop ;;
serve)
  # The terminal's interrupt reaches this shell too; the end of standard input decides.
  trap '' INT TERM HUP
  start
  cat >/dev/null
  stop
  ;;
esac
