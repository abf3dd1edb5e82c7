#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# For processes, too, the log agrees with the kernel's own events, their reading of it aside.
# guests: 1cpu
# shellcheck shell=dash disable=SC1091,SC2154
. /share/lib.sh
. /share/trace.sh

# Forks, execs under another name, maps, faults, opens, pipes: events of every class.
work()
{
	sh -c 'printf kc-user >/proc/self/comm
		i=0
		while [ $i -lt 20 ]; do
			(read -r line </proc/version; echo "$line" | (read -r _; :))
			echo /sys/kernel/mm/* >/dev/null
			i=$((i + 1))
		done'
}

# Reads the log without becoming another program.
read_log()
{
	sh -c 'printf kc-reader >/proc/self/comm
		i=0
		while [ $i -lt 20 ]; do
			while read -r _; do i=$((i + 1)); done </proc/mem_monitor
		done'
}

load entries=50000 'comm=kc-*'
trace_begin 'kc-*'
work
usleep 300000
before=$(status recorded)
trace_end 'kc-*'
log_agrees_with_trace
duplicates=$(exceptions duplicate)
equal $(($(traced) - duplicates)) "$before" "events (traced - duplicates, recorded)"
[ "$(traced mm_page_free_batched)" -gt 0 ] || fail "there was no batched free"

# Reading the status is noticed too: what that alone adds is the difference between 1 and 2.
cat "$STATUS" >"$WORK/status1"
cat "$STATUS" >"$WORK/status2"
trace_begin 'kc-*'
read_log
usleep 300000
trace_end 'kc-*'
cat "$STATUS" >"$WORK/status3"

# grown KEY: by how much from 2 to 3, but for what reading the status adds
grown()
{
	echo $(($(status "$1" "$WORK/status3") - 2 * $(status "$1" "$WORK/status2") + \
		$(status "$1" "$WORK/status1")))
}

[ "$(grown filtered.self)" -gt 0 ] || fail "the reader was not noticed"
equal $(($(traced) - $(grown filtered.duplicate))) $(($(grown recorded) + $(grown filtered.self))) \
	"events of a reader (traced - duplicates, recorded + self)"
books_balance
unload
