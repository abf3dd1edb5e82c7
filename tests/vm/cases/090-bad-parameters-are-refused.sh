#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# A bad value fails the load, is named in the kernel log, and leaves nothing behind.
# guests: 1cpu
# shellcheck shell=dash disable=SC1091,SC2154
. /share/lib.sh

refuses()
{
	dmesg -c >/dev/null
	! modprobe mem_monitor "$@" 2>/dev/null || fail "loads with $*"
	dmesg | grep 'mem_monitor' | grep -qF "${1%%=*}" ||
		fail "no message about $1: $(dmesg | tail -n 3)"
	nothing_is_left
}

refuses source=
refuses source=ftrace
refuses log=2
refuses log=x
refuses entries=0
refuses entries=-1
refuses entries=many
refuses entries=4000000000
refuses entries=99999999999999999999
refuses proc_mode=0666
refuses proc_mode=0600
refuses proc_mode=0777
refuses proc_mode=0
refuses proc_mode=x
refuses pid=-1
refuses pid=x
refuses pid=4194305
refuses comm=longer-than-any-name
refuses "cache=$(printf '%0300d' 0)"
refuses min_bytes=-1
refuses min_bytes=x
refuses kmalloc_constant=2
refuses fail_step=-1
load
unload
