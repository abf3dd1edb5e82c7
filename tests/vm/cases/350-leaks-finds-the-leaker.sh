#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# memmon leaks finds what a module leaks, object by object, and calls nothing else a leak: neither what is freed
# through RCU nor what churns. What an unloaded module has left is a leak at once.
# guests: 1cpu
# slow: leaks take their time
# shellcheck shell=dash disable=SC1091,SC2154
. /share/lib.sh
. /share/device.sh

# row FUNCTION: verdict, size, unit and number of objects of the row of a call site or module
row()
{
	awk -v name="$1" '$6 ~ "^" name "([+]0x|$)" { print $1, $3, $4, $5 }' "$WORK/leaks"
}

load log=0
cat >"$WORK/load" <<END
set -e
modprobe churner pause_ms=20
modprobe rcu_user n=0 batch=4 pause_ms=5
modprobe leaker n=200 rate=20
until grep -q '^leaker_take_cached .* 200 0$' /proc/leaker; do sleep 0.2; done
END
memmon leaks --all --stacks --interval 1 -- sh "$WORK/load" >"$WORK/leaks" 2>"$WORK/errors" ||
	fail "memmon leaks failed: $(cat "$WORK/errors")"
equal "leak 150.0 KiB 600" "$(row leaker_take)" "what leaker_take() leaks"
case $(row leaker_take_cached) in
"leak "*" 200") ;;
*) fail "what leaker_take_cached() leaks: $(cat "$WORK/leaks")" ;;
esac
for function in leak_round leak_for_a_while; do
	grep -q "^      ${function}[.+].* \[leaker\]$" "$WORK/leaks" ||
		fail "$function is in no call stack: $(cat "$WORK/leaks")"
done
others=$(awk '/^(leak|likely_leak) / && !/\[leaker\]$/' "$WORK/leaks")
[ -z "$others" ] || fail "not leaked: $others"
grep -q '^Waiting for kfree_rcu(): ' "$WORK/leaks" || fail "rcu_user waits for nothing: $(cat "$WORK/leaks")"
rmmod leaker
rmmod rcu_user
rmmod churner

cat >"$WORK/load" <<END
set -e
modprobe leaker n=50 leave=1
rmmod leaker
END
code=0
memmon leaks --by module --fail-on leak -- sh "$WORK/load" >"$WORK/leaks" || code=$?
equal 1 "$code" "exit status of --fail-on with a leak"
equal "leak 37.5 KiB 150" "$(row leaker)" "what the unloaded module left"
grep -q '^ *37.5 KiB  *150  leaker_take+0x[0-9a-f]* \[leaker, unloaded\]$' "$WORK/leaks" ||
	fail "the function is not named: $(cat "$WORK/leaks")"

cat >"$WORK/load" <<END
set -e
modprobe bulk_user n=50
rmmod bulk_user
END
memmon leaks --by module --fail-on likely --interval 0.2 -- sh "$WORK/load" >"$WORK/leaks" ||
	fail "a module that leaks nothing: $(cat "$WORK/leaks")"
unload
