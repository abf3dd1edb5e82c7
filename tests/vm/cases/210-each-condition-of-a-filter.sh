#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Each condition of a session's filter lets through all that it names, and nothing else.
# guests: 4cpu
# shellcheck shell=dash disable=SC1091,SC2154
. /share/lib.sh
. /share/device.sh

# passes NUMBER CONDITION: the session has all of session 1 that meets it, and no other
passes()
{
	wanted=$(tallied 1 "$2")
	[ "$wanted" -gt 0 ] || fail "session $1: there is none of: $2"
	equal "$wanted" "$(tallied "$1" "$2")" "session $1: of: $2"
	equal "$wanted" "$(book "$1" recorded)" "session $1: all"
}

# judged_by NUMBER KEY: nothing but this condition, and that on the names, has turned events away
judged_by()
{
	[ "$(book "$1" "filtered.$2")" -gt 0 ] || fail "session $1: $2 has filtered nothing"
	others=0
	for key in comm null duplicate self "$2"; do
		others=$((others + $(book "$1" "filtered.$key")))
	done
	equal "$(book "$1" filtered)" $others "session $1: filtered for other reasons than $2"
}

load log=0
# 16 sessions: their rings must fit beside each other.
R=ring=0x80000
count $R 'comm=kc-*' + $R comm=kc-var-task + $R 'comm=kc-var-*,kc-ca?he-soft' + $R cache=kcount-cache \
	+ $R 'cache=kmalloc-1k,kcount-nc*' 'comm=kc-*' + $R bytes=701-703 'comm=kc-*' + $R orders=1,3 'comm=kc-*' \
	+ $R gfp=__GFP_DIRECT_RECLAIM 'comm=kc-*' + $R nogfp=__GFP_DIRECT_RECLAIM 'comm=kc-*' \
	+ $R contexts=softirq 'comm=kc-*' + $R contexts=task,hardirq 'comm=kc-*' \
	+ $R classes=kmalloc,kfree 'comm=kc-*' + $R site="$MODULES" 'comm=kc-*' + $R site=0x1000-0x1fff 'comm=kc-*' \
	+ $R pid=4194303 + $R sample=4 'comm=kc-*' -- "$WORK/make" n=53 spread=1
session_has_what_was_made 1
passes 2 'comm == "kc-var-task"'
equal "$(made_in made var-task)" "$(tallied 2 'class == "kmalloc" && is_of_kcount')" "requests of kc-var-task"
equal "$(made_in freed var-task)" "$(tallied 2 'class == "kfree" && is_of_kcount')" "frees of kc-var-task"
passes 3 'comm ~ /^kc-var-/ || comm == "kc-cache-soft"'
passes 4 'cache == "kcount-cache"'
equal $(($(made made cache) + $(made freed cache))) "$(book 4 recorded)" "events of kcount-cache"
judged_by 4 cache
equal "$(tallied 1 'cache == "kcount-ncache"')" "$(tallied 5 'cache == "kcount-ncache"')" "of kcount-ncache"
# Sizes above 512 are kmalloc-1k, sizes above 1024 are not.
equal "$(tallied 1 'class == "kmalloc" && bytes > 512 && bytes <= 1024')" \
	"$(tallied 5 'class == "kmalloc"')" "requests from kmalloc-1k"
equal "$(made freed var)" "$(tallied 5 'class == "kfree" && is_of_kcount')" "frees to kmalloc-1k"
equal 0 "$(tallied 5 'is_page || class == "kmalloc" && (bytes <= 512 || bytes > 1024)')" "of other caches"
passes 6 'class != "kfree" && bytes >= 701 && bytes <= 703'
equal $(($(made_in made var-task) + $(made_in made var-soft))) "$(tallied 6 'is_of_kcount')" "701 to 703 bytes"
judged_by 6 bytes
passes 7 'is_page && (order == 1 || order == 3)'
judged_by 7 order
# kcount's tasks may wait for memory, its interrupts may not; what else runs under its names is either.
equal "$(tallied 1 'is_of_kcount && !is_free && context == "task"')" "$(tallied 8 'is_of_kcount')" "requests that may wait"
equal "$(tallied 1 'is_of_kcount && !is_free && context != "task"')" "$(tallied 9 'is_of_kcount')" "requests that may not"
equal 0 "$(tallied 8 'is_of_kcount && context != "task"')" "requests of interrupts that may wait"
equal 0 "$(tallied 9 'is_of_kcount && context == "task"')" "requests of tasks that may not wait"
equal "$(tallied 1 '!is_free')" $(($(book 8 recorded) + $(book 9 recorded))) "requests that may or may not wait"
judged_by 9 gfp
passes 10 'context == "softirq"'
passes 11 'context == "task" || context == "hardirq"'
judged_by 11 context
passes 12 'class == "kmalloc" || class == "kfree"'
passes 13 'site >= "xffffffffc0000000" && site <= "xfffffffffeffffff"'
judged_by 13 site
equal 0 "$(book 14 recorded)" "records of call sites that are none"
equal 0 "$(book 15 recorded)" "records of a process that is none"
judged_by 15 pid
judged_by 16 sample
no_session_is_left 0

# An object that is sampled is sampled when it is freed, by whom- and whenever.
count comm=kc-var-task,rmmod sample=16 + comm=kc-var-task,rmmod sample=16 + comm=kc-var-task,rmmod \
	-- "$WORK/make" n=20011 hold=1 phases=var-task
# kcount frees its objects at one place, and other memory elsewhere.
place=$(awk '$1 == 3 && $3 == "kfree" && $5 == "rmmod" && $16 == 20011 { print $13 }' "$WORK/count")
requests=$(tallied 1 'comm == "kc-var-task" && class == "kmalloc" && is_of_kcount')
equal "$requests" "$(tallied 1 "comm == \"rmmod\" && site == \"$place\"")" "frees of the sample"
equal "$requests" "$(tallied 2 'comm == "kc-var-task" && class == "kmalloc" && is_of_kcount')" "the same sample"
equal "$(awk '$1 == 1 && $3 == "kmalloc" && $5 == "kc-var-task" && $9 == 701 { print $17 }' "$WORK/count")" \
	"$(awk -v place="$place" '$1 == 1 && $5 == "rmmod" && $13 == place { print $17 }' "$WORK/count")" \
	"sum of the addresses"
equal 20011 "$(tallied 3 'comm == "kc-var-task" && class == "kmalloc" && is_of_kcount')" "requests"
if [ "$requests" -lt 938 ] || [ "$requests" -gt 1564 ]; then
	fail "$requests of 20011 requests are not 1 in 16"
fi

# The text of one module, known exactly: kcount frees what it holds while it is unloaded.
modprobe kcount n=101 hold=1 phases=var,cache,page0
cat /proc/kcount >"$WORK/kcount"
grep '^kcount ' /proc/modules >"$WORK/modules"
begin=$(kcount_begin) end=$(kcount_end)
count "site=0x${begin#x}-0x${end#x}" + -- rmmod kcount
equal "$(made made cache)" "$(tallied 1 'class == "kmem_cache_free"')" "frees of a module to a cache"
equal "$(made made var)" "$(awk '$1 == 1 && $3 == "kfree" && $16 > most { most = $16 } END { print most }' "$WORK/count")" \
	"frees of a module at its busiest place"
passes_all=$(awk -v low="$begin" -v high="$end" '$1 == 2 && $2 == "tally" && $13 >= low && $13 < high {
	sum += $16 } END { print sum + 0 }' "$WORK/count")
equal "$passes_all" "$(book 1 recorded)" "of the module, without and with the filter"
unload
