# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
# A signal that would end memmon goes to the command, and the table is still printed.
wait_until_ready() {
	for _ in $(seq 200); do
		[ ! -s ready ] || return 0
		sleep 0.05
	done
	fail "the command runs"
}
# With job control, a background job takes SIGINT.
set -m
# shellcheck disable=SC2016
memmon stat -s0 -- sh -c 'trap "exit 42" INT; echo $$ >ready; while :; do sleep 0.05; done' \
	>out 2>err &
pid=$!
wait_until_ready
kill -INT "$pid"
status=0
wait "$pid" || status=$?
[ "$status" -eq 42 ] || fail "42, not $status"
out_has "caches shown"
rm ready
# shellcheck disable=SC2016
memmon stat -s0 -- sh -c 'echo $$ >ready; exec sleep 30' >out 2>err &
pid=$!
wait_until_ready
kill -TERM "$pid"
status=0
wait "$pid" || status=$?
[ "$status" -eq 143 ] || fail "143, not $status"
out_has "caches shown"
