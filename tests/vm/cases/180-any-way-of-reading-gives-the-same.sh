#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Any block size, seek, and number of readers gives the same whole text.
# guests: 1cpu 4cpu
# shellcheck shell=dash disable=SC1091,SC2154
. /share/lib.sh

load 'comm=kc-*' entries=2000
kcount n=211 phases=task
cat "$LOG" >"$WORK/whole"
equal 2000 "$(wc -l <"$WORK/whole")" lines
for bytes in 7 64 4095 65536 1048576; do
	dd if="$LOG" bs=$bytes of="$WORK/part" 2>/dev/null
	cmp "$WORK/whole" "$WORK/part" || fail "bs=$bytes gives another text"
done
dd if="$LOG" bs=1 count=5000 of="$WORK/part" 2>/dev/null
head -c 5000 "$WORK/whole" | cmp - "$WORK/part" || fail "bs=1 gives another text"
for skip in 1 999 1000 77777; do
	dd if="$LOG" bs=1 skip=$skip count=300 of="$WORK/part" 2>/dev/null
	tail -c +$((skip + 1)) "$WORK/whole" | head -c 300 | cmp - "$WORK/part" || fail "seek to $skip"
done
i=0
while [ $i -lt 8 ]; do
	cat "$LOG" >"$WORK/reader$i" &
	i=$((i + 1))
done
wait
for reader in "$WORK"/reader*; do
	cmp "$WORK/whole" "$reader" || fail "readers at the same time get different texts"
done
# Each opening is a snapshot of its own: what comes later is not in it.
exec 3<"$LOG"
kcount n=211 phases=var-soft
cat <&3 | cmp "$WORK/whole" - || fail "a snapshot changed while open"
exec 3<&-
! cmp -s "$WORK/whole" "$LOG" || fail "the log did not go on"
unload
