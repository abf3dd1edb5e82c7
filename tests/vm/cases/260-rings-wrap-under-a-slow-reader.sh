#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# When a reader is too slow the loss is counted exactly, and what he gets is whole, once, and in order.
# guests: 1cpu 4cpu
# once: rings know nothing of the kernel around them
# shellcheck shell=dash disable=SC1091,SC2154,SC2086
. /share/lib.sh
. /share/device.sh

load log=0
n=$((60013 / $(nproc)))
made=$((n * $(nproc)))
# Modules only: since 7.x the slab allocator asks itself for memory now and then.
WHAT="site=$MODULES comm=kc-seq-* contexts=task classes=kmalloc"
LIKE='class == "kmalloc" && context == "task" && comm == "kc-seq-task" && bytes >= 1 && bytes <= 8191 && is_of_kcount'
# Sizes 1, 2 ... 8191, 1, 2 ...: each record that is torn, or of somebody else, is of no such kind.
set -f
count $WHAT ring=8192 slow=5 + $WHAT ring=8192 slow=5 mode=overwrite \
	+ $WHAT ring=8192 slow=5 way=read read_bytes=320 + $WHAT ring=8192 mode=overwrite + $WHAT \
	-- "$WORK/make" n=$n spread=1 phases=seq-task
set +f
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
	[ "$(book $session taken)" -gt 123 ] || fail "session $session: only $(book $session taken) records"
done
[ "$(book 2 overwritten)" -gt $((made / 2)) ] || fail "session 2: the reader was not slow"
no_session_is_left 0
unload
