#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Records name their cache after it is gone and another one took its place.
# guests: 1cpu
# shellcheck shell=dash disable=SC1091,SC2154
. /share/lib.sh

for source in tracepoint kprobe; do
	load source=$source 'comm=kc-*'
	for round in 1 2 3; do
		kcount n=$((round * 10 + 3)) phases=gone-task,reborn-task,gone-hard,reborn-hard
		log_has_what_was_made
	done
	equal 138 "$(grep -c "in cache 'kcount-gone'$" "$LOG")" "$source: requests from kcount-gone"
	equal 138 "$(grep -c "in cache 'kcount-reborn'$" "$LOG")" "$source: requests from kcount-reborn"
	! grep -q kcount /proc/slabinfo || fail "the caches still exist"
	unload
done
