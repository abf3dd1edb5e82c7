# SPDX-License-Identifier: GPL-2.0
# From the lines of bench/mixed/guest to mixed.json; run with -Rn, $name, $date, $cpus.
[inputs | split(" ")] as $lines
| [$lines[] | select(.[0] == "load") | { mode: .[1], busy: (.[3] | tonumber), elapsed: (.[4] | tonumber),
	events: (.[5] | tonumber), lost: (.[6] | tonumber) }] as $loads
| ([$loads[] | select(.mode | startswith("bare")) | .busy] | min) as $bare
| ($lines[] | select(.[0] == "kernel")) as $kernel
| def status($word; $mode): [$lines[] | select(.[0] == $word and .[1] == $mode)
	| { key: .[2], value: (.[3] | tonumber? // .) }] | from_entries;
# Of the stacks that were wanted in the counted runs, those that no unwinder had to find.
def hit_rate($mode): status("begun"; $mode) as $a | status("status"; $mode) as $b
	| if $b["stacks.unwound"] == null then null else
	  [("remembered", "walked", "unwound") as $k | $b["stacks." + $k] - ($a["stacks." + $k] // 0)]
	  | if add > 0 then (.[0] + .[1]) / add * 1000 | round / 10 else null end end;
{ date: $date, name: $name, release: $kernel[1], cpus: ($kernel[2] | tonumber),
    unit: (if $cpus == "" then "instructions" else "nanoseconds" end), bare: $bare,
    bare_spread: ([$loads[] | select(.mode | startswith("bare")) | .busy] | (max - min)),
    refused: [$lines[] | select(.[0] == "refused") | .[1]],
    modes: [$loads | group_by(.mode)[] | .[0].mode as $mode
	| (map(.busy) | min) as $busy | (map(.events) | add / length) as $events | (map(.lost) | add) as $lost
	| { mode: $mode, runs: length, busy: $busy, spread: ((map(.busy) | max) - $busy),
	    events: ($events | round), lost: $lost, elapsed: (map(.elapsed) | min),
	    events_per_second: (if $events > 0 then $events / (map(.elapsed) | min) * 1e9 | round else null end),
	    per_event: (if $events > 0 then ($busy - $bare) / $events * 10 | round / 10 else null end),
	    ratio: ($busy / $bare * 1000 | round / 1000),
	    hit_rate: hit_rate($mode), status: status("status"; $mode) }] }
