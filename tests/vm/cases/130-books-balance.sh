#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# At every moment: seen = recorded + filtered + dropped + in flight.
# guests: 4cpu
# shellcheck shell=dash disable=SC1091,SC2154
. /share/lib.sh

kcount_for_ever()
{
	while :; do
		modprobe kcount n=101 spread=1
		rmmod kcount
	done
}

for source in tracepoint kprobe; do
	load source=$source
	in_background make_load
	in_background make_load
	in_background kcount_for_ever
	i=0
	while [ $i -lt 30 ]; do
		books_balance
		i=$((i + 1))
	done
	stop_background
	while grep -q '^kcount ' /proc/modules; do
		rmmod kcount 2>/dev/null || usleep 100000
	done
	first=$(status seen)
	[ "$first" -gt 1000 ] || fail "$source: only $first events seen"
	unload
done
