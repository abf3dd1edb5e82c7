# SPDX-License-Identifier: GPL-2.0
# Ways of watching, by name: how each begins and ends in a guest, and what it has counted. For scripts in the guest;
# bench/README.md says what each is. Reads and writes files with builtins only: a fork would allocate, and be recorded.
# shellcheck shell=dash

STATUS_FILE=/proc/mem_monitor_status
BASELINE_COUNT=/sys/module/memmon_baseline/parameters/recorded
TRACING=/sys/kernel/tracing
SLAB_EVENTS='kmalloc kmem_cache_alloc kfree kmem_cache_free'
PAGE_EVENTS='mm_page_alloc mm_page_free mm_page_free_batched'
TRACE_EVENTS="$SLAB_EVENTS $PAGE_EVENTS"
# The functions behind the events, by the names that they had; each kernel has some of them.
PROBED='__kmalloc __kmalloc_noprof kmalloc_trace __kmalloc_cache_noprof kmem_cache_alloc kmem_cache_alloc_noprof
	kfree kmem_cache_free __alloc_pages __alloc_pages_noprof free_unref_page'
READY=/tmp/ready
RECORDING=/tmp/recording
CGROUP=/sys/fs/cgroup/nobody
# Large enough for the events of a few runs; when it is full the oldest go, which costs the same.
TRACE_KIB=16384

die()
{
	echo "bench/modes: $*" >&2
	exit 1
}

# prepare_modes: once in a guest.
prepare_modes()
{
	[ -p "$READY" ] || mkfifo "$READY"
	grep -q ' /sys/fs/cgroup cgroup2 ' /proc/mounts || mount -t cgroup2 none /sys/fs/cgroup
	mkdir -p "$CGROUP"
}

# start_sessions LOG COUNT SINKS [NAME=VALUE]...: returns when they are enabled, or with $is_refused. The variable
# SESSION_OPTIONS may hold more of NAME=VALUE.
start_sessions()
{
	modprobe mem_monitor "log=$1"
	shift
	# shellcheck disable=SC2086 # may be several words
	sessions "$@" ${SESSION_OPTIONS:-} >"$READY" &
	sessions_pid=$!
	read -r line <"$READY"
	case $line in
	ready) ;;
	refused)
		is_refused=1
		{ wait "$sessions_pid" || :; } 2>/dev/null
		rmmod mem_monitor
		;;
	*) die "there are no sessions for $*" ;;
	esac
}

# start_record [OPTION]...: memmon record, with its files in memory; returns when it records.
start_record()
{
	modprobe mem_monitor log=0
	rm -rf "$RECORDING"
	memmon record -o "$RECORDING" "$@" >/tmp/record.out 2>&1 &
	sessions_pid=$!
	until grep -q '^session.*state enabled' "$STATUS_FILE"; do
		kill -0 "$sessions_pid" 2>/dev/null || die "memmon record: $(cat /tmp/record.out)"
		sleep 0.1
	done
}

# A filter whose only condition no event of the loops meets.
rejecting_filter()
{
	case $1 in
	pid | tgid) echo "$1=4000000" ;;
	bytes) echo bytes=1000000000 ;;
	order) echo order=0x400 ;;
	gfp) echo gfp=0x80000000 ;;
	site) echo site=1 ;;
	context) echo context=8 ;;
	sample) echo sample=0x80000000 ;;
	node) echo node=0x20 ;;
	comm) echo comm=nobody ;;
	cgroup) echo "cgroup=$CGROUP" ;;
	cache) echo cache=nothing ;;
	*) die "there is no condition '$1'" ;;
	esac
}

trace_switch()
{
	for event in $TRACE_EVENTS; do
		echo "$1" >"$TRACING/events/kmem/$event/enable"
	done
}

# hist_switch PREFIX: empty to begin, `!` to end
hist_switch()
{
	for event in $SLAB_EVENTS; do
		echo "$1hist:keys=call_site.sym" >"$TRACING/events/kmem/$event/trigger"
	done
	for event in $PAGE_EVENTS; do
		[ "$event" = mm_page_free_batched ] || echo "$1hist:keys=order" >"$TRACING/events/kmem/$event/trigger"
	done
}

probe_functions()
{
	for function in $PROBED; do
		# Where a kernel has no such function the file refuses.
		echo "p:memmon/$function $function" 2>/dev/null >>"$TRACING/kprobe_events" || :
	done
	echo 1 >"$TRACING/events/memmon/enable"
}

