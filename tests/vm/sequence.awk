# SPDX-License-Identifier: GPL-2.0
# Checks that the requests of kcount's phase "seq" are in order, end with the last, and miss none.
# Variable: total, the number of requests that were made.

function size_of(i)
{
	return 1 + i % 8191
}

/^\[kmalloc\]: Process 'kc-seq-/ { size[n++] = $(NF - 1) }

END {
	if (n < NR * 9 / 10) {
		printf "only %d of %d lines are requests of kcount\n", n, NR
		exit 1
	}
	for (i = 0; i < n; i++)
		if (size[i] != size_of(total - n + i)) {
			printf "request %d of the last %d asked for %d bytes, not %d\n", i, n, size[i], size_of(total - n + i)
			exit 1
		}
}
