#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Wrong calls for totals are refused. Sessions with every choice of sinks come and go under load, while intervals are ended; all books balance.
# guests: 4cpu
# slow: half a minute of load
# shellcheck shell=dash disable=SC1091,SC2154
. /share/lib.sh
. /share/device.sh

load log=0
before=$(status rings_total_bytes)
in_background make_load
$DEVICE abuse-totals >"$WORK/abuse" 2>&1 || fail "abuse-totals: $(head -n 20 "$WORK/abuse")"
grep -q '^[0-9]* checks, 0 failed$' "$WORK/abuse" || fail "abuse-totals: $(tail -n 3 "$WORK/abuse")"
round=0
while [ $round -lt 3 ]; do
	count totals=site,cache turn=1 rings=0 + totals=process,cgroup,size rings=0 places=64 turn=1 -- ls -lR /sys/kernel/mm
	count totals=stack stacks=512 rings=0 turn=1 -- ls -lR /sys/kernel/mm
	count totals=site,order ledger=20000 peek=1 rings=0 turn=1 + ledger=0 rings=0 peek=1 + way=none + \
		totals=context,node way=none bytes=64 turn=1 -- ls -lR /sys/kernel/mm
	round=$((round + 1))
done
stop_background
no_session_is_left "$before"
equal 0 "$(status totals_bytes)" "bytes of all totals"
unload
