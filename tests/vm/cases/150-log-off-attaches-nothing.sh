#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# With log=0 nothing is attached and nothing is seen.
# guests: 1cpu
# shellcheck shell=dash disable=SC1091,SC2154
. /share/lib.sh

for source in tracepoint kprobe; do
	load log=0 source=$source kmalloc_constant=1
	kcount n=101
	equal 0 "$(status log)" "log"
	equal 0 "$(status seen)" "seen"
	! grep '^probe\.' "$STATUS" | grep -v ' off$' || fail "$source: a probe is not off"
	[ ! -s "$KPROBES" ] || fail "$source: $(cat "$KPROBES")"
	books_balance
	unload
done
