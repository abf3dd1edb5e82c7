#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# memmon record and memmon report give every number that kcount says it made, for each kind of
# request, context and CPU.
# guests: 1cpu 4cpu
# shellcheck shell=dash disable=SC1091,SC2154
. /share/lib.sh
. /share/device.sh

# expected KIND: what the report must say, from what was made
expected()
{
	awk -v kind="$1" '
	BEGIN { number["task"] = 0; number["soft"] = 1; number["hard"] = 2 }
	$6 == kind { print number[$5], $4, $11 + $13, $13, $11 * $7, $12, $11 - $12 }' "$WORK/kcount" | sort
}

# reported KIND SECTION KEYS: the same, from the recording
reported()
{
	memmon report --json --strict --comm "kc-$1-*" --by "context,cpu,$3" "$WORK/recording" >"$WORK/report" ||
		fail "memmon report failed"
	awk -v section="$2" -v low="$(kcount_begin)" -v high="$(kcount_end)" -f "$HERE/rows.awk" "$WORK/report"
}

load log=0
memmon record --json --strict --comm 'kc-*' -o "$WORK/recording" -- "$WORK/make" n=53 spread=1 >"$WORK/record" ||
	fail "memmon record failed: $(cat "$WORK/record")"
grep -q '"complete": true' "$WORK/record" || fail "$(cat "$WORK/record")"
no_session_is_left 0
nr_kinds=0
# shellcheck disable=SC2013 # words are wanted
for kind in $(awk '!/^#/ && $6 != "null" && $6 != "fail" { print $6 }' "$WORK/kcount" | sort -u); do
	case $kind in
	page* | npage | dma) reported "$kind" pages order,node >"$WORK/reported" ;;
	*) reported "$kind" slab site,size >"$WORK/reported" ;;
	esac
	expected "$kind" >"$WORK/expected"
	[ -s "$WORK/expected" ] || fail "kcount made no $kind"
	diff "$WORK/expected" "$WORK/reported" >"$WORK/diff" || fail "$kind: $(cat "$WORK/diff")"
	nr_kinds=$((nr_kinds + 1))
done
[ $nr_kinds -gt 14 ] || fail "only $nr_kinds kinds"
# Of a request that failed the size is not comparable: it is more than the record can say.
reported fail slab site,size | cut -d' ' -f1-4,6- >"$WORK/reported"
expected fail | cut -d' ' -f1-4,6- >"$WORK/expected"
diff "$WORK/expected" "$WORK/reported" >"$WORK/diff" || fail "fail: $(cat "$WORK/diff")"
[ "$(made failed fail)" -ge 159 ] || fail "kcount's failing requests did not fail"

# What memmon says of the whole is what was recorded, and what the events of a log add up to.
recorded=$(awk '$1 == "\"recorded\":" { print $2 + 0 }' "$WORK/record")
equal "$recorded" "$(awk '$1 == "\"events\":" { print $2 + 0 }' "$WORK/report")" "events of the report"
equal "$recorded" "$(memmon log --json "$WORK/recording" | grep -c '"class"')" "lines of memmon log"
unload
