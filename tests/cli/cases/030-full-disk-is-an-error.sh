# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
# Results that could not be written: a line and a failure, whichever command.
full() {
	status=0
	"$@" >/dev/full 2>err || status=$?
	[ "$status" -eq 1 ] || fail "'$*' ends with 1, not $status"
	[ "$(wc -l <err)" -eq 1 ] || fail "'$*' says one line on stderr"
	grep -q "cannot write to standard output" err || fail "'$*' says what is wrong"
}
full memmon --help
full memmon --version
full memmon status
full memmon status --json
full memmon stat -s0 -- true
full memmon stat -s0 --all --json -- true
run_mustfail 1 "cannot write to /dev/full" memmon stat -s0 -o /dev/full -- true
run_mustfail 1 "cannot write to missing/x" memmon stat -s0 -o missing/x -- touch ran
[ ! -e ran ] || fail "the command ran, although its result had no place to go"
status=0
threads -n 1 >/dev/full 2>err || status=$?
[ "$status" -eq 1 ] || fail "threads ends with 1, not $status"
