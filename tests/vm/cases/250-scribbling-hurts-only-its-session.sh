#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# A process that writes nonsense over its mapped rings spoils its own session, and nothing else.
# guests: 4cpu
# once: rings know nothing of the kernel around them
# shellcheck shell=dash disable=SC1091,SC2154
. /share/lib.sh
. /share/device.sh

load entries=100000 'comm=kc-*'
before=$(status rings_total_bytes)
$DEVICE scribble 8 >"$WORK/scribble" 2>&1 &
scribbler=$!
in_background make_load
tries=500
while [ "$(status sessions)" -ne 2 ]; do
	tries=$((tries - 1))
	[ $tries -gt 0 ] || fail "the scribbler has not begun: $(cat "$WORK/scribble")"
	usleep 10000
done
rounds=0
while [ "$(status sessions)" -eq 2 ]; do
	count 'comm=kc-*' + 'comm=kc-*' way=read -- "$WORK/make" n=53 spread=1 phases=var,cache,page1
	session_has_what_was_made 1
	session_has_what_was_made 2
	rounds=$((rounds + 1))
done
wait $scribbler || fail "$(head -n 20 "$WORK/scribble")"
grep -q '^[0-9]* checks, 0 failed$' "$WORK/scribble" || fail "$(tail -n 3 "$WORK/scribble")"
[ $rounds -gt 1 ] || fail "only $rounds rounds"
stop_background
books_balance
equal 0 "$(status dropped)" "dropped by the log"
log_has_what_was_made
no_session_is_left "$before"
unload
