# SPDX-License-Identifier: GPL-2.0
# Turns the raw results of bench/measure into the table, the verdict on the goals, and results.json.
#
# usage: awk -v json=FILE -v date=DATE -v judge=0|1 -f report.awk RAW...
# Each RAW begins with a line `run PAIRS ROUNDS KERNEL`. Exit status 3 when a goal is missed, 1 when the
# results cannot be trusted.

BEGIN {
	nr_loops = split("const var cache page", loops)
	label["bare"] = "nothing loaded"
	label["idle"] = "mem_monitor log=0"
	label["tracepoint"] = "mem_monitor source=tracepoint"
	label["session"] = "one session"
	label["session-keep"] = "one session that keeps"
	label["session-ledger"] = "one session, ledger alone"
	label["session-stacks"] = "one session, ledger with stacks"
	label["session-both"] = "one session, ring and ledger"
	label["session-ring-stacks"] = "one session, ring with stacks"
	label["sessions-2"] = "two sessions"
	label["sessions-3"] = "three sessions"
	label["log-and-session"] = "log and one session"
	label["judged-pid"] = "one session, pid= is met"
	nr_conditions = split("pid tgid bytes order gfp site context sample node comm cgroup cache", conditions)
	for (i = 1; i <= nr_conditions; i++)
		label["rejected-" conditions[i]] = "one session, " conditions[i] "= is not met"
	label["kprobe"] = "mem_monitor source=kprobe"
	label["kprobe-constant"] = "source=kprobe kmalloc_constant=1"
	label["ftrace"] = "ftrace kmem events"
	label["ftrace-hist"] = "ftrace histograms by call site"
	label["kprobe-events"] = "kprobe events into ftrace's ring"
	label["baseline"] = "naive kprobe logger"
	label["bare-again"] = "nothing loaded, afterwards"
	max_per_event = 70
	max_per_further_session = 30
	max_per_rejected = 25
	max_per_ledger_pair = 200
	max_per_total = 120
	nr_totals = split("site cache process cgroup full", totals)
	max_per_stack = 150
	max_kprobe_part = 0.5
}

FNR == 1 { nr_kernels++ }
$1 == "run" {
	pairs[nr_kernels] = $2
	rounds[nr_kernels] = $3
	sub(/^run [0-9]+ [0-9]+ /, "")
	name[nr_kernels] = $0
	next
}
$1 == "compiler" {
	sub(/^compiler /, "")
	compiler[nr_kernels] = $0
	next
}
$1 == "refused" { refused[nr_kernels] = refused[nr_kernels] " " $2 }
$1 == "kernel" { release[nr_kernels] = $2; qemu[nr_kernels] = $3 }
$1 == "result" {
	k = nr_kernels
	if (!((k, $2) in seen)) {
		seen[k, $2] = 1
		config[k, ++nr_configs[k]] = $2
	}
	low[k, $2, $3] = $4
	median[k, $2, $3] = $5
	events[k, $2, $3] = $6 > $7 ? $6 - $7 : 0
}

# A difference of a few events per run is noise of the shell around the loop, not a recorded pair.
function per_pair(k, c, l,    n) {
	n = events[k, c, l] / (pairs[k] * (rounds[k] + 1))
	return n < 0.01 ? 0 : n
}

function over_bare(k, c, l) { return (median[k, c, l] - median[k, "bare", l]) / pairs[k] }

# The bare loop itself, without the cost of looping.
function bare(k, l) { return (median[k, "bare", l] - median[k, "bare", "empty"]) / pairs[k] }

function per_event(k, c, l,    n) {
	n = per_pair(k, c, l)
	return n ? over_bare(k, c, l) / n : "none"
}

# The mean over the loops that recorded anything, "none" when no loop did.
function average(k, c,    i, sum, n, cost) {
	for (i = 1; i <= nr_loops; i++) {
		cost = per_event(k, c, loops[i])
		if (cost != "none") {
			sum += cost
			n++
		}
	}
	return n ? sum / n : "none"
}

function cell(value, format) { return sprintf("%10s", value == "none" ? "-" : sprintf(format, value)) }

function head(title,    i, line) {
	line = sprintf("%-32s", title)
	for (i = 1; i <= nr_loops; i++)
		line = line sprintf("%10s", loops[i])
	return line
}

