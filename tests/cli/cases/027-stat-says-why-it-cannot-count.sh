# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
# When the log cannot answer exactly there is no number, and the reason is given.
export MEMMON_TEST_STATUS=$PWD/live
reason() {
	sed "$2" "$HERE/data/status" >live
	run_check memmon stat -s0 --all -- sh -c "${3:-true}"
	out_has "requests not counted: $1"
	! grep -E '^(kmalloc-64|dentry)' out | grep -v -- '-$' || fail "no number in the table"
}
reason "the module's log is off" 's/^log 1/log 0/'
reason "only source=tracepoint" 's/^source .*/source kprobe/'
reason "a probe is missing" 's/^probe.kmalloc .*/probe.kmalloc missing: x/'
reason "the module knows no cache names" 's/^cache_names .*/cache_names unavailable: x/'
reason "the module filters" 's/^filter.comm -/filter.comm bash/'
reason "the module filters" 's/^filter.pid 0/filter.pid 1/'
move() {
	echo "sed '$1' live >new; cat new >live"
}
reason "events were dropped" '' "$(move 's/^dropped 19/dropped 20/')"
reason "the rings were too small" '' "$(move 's/^overwritten.requests 5/overwritten.requests 6/')"
reason "the log is too short" '' "$(move 's/^recorded.requests .*/recorded.requests 10451/')"
reason "some requests failed" '' "$(move 's/^recorded.requests .*/recorded.requests 456/')"
reason "some requests failed" 's/^overwritten.requests 5/overwritten.requests 0/'
export MEMMON_TEST_LOG=$PWD/none
reason "the log cannot be read" ''
