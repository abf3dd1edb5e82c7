# SPDX-License-Identifier: GPL-2.0
# Walks handlers in what objdump prints, and counts their instructions by what they serve; for bench/path/run.

function fail(text) {
	print "bench/path/run: " text > "/dev/stderr"
	failed = 1
	exit 1
}

# What an instruction serves, from its operands and the symbol that it names. Registers of the moment are followed:
# that of the ring is what the books are counted through, that of the slot what xadd gave.
function purpose(text, symbol) {
	if (text ~ /^endbr64/) return "landing pad of indirect jumps"
	if (text ~ /^(push|pop)/ || text ~ /,%rbp$/ && text ~ /%rsp/) return "registers saved and restored"
	if (text ~ /^(nop|xchg +%ax,%ax)/ || is_key) return "place of a static key: several nodes?"
	if (text ~ /^(ret|jmp)/) return "return"
	if (symbol ~ /preempt_count|pcpu_hot\+0x4|pcpu_hot-0x4|pcpu_hot$/ && symbol !~ /const/)
		return text ~ /^test/ ? "which context is it?" : "preemption off and on"
	if (symbol ~ /memmon_ring_nest/) return "writers inside: enter, leave"
	if (text ~ /^rdtsc/) return "time"
	if (text ~ /^(shl +\$0x20,%rdx|or +%rax,%rdx|or +%rdx,%rax)/) return "time"
	if (symbol ~ /current_task|const_pcpu_hot/) return "the task"
	if (symbol ~ /memmon_listener_fast/) return "first session of the class, its ring, the next session"
	if (symbol ~ /memmon_cache/) return "id and size of the cache"
	if (text ~ /^xadd|^mov +\$0x40,%/) return "a slot is reserved"
	if (text ~ /%gs:(0x8)?\(/ && text ~ /^(mov|cmp)/) return "is the ring open?"
	if (text ~ /^incq +%gs:/) return "seen + 1"
	if (text ~ /^(mov|and|add) .*%gs:0x(10|18|20)\(/) return "a slot is reserved"
	if (text ~ /%gs:0x30\(/) return "is it the session's own process?"
	if (text ~ /^(mov|cmpq) .*%gs:0x[0-9a-f]+\(/) return "first session of the class, its ring, the next session"
	return ""
}

function walk(f,    at, n, text, symbol, what, last, slot, total, steps, count, order, nr, i) {
	if (!(f in start))
		fail("there is no function " f " in the module of " kernel)
	at = start[f]
	# What is attached jumps to the place behind it: memmon_cpu_jump_target().
	if (instruction[at] ~ /^endbr64/ && f ~ /^on_/)
		at = following[at]
	while (steps++ < 1000) {
		text = instruction[at]
		symbol = relocation[at]
		is_key = text ~ /^jmp/ && symbol == "" && keyed(at)
		what = purpose(text, symbol)
		if (text ~ /^xadd/) {
			slot = text
			sub(/^xadd +%/, "", slot)
			sub(/,.*/, "", slot)
		}
		if (what == "" && (text ~ /^j/ || slot != "" && text ~ /^test/))
			what = last
		if (what == "" && slot != "" && text ~ ("\\(%" slot "\\)$"))
			what = "stores into the record"
		if (what == "" && text ~ /^mov +0x[0-9a-f]+\(%/ && slot != "")
			what = "loads of thread and process id, comm"
		if (what == "" && text ~ /^(mov|cmp) .*0x10\(%|^cmp +%e[a-z0-9]+,0x[0-9a-f]+\(|^cmp +%r[0-9]+d,0x/)
			what = "is it the session's own process?"
		if (what == "")
			what = "arguments into the form of a record"
		if (!(what in count))
			order[++nr] = what
		count[what]++
		total++
		last = what
		if (text ~ /^ret/ || symbol ~ /return_thunk/)
			break
		at = text ~ /^jmp/ && symbol == "" && !is_key ? target(text) : following[at]
	}
	if (!(steps < 1000))
		fail(f " does not end")
	for (i = 1; i <= nr; i++) {
		if (!(order[i] in row))
			rows[++nr_rows] = order[i]
		row[order[i]] = 1
		cell[order[i], f] = count[order[i]]
	}
	sum[f] = total
}

function target(text) {
	sub(/^j[a-z]+ +/, "", text)
	sub(/ .*/, "", text)
	return text
}

# Whether a jump is the place of a static key, which is a nop in the kernel: it leads to a part behind the end.
function keyed(at,    to) {
	to = target(instruction[at])
	return after_return[to]
}

/^[0-9a-f]+ <.*>:$/ {
	name = $2
	gsub(/[<>:]/, "", name)
	fresh = 1
	previous = ""
	next
}

/^ *[0-9a-f]+:\t/ {
	split($0, part, "\t")
	at = part[1]
	gsub(/[ :]/, "", at)
	if (fresh)
		start[name] = at
	fresh = 0
	instruction[at] = part[2]
	sub(/ *#.*/, "", instruction[at])
	if (previous != "")
		following[previous] = at
	after_return[at] = ended
	ended = 0
	previous = at
	next
}

/R_X86_64_/ {
	relocation[previous] = $NF
	if ($NF ~ /return_thunk/)
		ended = 1
}

END {
	if (failed)
		exit 1
	n = split(functions, names, " ")
	for (i = 1; i <= n; i++)
		walk(names[i])
	printf "| instructions on %s |", kernel
	for (i = 1; i <= n; i++)
		printf " %s |", names[i]
	printf "\n|---|"
	for (i = 1; i <= n; i++)
		printf "---|"
	for (r = 1; r <= nr_rows; r++) {
		printf "\n| %s |", rows[r]
		for (i = 1; i <= n; i++)
			printf " %s |", cell[rows[r], names[i]]
	}
	printf "\n| **all** |"
	for (i = 1; i <= n; i++)
		printf " **%d** |", sum[names[i]]
	printf "\n"
}
