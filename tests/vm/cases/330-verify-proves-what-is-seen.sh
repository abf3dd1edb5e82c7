#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# memmon verify finds that everything is seen on this kernel, says what is not when something is not, and
# leaves no module behind.
# guests: 1cpu 4cpu
# slow: half a minute of load
# shellcheck shell=dash disable=SC1091,SC2154
. /share/lib.sh
. /share/device.sh

SELFTEST=mem_monitor_selftest

selftest_is_gone()
{
	! grep -q "^$SELFTEST " /proc/modules || fail "$1: $SELFTEST is still loaded"
}

# verify STATUS OPTION...: runs it; what it says is in $WORK/verify and $WORK/error
verify()
{
	wanted=$1
	shift
	status=0
	memmon verify "$@" >"$WORK/verify" 2>"$WORK/error" || status=$?
	[ "$status" -eq "$wanted" ] ||
		fail "memmon verify $* ended with $status: $(cat "$WORK/error"; grep -v ' ok$' "$WORK/verify" | head -n 30)"
}

# has CONTEXT: how many paths were taken there
has()
{
	grep -c "\"context\": \"$1\"" "$WORK/verify" || :
}

verify 3
grep -q "mem_monitor is not loaded" "$WORK/error" || fail "without mem_monitor: $(cat "$WORK/error")"
load log=0
verify 3 --module /nowhere.ko
grep -q "/nowhere.ko is not there" "$WORK/error" || fail "a module that is not there: $(cat "$WORK/error")"
no_session_is_left 0

# Everything is seen, in every context that there is.
verify 0
selftest_is_gone "at the end"
grep -q "^All [0-9]* paths are seen as they are" "$WORK/verify" || fail "$(tail -n 5 "$WORK/verify")"
grep -q "^Not seen on this kernel" "$WORK/verify" || fail "no blind spots"
[ "$(grep -c ' ok$' "$WORK/verify")" -gt 90 ] || fail "only $(grep -c ' ok$' "$WORK/verify") paths"
no_session_is_left 0

# The same as JSON; what is left pending is only what was given to kfree_rcu().
verify 0 --json --wait 3
grep -q '"verdict": "ok"' "$WORK/verify" || fail "no verdict"
for context in task softirq hardirq; do
	[ "$(has $context)" -gt 20 ] || fail "only $(has $context) paths in $context"
done
if [ "$(grep -c '^processor' /proc/cpuinfo)" -gt 1 ]; then
	[ "$(has other_cpu)" -gt 20 ] || fail "only $(has other_cpu) paths on another CPU"
else
	equal 0 "$(has other_cpu)" "paths on another CPU"
fi
# Only kernels that have kmalloc_nolock() have paths for an NMI.
if grep -q ' kfree_nolock$' /proc/kallsyms; then
	[ "$(has nmi)" -gt 0 ] || fail "no path in an NMI"
else
	equal 0 "$(has nmi)" "paths in an NMI"
fi

# Hooks that seem to be attached, and see nothing: only what is compared with the truth shows it.
echo 0 >/sys/kernel/debug/kprobes/enabled
verify 1 --wait 0
echo 1 >/sys/kernel/debug/kprobes/enabled
selftest_is_gone "after a failure"
grep -q "^MISSED: kmem_cache_alloc_bulk, kmem_cache_free_bulk, in task: 0x.*: its birth was not seen" \
	"$WORK/verify" || fail "without kprobes: $(grep -c MISSED "$WORK/verify") missed"
no_session_is_left 0

# Where hooks cannot be attached, it says why. Some kernels do not let ftrace be switched off.
if echo 0 2>/dev/null >/proc/sys/kernel/ftrace_enabled; then
	verify 1 --wait 0
	echo 1 >/proc/sys/kernel/ftrace_enabled
	grep -q "^MISSED: kmem_cache_alloc, kmem_cache_free_bulk, in task: 0x.*: its end was not seen" \
		"$WORK/verify" || fail "without ftrace: $(grep -c MISSED "$WORK/verify") missed"
	grep -q " ftrace is switched" "$WORK/verify" || fail "no reason: $(tail -n 40 "$WORK/verify")"
fi

# A signal ends it, and the module goes. It may be done before the signal comes: then once more.
status=0
tries=0
until [ $status -ne 0 ]; do
	[ $tries -lt 50 ] || fail "no signal comes in time"
	tries=$((tries + 1))
	memmon verify --wait 100 >"$WORK/verify" 2>"$WORK/error" &
	pid=$!
	until grep -q "^$SELFTEST " /proc/modules || ! kill -0 $pid 2>/dev/null; do
		sleep 0.02
	done
	kill -TERM $pid 2>/dev/null || :
	wait $pid || status=$?
done
equal 1 $status "status after a signal"
selftest_is_gone "after a signal"

# With --keep it stays, with what it holds; and is in the way of the next one.
verify 0 --keep
grep -q ' held$' /proc/$SELFTEST || fail "nothing is held"
verify 1
grep -q "is loaded already" "$WORK/error" || fail "a second one: $(cat "$WORK/error")"
rmmod $SELFTEST || fail "rmmod $SELFTEST failed"
no_session_is_left 0
unload
