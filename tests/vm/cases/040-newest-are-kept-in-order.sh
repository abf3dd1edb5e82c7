#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The log holds exactly the newest entries, oldest first, of all CPUs together.
# guests: 1cpu 4cpu
# shellcheck shell=dash disable=SC1091,SC2154
. /share/lib.sh

# CPUs take turns to ask for 1, 2, 3 ... 8191, 1, 2 ... bytes: sizes tell the order of requests.
cpus=$(nproc)
n=$((20011 / cpus))
load 'comm=kc-seq-*'
kcount n=$n spread=1 phases=seq-task
books_balance
cat "$LOG" >"$WORK/log"
equal 10000 "$(wc -l <"$WORK/log")" "lines in the log"
awk -v total=$((n * cpus)) -f /share/sequence.awk "$WORK/log" || exit 1
[ "$(status overwritten.requests)" -gt 0 ] || [ "$cpus" -gt 1 ] || fail "nothing was overwritten"
unload
