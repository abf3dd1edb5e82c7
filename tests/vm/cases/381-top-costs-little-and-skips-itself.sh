#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# memmon top with some 1000 rows, five times a second: what it takes of a CPU, and that it is not in its own view.
# guests: 1cpu
# shellcheck shell=dash disable=SC1091,SC2154
. /share/lib.sh
. /share/device.sh
. /share/terminal.sh

# An emulated CPU is 20 to 50 times slower than a real one, and what runs beside it on the host slows it down
# further, but its clock is that of the host. So this finds only what is badly wrong; what memmon top takes by the
# clock of instructions stands in docs/manual.md, section 10.
MOST_PERCENT=40

# ticks PID: of a process in user space and in the kernel
ticks()
{
	awk '{ print $14 + $15 }' "/proc/$1/stat"
}

load log=0
open_terminal 80 24 'memmon top -d 0.2'
screen_shows '^caches '
top=$(pidof memmon)
round=0
while [ $round -lt 12 ]; do
	ls -l /proc/sys/vm >/dev/null
	round=$((round + 1))
done
keys 3
screen_shows '^ls \([0-9]+\) '
before=$(ticks "$top")
began=$(awk '{ print $1 }' /proc/uptime)
round=0
while [ $round -lt 50 ]; do
	cat /proc/loadavg >/dev/null
	sleep 0.2
	round=$((round + 1))
done
after=$(ticks "$top")
ended=$(awk '{ print $1 }' /proc/uptime)
percent=$(awk -v ticks=$((after - before)) -v began="$began" -v ended="$ended" \
	'BEGIN { printf "%.2f", ticks / (ended - began) }')
echo "# memmon top takes $percent % of an emulated CPU"
awk -v percent="$percent" -v most=$MOST_PERCENT 'BEGIN { exit !(percent < most) }' ||
	fail "memmon top takes $percent % of a CPU"
keys / memmon Enter
screen_shows 'filter: memmon'
sleep 1
look_at_screen
! grep -q '^memmon (' "$WORK/screen" || fail "memmon top sees itself: $(cat "$WORK/screen")"
keys Escape q
screen_shows '^ended with 0$'
close_terminal
unload
