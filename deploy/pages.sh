#!/bin/sh
# Builds the pages that run in browsers to dist/web/. Does nothing while they are newer than their
# sources, so that tests and the demo may ask for them each time; who asks meanwhile waits.
set -eu
cd "$(dirname "$0")/.."
if command -v flock >/dev/null 2>&1; then
  exec 9>.pages-lock
  flock 9
fi
stamp=dist/web/.built
newer=$([ -e "$stamp" ] && find web protocol deploy/pages.config.js deploy/pack.js package-lock.json -newer "$stamp" -type f || echo all)
[ -n "$newer" ] || exit 0
for index in web/*/index.html; do
  page=$(basename "$(dirname "$index")")
  OBHUT_PAGE=$page sh deploy/run.sh node_modules/vite/bin/vite.js build --config deploy/pages.config.js
done
if [ -d dist/web/tablet ]; then sh deploy/run.sh deploy/pack.js dist/web/tablet; fi
touch "$stamp"
