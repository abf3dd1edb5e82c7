#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Each request of each kind and context is in the log once, while readers read.
# guests: 1cpu 4cpu
# shellcheck shell=dash disable=SC1091,SC2154
. /share/lib.sh

# No filter: the log also takes what everybody else does, so it must be long enough for all.
load entries=100000
for bytes in 7 4096 65536; do
	in_background read_for_ever $bytes
done
kcount n=53 spread=1
books_balance
log_has_what_was_made
stop_background
readers_saw_whole_lines 7 4096 65536
[ "$(made made var)" -ge 159 ] || fail "kcount made too little: $(cat "$WORK/kcount")"
equal 0 "$(status dropped)" "dropped"
unload
