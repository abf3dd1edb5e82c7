# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What every command line test may use. A test runs with `set -eu` in an empty folder of its own.

export MEMMON_TEST_SLABINFO=$HERE/data/slabinfo
export MEMMON_TEST_STATUS=$HERE/data/status
export MEMMON_TEST_LOG=$HERE/data/log
export MEMMON_TEST_DEVICE=$HERE/data/no-device
# A folder on the path that is closed to this user would make "no such command" a "permission denied".
export PATH=$ROOT/build/user/cli:$ROOT/build/user/workloads:$ROOT/build/user/bench/generate:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin

fail() {
	echo "not so: $*"
	echo "--- stdout"
	head -c 4000 out 2>/dev/null || true
	echo "--- stderr"
	head -c 4000 err 2>/dev/null || true
	exit 1
}

# Runs a command; its output is in the files `out` and `err`, its exit code in $status.
run() {
	status=0
	"$@" >out 2>err || status=$?
}

# run_check COMMAND...: it must succeed and have nothing to complain about.
run_check() {
	run "$@"
	[ "$status" -eq 0 ] || fail "'$*' ends with 0, not $status"
	[ ! -s err ] || fail "'$*' is silent on stderr"
}

# run_mustfail STATUS TEXT COMMAND...: it must fail like this, with one line that holds TEXT.
run_mustfail() {
	local expected=$1 text=$2
	shift 2
	run "$@"
	[ "$status" -eq "$expected" ] || fail "'$*' ends with $expected, not $status"
	[ "$(wc -l <err)" -eq 1 ] || fail "'$*' says one line on stderr"
	grep -qF -- "$text" err || fail "'$*' says '$text'"
}

out_has() {
	grep -qF -- "$1" out || fail "the output has '$1'"
}

out_lacks() {
	! grep -qF -- "$1" out || fail "the output lacks '$1'"
}

# json_is EXPRESSION: true for the JSON document in `out`, as a Python expression over `d`.
json_is() {
	python3 -c 'import json,sys; d = json.load(open("out")); sys.exit(not eval(sys.argv[1]))' \
		"$1" || fail "JSON: $1"
}
