#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Every line of the log, from either source, is in one of the documented formats.
# guests: 1cpu
# shellcheck shell=dash disable=SC1091,SC2154
. /share/lib.sh

for source in tracepoint kprobe; do
	load source=$source kmalloc_constant=1
	make_load &
	loader=$!
	kcount n=13 phases=task
	sleep 1
	kill $loader
	cat "$LOG" >"$WORK/log"
	[ "$(wc -l <"$WORK/log")" -gt 500 ] || fail "$source: only $(wc -l <"$WORK/log") lines"
	! grep -Ev "$LINE_FORMAT" "$WORK/log" >"$WORK/bad" || fail "$source: $(head -n 3 "$WORK/bad")"
	for label in kmalloc kmem_cache_alloc; do
		grep -q "^\[$label\]" "$WORK/log" || fail "$source: no line of $label"
	done
	unload
done
