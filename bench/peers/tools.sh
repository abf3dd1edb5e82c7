# SPDX-License-Identifier: GPL-2.0
# Other programs as ways of watching, for bench/peers/guest: how each begins and ends, in the Debian at $DEBIAN.
# shellcheck shell=dash

# What a program may take until it is attached, in the guest's seconds; while it waits they pass at once.
ATTACH_S=20
RING_MIB=128
# The events that all of them are given. The module sees the same, and mm_page_free_batched.
EVENTS='kmem:kmalloc kmem:kmem_cache_alloc kmem:kfree kmem:kmem_cache_free kmem:mm_page_alloc kmem:mm_page_free'
TOOL_OUT=/tmp/tool.out
TOOL_ERR=/tmp/tool.err

in_debian()
{
	chroot "$DEBIAN" "$@"
}

# events BEFORE BETWEEN: all of them, each after BEFORE, with BETWEEN instead of blanks
events()
{
	list=
	for event in $EVENTS; do
		list="$list${list:+$2}$1$event"
	done
	echo "$list"
}

# launch COMMAND...: in the background, and wait until it must be attached. No function runs it, so that the process
# is the program itself, which the signals are for.
launch()
{
	chroot "$DEBIAN" "$@" >$TOOL_OUT 2>$TOOL_ERR </dev/null &
	tool_pid=$!
	sleep $ATTACH_S
}

bpftrace_events=$(events tracepoint: ,)

# Its daemon finds no module in packages that were only unpacked.
LTTNG_MODULES='lttng-tracer lttng-ring-buffer-client-discard lttng-ring-buffer-metadata-client lttng-probe-kmem'

launch_lttng()
{
	# shellcheck disable=SC2086 # one word for each module
	{
		in_debian /usr/sbin/modprobe -a $LTTNG_MODULES &&
			in_debian lttng-sessiond --daemonize &&
			in_debian lttng create bench --output=/tmp/lttng &&
			in_debian lttng enable-channel --kernel --subbuf-size=16M --num-subbuf=8 all &&
			in_debian lttng enable-event --kernel --channel=all 'kmem_*' &&
			in_debian lttng add-context --kernel --channel=all --type=procname --type=pid --type=tid &&
			in_debian lttng start
	} >$TOOL_OUT 2>$TOOL_ERR </dev/null || tool_failed=1
}

# tool_start TOOL: sets $tool_failed when it did not start
tool_start()
{
	tool_failed=
	tool_pid=
	# shellcheck disable=SC2046 # a word for each event
	case $1 in
	trace-cmd) launch trace-cmd record -b 65536 $(events '-e ' ' ') -o /tmp/trace.dat ;;
	perf-record) launch perf record -a -m ${RING_MIB}M $(events '-e ' ' ') -o /tmp/perf.data ;;
	perf-record-g) launch perf record -a -g -m ${RING_MIB}M $(events '-e ' ' ') -o /tmp/perf.data ;;
	perf-kmem) launch perf kmem --slab --page record -m ${RING_MIB}M -o /tmp/perf.data ;;
	perf-stat) launch perf stat -a $(events '-e ' ' ') ;;
	bpftrace-comm) launch bpftrace -e "$bpftrace_events { @[comm] = count(); }" ;;
	bpftrace-stack) launch bpftrace -e "$bpftrace_events { @[kstack] = count(); }" ;;
	bpftrace-map)
		launch env BPFTRACE_MAX_MAP_KEYS=1000000 bpftrace -e '
			tracepoint:kmem:kmalloc, tracepoint:kmem:kmem_cache_alloc { @live[args.ptr] = args.bytes_alloc; }
			tracepoint:kmem:kfree, tracepoint:kmem:kmem_cache_free { delete(@live[args.ptr]); }
			END { clear(@live); }'
		;;
	memleak) launch memleak-libbpf 100000 ;;
	slabratetop) launch slabratetop-libbpf 100000 ;;
	lttng) launch_lttng ;;
	*) return 1 ;;
	esac
	# A program that is gone before anything happened has not started.
	# shellcheck disable=SC2034 # for the caller
	[ -z "$tool_pid" ] || kill -0 "$tool_pid" 2>/dev/null || tool_failed=1
}

# tool_why: one line about what went wrong, in the program's own words
tool_why()
{
	cat $TOOL_ERR $TOOL_OUT | grep -v '^$' | grep -i -m 1 'error\|fail\|cannot\|not \|no such' ||
		cat $TOOL_ERR $TOOL_OUT | head -n 1
}

# tool_stop TOOL: sets $lost to the events that it says it lost, or - if it says nothing about that
# shellcheck disable=SC2034 # $lost is for the caller
tool_stop()
{
	lost=-
	if [ -n "$tool_pid" ]; then
		kill -INT "$tool_pid" 2>/dev/null || :
		wait "$tool_pid" 2>/dev/null || :
	fi
	case $1 in
	trace-cmd) lost=$(awk '/events lost|dropped/ { for (i = 1; i < NF; i++) if ($(i + 1) == "events") n += $i }
		END { print n + 0 }' $TOOL_OUT $TOOL_ERR) ;;
	perf-record* | perf-kmem)
		lost=$(in_debian perf report --stats -i /tmp/perf.data 2>/dev/null |
			awk '/LOST_SAMPLES|LOST events|Lost/ { n += $NF } END { print n + 0 }')
		;;
	bpftrace-*) lost=$(awk '/Lost [0-9]+ events/ { n += $2 } END { print n + 0 }' $TOOL_OUT $TOOL_ERR) ;;
	lttng)
		in_debian lttng stop >$TOOL_OUT 2>&1 || :
		lost=$(awk '/discarded/ { for (i = 1; i <= NF; i++) if ($i ~ /^[0-9]+$/) n += $i } END { print n + 0 }' $TOOL_OUT)
		in_debian lttng destroy --all >/dev/null 2>&1 || :
		;;
	esac
	rm -rf "$DEBIAN"/tmp/*
}

# tool_version TOOL
tool_version()
{
	case $1 in
	trace-cmd) in_debian trace-cmd --version 2>&1 | sed -n 's/.*version *\([0-9][^ ]*\).*/\1/p' | head -n 1 ;;
	perf-*) in_debian perf --version | awk '{ print $3 }' ;;
	bpftrace-*) in_debian bpftrace --version | awk '{ print $2 }' ;;
	lttng) in_debian lttng --version | sed -n 's/.*) \([0-9][^ ]*\).*/\1/p' ;;
	memleak | slabratetop) in_debian "$1-libbpf" --version 2>&1 | awk '{ print $2; exit }' ;;
	esac
}
