# SPDX-License-Identifier: GPL-2.0
# Draws instructions per event as bars on a logarithmic scale, as SVG.
#
# reads: title TEXT, then NAME VALUE OURS, separated by tabs
BEGIN {
	FS = "\t"
	left = 170
	width = 520
	step = 22
	top = 54
	decades = 5
}
$1 == "title" { title = $2; next }
{ name[++n] = $1; value[n] = $2; ours[n] = $3 }

function x_of(v) { return left + width * log(v) / log(10) / decades }

# The cheapest first.
function sort(    i, j, v, text, own) {
	for (i = 2; i <= n; i++) {
		v = value[i]; text = name[i]; own = ours[i]
		for (j = i - 1; j >= 1 && value[j] > v; j--) {
			value[j + 1] = value[j]; name[j + 1] = name[j]; ours[j + 1] = ours[j]
		}
		value[j + 1] = v; name[j + 1] = text; ours[j + 1] = own
	}
}

END {
	sort()
	height = top + n * step + 40
	printf("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" " \
	       "font-family=\"sans-serif\" font-size=\"12\">\n", left + width + 80, height)
	print "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>"
	printf("<text x=\"10\" y=\"20\" font-size=\"15\">Instructions per event, over the same code unwatched</text>\n")
	printf("<text x=\"10\" y=\"38\" fill=\"#555\">%s; logarithmic; dark: mem_monitor</text>\n", title)
	for (d = 0; d <= decades; d++) {
		x = left + width * d / decades
		printf("<path d=\"M%.1f %d V%d\" stroke=\"#ddd\"/>\n", x, top - 6, height - 28)
		printf("<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\" fill=\"#555\">%d</text>\n", x, height - 12, 10 ^ d)
	}
	for (i = 1; i <= n; i++) {
		y = top + (i - 1) * step
		printf("<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>\n", left - 8, y + 13, name[i])
		printf("<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"16\" fill=\"%s\"/>\n", left, y,
		       x_of(value[i]) - left, ours[i] ? "#1b5e8c" : "#b8c4cc")
		printf("<text x=\"%.1f\" y=\"%d\">%.0f</text>\n", x_of(value[i]) + 5, y + 13, value[i])
	}
	print "</svg>"
}
