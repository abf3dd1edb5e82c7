# SPDX-License-Identifier: GPL-2.0
# Adds up the rows of `memmon report --json --by context,cpu,...` for each context and CPU.
# Variables: section, "slab" or "pages"; low and high, addresses between which the call site must be.
# Prints lines of: CONTEXT CPU REQUESTS FAILED BYTES FREES OUTSTANDING, in order.

function value_of(line)
{
	sub(/^[^:]*: /, "", line)
	gsub(/[",]/, "", line)
	return line
}

/^    "(slab|pages)": \{/ { in_section = $1 == "\"" section "\":" }
/^      "rows": \[$/ { in_rows = in_section }
/^      \]/ { in_rows = 0 }

!in_rows { next }

/^          "value": \{/ {
	in_value = 1
	site = "-"
	next
}

/^          \}/ { in_value = 0 }

in_value && /"context":/ { context = value_of($0) }
in_value && /"cpu":/ { cpu = value_of($0) }
in_value && /"site":/ { site = value_of($0) }

/^          "(requests|failed|bytes_requested|frees|outstanding_objects)":/ { number[$1] = value_of($0) }

/^        \}/ {
	address = site
	sub(/^0x/, "x", address)
	if (section == "slab" && (address < low || address >= high))
		next
	row = context " " cpu
	rows[row]
	requests[row] += number["\"requests\":"]
	failed[row] += number["\"failed\":"]
	bytes[row] += number["\"bytes_requested\":"]
	frees[row] += number["\"frees\":"]
	outstanding[row] += number["\"outstanding_objects\":"]
}

END {
	for (row in rows)
		print row, requests[row], failed[row], bytes[row], frees[row], outstanding[row] | "sort"
}
