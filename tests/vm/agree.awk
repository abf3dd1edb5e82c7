# SPDX-License-Identifier: GPL-2.0
# Compares the kernel's own histograms with the log, for each task, kind and size of requests.
# Files: kcount's report (may be empty), hist.kmalloc, hist.kmem_cache_alloc, hist.mm_page_alloc, log.
# Prints each difference, exit status 1 if there is one; and as "exceptions" how many events the
# log leaves out by rule: "duplicate" (kernels since 6.12 fire kmalloc twice for a large request of
# variable size) and "failed" (recorded, but not printed).
#
# Events that a histogram dropped are in no row of it, but it says how many there were: that many may
# be missing from its rows.

function bytes_of_order(order,    bytes)
{
	for (bytes = 4096; order > 0; order--)
		bytes *= 2
	return bytes
}

BEGIN {
	large = 8192
	nr_duplicate = nr_failed = 0
}

FILENAME ~ /kcount$/ {
	if (/^#/)
		next
	key = "kmalloc " $3 " " $7
	if ($6 == "fail")
		failed[key] = $13
	if ($6 == "lconst")
		fires_once[key] = 1
	next
}

FILENAME ~ /hist\./ {
	label = FILENAME
	sub(/.*hist\./, "", label)
	is_page = label == "mm_page_alloc"
	if (is_page)
		label = "alloc_pages"
	if ($1 == "Dropped:")
		dropped[label] = $2
	if ($1 != "{")
		next
	# { common_pid: 316, bytes_req: 701 } hitcount: 101
	gsub(/[,:]/, " ")
	traced[label " " $3 " " (is_page ? bytes_of_order($5) : $5)] += $NF
	next
}

# Process names may hold anything but the quote, so the fields are taken from the end of the name.
{
	label = substr($1, 2, length($1) - 3)
	sub(/.*' with PID /, "")
	sub(/ in cache .*/, "")
	logged[label " " $1 " " $3]++
}

END {
	for (key in traced) {
		split(key, part, " ")
		wanted = traced[key]
		if (key in failed) {
			twice = wanted == 2 * failed[key]
			nr_duplicate += twice * failed[key]
			nr_failed += failed[key]
			wanted -= (1 + twice) * failed[key]
		} else if (part[1] == "kmalloc" && part[3] > large && !(key in fires_once) && \
			   wanted == 2 * logged[key]) {
			nr_duplicate += logged[key]
			wanted = logged[key]
		}
		missing = logged[key] - wanted
		if (missing > 0 && missing <= dropped[part[1]])
			dropped[part[1]] -= missing
		else if (missing) {
			printf "%d traced, %d in the log: %s\n", traced[key], logged[key], key
			wrong = 1
		}
	}
	for (key in logged)
		if (!(key in traced)) {
			printf "none traced, %d in the log: %s\n", logged[key], key
			wrong = 1
		}
	print "exceptions duplicate " nr_duplicate
	print "exceptions failed " nr_failed
	exit wrong
}
