#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Wrong calls, options, mappings, buffers and users of the device are refused, and harm nobody.
# guests: 4cpu
# shellcheck shell=dash disable=SC1091,SC2154
. /share/lib.sh
. /share/device.sh

load entries=2000
before=$(status rings_total_bytes)
in_background make_load
for what in abuse-calls abuse-options abuse-mmap abuse-process abuse-read rights; do
	$DEVICE $what >"$WORK/abuse" 2>&1 || fail "$what: $(head -n 20 "$WORK/abuse")"
	grep -q '^[0-9]* checks, 0 failed$' "$WORK/abuse" || fail "$what: $(tail -n 3 "$WORK/abuse")"
	no_session_is_left "$before"
done
stop_background
books_balance
kcount n=11 phases=cache
log_has_what_was_made
unload