function print_costs(k,    c, i, j, line) {
	line = sprintf("%-32s", label["bare"])
	for (i = 1; i <= nr_loops; i++)
		line = line cell(bare(k, loops[i]), "%.1f")
	print "\n" head("instructions per pair") "\n" line "\nand over that, with"
	for (j = 2; j <= nr_configs[k]; j++) {
		c = config[k, j]
		line = sprintf("%-32s", label_of(c))
		for (i = 1; i <= nr_loops; i++)
			line = line cell(over_bare(k, c, loops[i]), "%.1f")
		print line
	}
}

function print_events(k,    c, i, j, line) {
	print "\n" head("events seen per pair")
	for (j = 2; j <= nr_configs[k]; j++) {
		c = config[k, j]
		line = sprintf("%-32s", label_of(c))
		for (i = 1; i <= nr_loops; i++)
			line = line cell(per_pair(k, c, loops[i]), "%.2f")
		if (average(k, c) != "none")
			print line
	}
}

function print_per_event(k,    c, i, j, line) {
	print "\n" head("instructions per event") "   average"
	for (j = 2; j <= nr_configs[k]; j++) {
		c = config[k, j]
		line = sprintf("%-32s", label_of(c))
		for (i = 1; i <= nr_loops; i++)
			line = line cell(per_event(k, c, loops[i]), "%.1f")
		if (average(k, c) != "none")
			print line cell(average(k, c), "%.1f")
	}
}

function verdict(k, met, what) {
	printf("goal %s on %s: %s\n", met ? "met" : "MISSED", name[k], what)
	if (!met)
		missed++
}

# One configuration against its goal; all loops must have had events.
function judge_cost(k, c, most,    i) {
	if (!((k, c) in seen))
		return
	for (i = 1; i <= nr_loops; i++)
		if (per_event(k, c, loops[i]) == "none") {
			verdict(k, 0, label[c] " saw nothing of loop " loops[i])
			return
		}
	verdict(k, average(k, c) <= most,
		sprintf("%s: %.1f instructions per event (at most %d)", label[c], average(k, c), most))
}

# What a configuration with one more session costs over the one without.
function judge_further(k, c, without,    cost) {
	if (!((k, c) in seen) || !((k, without) in seen))
		return
	cost = average(k, c) - average(k, without)
	verdict(k, cost <= max_per_further_session,
		sprintf("%s: %.1f instructions per event over %s (at most %d)", label[c], cost,
			label[without], max_per_further_session))
}

# What a pair costs a session that only keeps a ledger, over one that only has a ring.
function judge_ledger(k,    i, cost) {
	if (!((k, "session-ledger") in seen) || !((k, "session") in seen))
		return
	for (i = 1; i <= nr_loops; i++) {
		if (per_event(k, "session-ledger", loops[i]) == "none") {
			verdict(k, 0, label["session-ledger"] " saw nothing of loop " loops[i])
			return
		}
		cost += over_bare(k, "session-ledger", loops[i]) - over_bare(k, "session", loops[i])
	}
	cost /= nr_loops
	verdict(k, cost <= max_per_ledger_pair,
		sprintf("%s: %.1f instructions per pair over %s (at most %d)", label["session-ledger"], cost,
			label["session"], max_per_ledger_pair))
}

# What call stacks add to a ring whose stacks are always the same.
function judge_stacks(k,    cost) {
	if (!((k, "session-ring-stacks") in seen) || !((k, "session") in seen))
		return
	cost = average(k, "session-ring-stacks") - average(k, "session")
	verdict(k, cost <= max_per_stack,
		sprintf("%s: %.1f instructions per event over %s (at most %d)", label["session-ring-stacks"], cost,
			label["session"], max_per_stack))
}

# The source kprobe against a module that does the obvious.
function judge_kprobe(k,    ours, naive) {
	if (!((k, "kprobe") in seen) || !((k, "baseline") in seen))
		return
	ours = average(k, "kprobe")
	naive = average(k, "baseline")
	verdict(k, ours <= naive * max_kprobe_part,
		sprintf("%s: %.1f instructions per event (at most half of the naive logger, %.1f)", label["kprobe"], ours,
			naive))
}

