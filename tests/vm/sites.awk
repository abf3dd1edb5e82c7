# SPDX-License-Identifier: GPL-2.0
# Compares events per call site: those that a session has (first file) with the kernel's own (second file).
# Variables: event; dropped, events that the kernel's histogram counted in no row.
# Prints every difference, exit status 1 if there is one; and as "unseen" how many events there were of call
# sites that the session leaves out by rule (kernels since 6.12 have another kmalloc inside of a large one),
# for the caller to check, with how many of them may be missing because the histogram dropped them.

FNR == NR { seen[$1] = $2; next }

{ traced[$1] = $2 }

END {
	for (site in seen) {
		missing = seen[site] - traced[site]
		if (missing >= 0 && missing <= dropped) {
			dropped -= missing
		} else {
			printf "%s: %d traced, %d in the session: %s\n", event, traced[site], seen[site], site
			wrong = 1
		}
	}
	for (site in traced)
		if (!(site in seen)) {
			unseen += traced[site]
			nr_unseen++
			last = site
		}
	if (nr_unseen && event != "kmalloc") {
		printf "%s: %d call sites are not in the session, one is %s\n", event, nr_unseen, last
		wrong = 1
	}
	print "unseen", unseen + 0, dropped + 0
	exit wrong
}
