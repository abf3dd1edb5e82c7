#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Control characters in a task's name do not reach the reader's terminal.
# guests: 1cpu
# shellcheck shell=dash disable=SC1091,SC2154
. /share/lib.sh

for source in tracepoint kprobe; do
	load source=$source proc_mode=0400
	sh -c 'printf "a\033[31mb\n\t\377" >/proc/self/comm; cat /proc/self/comm; ls /proc/self/' >"$WORK/comm" &
	wait $!
	sh -c 'printf %s "it'"'"'s a \name" >/proc/self/comm; echo * >/dev/null; (:)' &
	wait $!
	cat "$LOG" >"$WORK/log"
	grep -q "Process 'a?\[31mb" "$WORK/log" || fail "$source: the odd name is not in the log"
	grep -qF "Process 'it's a \\name' with" "$WORK/log" || fail "$source: the quoted name is not in the log"
	equal 0 "$(tr -d '\n -~' <"$WORK/log" | wc -c)" "$source: unprintable bytes"
	! grep -Ev "$LINE_FORMAT" "$WORK/log" >"$WORK/bad" || fail "$source: $(head -n 3 "$WORK/bad")"
	unload
done
