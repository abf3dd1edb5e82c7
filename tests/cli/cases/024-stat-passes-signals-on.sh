# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
# A signal that would end memmon goes to the command, and the table is still printed.
set -m
# shellcheck disable=SC2016
memmon stat -s0 -- sh -c 'trap "exit 42" INT; echo $$ >ready; while :; do sleep 0.05; done' \
	>out 2>err &
pid=$!
for _ in $(seq 100); do
	[ ! -s ready ] || break
	sleep 0.05
done
kill -INT "$pid"
status=0
wait "$pid" || status=$?
[ "$status" -eq 42 ] || fail "42, not $status"
out_has "caches shown"
memmon stat -s0 -- sleep 30 >out 2>err &
pid=$!
sleep 0.3
kill -TERM "$pid"
status=0
wait "$pid" || status=$?
[ "$status" -eq 143 ] || fail "143, not $status"
out_has "caches shown"
