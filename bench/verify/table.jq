# SPDX-License-Identifier: GPL-2.0
# The table of bench/verify/run, from verify.json.
(["KERNEL", "EVENTS", "VERIFIED", "DISAGREED", "REMEMBERED", "WALKED", "UNWOUND", "STACKS", "NO PLACE", "SECONDS"]
	| @tsv),
(.kernels[] | [.release, .events, .verified, .disagreed, .remembered, .walked, .unwound, .distinct, .missed, .seconds]
	| @tsv)
