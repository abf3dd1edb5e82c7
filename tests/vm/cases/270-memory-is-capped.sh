#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# All sessions together take no more memory than rings_max_mib, and who is refused leaves nothing.
# guests: 1cpu
# shellcheck shell=dash disable=SC1091,SC2154
. /share/lib.sh
. /share/device.sh

load log=0 rings_max_mib=16
equal 16777216 "$(status rings_max_bytes)" "rings_max_bytes"
$DEVICE memory 1048576 >"$WORK/memory" 2>&1 || fail "$(cat "$WORK/memory")"
# Each ring has one page more.
equal $((16777216 / ($(nproc) * (1048576 + 4096)))) "$(awk '$1 == "sessions" { print $2 }' "$WORK/memory")" sessions
equal 128 "$(awk '$1 == "descriptors" { print $2 }' "$WORK/memory")" descriptors
no_session_is_left 0
! $DEVICE count ring=33554432 -- true >/dev/null 2>"$WORK/error" || fail "32 MiB were given"
grep -q 'No buffer space' "$WORK/error" || fail "$(cat "$WORK/error")"
no_session_is_left 0
count + + + -- "$WORK/make" n=101 phases=var
for session in 1 2 3 4; do
	session_has_what_was_made $session
done
no_session_is_left 0
unload
