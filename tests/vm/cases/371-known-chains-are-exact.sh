#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# memmon record --stacks has deep, recursive, interrupt-time and multi-path call chains as the kernel's own unwinder has seen
# them beside each request: frame by frame, and how often each.
# guests: 1cpu 4cpu
# slow: a minute of chains
# shellcheck shell=dash disable=SC1091,SC2154
. /share/lib.sh
. /share/device.sh
. /share/chains.sh

# record_chains OPTION...: with options of memmon record. What the module knows is in $WORK/chains.
record_chains()
{
	modprobe chains || fail "modprobe chains failed"
	go_through chains "$WORK/chains" 4 >"$WORK/load"
	memmon record --stacks --json --strict "$@" -o "$WORK/rec" -- sh "$WORK/load" >"$WORK/record" ||
		fail "memmon record $* failed: $(cat "$WORK/record")"
	chains_agree chains "$WORK/chains" "$WORK/rec"
	echo "$chains chains, $requests requests, $cut longer than $MOST_FRAMES; $(tr '\n' ' ' <"$WORK/chains.ways")"
	rmmod chains
}

# All ways to find a stack, none of them with anything to compare but the module's own reference.
load log=0
record_chains
for way in remembered walked unwound; do
	[ "$(status stacks.$way "$WORK/chains.ways")" -gt 100 ] || fail "$(status stacks.$way "$WORK/chains.ways") were $way"
done
for kind in deep recursive cut even odd moved; do
	for way in syscall work thread irq_work tasklet timer; do
		grep -q "^$way	$kind	" "$WORK/chains" || fail "no chain: $way $kind"
	done
done
# These end where the interrupt began, and it began upon one of the chains.
for way in irq_work timer; do
	[ "$(crossed $way "$WORK/chains")" -gt 0 ] || fail "$way has never interrupted a chain"
done
[ "$(nproc)" -eq 1 ] || [ "$(crossed call "$WORK/chains")" -gt 0 ] || fail "no call from another CPU has interrupted a chain"
# A softirq at the end of a section without is no interrupt: the stack goes on from its own to that of the thread.
grep '^tasklet	' "$WORK/chains" | grep -q 'fire_tasklet.*__local_bh_enable_ip.*spin_for_tasklet.*kthread' ||
	[ "$(crossed tasklet "$WORK/chains")" -gt 0 ] || fail "no tasklet has run upon a chain"

# Longer ones are not told as whole.
[ "$cut" -gt 0 ] || fail "no chain is longer than $MOST_FRAMES frames"
memmon report --by cache,stack --top 0 "$WORK/rec" >"$WORK/text" || fail "memmon report failed"
grep -q '<- (may go on)$' "$WORK/text" || fail "no word of stacks that go on"
rm -rf "$WORK/rec"
unload

# With the kernel's unwinder as a second witness, also for a session that has a filter, which takes another way.
load log=0 verify_stacks=1
record_chains
stacks_agreed "$WORK/chains.ways"
rm -rf "$WORK/rec"
before=$(status stacks.verified "$WORK/chains.ways")
record_chains --cache chains-object
stacks_agreed "$WORK/chains.ways"
[ "$(status stacks.verified "$WORK/chains.ways")" -gt "$before" ] || fail "no stack was verified with a filter"
unload
