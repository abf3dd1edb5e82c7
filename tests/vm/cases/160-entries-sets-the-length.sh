#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The log is exactly as long as entries says, once there were that many requests.
# guests: 4cpu
# shellcheck shell=dash disable=SC1091,SC2154
. /share/lib.sh

for entries in 1 2 10 997 16384 50000; do
	load entries=$entries 'comm=kc-var-*'
	equal $entries "$(status entries)" "status entries"
	kcount n=$((entries / 4 + 211)) phases=var-task spread=1
	equal $entries "$(wc -l <"$LOG")" "lines with entries=$entries"
	books_balance
	unload
done