# start MODE: sets $is_refused when the module has no such session
start()
{
	# shellcheck disable=SC2034 # for the caller
	is_refused=
	case $1 in
	bare | bare-again) ;;
	idle) modprobe mem_monitor log=0 ;;
	tracepoint) modprobe mem_monitor source=tracepoint ;;
	kprobe) modprobe mem_monitor source=kprobe ;;
	kprobe-constant) modprobe mem_monitor source=kprobe kmalloc_constant=1 ;;
	ftrace)
		echo "$TRACE_KIB" >"$TRACING/buffer_size_kb"
		trace_switch 1
		;;
	ftrace-hist) hist_switch "" ;;
	kprobe-events)
		echo "$TRACE_KIB" >"$TRACING/buffer_size_kb"
		probe_functions
		;;
	baseline) modprobe memmon_baseline ;;
	session) start_sessions 0 1 overwrite ;;
	totals-ledger) start_sessions 0 1 totals-ledger ;;
	totals-full) start_sessions 0 1 totals keys=site+process places=1 fill=1 ;;
	totals-cache) start_sessions 0 1 totals keys=cache+site ;;
	totals-*) start_sessions 0 1 totals "keys=${1#totals-}" ;;
	session-*) start_sessions 0 1 "${1#session-}" ;;
	sessions-*) start_sessions 0 "${1#sessions-}" overwrite ;;
	ring-*) start_sessions 0 1 overwrite "ring=${1#ring-}" ;;
	record) start_record ;;
	record-stacks) start_record --stacks ;;
	log-and-session) start_sessions 1 1 overwrite ;;
	judged-pid) start_sessions 0 1 overwrite "pid=$$" ;;
	rejected-*) start_sessions 0 1 overwrite "$(rejecting_filter "${1#rejected-}")" ;;
	*) die "there is no configuration '$1'; see bench/run --help" ;;
	esac
}

stop()
{
	case $1 in
	idle | tracepoint | kprobe | kprobe-constant) rmmod mem_monitor ;;
	ftrace)
		trace_switch 0
		echo >"$TRACING/trace"
		;;
	ftrace-hist) hist_switch '!' ;;
	kprobe-events)
		echo 0 >"$TRACING/events/memmon/enable"
		echo >"$TRACING/kprobe_events"
		echo >"$TRACING/trace"
		;;
	baseline) rmmod memmon_baseline ;;
	record*)
		kill -INT "$sessions_pid"
		wait "$sessions_pid" || die "memmon record: $(cat /tmp/record.out)"
		rm -rf "$RECORDING"
		rmmod mem_monitor
		;;
	*session* | totals-* | ring-* | judged-* | rejected-*)
		kill "$sessions_pid"
		{ wait "$sessions_pid" || :; } 2>/dev/null
		rmmod mem_monitor
		;;
	esac
}

# count_events MODE: sets $events to what it has recorded, or rejected, until now, and $lost to what it says it could not.
count_events()
{
	events=0
	lost=0
	case $1 in
	idle | tracepoint | kprobe | kprobe-constant)
		while read -r key value; do
			[ "$key" != recorded ] || events=$value
		done <"$STATUS_FILE"
		;;
	ftrace | kprobe-events)
		for stats in "$TRACING"/per_cpu/cpu*/stats; do
			while read -r key value; do
				case $key in
				entries: | overrun:) events=$((events + value)) ;;
				esac
			done <"$stats"
		done
		;;
	ftrace-hist) count_hits ;;
	baseline) read -r events <"$BASELINE_COUNT" ;;
	*session* | totals-* | record* | ring-* | judged-* | rejected-*)
		# What one of them has seen; the others see the same.
		while read -r key value; do
			case $key in
			session.*.dropped | session.*.untracked) lost=$((lost + value)) ;;
			session.*.ledger.seen | session.*.totals.seen) [ "$value" = 0 ] || events=$value ;;
			session.*.seen) events=$value ;;
			esac
		done <"$STATUS_FILE"
		;;
	esac
}

count_hits()
{
	for event in $TRACE_EVENTS; do
		while read -r key value; do
			[ "$key" != Hits: ] || events=$((events + value))
		done <"$TRACING/events/kmem/$event/hist"
	done
}
