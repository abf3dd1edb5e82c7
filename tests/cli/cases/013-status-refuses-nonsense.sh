# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
# A file that is no status is an error, and so are books that do not balance.
export MEMMON_TEST_STATUS=$PWD/bad
: >bad
run_mustfail 1 "cannot understand" memmon status
echo "seen 3" >bad
run_mustfail 1 "of one version" memmon status
sed 's/^seen 1000/seen 1001/' "$HERE/data/status" >bad
run_mustfail 1 "do not balance" memmon status
out_has "seen 1001"
run_mustfail 1 "do not balance" memmon status --json
json_is 'd["balanced"] is False'
export MEMMON_TEST_STATUS=$PWD
run_mustfail 1 "cannot read" memmon status
