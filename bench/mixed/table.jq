# SPDX-License-Identifier: GPL-2.0
# The table of bench/mixed/run, from mixed.json.
"mixed load on \(.release), \(.cpus) CPUs: \(.bare / 1e6 | round) million \(.unit) with nothing loaded, spread \(.bare_spread / .bare * 1000 | round / 10) %",
(["MODE", "PER EVENT", "RATIO", "EVENTS", "LOST", "EVENTS/S", "SPREAD", "STACKS FOUND"] | @tsv),
(.modes[] | [.mode, .per_event // "-", .ratio, .events, .lost, .events_per_second // "-",
	(.spread / .busy * 1000 | round / 10 | tostring + " %"),
	(if .hit_rate then "\(.hit_rate) %" else "" end)] | @tsv),
(if .refused != [] then "this module has no session as in: \(.refused | join(" "))" else empty end)
