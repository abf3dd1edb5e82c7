#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# memmon record --stacks has the call stack of each event of a load whose chains are known, function by function;
# what reports, logs and leaks make of them agrees; and names outlive the module.
# guests: 1cpu 4cpu
# shellcheck shell=dash disable=SC1091,SC2154
. /share/lib.sh
. /share/device.sh

# folded KEYS VALUE: lines of folded stacks in $WORK/folded; a compiler may have made copies of functions
folded()
{
	memmon report --folded --by "$1" --value "$2" "$WORK/rec" 2>"$WORK/errors" |
		sed -E 's/\.(constprop|isra|part)\.[0-9]+//g' >"$WORK/folded" || fail "$(cat "$WORK/errors")"
	[ -s "$WORK/folded" ] || fail "no folded stacks: $(cat "$WORK/errors")"
}

# chain FUNCTION...: the requests of the module's thread by a chain, the innermost function first
chain()
{
	wanted=
	for function; do
		wanted=";${function}_[leaker]$wanted"
	done
	awk -v wanted=";kthread$wanted" '
	index($1, "slab;leaker") == 1 && substr($1, length($1) - length(wanted) + 1) == wanted { sum += $2 }
	END { print sum + 0 }' "$WORK/folded"
}

# total SECTION COLUMN FILE: of a report in JSON
total()
{
	awk -v section="\"$1\":" -v column="\"$2\":" '
	$1 == section { is_in = 1 }
	is_in && $1 == "\"total\":" { is_total = 1 }
	is_total && $1 == column { print $2 + 0; exit }' "$3"
}

load log=0
cat >"$WORK/load" <<END
set -e
modprobe leaker n=30 rate=100
until grep -q '^leaker_take_cached .* 30 0$' /proc/leaker; do sleep 0.1; done
END
memmon record --stacks --json --strict -o "$WORK/rec" -- sh "$WORK/load" >"$WORK/record" ||
	fail "memmon record failed: $(cat "$WORK/record")"
no_session_is_left 0
rmmod leaker

# Each chain exactly as often as the module has gone through it.
folded process,stack requests
round="leak_round leak_for_a_while"
# shellcheck disable=SC2086 # words are wanted
{
	equal 30 "$(chain leaker_take leaker_open $round)" "requests by leaker_open(), of $(grep leaker "$WORK/folded")"
	equal 60 "$(chain leaker_take leaker_close $round)" "requests by leaker_close()"
	equal 30 "$(chain leaker_take_cached $round)" "requests of the cache"
}
[ "$(grep -c '_\[leaker\] ' "$WORK/folded")" -eq 3 ] || fail "other chains of leaker: $(grep leaker "$WORK/folded")"
memmon report --by stack --top 0 "$WORK/rec" >"$WORK/report" || fail "memmon report --by stack failed"
grep -A 3 'leaker_take+0x' "$WORK/report" | grep -q '^ *<- leaker_open+0x[0-9a-f]* \[leaker\]$' ||
	fail "the chain is not below its row: $(cat "$WORK/report")"

# Folded stacks add up to the other reports, for both sections.
memmon report --json --by cache "$WORK/rec" >"$WORK/report" || fail "memmon report failed"
for value in requests:requests taken:bytes_taken outstanding:outstanding_bytes; do
	folded stack "${value%:*}"
	for section in slab pages; do
		equal "$(total $section "${value#*:}" "$WORK/report")" \
			"$(awk -F '[; ]' -v section=$section '$1 == section { sum += $NF } END { print sum + 0 }' "$WORK/folded")" \
			"${value%:*} of $section"
	done
done

# Events without a stack are counted, and pages have stacks as well.
memmon log --json --stacks "$WORK/rec" >"$WORK/log" || fail "memmon log failed"
equal "$(awk '$1 == "\"without_stack\":" { print $2 + 0 }' "$WORK/record")" "$(grep -c '"stack":null' "$WORK/log")" \
	"events without a stack"
nr=$(grep -c '"class":"mm_page_alloc".*"stack":\["' "$WORK/log")
[ "$nr" -gt 10 ] || fail "only $nr requests for pages have a stack"
equal "$(grep -c . "$WORK/rec/memmon/stacks")" "$(cut -f1 "$WORK/rec/memmon/stacks" | sort -u | grep -c .)" \
	"stacks that are recorded once"
memmon leaks --input "$WORK/rec" --by stack --all >"$WORK/leaks" || fail "memmon leaks failed"
grep -q '^  *leaker_open+0x[0-9a-f]* \[leaker\]$' "$WORK/leaks" || fail "leaks shows no chain: $(cat "$WORK/leaks")"

# What a command asked for, and what happens now.
memmon stat --stacks --no-noise -o "$WORK/stat" -- modprobe leaker n=100 || fail "memmon stat failed"
# Two calls of leaker_close(), at places of their own.
equal 2 "$(grep -A 1 '^leaker_take+0x.* 100 ' "$WORK/stat" | grep -c '^    <- leaker_close+0x')" \
	"chains through leaker_close(), of $(cat "$WORK/stat")"
grep -A 1 '^leaker_take+0x.* 100 ' "$WORK/stat" | grep -q '^    <- leaker_open+0x' ||
	fail "stat shows no chain: $(cat "$WORK/stat")"
memmon log --stacks --comm rmmod -n 5 >"$WORK/log" 2>&1 &
log=$!
rmmod leaker
# It says nowhere when it has begun.
until grep -q '^recorded ' "$WORK/log"; do
	modprobe leaker n=1
	rmmod leaker
done
wait $log
grep -q '^        [a-z_0-9.]*+0x[0-9a-f]*' "$WORK/log" || fail "no frames in the log: $(cat "$WORK/log")"

memmon record --json -o "$WORK/plain" -- true >"$WORK/record" || fail "memmon record failed"
code=0
memmon report --by stack "$WORK/plain" 2>"$WORK/errors" || code=$?
equal 1 $code "exit status without call stacks"
grep -q 'has no call stacks' "$WORK/errors" || fail "$(cat "$WORK/errors")"
unload
