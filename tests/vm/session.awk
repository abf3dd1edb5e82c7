# SPDX-License-Identifier: GPL-2.0
# Compares what kcount made (first file) with the tally of a session (second file), both ways.
# Variables: number of the session; low and high, where kcount's code was.
# Prints every difference; exit status 1 if there is one.

function expect(key, count)
{
	if (count)
		expected[key] += count
}

function expect_pages(who, bytes, order, places,    place, part, i, n)
{
	is_strict[who] = 1
	n = split(places, place, ",")
	for (i = 1; i <= n; i++) {
		split(place[i], part, ":")
		expect("mm_page_alloc " who " " bytes " order " order " node " part[1] " " part[2], part[3])
		expect("mm_page_free " who " " bytes " order " order " node " part[1] " " part[2], part[3])
	}
}

BEGIN {
	context["task"] = "task"
	context["soft"] = "softirq"
	context["hard"] = "hardirq"
}

/^#/ { next }

FNR == NR {
	who = context[$5] " " $2 " " $3
	requests += $11 + $13
	if ($14 != "-") {
		expect_pages(who, $7, $8, $14)
	} else if ($10 != "-") {
		expect("kmem_cache_alloc " who " " $7 " " $10, $11)
		expect("kmem_cache_free " who " " $7 " " $10, $12)
	} else if ($6 == "fail") {
		expect("kmalloc " who " 4294967295 failed", $13)
	} else if ($6 != "null") {
		expect("kmalloc " who " " $7, $11)
		expect("kfree " who, $12)
	}
	next
}

$1 != number || $2 != "tally" || $5 !~ /^kc-/ { next }

# Whether a request had to break up another migratetype's block is the kernel's affair, and no request more.
$3 == "mm_page_alloc_extfrag" { next }

$3 ~ /^mm_page/ {
	who = $4 " " $5 " " $6
	if (who in is_strict)
		got[$3 " " who " " $9 " order " $10 " node " $8 " " $11] += $16
	next
}

$13 >= low && $13 < high {
	who = $4 " " $5 " " $6
	if ($3 ~ /^kmem_cache/)
		got[$3 " " who " " $9 " " $12] += $16
	else if ($3 == "kfree")
		got["kfree " who] += $16
	else
		got["kmalloc " who " " $9 ($14 ? "" : " failed")] += $16
}

END {
	if (!requests) {
		print "kcount made no request"
		exit 1
	}
	for (key in expected)
		if (got[key] != expected[key]) {
			printf "%d made, %d in the session: %s\n", expected[key], got[key], key
			wrong = 1
		}
	# An interrupt on top of a page thread may ask for a page itself.
	for (key in got)
		if (!(key in expected) && (key !~ /^mm_page/ || key ~ /^[a-z_]* task /)) {
			printf "%d in the session, none made: %s\n", got[key], key
			wrong = 1
		}
	exit wrong
}
