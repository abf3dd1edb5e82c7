#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Totals are what the ring of the same session recorded, key by key, also when they overflow and in many intervals.
# guests: 1cpu 4cpu
# shellcheck shell=dash disable=SC1091,SC2154
. /share/lib.sh
. /share/device.sh
. /share/ledger.sh

# total NUMBER KEY: a line of the books of a session's totals
total()
{
	awk -v number="$1" -v key="$2" '$1 == number && $2 == "totals" && $3 == key { print $4 }' "$WORK/count"
}

# totalled NUMBER FIELD CONDITION: sum of a field of the rows that meet a condition of awk
totalled()
{
	awk -v number="$1" '
	$1 == number && $2 == "total" {
		class = $3; function_name = $4; module = $5; tgid = $6; size = $7; order = $8; count = $9
		bytes_req = $10; bytes_alloc = $11; died = $12; died_bytes = $13; flags = $14
		if ('"$3"')
			sum += '"$2"'
	}
	END { print sum + 0 }' "$WORK/count"
}

# The program compares rows and records itself; here it is seen that there was something to compare.
load log=0
before=$(status rings_total_bytes)
count 'comm=kc-*' totals=site,cache + 'comm=kc-*' totals=process,size,context,order,node + \
	'comm=kc-*' totals= turn=1 + 'comm=kc-*' totals=site,cache,size,process places=16 turn=1 + \
	'comm=kc-*' totals=site turn=1 + 'comm=kc-*' totals=site,order,cgroup places=16 + \
	'comm=kc-*' totals=site,cache,order,size places=4096 ledger=0 + \
	'comm=kc-*' totals=site,process rings=0 -- "$WORK/make" n=53 spread=1
session_has_what_was_made 1
session_has_what_was_made 7
for session in 1 2 3 4 5 6 7; do
	equal "$(book $session recorded)" "$(total $session counted)" "session $session: counted"
done
equal "$(total 1 counted)" "$(total 8 counted)" "without a ring"
for session in 1 2 3 5 7 8; do
	equal 0 "$(total $session other)" "session $session: without a row"
done
for session in 4 6; do
	[ "$(total $session other)" -gt 0 ] || fail "session $session did not overflow"
	[ "$(total $session other)" -lt "$(total $session counted)" ] || fail "session $session has no rows"
done
for session in 3 4 5; do
	[ "$(total $session intervals)" -gt 5 ] || fail "session $session had $(total $session intervals) intervals"
done
[ "$(total 1 gone)" -gt 0 ] || fail "no row says that the code of kcount is gone"
# With a ledger in the session, births less deaths are what lives.
equal "$(held 7 live 1)" "$(totalled 7 'count - died' 'class !~ /free|krealloc|extfrag/')" "live"
equal "$(held 7 live_alloc 1)" "$(totalled 7 'bytes_alloc - died_bytes' 'class !~ /free|krealloc|extfrag/')" "live bytes"
equal "$(($(ledger_book 7 freed) + $(ledger_book 7 failed)))" "$(totalled 7 died 1)" "deaths"
no_session_is_left "$before"
equal 0 "$(status totals_bytes)" "bytes of all totals"
unload
