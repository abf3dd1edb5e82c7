# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# Counts kmem events with the kernel's own histograms, independently of the module.

INSTANCE=/sys/kernel/tracing/instances/memmon-test
TRACED="kmalloc kmem_cache_alloc mm_page_alloc kfree kmem_cache_free mm_page_free mm_page_free_batched"

# trigger EVENT COMM: the histogram for an event, of tasks whose name matches a pattern
trigger()
{
	case $1 in
	kmalloc | kmem_cache_alloc) keys=common_pid,bytes_req condition= ;;
	mm_page_alloc) keys=common_pid,order condition= ;;
	kfree) keys=common_pid condition=' && ptr > 16' ;; # not NULL, nor what kmalloc(0) gives
	*) keys=common_pid condition= ;;
	esac
	echo "hist:keys=$keys:size=8192 if comm ~ \"$2\"$condition"
}

trace_begin()
{
	mkdir $INSTANCE
	for event in $TRACED; do
		trigger "$event" "$1" >$INSTANCE/events/kmem/"$event"/trigger
	done
}

# trace_end COMM: histograms to $WORK/hist.EVENT
trace_end()
{
	for event in $TRACED; do
		cat $INSTANCE/events/kmem/"$event"/hist >"$WORK/hist.$event"
		echo "!$(trigger "$event" "$1")" >$INSTANCE/events/kmem/"$event"/trigger
	done
	rmdir $INSTANCE
}

# traced [EVENT...]: how many there were, of all events unless told which. A histogram drops an event
# that interrupts the making of the event's own row: that one is in no row, but it is counted.
traced()
{
	# shellcheck disable=SC2086 # a list
	[ $# -gt 0 ] || set -- $TRACED
	for event in "$@"; do
		awk '$1 == "Hits:" || $1 == "Dropped:" { print $2 }' "$WORK/hist.$event"
	done | awk '{ sum += $1 } END { print sum + 0 }'
}

# log_agrees_with_trace: per task, kind and size; what differs by rule goes to $WORK/exceptions
log_agrees_with_trace()
{
	cat "$LOG" >"$WORK/log"
	[ -e "$WORK/kcount" ] || : >"$WORK/kcount"
	awk -f /share/agree.awk "$WORK/kcount" "$WORK/hist.kmalloc" "$WORK/hist.kmem_cache_alloc" \
		"$WORK/hist.mm_page_alloc" "$WORK/log" >"$WORK/exceptions" ||
		fail "$(grep -v '^exceptions ' "$WORK/exceptions" | head -n 20)"
}

# exceptions WHICH: number of requests that the trace counted and the log rightly does not show
exceptions()
{
	awk -v which="$1" '$1 == "exceptions" && $2 == which { print $3 }' "$WORK/exceptions"
}
