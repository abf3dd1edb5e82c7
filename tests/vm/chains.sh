# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# Recordings of known call chains inside the guest: workloads/chains goes through them, and says which they were.

# A stack has so many frames at most: MEMMON_STACK_FRAMES.
MOST_FRAMES=127

# go_through MODULE FILE ROUNDS...: writes a script that goes through all its chains, in different system calls and by all
# other ways, and then keeps what the module knows of them in FILE, and how memmon has found stacks in FILE.ways
go_through()
{
	ways="work thread irq_work tasklet timer"
	[ "$(nproc)" -eq 1 ] || ways="$ways call"
	cat <<-END
	set -e
	for round in $(seq "$3" | tr '\n' ' '); do
		echo syscall all 1 >/proc/$1
		echo syscall even 1 >/proc/$1
	done
	for way in $ways; do
		echo \$way all $3 >/proc/$1
	done
	cat /proc/$1 >$2
	grep '^stacks[.]' /proc/mem_monitor_status >$2.ways
	END
}

# chains_agree MODULE FILE RECORDING [VARIABLE...]: the recording has all chains in FILE, and no others; variables are those of
# chains.awk. Sets $chains, $requests, $cut and $lacking.
chains_agree()
{
	module=$1 file=$2
	memmon report --json --by cache,stack --top 0 "$3" >"$WORK/report" || fail "memmon report failed"
	shift 3
	awk -v cache="$module-object" -v most=$MOST_FRAMES -f "$HERE/chains.awk" "$@" "$file" "$WORK/report" \
		>"$WORK/differences" ||
		fail "$module: $(head -n 20 "$WORK/differences"); $(grep -c . "$WORK/differences") differences"
	# shellcheck disable=SC2034 # used by the cases
	read -r chains requests cut lacking <"$WORK/differences"
}

# crossed WAY FILE: how many requests were made in interrupts upon a chain of the module
crossed()
{
	awk -F '\t' -v way="$1" '$1 == way { sum += $4 } END { print sum + 0 }' "$2"
}

# stacks_agreed FILE: none that was verified differed, and all that were not unwound were verified
stacks_agreed()
{
	equal 0 "$(status stacks.disagreed "$1")" "stacks that the kernel's unwinder has found to be others"
	[ "$(status stacks.verified "$1")" -gt 0 ] || fail "no stack was verified"
}
