#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Unloading during open reads ends them and harms nobody.
# guests: 4cpu
# slow: 10 seconds of reading
# shellcheck shell=dash disable=SC1091,SC2154
. /share/lib.sh

# Keeps the log open, reading on in small steps, until reading fails or the log is at its end.
read_slowly()
{
	while :; do
		while head -c 1000 | grep -q .; do
			usleep 1000
		done <"$LOG"
	done 2>/dev/null
}

for source in tracepoint kprobe tracepoint kprobe tracepoint kprobe tracepoint kprobe; do
	load source=$source
	in_background read_slowly
	in_background read_for_ever 65536
	in_background make_load
	exec 3<"$LOG" 4<"$STATUS"
	head -c 500 <&3 >/dev/null
	usleep 200000
	if ! rmmod mem_monitor 2>"$WORK/error"; then
		grep -q "temporarily unavailable\|busy" "$WORK/error" || fail "$(cat "$WORK/error")"
		stop_background
		exec 3<&- 4<&-
		rmmod mem_monitor || fail "still in use after the last reader"
	fi
	! head -c 10 <&3 2>/dev/null | grep -q . || fail "a file of an unloaded module is readable"
	exec 3<&- 4<&-
	nothing_is_left
	stop_background
done
