# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
# No module, or no permission: one line and exit code 3.
export MEMMON_TEST_STATUS=$PWD/none
run_mustfail 3 "mem_monitor is not loaded; load it" memmon status
run_mustfail 3 "mem_monitor is not loaded; load it" memmon status --json
cp "$HERE/data/status" locked
chmod 0 locked
export MEMMON_TEST_STATUS=$PWD/locked
if [ "$(id -u)" -eq 0 ]; then
	chmod 755 .. .
	# Root may read everything, so someone else tries.
	run_mustfail 3 "no permission to read" setpriv --reuid=65534 --regid=65534 --clear-groups \
		"$ROOT/build/user/cli/memmon" status
else
	run_mustfail 3 "no permission to read" memmon status
fi
