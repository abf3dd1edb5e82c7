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

trace_begin 'kc-*'
self_before=$(status filtered.self)
duplicates_before=$(status filtered.duplicate)
read_log
usleep 300000
trace_end 'kc-*'
self=$(($(status filtered.self) - self_before))
[ $self -gt 0 ] || fail "the reader was not noticed"
equal $(($(traced) - $(status filtered.duplicate) + duplicates_before)) \
	$(($(status recorded) - before + self)) "events of a reader (traced, recorded + self)"
books_balance
unload
