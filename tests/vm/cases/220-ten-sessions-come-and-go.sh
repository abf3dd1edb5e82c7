#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Sessions of all kinds, opened and killed at any moment under load, leave nothing behind.
# guests: 4cpu turns
# shellcheck shell=dash disable=SC1091,SC2154
. /share/lib.sh
. /share/device.sh

kcount_for_ever()
{
	while :; do
		modprobe kcount n=53 spread=1 phases=task,seq
		rmmod kcount
	done
}

# crowd SECONDS SOURCE...
crowd()
{
	seconds=$1
	shift
	$DEVICE crowd "$seconds" 10 "$@" >"$WORK/crowd" 2>&1 || fail "$(cat "$WORK/crowd")"
	for key in opened ended_well records killed; do
		[ "$(awk -v key=$key '$1 == key { print $2 }' "$WORK/crowd")" -gt 5 ] ||
			fail "too few for a crowd: $(cat "$WORK/crowd")"
	done
}

# stop_kcount: of kcount_for_ever, which may leave it loaded
stop_kcount()
{
	stop_background
	while grep -q '^kcount ' /proc/modules; do
		rmmod kcount 2>/dev/null || usleep 100000
	done
}

mkdir -p /tmp/cgroup2
mount -t cgroup2 none /tmp/cgroup2
# With the log on the tracepoints stay attached, so that no code is patched: CPUs in parallel can do that.
# Without it, and with kprobes, all the time: that is for CPUs that take turns, see 060.
if [ "$(nproc)" -gt 2 ]; then
	load entries=2000
	before=$(status rings_total_bytes)
	in_background make_load
	in_background kcount_for_ever
	in_background read_for_ever 4096
	in_background read_for_ever 7
	crowd 10 tracepoint
	no_session_is_left "$before"
	books_balance
	stop_kcount
	readers_saw_whole_lines 4096
	books_balance
	equal 0 "$(status dropped)" "dropped"
	kcount n=11 phases=cache
	log_has_what_was_made
else
	load log=0
	in_background make_load
	in_background kcount_for_ever
	crowd 14 tracepoint kprobe
	no_session_is_left 0
	! grep '^probe\.' "$STATUS" | grep -v ' off$' || fail "a probe is not off"
	[ ! -s "$KPROBES" ] || fail "$(cat "$KPROBES")"
	stop_kcount
	count 'comm=kc-*' -- "$WORK/make" n=11 spread=1
	session_has_what_was_made 1
fi
umount /tmp/cgroup2
unload
