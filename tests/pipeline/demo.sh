#!/bin/bash
# demo - the demo of contrib/quickstart, unattended: mentions, an angry customer taken in hand,
# her crusade from two accounts, and her words in another mouth, which ring no second bell.
command -v python3 >/dev/null || { echo "no python3"; exit 77; }
work=$(mktemp -d) || exit 99
failed=0 config='' irate=''
log=$work/output

fail() { echo "FAILED: $*"; failed=1; }

cleanup() {
    [ -z "$quickstart" ] || { kill "$quickstart" 2>/dev/null; wait "$quickstart" 2>/dev/null; }
    [ $failed -eq 0 ] || { cat "$log"; cat "$work"/tocsin-demo.*/*.log 2>/dev/null; }
    rm -rf "$work"
}
trap cleanup EXIT

tocsin() { TOCSIN_BUILD=$TOCSIN_BUILDDIR "$TOCSIN_SRCDIR/contrib/tocsin" -c "$config" "$@"; }
count() { tocsin "$@" --format jsonl 2>/dev/null | grep -c . ; }
list() { tocsin alert list --all --format jsonl 2>/dev/null; }

# Waits until the words after the deadline in seconds succeed.
until_true() {
    local deadline=$((SECONDS + $1)); shift
    until "$@"; do
        [ $SECONDS -lt $deadline ] || return 1
        sleep 0.3
    done
}

has_irate() { irate=$(list | sed -n 's/.*"id":"\([0-9]*\)".*"level":"irate".*/\1/p' | head -1); [ -n "$irate" ]; }
has_crusade() { list | grep -q '"level":"crusade"'; }
has_all() { [ "$(count mention list --all)" -ge 10 ]; }
has_ended() { ! kill -0 "$quickstart" 2>/dev/null; }

TMPDIR=$work TOCSIN_DEMO_KEEP=1 TOCSIN_BUILD=$TOCSIN_BUILDDIR \
    "$TOCSIN_SRCDIR/contrib/quickstart" --no-build --speed 2 --seconds 120 >"$log" 2>&1 &
quickstart=$!
until_true 20 eval 'config=$(ls "$work"/tocsin-demo.*/tocsin.yaml 2>/dev/null)' || fail "did not start"

if until_true 60 has_irate; then
    tocsin alert ack "$irate" --by tester || fail "not acknowledged"
    tocsin alert show "$irate" | grep -q 'tester: acknowledged' || fail "the history forgot who took it"
else
    fail "nobody was irate"
fi
until_true 60 has_crusade || fail "no crusade"
until_true 60 has_all || fail "mentions: $(count mention list --all), not 10"
[ "$(list | grep -c '"level":"\(irate\|crusade\)"')" -eq 1 ] || fail "more than one bell: $(list)"
tocsin person show vera_k | grep -q 'Vera Kowal' || fail "two accounts were not joined"

kill -TERM "$quickstart"
until_true 20 has_ended || fail "did not end when told"
grep -q 'Nobody is listening now' "$log" || fail "did not say that nobody is listening"
grep -q 'tocsin preview' "$log" || fail "no preview"
exit $failed
