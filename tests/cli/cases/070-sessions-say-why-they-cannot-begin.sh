# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
# No module, no permission, or no mem_monitor behind the device: one line, and nothing is made.
export MEMMON_TEST_DEVICE=$PWD/none MEMMON_TEST_STATUS=$PWD/none
for command in log record verify "record -- touch ran"; do
	# shellcheck disable=SC2086
	run_mustfail 3 "mem_monitor is not loaded; load it" memmon $command
done
export MEMMON_TEST_DEVICE=/dev/null
run_mustfail 1 "cannot open" memmon log
run_mustfail 1 "cannot open" memmon verify
run_mustfail 1 "cannot open" memmon record -- touch ran
: >locked
chmod 0 locked
export MEMMON_TEST_DEVICE=$PWD/locked
if [ "$(id -u)" -eq 0 ]; then
	chmod 755 .. .
	# Root may open everything, so someone else tries.
	run_mustfail 3 "no permission to open" setpriv --reuid=65534 --regid=65534 --clear-groups \
		"$ROOT/build/user/cli/memmon" log
else
	run_mustfail 3 "no permission to open" memmon log
fi
[ ! -e ran ] || fail "the command did not run"
[ ! -e memmon-recording ] || fail "no recording was made"
