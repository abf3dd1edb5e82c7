#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# 200 loads and unloads under load leave nothing behind, and 40 with two CPUs.
# guests: 1cpu turns
# slow: a minute of loading and unloading
# shellcheck shell=dash disable=SC1091,SC2154
. /share/lib.sh

available()
{
	awk '$1 == "MemAvailable:" { print $2 }' /proc/meminfo
}

# Not with CPUs in parallel: QEMU without KVM now and then executes a breakpoint that the kernel has taken
# out again, if another CPU patches its code as often as here ("Oops: int3", in the midst of some traced
# function). Two CPUs that take turns are slow: fewer rounds there.
rounds=100
[ "$(nproc)" -eq 1 ] || rounds=20
before=$(available)
in_background make_load
i=0
while [ $i -lt $rounds ]; do
	for source in tracepoint kprobe; do
		load source=$source
		head -n 1 "$LOG" >/dev/null
		unload
	done
	i=$((i + 1))
done
stop_background
# One ring that stays each time would be 400 MiB.
lost=$((before - $(available)))
[ $lost -lt 16384 ] || fail "$lost KiB are gone after $((2 * rounds)) loads"
