#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# While a recording with call stacks goes on, modules with other frames take turns at the same addresses: what was learned of
# the code of one is not taken for that of the next.
# guests: 1cpu
# once: two minutes; what it is about is the same on all kernels
# shellcheck shell=dash disable=SC1091,SC2154
. /share/lib.sh
. /share/device.sh
. /share/chains.sh

TURNS=2

# place_of MODULE: where its code is
place_of()
{
	awk -v module="$1" '$1 == module { print $6 }' /proc/modules
}

# places_of MODULE: of its functions but the global one, its init function, whose name goes some time after loading
places_of()
{
	grep "	\[$1\]$" /proc/kallsyms | grep ' t ' | sed 's/	.*//' | sort
}

# take_turn MODULE NUMBER: it comes, goes through its chains, which are recorded, and goes
take_turn()
{
	modprobe "$1" || fail "modprobe $1 failed"
	place=$(place_of "$1")
	places_of "$1" >"$WORK/places"
	[ -e "$WORK/places.first" ] || cp "$WORK/places" "$WORK/places.first"
	cmp -s "$WORK/places" "$WORK/places.first" || moved=$((moved + 1))
	go_through "$1" "$WORK/$1" 2 >"$WORK/load"
	memmon record --stacks --json --strict -o "$WORK/rec" -- sh "$WORK/load" >"$WORK/record" ||
		fail "turn $2 of $1: memmon record failed: $(cat "$WORK/record")"
	chains_agree "$1" "$WORK/$1" "$WORK/rec"
	rm -rf "$WORK/rec"
	stacks_agreed "$WORK/$1.ways"
	cat "$WORK/$1" >>"$WORK/all.$1"
	# The session beside it is read once a second; names and frames are gone when the module is.
	sleep 3
	rmmod "$1"
	echo "turn $2 of $1 at $place: $chains chains, $requests requests"
}

# Room for all turns.
# What is learned lives as long as anybody takes stacks: this session does so all the time.
load log=0 verify_stacks=1
memmon record --stacks=131072 --strict --cache 'chains*-object' -o "$WORK/all" >"$WORK/errors" 2>&1 &
recorder=$!
until [ "$(status sessions)" -eq 1 ]; do
	sleep 0.1
done
same=0 moved=0 turn=1
while [ $turn -le $TURNS ]; do
	take_turn chains $turn
	before=$place
	take_turn chains_wide $turn
	[ "$place" != "$before" ] || same=$((same + 1))
	turn=$((turn + 1))
done
kill -INT $recorder
wait $recorder || fail "memmon record failed: $(cat "$WORK/errors")"
echo "$same of $TURNS times the second module came to the address of the first; in $moved turns its functions lay elsewhere"

# The whole recording has all of them apart. It names an address once, so names of modules are not compared, and nothing is
# where functions of one lay in the midst of those of another. Stacks that come again to the places of those whose code is gone
# need places beside them, of which there are few: some are left out, which is said.
if [ $moved -eq 0 ]; then
	for module in chains chains_wide; do
		chains_agree $module "$WORK/all.$module" "$WORK/all" is_anonymous=1 may_lack=1
		echo "all turns of $module: $chains chains, $requests requests, $lacking without a stack"
		[ $((lacking * 50)) -lt "$requests" ] || fail "$lacking of $requests requests have no stack"
	done
fi
unload
