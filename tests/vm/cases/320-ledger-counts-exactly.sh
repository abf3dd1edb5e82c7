#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# A ledger has every object of known loads: births, deaths, bytes, ages, stacks, caches, frame numbers.
# guests: 1cpu 4cpu
# shellcheck shell=dash disable=SC1091,SC2154
. /share/lib.sh
. /share/device.sh
. /share/ledger.sh

cat >"$WORK/load" <<END
set -e
modprobe leaker n=50 others=5
sleep 2
modprobe bulk_user n=20 hold=1
modprobe fragmenter slabs=12
modprobe typesafe n=30
modprobe rcu_user n=10
for module in leaker bulk_user fragmenter typesafe rcu_user; do
	cat /proc/\$module >"$WORK/\$module"
done
END
load log=0
before=$(status rings_total_bytes)
begin=$(cut -d. -f1 /proc/uptime)
count ledger=0 rings=0 stacks=4096 rows=pages -- sh "$WORK/load"
most_ms=$((($(cut -d. -f1 /proc/uptime) - begin + 1) * 1000))
equal 0 "$(book 1 missing)" "classes that are missing"
equal 0 "$(ledger_book 1 untracked)" untracked
for module in leaker bulk_user fragmenter typesafe; do
	ledger_has 1 $module
done

# All that was given to kfree_rcu() is gone, or is known to wait.
for function in rcu_user_take rcu_user_take_headless; do
	account_is 1 rcu_user $function born "$(reported rcu_user $function made)"
	account_is 1 rcu_user $function "live - queued" 0
done

# Sizes: of a kmalloc the class, of a cache its objects. Three ways lead to one allocating function.
account_is 1 leaker leaker_take live_alloc $((150 * 256))
account_is 1 leaker leaker_take_cached live_alloc $((50 * 328))
account_is 1 leaker leaker_take stacks 3
account_is 1 leaker leaker_take_cached stacks 1
equal 50 "$(held 1 live 'cache == "leaker-object"')" "objects of leaker-object"
equal 50 "$(held 1 'oldest_ms >= 2000 && oldest_ms < '$most_ms' ? live : 0' 'cache == "leaker-object"')" \
	"objects of an age between 2000 and $most_ms ms"

# Blocks of pages by frame number: also those of which a part was freed.
awk '$1 == "block" { printf "x%016x %d\n", $2, $3 }' "$WORK/leaker" | sort >"$WORK/blocks"
awk '$2 == "object" { print $3, $5 }' "$WORK/count" | sort >"$WORK/tracked"
equal 10 "$(wc -l <"$WORK/blocks")" "blocks of the leaker"
[ -z "$(comm -23 "$WORK/blocks" "$WORK/tracked")" ] ||
	fail "blocks that are not in the ledger: $(comm -23 "$WORK/blocks" "$WORK/tracked")"
[ "$(ledger_book 1 partly_freed)" -ge 5 ] || fail "partly freed blocks: $(ledger_book 1 partly_freed)"
for module in leaker bulk_user fragmenter typesafe rcu_user; do
	rmmod $module
done

# What is freed by the end is dead in the books, also when its module and its cache are gone.
count ledger=0 rings=0 -- sh -c "sh $WORK/load && rmmod leaker bulk_user fragmenter typesafe"
for module in leaker bulk_user fragmenter typesafe; do
	for function in $(functions $module); do
		account_is 1 $module "$function" live 0
	done
done
account_is 1 leaker leaker_take born 150
account_is 1 leaker leaker_take_cached died 50
equal 50 "$(held 1 born 'cache == "leaker-object"')" "objects born in a cache that is gone"
rmmod rcu_user

# A large kmalloc is one object, though the kernel tells of it twice.
count ledger=0 rings=0 "site=$MODULES" -- sh -c "modprobe leaker n=10 bytes=20000; cat /proc/leaker >$WORK/leaker"
ledger_has 1 leaker
account_is 1 leaker leaker_take live_alloc $((30 * 32768))
rmmod leaker
no_session_is_left "$before"
unload
