#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# When a reader is too slow the loss is counted exactly, and what he gets is whole, once, and in order.
# guests: 1cpu 4cpu
# shellcheck shell=dash disable=SC1091,SC2154
. /share/lib.sh
. /share/device.sh

load log=0
n=$((60013 / $(nproc)))
made=$((n * $(nproc)))
LIKE='class == "kmalloc" && context == "task" && comm == "kc-seq-task" && bytes >= 1 && bytes <= 8191 && is_of_kcount'
# Sizes 1, 2 ... 8191, 1, 2 ...: each record that is torn, or of somebody else, is of no such kind.
count 'comm=kc-seq-*' contexts=task classes=kmalloc ring=8192 slow=5 \
	+ 'comm=kc-seq-*' contexts=task classes=kmalloc ring=8192 slow=5 mode=overwrite \
	+ 'comm=kc-seq-*' contexts=task classes=kmalloc ring=8192 slow=5 way=read read_bytes=320 \
	+ 'comm=kc-seq-*' contexts=task classes=kmalloc ring=8192 mode=overwrite \
	+ 'comm=kc-seq-*' contexts=task classes=kmalloc \
	-- "$WORK/make" n=$n spread=1 phases=seq-task
equal "$made" "$(tallied 5 "$LIKE")" "records without loss"
equal "$made" "$(book 5 recorded)" "records without loss"
for session in 1 3; do
	equal "$made" $(($(book $session taken) + $(book $session dropped.full))) "session $session: taken + dropped.full"
	equal "$(book $session dropped.full)" "$(book $session dropped)" "session $session: dropped"
	equal "$(book $session taken)" "$(tallied $session "$LIKE")" "session $session: records that are whole"
	[ "$(book $session dropped)" -gt $((made / 2)) ] || fail "session $session: the reader was not slow"
	[ "$(book $session taken)" -gt 123 ] || fail "session $session: only $(book $session taken) records"
done
for session in 2 4; do
	equal "$made" $(($(book $session taken) + $(book $session overwritten))) "session $session: taken + overwritten"
	equal 0 "$(book $session dropped)" "session $session: dropped"
	equal "$(book $session taken)" "$(tallied $session "$LIKE")" "session $session: records that are whole"
	[ "$(book $session overwritten)" -gt 0 ] || fail "session $session: nothing was overwritten"
	[ "$(book $session taken)" -gt 123 ] || fail "session $session: only $(book $session taken) records"
done
no_session_is_left 0
unload
