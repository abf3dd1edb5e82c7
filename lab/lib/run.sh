# SPDX-License-Identifier: GPL-2.0
# Starts the guest, follows it to its end and finds the exit status.
# shellcheck shell=bash

readonly LOST=125 SUSPECT=124
readonly BOOT_SECONDS=${MEMMON_LAB_BOOT:-120}   # a slow debug kernel needs 30
readonly POWEROFF_SECONDS=5
readonly LOOK_SECONDS=2         # between looks at the clock and the disk
readonly FOREVER=999999999

QEMU_PID=
TAIL_PIDS=()
BOOTED=         # what the guest reported
EXIT=
FAILED=
TIMED_OUT=
STARTED=        # when QEMU was, in SECONDS
LIMIT=          # when the guest's time is up
TAINT=()

# prepare_guest COMMAND...: everything that QEMU is given.
prepare_guest()
{
	local tree=$SCRATCH/tree

	need_commands cpio xz strip
	need_number MEMMON_LAB_BOOT "$BOOT_SECONDS" 1 86400
	find_kernel "$OPT_KERNEL"
	fetch_kernel
	find_qemu
	make_base
	mkdir -p "$tree"
	add_project "$tree"
	add_command "$tree" "$@"
	pack "$tree" "$SCRATCH/own.cpio"
	cat "$GUEST_BASE" "$SCRATCH/own.cpio" >"$SCRATCH/initrd" ||
		die "cannot write to $SCRATCH; is the disk full?"
	rm -rf "$tree" "$SCRATCH/own.cpio"
	[ -z "$OPT_SHARE" ] || pack_share
	choose_machine
}

# choose_machine: QEMU's options for processors and memory, in MACHINE.
choose_machine()
{
	MACHINE=()
	if [ -n "$OPT_ICOUNT" ]; then
		[ "${OPT_CPUS:-1}" -eq 1 ] || say "--icount runs with one CPU; -c $OPT_CPUS is ignored"
		OPT_CPUS=1
		MACHINE+=(-accel "tcg,thread=single" -icount "shift=0,sleep=off" -cpu max)
	elif use_kvm; then
		MACHINE+=(-accel kvm -cpu host)
	else
		MACHINE+=(-accel "tcg,thread=${MEMMON_LAB_TCG:-multi}" -cpu max)
	fi
	OPT_CPUS=${OPT_CPUS:-2}
	if [ -z "$OPT_MEMORY" ]; then
		OPT_MEMORY=$((512 * ${OPT_NODES:-1}))
		# The share lies in the guest's memory.
		[ -z "$OPT_SHARE" ] || OPT_MEMORY=$((OPT_MEMORY + 2 * $(share_mib)))
	fi
	MACHINE+=(-smp "$OPT_CPUS")
	if [ -n "$OPT_NODES" ]; then
		choose_nodes
	else
		MACHINE+=(-m "$OPT_MEMORY")
	fi
}

# choose_nodes: memory and CPUs spread over the nodes; nodes beyond the last CPU have memory only.
choose_nodes()
{
	local node other memory=$((OPT_MEMORY / OPT_NODES)) share first last

	share=$(((OPT_CPUS + OPT_NODES - 1) / OPT_NODES))
	MACHINE+=(-m "$((memory * OPT_NODES))")
	for ((node = 0; node < OPT_NODES; node++)); do
		MACHINE+=(-object "memory-backend-ram,id=m$node,size=${memory}M")
		first=$((node * share))
		last=$((first + share - 1))
		[ "$last" -lt "$OPT_CPUS" ] || last=$((OPT_CPUS - 1))
		if [ "$first" -le "$last" ]; then
			MACHINE+=(-numa "node,nodeid=$node,memdev=m$node,cpus=$first-$last")
		else
			MACHINE+=(-numa "node,nodeid=$node,memdev=m$node")
		fi
		for ((other = 0; other < node; other++)); do
			MACHINE+=(-numa "dist,src=$other,dst=$node,val=20")
		done
	done
}

