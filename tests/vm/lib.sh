# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# What the cases share inside the guest: the module, kcount, load, readers, and what is expected.

LOG=/proc/mem_monitor
STATUS=/proc/mem_monitor_status
KPROBES=/sys/kernel/debug/kprobes/list
HERE=/share
WORK=$(mktemp -d /tmp/case.XXXXXX)
BACKGROUND=

# shellcheck disable=SC2034 # used by the cases
LINE_FORMAT="^\[(kmalloc|kmalloc_large|kmalloc_slab|kmalloc_node|kmalloc_cache)\]: Process '[ -~]{1,15}' with PID [0-9]+ allocated [0-9]+ bytes\$|^\[kmem_cache_alloc\]: Process '[ -~]{1,15}' with PID [0-9]+ allocated [0-9]+ bytes in cache '[!-~]+'\$|^\[alloc_pages\]: Process '[ -~]{1,15}' with PID [0-9]+ allocated [0-9]+ bytes \(order [0-9]+, node [0-9]+, zone [A-Za-z0-9]+\)\$"

# What a background shell has started may outlive it for a moment, and write one more file.
trap 'stop_background; rm -rf "$WORK" 2>/dev/null || { sleep 1; rm -rf "$WORK"; }' EXIT

fail()
{
	echo "$*"
	exit 1
}

# equal WANTED GOT WHAT
equal()
{
	[ "$1" = "$2" ] || fail "$3: expected $1, got $2"
}

load()
{
	modprobe mem_monitor "$@" || fail "modprobe mem_monitor $* failed"
}

unload()
{
	rmmod mem_monitor || fail "rmmod mem_monitor failed"
	nothing_is_left
}

nothing_is_left()
{
	! grep -q '^mem_monitor ' /proc/modules || fail "the module is still loaded"
	[ ! -e "$LOG" ] || fail "$LOG is still there"
	[ ! -e "$STATUS" ] || fail "$STATUS is still there"
	[ ! -s "$KPROBES" ] || fail "probes are still there: $(cat "$KPROBES")"
}

# status KEY [FILE]: the value in the status file, or in a copy of it
status()
{
	awk -v key="$1" '$1 == key { sub(/^[^ ]+ /, ""); print }' "${2:-$STATUS}"
}

# unbalanced FILE: prints the keys of a copy of the status whose sums do not come out even
unbalanced()
{
	awk '
	{ value[$1] = $2 }
	$1 ~ /^(seen|recorded|filtered|dropped)\./ { split($1, part, "."); sum[part[1]] += $2 }
	END {
		if (!("seen" in value && "recorded" in value && "filtered" in value && "dropped" in value && "in_flight" in value))
			print "a total is missing"
		for (total in sum)
			if (sum[total] != value[total])
				printf "%s %d is not the sum of its parts %d\n", total, value[total], sum[total]
		accounted = value["recorded"] + value["filtered"] + value["dropped"] + value["in_flight"]
		if (value["seen"] != accounted)
			printf "seen %d, accounted for %d\n", value["seen"], accounted
	}' "$1"
}

books_balance()
{
	cat "$STATUS" >"$WORK/status"
	difference=$(unbalanced "$WORK/status")
	[ -z "$difference" ] || fail "the books do not balance: $difference"
}

# kcount PARAMETER...: makes the requests; what was made is in $WORK/kcount
kcount()
{
	modprobe kcount "$@" || fail "modprobe kcount $* failed"
	cat /proc/kcount >"$WORK/kcount"
	rmmod kcount || fail "rmmod kcount failed"
}

# made FIELD KIND: sum of a column of kcount's report (made, freed, failed) over one kind
made()
{
	awk -v field="$1" -v kind="$2" '
	NR == 1 { for (i = 1; i <= NF; i++) if ($i == field) column = i; next }
	$6 == kind { sum += $column }
	END { print sum + 0 }' "$WORK/kcount"
}

# Compares the log with kcount's report, line by line.
log_has_what_was_made()
{
	cat "$LOG" >"$WORK/log"
	awk -v source="$(status source)" -v attached="$(awk '$2 == "attached" { print $1 }' "$STATUS" | tr '\n' ' ')" \
		-f $HERE/expect.awk "$WORK/kcount" "$WORK/log" >"$WORK/differences" ||
		fail "$(head -n 20 "$WORK/differences")"
}

# in_background COMMAND...: runs it until stop_background
in_background()
{
	"$@" &
	BACKGROUND="$BACKGROUND $!"
}

stop_background()
{
	# shellcheck disable=SC2086 # a list
	[ -z "$BACKGROUND" ] || kill $BACKGROUND 2>/dev/null || :
	# shellcheck disable=SC2086
	wait $BACKGROUND 2>/dev/null || :
	BACKGROUND=
}

# Requests and frees of every class, for ever.
make_load()
{
	while :; do
		ls -lR /sys/kernel/mm /proc/sys/vm >/dev/null
		dd if=/dev/zero of="$WORK/load" bs=64k count=8 2>/dev/null
		rm -f "$WORK/load"
	done
}

# read_for_ever BYTES: reads the log in blocks of a size; lines that are not whole go to $WORK/bad
read_for_ever()
{
	while [ -e "$LOG" ]; do
		dd if="$LOG" bs="$1" count=$((25000 / $1 + 1)) 2>/dev/null | sed '$d' >"$WORK/read.$1"
		[ ! -s "$WORK/read.$1" ] || : >"$WORK/has_read.$1"
		grep -Ev "$LINE_FORMAT" "$WORK/read.$1" >>"$WORK/bad" || :
	done
}

# readers_saw_whole_lines BYTES...: all of those that read_for_ever was started with
readers_saw_whole_lines()
{
	for bytes in "$@"; do
		[ -e "$WORK/has_read.$bytes" ] || fail "the reader with bs=$bytes got nothing"
	done
	[ ! -s "$WORK/bad" ] || fail "a reader saw: $(head -n 3 "$WORK/bad")"
}
