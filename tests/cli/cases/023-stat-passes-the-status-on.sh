# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
# The command's own exit code, 128 + signal, and 127 or 126 when it cannot be run.
run memmon stat -s0 -- sh -c 'exit 7'
[ "$status" -eq 7 ] || fail "7, not $status"
out_has "caches shown"
# shellcheck disable=SC2016
run memmon stat -s0 -- sh -c 'kill -9 $$'
[ "$status" -eq 137 ] || fail "137, not $status"
out_has "caches shown"
run_mustfail 127 "cannot run 'no-such-command': No such file" memmon stat -- no-such-command
out_lacks "Cache"
: >not-executable
run_mustfail 126 "cannot run './not-executable': Permission denied" memmon stat -- ./not-executable
run_mustfail 126 "cannot run '/': Permission denied" memmon stat -- /
