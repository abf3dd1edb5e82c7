# SPDX-License-Identifier: GPL-2.0
# The table of bench/peers/run, from peers.json.
"one boot of \(.release), QEMU \(.qemu); the mixed load: \(.load_events) events, \(.bare / 1e6 | round) million instructions with nothing loaded",
(["MODE", "CONST", "VAR", "CACHE", "PAGE", "PER EVENT", "MIXED", "RATIO", "LOST", "VERSION"] | @tsv),
(.modes[] | select(.failed | not) | [.mode, .loops.const, .loops.var, .loops.cache, .loops.page, .per_event,
	.mixed.per_event // "-", .mixed.ratio // "-", .lost // "-", .version // ""] | @tsv),
(.modes[] | select(.failed) | "\(.mode) did not start: \(.failed)")
