#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# A session's filter tells processes, threads, functions and control groups apart.
# guests: 4cpu
# shellcheck shell=dash disable=SC1091,SC2154,SC2086
. /share/lib.sh
. /share/device.sh

N=1009
# There is one kmalloc for each call; what else is done there differs from kernel to kernel.
OPENS=$(function_range single_open)
[ -n "$OPENS" ] || fail "the kernel has no single_open"
OPENS="$OPENS classes=kmalloc"

cat >"$WORK/let_go" <<END
#!/bin/sh
echo go >"$WORK/go"
while grep -qs '^State:.[^Z]' /proc/\$1/status; do
	usleep 10000
done
END
chmod +x "$WORK/let_go"

load log=0
# A process whose threads wait; their ids are in a file, the main thread's last.
mkfifo "$WORK/go"
sh -c "exec $DEVICE opens $N 2 <$WORK/go >$WORK/ids" &
exec 3>"$WORK/go"
while [ ! -e "$WORK/ids" ] || [ "$(wc -l <"$WORK/ids")" -lt 3 ]; do
	usleep 10000
done
thread=$(head -n 1 "$WORK/ids")
process=$(tail -n 1 "$WORK/ids")
count tgid="$process" + pid="$process" + pid="$thread" + tgid="$thread" \
	+ tgid="$process" site=$OPENS + pid="$thread" site=$OPENS + comm=device site=$OPENS \
	+ tgid=$$ + site=$OPENS -- "$WORK/let_go" "$process"
exec 3>&-
wait
OF_PROCESS="tgid == $process" OF_THREAD="tgid == $process && pid == $thread"
equal "$(book 1 recorded)" "$(tallied 1 "$OF_PROCESS")" "records of another process"
equal "$(book 1 recorded)" "$(book 2 recorded)" "the process, and all of its threads"
equal "$(book 3 recorded)" "$(tallied 3 "$OF_THREAD")" "records of another thread"
equal "$(tallied 1 "$OF_THREAD")" "$(book 3 recorded)" "records of the thread"
equal 0 "$(book 4 recorded)" "a thread is no process"
equal $((3 * N)) "$(book 5 recorded)" "single_open() of the process"
equal $N "$(book 6 recorded)" "single_open() of the thread"
equal $((3 * N)) "$(book 7 recorded)" "single_open() by name"
equal 0 "$(tallied 8 "tgid != $$")" "others than the shell"
[ "$(book 9 recorded)" -ge $((3 * N)) ] || fail "single_open() of all: $(book 9 recorded)"
[ "$(book 1 filtered.tgid)" -gt 0 ] || fail "tgid has filtered nothing"
[ "$(book 3 filtered.pid)" -gt 0 ] || fail "pid has filtered nothing"

mkdir "$WORK/groups"
mount -t cgroup2 none "$WORK/groups" || fail "there is no cgroup2"
mkdir "$WORK/groups/one" "$WORK/groups/one/inner" "$WORK/groups/other"
cat >"$WORK/in_group" <<END
#!/bin/sh
echo \$\$ >"$WORK/groups/\$1/cgroup.procs" && exec $DEVICE opens $N </dev/null
END
chmod +x "$WORK/in_group"
for group in one one/inner other; do
	count cgroup="$WORK/groups/one" site=$OPENS pid=child + cgroup="$WORK/groups/one/inner" site=$OPENS pid=child \
		+ cgroup="$WORK/groups/other" site=$OPENS pid=child + cgroup="$WORK/groups" site=$OPENS pid=child \
		-- "$WORK/in_group" $group
	case $group in
	one) expected="$N 0 0 $N" ;;
	one/inner) expected="$N $N 0 $N" ;;
	other) expected="0 0 $N $N" ;;
	esac
	equal "$expected" "$(book 1 recorded) $(book 2 recorded) $(book 3 recorded) $(book 4 recorded)" "$group"
	# The conditions are tried in a fixed order, so what got as far as this one is known, too.
	for session in 1 2 3 4; do
		equal $N $(($(book $session recorded) + $(book $session filtered.cgroup))) "$group: session $session"
	done
done
# A group may be removed while a session still asks for it.
count cgroup="$WORK/groups/one/inner" -- rmdir "$WORK/groups/one/inner"
rmdir "$WORK/groups/one" "$WORK/groups/other"
umount "$WORK/groups"
no_session_is_left 0
unload