function judge_kernel(k,    i) {
	judge_cost(k, "tracepoint", max_per_event)
	judge_cost(k, "session", max_per_event)
	judge_cost(k, "session-keep", max_per_event)
	judge_further(k, "sessions-2", "session")
	judge_further(k, "sessions-3", "sessions-2")
	judge_further(k, "log-and-session", "tracepoint")
	judge_ledger(k)
	for (i = 1; i <= nr_totals; i++)
		judge_cost(k, "totals-" totals[i], max_per_total)
	judge_stacks(k)
	judge_kprobe(k)
	for (i = 1; i <= nr_conditions; i++)
		judge_cost(k, "rejected-" conditions[i], max_per_rejected)
	if ((k, "idle") in seen)
		judge_idle(k)
}

function judge_idle(k,    i, worst, cost) {
	for (i = 1; i <= nr_loops; i++) {
		cost = over_bare(k, "idle", loops[i])
		if (cost > worst)
			worst = cost
	}
	verdict(k, worst < 0.05, sprintf("log=0 costs %.1f instructions per pair (0)", worst))
}

# True when the counter really ticked once per instruction.
function is_ruler_true(k,    ticks) {
	ticks = (median[k, "bare", "nops100"] - median[k, "bare", "empty"]) / pairs[k]
	return ticks > 99.9 && ticks < 100.1
}

function json_number(value) { return value == "none" ? "null" : sprintf("%.4f", value) }

function json_loop(k, c, l) {
	return sprintf("{\"loop\": \"%s\", \"ticks_min\": %d, \"ticks_median\": %d, \"events\": %d, " \
		       "\"over_bare_per_pair\": %s, \"events_per_pair\": %s, \"per_event\": %s}",
		       l, low[k, c, l], median[k, c, l], events[k, c, l],
		       json_number(over_bare(k, c, l)), json_number(per_pair(k, c, l)),
		       json_number(per_event(k, c, l)))
}

function json_config(k, c,    i, text) {
	text = sprintf("      {\"name\": \"%s\", \"label\": \"%s\", \"average_per_event\": %s, \"ticks_empty\": %d, \"loops\": [",
		       c, label_of(c), json_number(average(k, c)), median[k, c, "empty"])
	for (i = 1; i <= nr_loops; i++)
		text = text comma(i) "\n        " json_loop(k, c, loops[i])
	return text "\n      ]}"
}

# Sessions by number and rings by size have no name of their own.
function label_of(c) { return c in label ? label[c] : c }

# A kernel's name can be a path, in which anything may occur.
function escape(text) {
	gsub(/["\\]/, "\\\\&", text)
	return text
}

function comma(index_from_1) { return index_from_1 > 1 ? "," : "" }

function write_json(    k, j) {
	printf("{\n  \"date\": \"%s\",\n  \"unit\": \"instructions\",\n  \"kernels\": [", date) >json
	for (k = 1; k <= nr_kernels; k++) {
		printf("%s\n    {\"name\": \"%s\", \"release\": \"%s\", ", comma(k), escape(name[k]),
		       release[k]) >json
		printf("\"qemu\": \"%s\", \"compiler\": \"%s\", ", qemu[k], escape(compiler[k])) >json
		printf("\"pairs\": %d, \"rounds\": %d, \"configurations\": [", pairs[k], rounds[k]) >json
		for (j = 1; j <= nr_configs[k]; j++)
			printf("%s\n%s", comma(j), json_config(k, config[k, j])) >json
		printf("\n    ]}") >json
	}
	printf("\n  ]\n}\n") >json
	close(json)
}

END {
	for (k = 1; k <= nr_kernels; k++) {
		if (!is_ruler_true(k)) {
			print "bench/run: on " name[k] " the guest's clock does not tick once per instruction;" \
			      " lab/vm must run with --icount" | "cat >&2"
			exit 1
		}
		printf("\nkernel %s (%s), QEMU %s, %s: loops of %d pairs, median of %d rounds\n",
		       name[k], release[k], qemu[k], compiler[k], pairs[k], rounds[k])
		print_costs(k)
		print_events(k)
		print_per_event(k)
		if (refused[k] != "")
			print "\nthis module has no session as in:" refused[k]
	}
	write_json()
	if (!judge)
		exit 0
	print ""
	for (k = 1; k <= nr_kernels; k++)
		judge_kernel(k)
	exit missed ? 3 : 0
}
