# SPDX-License-Identifier: GPL-2.0
# What a tool says is held, beside what the loads know to be so. Files: NAME.truth, NAME.stacks.
# Prints for each function of the loads what it really holds, and what the tool shows; then a summary.

FILENAME == ARGV[1] {
	if (!($2 in made))
		name[++nr] = $2
	made[$2] += $4
	held[$2] += $4 - $5
	is_leak[$2] = $1 == "leaker"
	next
}

/bytes in [0-9]+ allocations/ {
	stacks++
	bytes = $1
	objects = $4
	is_ours = 0
	next
}

# The first function of a stack that is one of ours.
!is_ours && match($0, /[a-z_]+\+0x/) {
	text = substr($0, RSTART, RLENGTH - 3)
	if (text in made) {
		is_ours = 1
		shown[text] += objects
		shown_bytes[text] += bytes
		ours[text]++
	}
}

END {
	printf "\n%s: %s s for the known work beside it, %s s of CPU time itself\n", tool, seconds, cpu
	printf "%-28s %10s %10s %10s %12s\n", "FUNCTION", "MADE", "HELD", "SHOWN", "SHOWN_BYTES"
	for (i = 1; i <= nr; i++) {
		f = name[i]
		if (!made[f])
			continue
		printf "%-28s %10d %10d %10d %12d\n", f, made[f], held[f], shown[f], shown_bytes[f]
		if (is_leak[f])
			shown[f] ? found++ : missed++
		else if (shown[f]) {
			wrong++
			wrong_objects += shown[f]
			wrong_bytes += shown_bytes[f]
		}
		known += ours[f]
	}
	printf "found %d, missed %d, falsely reported %d functions (%d objects, %d bytes); %d stacks elsewhere\n",
		found, missed, wrong, wrong_objects, wrong_bytes, stacks - known
}
