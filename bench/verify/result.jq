# SPDX-License-Identifier: GPL-2.0
# From the lines of bench/verify/guest to one kernel of verify.json; run with -Rn, $name, $seed, $date.
[inputs | split(" ")] as $lines
| ([$lines[] | select(.[0] == "status") | { key: .[1], value: (.[2] | tonumber? // .) }] | from_entries) as $status
| def of_session($key):
	[$status | to_entries[] | select(.key | test("^session\\.[0-9]+\\." + $key + "$")) | .value] | add // 0;
($lines[] | select(.[0] == "kernel")) as $kernel
| { date: $date, name: $name, release: $kernel[1], cpus: ($kernel[2] | tonumber), seed: ($seed | tonumber),
    seconds: ($lines[] | select(.[0] == "seconds") | .[1] | tonumber),
    events: of_session("recorded"), verified: $status["stacks.verified"], disagreed: $status["stacks.disagreed"],
    remembered: $status["stacks.remembered"], walked: $status["stacks.walked"], unwound: $status["stacks.unwound"],
    rules: $status["stacks.rules"], distinct: of_session("stacks\\.used"), missed: of_session("stacks\\.missed") }
