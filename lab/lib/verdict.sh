# SPDX-License-Identifier: GPL-2.0
# Judges the guest's kernel log and taint after the command.
# shellcheck shell=bash

readonly LOG_BEGIN="lab: the command begins"
readonly LOG_BAD='BUG:|BUG at |BUG [^ ]+ \(|WARNING:|Oops|Kernel panic|Call Trace:'\
'|general protection fault|double fault|unable to handle'\
'|possible circular locking|possible recursive locking|inconsistent lock state|lock held when'\
'|suspicious RCU usage|non-static key|rcu: INFO|INFO: rcu|detected stall|soft lockup|hard LOCKUP'\
'|KASAN:|KFENCE:|KCSAN:|UBSAN:|KMSAN:|kmemleak: [0-9]+ new|blocked for more than'\
'|scheduling while atomic|sleeping function called|list_(add|del) corruption|refcount_t:'

# Taints that a module outside the tree (O) without signature (E) brings along.
readonly TAINT_EXPECTED=$(((1 << 12) | (1 << 13)))
readonly TAINT_LETTERS=GFSRMBUDAWCIOELKXTNJ

# kernel_log: what the guest's kernel said since the command began, safe for a terminal.
kernel_log()
{
	LC_ALL=C tr -cd '\11\12\40-\176' <"$SCRATCH/console" | awk -v begin="$LOG_BEGIN" '
		index($0, begin) { seen = 1; n = 0 }
		{ line[n++] = $0 }
		END { for (i = seen ? 0 : (n > 80 ? n - 80 : 0); i < n; i++) print line[i] }'
}

# taint_letters BITS: as the kernel prints them.
taint_letters()
{
	local bit letters=

	for ((bit = 0; bit < 31; bit++)); do
		(($1 >> bit & 1)) || continue
		letters+=${TAINT_LETTERS:bit:1}
	done
	printf '%s\n' "$letters"
}

# judge_kernel BEFORE AFTER: true when log and taint are clean; says what it found if not.
judge_kernel()
{
	local clean=0 bits bad

	bad=$(kernel_log | grep -E "$LOG_BAD" | head -n 1) || true
	if [ -n "$bad" ]; then
		kernel_log | tail -n 200 >&2
		complain "the kernel log shows trouble (above); first: $bad"
		clean=1
	fi
	bits=$(($2 & ~$1 & ~TAINT_EXPECTED))
	if [ "$bits" -ne 0 ]; then
		complain "the kernel became tainted: $(taint_letters "$bits") (mask $bits)"
		clean=1
	fi
	return "$clean"
}
