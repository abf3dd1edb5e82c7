#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# 200 loads and unloads under load leave nothing behind.
# guests: 4cpu
# shellcheck shell=dash disable=SC1091,SC2154
. /share/lib.sh

available()
{
	awk '$1 == "MemAvailable:" { print $2 }' /proc/meminfo
}

# cycle TIMES: with each source
cycle()
{
	i=0
	while [ $i -lt "$1" ]; do
		for source in tracepoint kprobe; do
			load source=$source
			head -n 1 "$LOG" >/dev/null
			unload
		done
		i=$((i + 1))
	done
}

before=$(available)
# Without a pause the emulated CPUs wait for each other most of the time: most rounds have one.
in_background make_load 50000
cycle 97
in_background make_load
cycle 3
stop_background
# One ring that stays each time would be 200 MiB and more.
lost=$((before - $(available)))
[ $lost -lt 16384 ] || fail "$lost KiB are gone after 200 loads"