# start_guest PARAMETERS OPTION...: QEMU in the background, with the channels that init expects.
start_guest()
{
	local parameters=$1 name
	local -a channels=(-device virtio-serial-pci)
	shift

	for name in out err report; do
		channels+=(-chardev "file,id=$name,path=$SCRATCH/$name"
			-device "virtserialport,chardev=$name,name=$name")
	done
	: >"$SCRATCH/out" && : >"$SCRATCH/err" && : >"$SCRATCH/console" &&
		mkfifo "$SCRATCH/report" || die "cannot write to $SCRATCH; is the disk full?"
	if [ -n "$OPT_SHARE" ]; then
		make_share_out "$OPT_MEMORY"
		for name in share-in share-out; do
			# A full disk must reach the guest as an error; by default QEMU would pause.
			channels+=(-drive "file=$SCRATCH/$name,format=raw,if=none,id=$name,werror=report,cache=unsafe"
				-device "virtio-blk-pci,drive=$name,serial=$name")
		done
	fi
	[ -z "$OPT_DISK" ] || channels+=(-drive "file=$OPT_DISK,format=raw,if=none,id=disk,snapshot=on"
		-device "virtio-blk-pci,drive=disk,serial=disk")
	at_exit stop_guest
	STARTED=$SECONDS
	# Descriptor 9 makes the end of QEMU visible as the end of the report.
	"${QEMU[@]}" "${MACHINE[@]}" -nodefaults -display none -monitor none -no-reboot \
		-kernel "$K_IMAGE" -initrd "$SCRATCH/initrd" \
		-append "console=ttyS0 no_timer_check oops=panic panic=-1 $parameters${OPT_SHARE:+ lab.share=1} ${MEMMON_LAB_APPEND:-}" \
		"${channels[@]}" "$@" 9>"$SCRATCH/report" 2>"$SCRATCH/qemu" <&0 &
	QEMU_PID=$!
	exec {REPORT}<"$SCRATCH/report"
}

stop_guest()
{
	# Waiting with stderr closed keeps the shell from reporting the kills.
	{
		kill -KILL "$QEMU_PID" "${TAIL_PIDS[@]}"
		wait
	} 2>/dev/null || true
}

# follow_guest: take the guest's reports until it ends or its time is up.
follow_guest()
{
	local status part line=

	LIMIT=$((SECONDS + BOOT_SECONDS))
	while [ "$SECONDS" -lt "$LIMIT" ]; do
		status=0
		# The time may be up in the middle of a line.
		IFS= read -r -t "$LOOK_SECONDS" -u "$REPORT" part || status=$?
		line+=$part
		if [ "$status" -eq 0 ]; then
			take_report "${line%% *}" "${line#* }"
			line=
		elif [ "$status" -le 128 ]; then
			# The report ends when QEMU does.
			wait "$QEMU_PID" || true
			QEMU_PID=
			return
		elif ! has_room || emulator_is_stuck; then
			break
		fi
	done
	TIMED_OUT=1
	{
		kill -KILL "$QEMU_PID"
		wait "$QEMU_PID"
	} 2>/dev/null || true
	QEMU_PID=
}

take_report()
{
	case $1 in
	booted)
		BOOTED=1
		LIMIT=$((SECONDS + OPT_TIMEOUT))
		say "guest is up after $((SECONDS - STARTED)) s"
		;;
	taint) read -r -a TAINT <<<"$2" ;;
	failed) FAILED=$2 ;;
	exit)
		EXIT=$2
		LIMIT=$((SECONDS + POWEROFF_SECONDS))
		;;
	esac
}

# has_room: the disk with the command's output is not full. A full one stalls the guest.
has_room()
{
	[ "$(df --output=avail "$SCRATCH" | tail -n 1)" -gt 0 ]
}

emulates_in_parallel()
{
	[[ ${MACHINE[1]} == tcg,thread=multi ]] && [ "$OPT_CPUS" -gt 1 ]
}

# emulator_is_stuck: a CPU waits for the others to see that it changes the kernel's code, and one of them never will: it executes
# a breakpoint that memory has no longer, finds none, and tries again, with interrupts off.
emulator_is_stuck()
{
	emulates_in_parallel && grep -qa 'soft lockup' "$SCRATCH/console" &&
		grep -qa 'text_poke' "$SCRATCH/console"
}

