#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Without privileges the files cannot be opened, and no kernel address is ever in them.
# guests: 1cpu
# shellcheck shell=dash disable=SC1091,SC2154
. /share/lib.sh

# A shell of its own for nobody: start-stop-daemon takes a program that runs already for a daemon.
mkdir "$WORK/bin"
cp /bin/busybox "$WORK/bin/sh"
chmod -R go+rx "$WORK"

as_nobody()
{
	start-stop-daemon -S -q -c 65534:65534 -x "$WORK/bin/sh" -- -c "$1"
}

equal 65534 "$(as_nobody 'id -u')" "user id"
for mode in '' 0400 0440; do
	# shellcheck disable=SC2086 # empty means none
	load ${mode:+proc_mode=$mode}
	for file in "$LOG" "$STATUS"; do
		! as_nobody "cat $file" >"$WORK/read" 2>"$WORK/error" ||
			fail "mode ${mode:-default}: nobody can read $file"
		grep -q "Permission denied" "$WORK/error" || fail "$(cat "$WORK/error")"
		[ ! -s "$WORK/read" ] || fail "mode ${mode:-default}: nobody got something"
		want=${mode:-0400}
		equal "${want#0}" "$(stat -c %a "$file")" "mode of $file"
	done
	unload
done
for source in tracepoint kprobe; do
	load source=$source proc_mode=0444
	kcount n=11
	as_nobody "cat $LOG" >"$WORK/log"
	as_nobody "cat $STATUS" >"$WORK/status"
	[ "$(wc -l <"$WORK/log")" -gt 500 ] || fail "nobody cannot read the log with mode 0444"
	grep -q '^seen ' "$WORK/status" || fail "nobody cannot read the status with mode 0444"
	! grep -iE 'ffff[0-9a-f]{4}|[0-9a-f]{12}' "$WORK/log" "$WORK/status" ||
		fail "a kernel address is in the files"
	unload
done
