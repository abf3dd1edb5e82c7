# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
# No slabinfo or no permission: one line, exit code 3, and the command is not run.
export MEMMON_TEST_SLABINFO=$PWD/none
run_mustfail 3 "there is no $PWD/none" memmon stat -- touch was-run
[ ! -e was-run ] || fail "the command is not run"
cp "$HERE/data/slabinfo" locked
chmod 0 locked
export MEMMON_TEST_SLABINFO=$PWD/locked
if [ "$(id -u)" -eq 0 ]; then
	chmod 755 .. .
	run_mustfail 3 "no permission to read" setpriv --reuid=65534 --regid=65534 --clear-groups \
		"$ROOT/build/user/cli/memmon" stat -- touch was-run
else
	run_mustfail 3 "no permission to read" memmon stat -- touch was-run
fi
[ ! -e was-run ] || fail "the command is not run"
{ cat "$HERE/data/slabinfo"; echo "nonsense"; } >odd
MEMMON_TEST_SLABINFO=odd run_check memmon stat -s0 -- true
grep -qE '^lines of slabinfo that make no sense, left out: [1-9]' out || fail "odd lines are named"
echo nonsense >bad
MEMMON_TEST_SLABINFO=bad run_mustfail 1 "cannot understand bad" memmon stat -- touch was-run
[ ! -e was-run ] || fail "the command is not run"
