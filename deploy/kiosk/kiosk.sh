#!/bin/sh
# Shows the tablet's page on this machine's own display, and watches that it really does. Started by
# the compositor of obhut-kiosk.service, of which it is the only client. It ends as soon as the
# browser ends or hangs: the compositor ends with it, and the unit starts both anew.
set -eu

say() { echo "obhut-kiosk: $*" >&2; }
conf=/etc/obhut/kiosk.conf

url=${OBHUT_KIOSK_URL:-https://127.0.0.1:8884/tablet/}
key=${OBHUT_KIOSK_KEY:-}
look_every_s=${OBHUT_KIOSK_LOOK_S:-15}
answer_within_s=${OBHUT_KIOSK_ANSWER_S:-30}
run=${RUNTIME_DIRECTORY:?is set by obhut-kiosk.service}
profile=${STATE_DIRECTORY:?is set by obhut-kiosk.service}/profile
here=$(cd "$(dirname "$0")" && pwd)
waiting=file://$here/waiting.html
# Of the page until somebody chooses another one at it.
LANGUAGE=${OBHUT_KIOSK_LANGUAGE:-de}
export LANGUAGE

# After a start that showed nothing the next one waits, up to a minute; what has shown the page once
# begins at once.
fruitless=$(cat "$run/fruitless" 2>/dev/null || echo 0)
if [ "$fruitless" -gt 0 ]; then
  pause_s=$((fruitless < 6 ? 1 << fruitless : 60))
  say "start $fruitless showed nothing, the next one in $pause_s s"
  sleep "$pause_s"
fi
echo $((fruitless + 1)) >"$run/fruitless"

if [ -z "$key" ]; then
  say "OBHUT_KIOSK_KEY is missing in $conf. Remedy: write there the hash of the home's key, which" \
    "obhut certificate shows."
  exit 78
fi
browser_file=$(command -v chromium || command -v chromium-browser) || {
  say "there is no Chromium. Remedy: apt-get install chromium"
  exit 69
}
if ! grep -qs memory /sys/fs/cgroup/cgroup.controllers; then
  say "this kernel limits no memory: a browser that grows is only ended first. Remedy: add" \
    "cgroup_enable=memory to the kernel's command line (docs/tablet.md)."
fi

# A profile that a power cut left behind is no profile in use.
mkdir -p "$profile"
rm -f "$profile"/Singleton*
words=$run/words
answers=$run/answers
rm -f "$words" "$answers"
mkfifo -m 600 "$words"
: >"$answers"
# Held open for reading too, so that a browser which is gone blocks nobody.
exec 5<>"$words"

# The browser is asked through a pipe of its own, never through a port: who can reach such a port
# can read the tablet's credential. What it keeps in memory it may lose; only the profile stays.
# OBHUT_KIOSK_FLAGS are several words.
# shellcheck disable=SC2086
"$browser_file" \
  --kiosk --ozone-platform=wayland \
  --user-data-dir="$profile" --disk-cache-dir="$run/cache" --disk-cache-size=16777216 \
  --ignore-certificate-errors-spki-list="$key" --test-type \
  --remote-debugging-pipe \
  --autoplay-policy=no-user-gesture-required --enable-speech-dispatcher \
  --disable-pinch --overscroll-history-navigation=0 --touch-events=enabled \
  --disable-features=Translate,MediaRouter,OptimizationHints \
  --no-first-run --no-default-browser-check --noerrdialogs --hide-crash-restore-bubble \
  --disable-breakpad --disable-extensions --disable-sync --disable-component-update \
  --disable-background-networking --disable-domain-reliability --disable-hang-monitor \
  --disable-background-timer-throttling --disable-renderer-backgrounding \
  --renderer-process-limit=1 --password-store=basic \
  ${OBHUT_KIOSK_FLAGS:-} "$waiting" 3<&5 4>>"$answers" &
browser=$!
trap 'kill "$browser" 2>/dev/null || :' EXIT
trap 'exit 0' TERM INT HUP

nth=0
answer=""
# Asks the browser, and sets $answer; 1 where none came in time. Messages: Chrome DevTools Protocol.
ask() {
  nth=$((nth + 1))
  : >"$answers"
  printf '{"id":%d,%s}\0' "$nth" "$1" >&5
  asked_s=0
  until answer=$(tr '\0' '\n' <"$answers" | grep -a "\"id\":$nth,"); do
    kill -0 "$browser" 2>/dev/null || return 1
    [ "$asked_s" -lt "$answer_within_s" ] || return 1
    asked_s=$((asked_s + 1))
    sleep 1
  done
}

field() { printf '%s' "$answer" | grep -ao "\"$1\":\"[0-9A-F]*\"$2" | head -n 1 | cut -d '"' -f 4; }

session=""
attach() {
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    ask '"method":"Target.getTargets"' || return 1
    target=$(field targetId ',"type":"page"')
    [ -z "$target" ] || break
    sleep 1
  done
  ask "\"method\":\"Target.attachToTarget\",\"params\":{\"targetId\":\"$target\",\"flatten\":true}" ||
    return 1
  session=$(field sessionId "")
  [ -n "$session" ]
}

page() { ask "\"sessionId\":\"$session\",\"method\":\"$1\",\"params\":{$2}"; }
go() { page Page.navigate "\"url\":\"$1\""; }

# Opens the page; where the gateway does not answer and the browser has kept none, the words that say
# so stand there, and look for the gateway themselves.
open_page() {
  go "$1" || return 1
  case $answer in *errorText*) go "$waiting?$url" ;; esac
}

# What stands there after the next frame was drawn. A browser that draws nothing does not answer.
shown="new Promise((done) => requestAnimationFrame(() => done(location.origin + location.pathname\
 + ' ' + document.querySelector('#tablet > *')?.tagName)))"
look() {
  page Runtime.evaluate "\"expression\":\"$shown\",\"awaitPromise\":true" || return 1
  case $answer in
    *"\"value\":\"$url "[A-Z]*) rm -f "$run/fruitless" ;;
    *"waiting.html "*) ;;
    *) open_page "$url" || return 1 ;;
  esac
}

# A pairing that the installer has laid down for this display (docs/tablet.md). The word before the
# "#" makes it another page than the one that stands there, which would only move within itself.
pair() {
  code=$(sed -n 's/^.*#pair=\([A-Za-z0-9_-]*\)$/\1/p' "$run/pair" | head -n 1)
  rm -f "$run/pair"
  [ -z "$code" ] || open_page "$url?pair#pair=$code"
}

attach || { say "the browser did not start"; exit 1; }
open_page "$url" || { say "the browser opens nothing"; exit 1; }
while :; do
  look || { say "the browser ended or hangs"; exit 1; }
  # The second net: should this script itself hang, systemd ends everything.
  [ -z "${NOTIFY_SOCKET:-}" ] || systemd-notify WATCHDOG=1 || :
  slept_s=0
  while [ "$slept_s" -lt "$look_every_s" ]; do
    kill -0 "$browser" 2>/dev/null || { say "the browser ended"; exit 1; }
    [ ! -e "$run/pair" ] || pair || exit 1
    sleep 1
    slept_s=$((slept_s + 1))
  done
done
