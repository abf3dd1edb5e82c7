# SPDX-License-Identifier: GPL-2.0
# Compares what kcount made (first file) with a log (second file). Variables: source, attached.
# Prints every difference; exit status 1 if there is one.

function expect(label, comm, pid, bytes, count, rest)
{
	expected["[" label "]: Process '" comm "' with PID " pid " allocated " bytes " bytes" rest] += count
}

function expect_pages(comm, pid, bytes, order, places,    place, part, i, n)
{
	strict["'" comm "' with PID " pid " "] = 1
	n = split(places, place, ",")
	for (i = 1; i <= n; i++) {
		split(place[i], part, ":")
		expect("alloc_pages", comm, pid, bytes, part[3], \
		       " (order " order ", node " part[1] ", zone " part[2] ")")
	}
}

# The functions of the reference that a request of this kind passes through.
function expect_calls(kind, comm, pid, bytes, count, cache)
{
	if (kind == "var" || kind == "lvar")
		expect_call("kmalloc", comm, pid, bytes, count)
	if (kind == "lconst")
		expect_call("kmalloc_large", comm, pid, bytes, count)
	if (kind == "node" || kind == "lnode")
		expect_call("kmalloc_node", comm, pid, bytes, count)
	if (kind == "var" || kind == "node")
		expect_call("kmalloc_slab", comm, pid, bytes, count)
	if (kind == "const")
		expect_call("kmalloc_cache", comm, pid, bytes, count)
	if (kind == "cache" || kind == "gone" || kind == "reborn")
		expect("kmem_cache_alloc", comm, pid, bytes, count, " in cache '" cache "'")
}

function expect_call(label, comm, pid, bytes, count)
{
	if (index(" " attached, " probe." label " "))
		expect(label, comm, pid, bytes, count, "")
}

/^#/ { next }

FNR == NR {
	comm = $2; pid = $3; kind = $6; bytes = $7; order = $8; cache = $10; count = $11; places = $14
	requests += count
	if (!count)
		next
	if (source == "kprobe")
		expect_calls(kind, comm, pid, bytes, count, cache)
	else if (places != "-")
		expect_pages(comm, pid, bytes, order, places)
	else if (cache != "-")
		expect("kmem_cache_alloc", comm, pid, bytes, count, " in cache '" cache "'")
	else
		expect("kmalloc", comm, pid, bytes, count, "")
	next
}

/Process 'kc-/ { got[$0]++ }

END {
	if (!requests) {
		print "kcount made no request"
		exit 1
	}
	for (line in expected)
		if (got[line] != expected[line]) {
			printf "%d made, %d in the log: %s\n", expected[line], got[line], line
			wrong = 1
		}
	# The pages of a thread that asks for pages only are not those of a slab, so all of them are known.
	# What else an interrupt of somebody asks for meanwhile is no business of this comparison.
	for (line in got)
		if (line ~ /^\[alloc_pages\]/ && !(line in expected)) {
			match(line, /'kc-[^']*' with PID [0-9]+ /)
			if (substr(line, RSTART, RLENGTH) in strict) {
				printf "%d in the log, none made: %s\n", got[line], line
				wrong = 1
			}
		}
	exit wrong
}
