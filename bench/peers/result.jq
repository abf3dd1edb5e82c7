# SPDX-License-Identifier: GPL-2.0
# From the lines of bench/peers/guest to peers.json; run with -Rn, $date, $lttng.
def round1: . * 10 | round / 10;
[inputs | split(" ")] as $lines
| ($lines[] | select(.[0] == "kernel")) as $kernel
| [$lines[] | select(.[0] == "loop") | { mode: .[1], loop: .[2], ticks: (.[3] | tonumber) }] as $loops
| [$lines[] | select(.[0] == "load") | { mode: .[1], busy: (.[3] | tonumber), elapsed: (.[4] | tonumber),
	events: (.[5] | tonumber? // null) }] as $loads
| ([$loads[] | select(.mode | startswith("bare")) | .busy] | min) as $bare
# The load makes the same events whoever watches; a session of ours counts them.
| ([$loads[] | select(.mode == "session") | .events] | if . == [] then null else add / length end) as $events
| def over($mode): [$loops[] | select(.mode == $mode and (.loop | IN("const", "var", "cache", "page"))) | . as $l
	| { key: .loop, value: ((.ticks - ($loops[] | select(.mode == "bare" and .loop == $l.loop) | .ticks))
		/ ($kernel[3] | tonumber) | round1) }] | from_entries;
{ date: $date, release: $kernel[1], qemu: $kernel[2], lttng_modules: $lttng, bare: $bare,
  load_events: ($events | if . then round else null end),
  modes: [[$lines[] | select(.[0] | IN("loop", "failed")) | .[1]] | reduce .[] as $m ([]; if index($m) then . else . + [$m] end)
	| .[] | . as $mode
	| [$loads[] | select(.mode == $mode)] as $own
	| { mode: $mode,
	    version: ([$lines[] | select(.[0] == "version" and .[1] == $mode) | .[2]] | first),
	    failed: ([$lines[] | select(.[0] == "failed" and .[1] == $mode) | .[2:] | join(" ")] | first),
	    lost: ([$lines[] | select(.[0] == "lost" and .[1] == $mode) | .[2] | tonumber? // null] | first),
	    loops: over($mode) }
	# A pair is two events; what a program does not see costs nothing, and is left out.
	| if .loops == {} then . else .per_event = ([.loops[] | select(. >= 1) / 2]
		| if . == [] then 0 else add / length | round1 end) end
	| if $own == [] or $events == null then . else .mixed = {
		busy: ($own | map(.busy) | min), ratio: (($own | map(.busy) | min) / $bare * 1000 | round / 1000),
		per_event: (($own | map(.busy) | min) - $bare | . / $events | round1),
		events_per_second: ($events / ($own | map(.elapsed) | min) * 1e9 | round) } end] }
