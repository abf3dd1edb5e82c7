# SPDX-License-Identifier: GPL-2.0
# Compares the change of the kernel's active objects with what lives in the ledger of session 1, for each cache with
# more than 1000 objects; session 2, if there is one, saw tracepoints only.
# What waits for kfree_rcu() in the end is what the last look itself has left; the first look has left as much.
# Sessions from 3 on saw the frees of one cache each, as the variable "older" names them, so that those of objects that
# are older than the ledger can be told from them.
# Files: slabinfo before, slabinfo after, what `device count` printed. Exit status 1 if a difference is 1 % or more,
# and more than a slab of each CPU: of one from which a CPU allocates, the kernel counts all objects as in use.

FILENAME == ARGV[1] && !/^(#|slabinfo)/ { before[$1] += $2 }
FILENAME == ARGV[2] && !/^(#|slabinfo)/ { after[$1] += $2; per_slab[$1] = $5; if (!($1 in place)) { place[$1] = ++nr; name[nr] = $1 } }
FILENAME == ARGV[3] && $2 == "live" { live[$1, $3] += $4 - ($1 == 1 ? $6 : 0) }
FILENAME == ARGV[3] && $2 == "ledger" { book[$1, $3] = $4 }
FILENAME == ARGV[3] && $2 == "recorded" { frees[$1] = $3 }
FILENAME == ARGV[3] && $1 == 1 && $2 == "account" { died[$6] += $10 }

END {
	nr_older = split(older, cache_of, ",")
	for (i = 1; i <= nr_older; i++)
		old[cache_of[i]] = frees[i + 2] - died[cache_of[i]]
	printf "%-26s %9s %9s %9s %9s %9s %9s %9s %12s\n", "CACHE", "BEFORE", "AFTER", "CHANGE", "LEDGER", "OLD_FREED",
		"DIFF", "DIFF_%", "TRACEPOINTS"
	for (i = 1; i <= nr; i++) {
		cache = name[i]
		change = after[cache] - before[cache]
		if (after[cache] <= 1000)
			continue
		caches++
		diff = live[1, cache] - old[cache] - change
		percent = 100 * diff / after[cache]
		if (percent >= 1 || percent <= -1) {
			off++
			wrong += diff > cpus * per_slab[cache] || -diff > cpus * per_slab[cache]
		}
		printf "%-26s %9d %9d %9d %9d %9s %9d %9.2f %12d\n", cache, before[cache], after[cache], change,
			live[1, cache], cache in old ? old[cache] : "-", diff, percent, live[2, cache]
	}
	printf "%d caches with more than 1000 objects, %d of them 1 %% or more off, %d also by more than the slabs of %d CPUs; untracked %d, frees of older ones %d, reborn %d\n",
		caches, off, wrong, cpus, book[1, "untracked"], book[1, "unknown"], book[1, "reborn"]
	exit wrong > 0 || !caches
}
