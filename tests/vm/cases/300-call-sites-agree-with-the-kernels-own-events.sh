#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Of each call site a session has exactly as many events as the kernel's own histograms.
# guests: 4cpu
# shellcheck shell=dash disable=SC1091,SC2154
. /share/lib.sh
. /share/trace.sh
. /share/device.sh

SLAB="kmalloc kmem_cache_alloc kfree kmem_cache_free"

# trigger EVENT COMM: instead of trace.sh's, by call site
trigger()
{
	case $1 in
	kfree) condition=' && ptr > 16' ;; # not NULL, nor what kmalloc(0) gives
	*) condition= ;;
	esac
	case " $SLAB " in
	*" $1 "*) keys=call_site.hex ;;
	*) keys=common_pid ;;
	esac
	echo "hist:keys=$keys:size=8192 if comm ~ \"$2\"$condition"
}

# kcount, and what a shell does: forks, execs, pipes, opens.
cat >"$WORK/work" <<END
#!/bin/sh
"$WORK/make" n=53 spread=1
sh -c 'printf kc-user >/proc/self/comm
	i=0
	while [ \$i -lt 20 ]; do
		(read -r line </proc/version; echo "\$line" | (read -r _; :))
		echo /sys/kernel/mm/* >/dev/null
		i=\$((i + 1))
	done'
usleep 300000
END
chmod +x "$WORK/work"

load log=0
in_background make_load
trace_begin 'kc-*'
count 'comm=kc-*' -- "$WORK/work"
trace_end 'kc-*'
stop_background
session_has_what_was_made 1
duplicates=0 lost=0
for event in $SLAB; do
	# { call_site: ffffffffc0a1b2c3 } hitcount: 101
	awk '$1 == "{" { print "x" $3, $NF }' "$WORK/hist.$event" >"$WORK/traced"
	awk -v event="$event" '$2 == "tally" && $3 == event { sum[$13] += $16 }
		END { for (site in sum) print site, sum[site] }' "$WORK/count" >"$WORK/seen"
	[ "$(wc -l <"$WORK/seen")" -gt 7 ] || fail "$event: only $(wc -l <"$WORK/seen") call sites"
	dropped=$(awk '$1 == "Dropped:" { print $2 }' "$WORK/hist.$event")
	awk -v event="$event" -v dropped="${dropped:-0}" -f "$HERE/sites.awk" "$WORK/seen" "$WORK/traced" >"$WORK/sites" ||
		fail "$(head -n 20 "$WORK/sites")"
	[ "$event" != kmalloc ] || read -r _ duplicates lost <<END
$(grep '^unseen ' "$WORK/sites")
END
done
# Large requests of variable size, and those that fail, if this kernel has two events for each.
expected=$(($(made made lvar) + $(made made lnode) + $(made failed fail)))
if [ "$duplicates" -gt 0 ]; then
	if [ "$duplicates" -gt "$expected" ] || [ "$duplicates" -lt $((expected - lost)) ]; then
		fail "$duplicates duplicates, $expected expected, $lost of them may not have been traced"
	fi
fi
[ "$(book 1 filtered.duplicate)" -ge "$duplicates" ] || fail "fewer duplicates in the books than traced"
equal "$(traced mm_page_alloc)" "$(tallied 1 'class == "mm_page_alloc"')" "pages"
equal "$(traced mm_page_free)" "$(tallied 1 'class == "mm_page_free"')" "pages freed"
unload
