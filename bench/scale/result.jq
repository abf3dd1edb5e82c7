# SPDX-License-Identifier: GPL-2.0
# From the lines of bench/scale/guest to scale.json; run with -Rn, $date.
def round1: . * 10 | round / 10;
def of_mode($m): if $m == "session" then 1 else ($m | ltrimstr("sessions-") | tonumber) end;
(reduce (inputs | split(" ")) as $l ({ rows: [] };
	if $l[0] == "point" then .what = $l[1] | .n = $l[2]
	elif $l[0] == "kernel" then .release = $l[1] | .qemu = $l[2]
	elif $l[0] == "result" then .rows += [{ what, n, mode: $l[1], loop: $l[2], min: ($l[3] | tonumber),
		median: ($l[4] | tonumber), events: (($l[5] | tonumber) - ($l[6] | tonumber)), pairs: ($l[7] | tonumber),
		rounds: ($l[8] | tonumber) }]
	else . end)) as $all
| $all.rows | map(select(.loop | IN("empty", "nops100") | not)) as $rows
| def bare($r): first($rows[] | select(.what == $r.what and .n == $r.n and .loop == $r.loop and .mode == "bare"));
  def exact($what): [$rows[] | select(.what == $what and .mode != "bare" and .events > 0)
	| . as $r | { n, mode, cost: ((.median - bare($r).median) * (.rounds + 1) / .events) }]
	| group_by([.n, .mode]) | map({ n: .[0].n, mode: .[0].mode, per_event: (map(.cost) | add / length | round1) });
{ date: $date, release: $all.release, qemu: $all.qemu,
  sessions: (exact("sessions") | map({ n: of_mode(.mode), per_event }) | sort_by(.n)),
  rings: exact("ring") | sort_by(.n | gsub("k"; "") | gsub("m"; "000") | tonumber),
  keys: exact("keys") | sort_by(.mode, (.n | tonumber)),
  cpus: ([$rows[] | select(.what == "cpus" and .mode != "bare") | . as $r | { n, mode, ratio: (.min / bare($r).min) }]
	| group_by([.mode, .n]) | map({ n: (.[0].n | tonumber), mode: .[0].mode, ratio: (map(.ratio) | add / length * 100 | round / 100) })
	| sort_by(.mode, .n)) }
