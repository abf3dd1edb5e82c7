# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# Sessions of /dev/mem_monitor inside the guest: tests/vm/programs is the other side.

DEVICE=/share/device
# Where modules are, as a filter has it; the kernel itself is below.
# shellcheck disable=SC2034 # used by the cases
MODULES=0xffffffffc0000000-0xfffffffffeffffff

# The load of most cases: kcount, with its report and place in memory kept.
cat >"$WORK/make" <<END_OF_MAKE
#!/bin/sh
set -e
modprobe kcount "\$@"
cat /proc/kcount >"$WORK/kcount"
grep '^kcount ' /proc/modules >"$WORK/modules"
rmmod kcount
END_OF_MAKE
chmod +x "$WORK/make"

# count SPEC... -- COMMAND...: what the sessions saw is in $WORK/count
count()
{
	$DEVICE count "$@" >"$WORK/count" 2>"$WORK/error" || fail "device count $*: $(cat "$WORK/error")"
}

# book NUMBER KEY: a line of the books of a session
book()
{
	awk -v number="$1" -v key="$2" '$1 == number && $2 == key { print $3 }' "$WORK/count"
}

# tallied NUMBER CONDITION: how many records of a session meet a condition of awk
tallied()
{
	awk -v number="$1" -v low="$(kcount_begin)" -v high="$(kcount_end)" '
	$1 == number && $2 == "tally" {
		class = $3; context = $4; comm = $5; pid = $6; tgid = $7; node = $8; bytes = $9; order = $10
		zone = $11; cache = $12; site = $13; has_object = $14; gfp = $15; count = $16; objects = $17
		is_page = class ~ /^mm_page/
		is_free = class ~ /free/
		is_of_kcount = site >= low && site < high
		if ('"$2"')
			sum += count
	}
	END { print sum + 0 }' "$WORK/count"
}

# Where kcount was, as the addresses of a tally are written.
kcount_begin()
{
	[ ! -e "$WORK/modules" ] || awk '{ sub(/^0x/, "x", $6); print $6 }' "$WORK/modules"
}

kcount_end()
{
	[ -e "$WORK/modules" ] || return 0
	read -r _ bytes _ _ _ address _ <"$WORK/modules"
	printf 'x%016x\n' $((address + bytes))
}

# made_in FIELD PHASE: as made(), of one phase
made_in()
{
	awk -v field="$1" -v phase="$2" '
	NR == 1 { for (i = 1; i <= NF; i++) if ($i == field) column = i; next }
	$1 == phase { sum += $column }
	END { print sum + 0 }' "$WORK/kcount"
}

# session_has_what_was_made NUMBER: every request and every free of kcount, and no other of it
session_has_what_was_made()
{
	awk -v number="$1" -v low="$(kcount_begin)" -v high="$(kcount_end)" -f "$HERE/session.awk" \
		"$WORK/kcount" "$WORK/count" >"$WORK/differences" ||
		fail "session $1: $(head -n 20 "$WORK/differences")"
	equal 0 "$(book "$1" dropped)" "session $1: dropped"
}

# function_range NAME: first and last address of a function of the kernel
function_range()
{
	awk -v name="$1" '
	begin && $1 != begin { print "0x" begin "-0x" $1; exit }
	$3 == name { begin = $1 }' /proc/kallsyms
}

# no_session_is_left: all of them ended, and gave their memory back; $1 is what rings took before
no_session_is_left()
{
	equal 0 "$(status sessions)" "sessions"
	equal "$1" "$(status rings_total_bytes)" "bytes of all rings"
}
