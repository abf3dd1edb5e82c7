#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# When any step of loading fails, the earlier ones are undone.
# guests: 1cpu
# shellcheck shell=dash disable=SC1091,SC2154
. /share/lib.sh

# Sizes of all areas in vmalloc space but those of new tasks and those waiting to be unmapped.
areas()
{
	grep -v -e unpurged -e vm_map_ram -e kernel_clone /proc/vmallocinfo | awk '{ print $2 }' | sort -n | uniq -c
}

for source in tracepoint kprobe; do
	load source=$source
	unload
	areas >"$WORK/before"
	step=1
	while [ $step -lt 64 ]; do
		dmesg -c >/dev/null
		if modprobe mem_monitor source=$source fail_step=$step 2>/dev/null; then
			break
		fi
		dmesg | grep -qE "mem_monitor: init step $step \([^)]+\) failed: -12" ||
			fail "step $step does not say what failed: $(dmesg | tail -n 3)"
		nothing_is_left
		step=$((step + 1))
	done
	[ $step -gt 4 ] || fail "only $((step - 1)) steps can fail"
	[ $step -lt 64 ] || fail "no end of steps"
	cat "$LOG" >/dev/null
	unload
	load source=$source
	kcount n=11 phases=cache
	log_has_what_was_made
	unload
	areas >"$WORK/after"
	diff "$WORK/before" "$WORK/after" >"$WORK/diff" || fail "vmalloc areas: $(cat "$WORK/diff")"
done
