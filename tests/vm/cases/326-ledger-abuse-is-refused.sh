#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Wrong calls for ledgers are refused, and harm nobody; ledgers come and go under load.
# guests: 4cpu
# shellcheck shell=dash disable=SC1091,SC2154
. /share/lib.sh
. /share/device.sh
. /share/ledger.sh

load log=0
before=$(status rings_total_bytes)
in_background make_load
$DEVICE abuse-ledger >"$WORK/abuse" 2>&1 || fail "abuse-ledger: $(head -n 20 "$WORK/abuse")"
grep -q '^[0-9]* checks, 0 failed$' "$WORK/abuse" || fail "abuse-ledger: $(tail -n 3 "$WORK/abuse")"
no_session_is_left "$before"
round=0
while [ $round -lt 4 ]; do
	count ledger=300 pages=300 rings=0 peek=1 stacks=64 + ledger=0 rings=0 peek=1 -- ls -lR /sys/kernel/mm
	round=$((round + 1))
done
stop_background
no_session_is_left "$before"
unload
