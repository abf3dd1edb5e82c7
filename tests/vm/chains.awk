# SPDX-License-Identifier: GPL-2.0
# Compares call chains, frame by frame and request by request: those that a module of workloads/chains has gone through (first
# file, its own report), and what memmon report --json --by cache,stack says of its cache (second file).
# variables: cache, its name; most, so many frames may a stack have; is_anonymous: 1, names of modules do not count;
# may_lack: 1, requests may have no stack, if that is said of them.
# Prints what differs; without differences how many chains and requests there were, and of the chains how many are longer,
# and how many requests have no stack.

# The first function is the one that asks: the module has taken its reference beside that place.
function key_of(frames, nr,    i, key)
{
	key = frames[1]
	sub(/\+0x[0-9a-f]+/, "", key)
	for (i = 2; i <= nr && i <= most; i++)
		key = key ";" frames[i]
	if (is_anonymous)
		gsub(/ \[chains(_wide)?\]/, "", key)
	return key
}

function differ(text)
{
	print text
	nr_differences++
}

BEGIN {
	FS = "\t"
}

FNR == NR && /^#/ {
	split($0, words, " ")
	if (words[1] != "#chains" || words[4] != 0 || words[6] != 0)
		differ("the module has lost some: " $0)
}

FNR == NR && !/^#/ {
	nr = NF - 4
	for (i = 1; i <= nr; i++) {
		frames[i] = $(i + 4)
		sub(/\/0x[0-9a-f]+/, "", frames[i])
	}
	key = key_of(frames, nr)
	nr_cut += nr > most
	nr_chains += !(key in wanted)
	wanted[key] += $3
	who[key] = $1 " " $2
	nr_wanted += $3
}

FNR == NR {
	next
}

/^ *"cache": "/ {
	is_ours = index($0, "\"" cache "\"")
	nr = 0
	is_stack = 0
}

/^ *"stack": (\[|null)/ {
	is_stack = /\[/
	next
}

is_stack && /^ *\]/ {
	is_stack = 0
}

is_stack && is_ours {
	split($0, words, "\"")
	frames[++nr] = words[2]
}

is_ours && /^ *"requests": / {
	split($0, words, " ")
	if (nr || !may_lack)
		got[nr ? key_of(frames, nr) : "(no stack)"] += words[2]
	else
		nr_lacking += words[2]
	is_ours = 0
}

END {
	for (key in wanted) {
		if (may_lack && wanted[key] > got[key])
			nr_missing += wanted[key] - got[key]
		else if (wanted[key] != got[key])
			differ(who[key] ": " wanted[key] " requests, memmon says " got[key] + 0 ": " key)
	}
	for (key in got) {
		if (!(key in wanted))
			differ("memmon says " got[key] ", the module nothing: " key)
	}
	if (nr_missing != nr_lacking)
		differ(nr_missing + 0 " stacks are missing, and " nr_lacking + 0 " requests have none")
	if (!nr_wanted)
		differ("nothing was asked for")
	if (!nr_differences)
		print nr_chains + 0, nr_wanted, nr_cut + 0, nr_lacking + 0
	exit nr_differences > 0
}