# explain_loss: why there is no exit status.
explain_loss()
{
	has_room || die "the disk of $SCRATCH is full; make room or set TMPDIR"
	local above="(console log above${OPT_SHARE:+; nothing of the share came back})"

	kernel_log | tail -n 300 >&2
	if grep -qa 'Kernel panic' "$SCRATCH/console"; then
		complain "guest lost: its kernel panicked $above"
	elif [ -s "$SCRATCH/qemu" ] && [ -z "$BOOTED" ] && [ -z "$TIMED_OUT" ]; then
		complain "guest lost: QEMU says: $(tail -n 1 "$SCRATCH/qemu")"
	elif [ -z "$BOOTED" ]; then
		complain "guest lost: it did not boot${TIMED_OUT:+ in time} $above"
	elif emulator_is_stuck; then
		complain "guest lost: the emulator got stuck in a breakpoint that was gone $above"
	elif [ -n "$TIMED_OUT" ]; then
		complain "guest lost: no end within $OPT_TIMEOUT s, see --timeout $above"
	else
		complain "guest lost: it stopped by itself $above"
	fi
}

# run_command COMMAND...: the subcommand run.
run_command()
{
	prepare_guest "$@"
	say "booting $K_RELEASE, $OPT_CPUS CPUs, $OPT_MEMORY MiB, ${MACHINE[1]%%,*}${OPT_ICOUNT:+ with the instruction clock}"
	run_guest
	if emulator_slipped; then
		say "the emulator executed a breakpoint that was gone; again, with the CPUs in turns"
		take_turns
		run_guest
	fi
	finish_run
}

# emulator_slipped: the guest fell over the known fault of emulated CPUs that run in parallel, before
# anything of the user's ran: a kernel that boots patches its own code too.
emulator_slipped()
{
	[ -z "$BOOTED" ] && emulates_in_parallel &&
		grep -qa 'Oops: int3' "$SCRATCH/console"
}

# take_turns: be ready for another run, with the CPUs one after the other.
take_turns()
{
	MACHINE[1]=tcg,thread=single
	TIMED_OUT=
	exec {REPORT}<&-
	rm -f "$SCRATCH/report"
}

# run_guest: from its start to its end, with its output as it comes.
run_guest()
{
	local stream

	start_guest ignore_loglevel -serial "file:$SCRATCH/console" </dev/null
	# Through files: a guest must not stall because the reader of its output does.
	tail -c +1 -s 0.1 -f --pid="$QEMU_PID" "$SCRATCH/out" 2>/dev/null &
	TAIL_PIDS+=("$!")
	tail -c +1 -s 0.1 -f --pid="$QEMU_PID" "$SCRATCH/err" >&2 2>/dev/null &
	TAIL_PIDS+=("$!")
	follow_guest
	for stream in "${TAIL_PIDS[@]}"; do
		wait "$stream" || true
	done
	TAIL_PIDS=()
}

# finish_run: the exit status of the lab.
finish_run()
{
	[ -z "$FAILED" ] || share_failed
	if [ -z "$EXIT" ]; then
		explain_loss
		exit "$LOST"
	fi
	[ -z "$OPT_SHARE" ] || unpack_share
	if ! judge_kernel "${TAINT[@]}" && [ "$EXIT" -eq 0 ]; then
		exit "$SUSPECT"
	fi
	exit "$EXIT"
}

share_failed()
{
	die "the guest lost the share $FAILED; is its memory (-m) or the disk of $SCRATCH too small?"
}

# run_shell: the subcommand shell.
run_shell()
{
	local rows columns

	[ -t 0 ] || die "shell needs a terminal; use \`lab/vm run -- COMMAND\`"
	at_exit "stty '$(stty -g)'"
	read -r rows columns < <(stty size)
	# Some terminals do not know their size.
	[ "$rows" -gt 0 ] || rows=24 columns=80
	prepare_guest
	say "booting $K_RELEASE; \`exit\` ends it, and so does Ctrl-A x"
	OPT_TIMEOUT=$FOREVER
	start_guest "quiet lab.shell=1 lab.rows=$rows lab.columns=$columns" -serial mon:stdio
	follow_guest
	[ -z "$FAILED" ] || share_failed
	if [ -z "$EXIT" ]; then
		cat "$SCRATCH/qemu" >&2
		complain "the guest ended without \`exit\`${OPT_SHARE:+; nothing of the share came back}"
		exit "$LOST"
	fi
	[ -z "$OPT_SHARE" ] || unpack_share
}
