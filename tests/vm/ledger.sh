# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# Ledgers of /dev/mem_monitor inside the guest, beside the loads of workloads/ledger.

# keep_report MODULE: what a load says it did is in $WORK/MODULE, and stays there
keep_report()
{
	cat "/proc/$1" >"$WORK/$1"
}

# reported MODULE FUNCTION FIELD: sum of a column of a load's report (made, freed, bytes_req) over one function
reported()
{
	awk -v function_name="$2" -v field="$3" '
	NR == 1 { for (i = 1; i <= NF; i++) if ($i == field) column = i; next }
	$1 == function_name && NF == 6 { sum += $column }
	END { print sum + 0 }' "$WORK/$1"
}

# functions MODULE: those that take memory, each once
functions()
{
	awk 'NR > 1 && NF == 6 && !seen[$1]++ { print $1 }' "$WORK/$1"
}

# ledger_book NUMBER KEY: a line of the books of a session's ledger
ledger_book()
{
	awk -v number="$1" -v key="$2" '$1 == number && $2 == "ledger" && $3 == key { print $4 }' "$WORK/count"
}

# held NUMBER FIELD CONDITION: sum of a field of the accounts that meet a condition of awk
held()
{
	awk -v number="$1" '
	$1 == number && $2 == "account" {
		class = $3; function_name = $4; module = $5; cache = $6; order = $7; site = $8; born = $9; died = $10
		born_bytes = $11; died_bytes = $12; live = $13; live_req = $14; live_alloc = $15; queued = $16
		oldest_ms = $17; newest_ms = $18; stacks = $19; contexts = $20; cgroup = $21; retired = $22
		if ('"$3"')
			sum += '"$2"'
	}
	END { print sum + 0 }' "$WORK/count"
}

# account_is NUMBER MODULE FUNCTION FIELD WANTED: of the accounts of one function
account_is()
{
	equal "$5" "$(held "$1" "$4" "module == \"$2\" && function_name == \"$3\"")" "session $1: $4 of $3 [$2]"
}

# ledger_has NUMBER MODULE: what a load reported, exactly: each function's births, deaths, objects and bytes
ledger_has()
{
	for function in $(functions "$2"); do
		# Blocks of pages have no call site; they are looked for by their frame number.
		case $function in
		leaker_take_pages | leaker_take_exact) continue ;;
		esac
		made=$(reported "$2" "$function" made)
		freed=$(reported "$2" "$function" freed)
		bytes=$(awk -v function_name="$function" '$1 == function_name { print $4; exit }' "$WORK/$2")
		account_is "$1" "$2" "$function" born "$made"
		account_is "$1" "$2" "$function" died "$freed"
		account_is "$1" "$2" "$function" live $((made - freed))
		account_is "$1" "$2" "$function" live_req $(((made - freed) * bytes))
	done
}
