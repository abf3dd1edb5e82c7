# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# A mixed load, and what the kernel says of its slab caches before and after it. A script of its own, to be run
# by a session with a ledger: balance.sh SECONDS FOLDER [COMMAND...]; COMMAND is one load more, run with SECONDS
# as its last argument. `balance.sh 0 FOLDER` only looks: do so once before, since the first look makes inodes.
set -eu

SECONDS_LONG=$1
FOLDER=$2
shift 2
LOADS=

# in_a_loop COMMAND...: until the load ends
in_a_loop()
{
	while [ ! -e "$FOLDER/ended" ]; do
		"$@" >/dev/null 2>&1 || :
	done &
	LOADS="$LOADS $!"
}

walk()
{
	find /sys/kernel /proc/sys /dev -xdev
}

pack()
{
	mkdir -p "$FOLDER/tree"
	tar -cf - /bin /sbin /etc 2>/dev/null | tar -xf - -C "$FOLDER/tree"
	rm -rf "$FOLDER/tree"
}

start_processes()
{
	for _ in 1 2 3 4 5 6 7 8; do
		/bin/true
	done
}

talk()
{
	nc -l -p 7777 >/dev/null &
	listener=$!
	sleep 0.2
	dd if=/dev/zero bs=16k count=64 2>/dev/null | timeout 5 nc 127.0.0.1 7777
	kill $listener 2>/dev/null || :
	wait $listener 2>/dev/null || :
}

rm -f "$FOLDER/ended"
/share/device look "$FOLDER/before"
[ "$SECONDS_LONG" -gt 0 ] || exit 0
modprobe rcu_user
modprobe bulk_user
in_a_loop walk
in_a_loop pack
in_a_loop start_processes
in_a_loop talk
in_a_loop /share/device ip-options 1000
if [ $# -gt 0 ]; then
	"$@" "$SECONDS_LONG" >"$FOLDER/log" 2>&1 || :
else
	sleep "$SECONDS_LONG"
fi
: >"$FOLDER/ended"
# shellcheck disable=SC2086 # a list
wait $LOADS
rmmod rcu_user
rmmod bulk_user
/share/device look "$FOLDER/after"
