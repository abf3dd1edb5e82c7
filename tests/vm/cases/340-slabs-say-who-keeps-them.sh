#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# memmon slabs finds each slab that a load pins, and who pins it; what it says of caches agrees with slabinfo.
# guests: 1cpu 4cpu
# slow: takes long to fill caches
# shellcheck shell=dash disable=SC1091,SC2154
. /share/lib.sh
. /share/device.sh
. /share/ledger.sh

# slabs OPTION...: what it says is in $WORK/slabs
slabs()
{
	memmon slabs "$@" >"$WORK/slabs" 2>"$WORK/error" ||
		fail "memmon slabs $*: $? $(cat "$WORK/error" "$WORK/slabs")"
}

# number KEY: the first such number in JSON
number()
{
	sed -n "s/^ *\"$1\": \([0-9]*\),*\$/\1/p" "$WORK/slabs" | head -n 1
}

# sum KEY: of all numbers in JSON with this key
sum()
{
	sed -n "s/^ *\"$1\": \([0-9]*\),*\$/\1/p" "$WORK/slabs" | awk '{ sum += $1 } END { print sum + 0 }'
}

load log=0

# One object in each of 40 slabs, all of one call site and process: exact, and nothing else is in these slabs.
slabs --pins --json --cache 'fragmenter*' -- modprobe fragmenter slabs=40 bytes=500
keep_report fragmenter
bytes=$(awk '$1 == "slab" { sum += $3 * 4096 } END { print sum }' "$WORK/fragmenter")
equal "$(awk '$1 == "slab"' "$WORK/fragmenter" | wc -l)" 40 "slabs that the load pins"
sed -n '/"pins"/,$p' "$WORK/slabs" >"$WORK/pins"
grep -q '"site": "fragmenter_take+0x[0-9a-f]* \[fragmenter\]"' "$WORK/pins" || fail "$(cat "$WORK/pins")"
grep -q '"name": "modprobe ([0-9]*)"' "$WORK/pins" || fail "$(cat "$WORK/pins")"
cp "$WORK/pins" "$WORK/slabs"
equal 40 "$(number slabs)" "slabs of the call site"
equal 40 "$(number slabs_alone)" "slabs where it is alone"
equal "$bytes" "$(number bytes)" "bytes of these"

# Without books they are seen just so, but not who keeps them.
slabs --json --cache 'fragmenter*'
sed -i -n '/"caches"/,$p' "$WORK/slabs"
equal 40 "$(number objects)" "objects in nearly empty slabs"
equal 0 "$(number known_objects)" "known objects without a session"
slabs --pins
grep -q ' fragmenter-object$' "$WORK/slabs" || fail "$(cat "$WORK/slabs")"
rmmod fragmenter

# 200 bytes in a slot of 256: what it would save is exact. Each call site has its objects.
slabs --advise --json -- modprobe leaker n=100 bytes=200
keep_report leaker
held=$(awk '$1 == "leaker_take" && $4 == 200 { sum += $5 - $6 } END { print sum + 0 }' "$WORK/leaker")
equal 300 "$held" "objects that the load holds"
equal $((held * 56)) "$(awk '
/"site":/ { is_ours = /\[leaker\]/ }
/"class_bytes":/ { class = $2 + 0 }
/"fit_bytes":/ { fit = $2 + 0 }
/"saved_bytes":/ { if (is_ours && class == 256 && fit == 200) sum += $2 + 0 }
END { print sum + 0 }' "$WORK/slabs")" "bytes that a cache of 200 would save"
rmmod leaker

# In use is never more than there is room for. slabinfo is near its upper end, but that it takes the free objects of
# slabs that a CPU keeps for itself for active: the one it allocates from, and up to twice cpu_partial objects.
slabs --json
awk -v cpus="$(nproc)" '
/"name":/ { split($0, part, "\""); name = part[4] }
/"slabs":/ { slabs = $2 + 0 }
/"places":/ { places = $2 + 0 }
/"kernel_active":/ { active = $2 + 0 }
/"in_use_min":/ { least = $2 + 0 }
/"in_use_max":/ { most = $2 + 0
	if (least > most || most > places)
		print "range " least " " most " of " places
	file = "/sys/kernel/slab/" name "/cpu_partial"
	kept = 0
	if ((getline kept <file) > 0)
		close(file)
	kept = cpus * (2 * kept + (slabs ? 2 * places / slabs : 0))
	kept = kept < 500 ? 500 : kept # what changes between the two looks
	if (active && (most > active * 1.05 + 200 || active > most * 1.3 + kept))
		print name ": slabinfo has " active ", slabs " most " of " places ", CPUs may keep " kept
}' "$WORK/slabs" >"$WORK/wrong"
[ ! -s "$WORK/wrong" ] || fail "$(cat "$WORK/wrong")"

# The command's status is passed on, and that it cannot be run is said.
status=0
memmon slabs -- sh -c 'exit 7' >"$WORK/slabs" || status=$?
equal 7 $status "status of the command"
status=0
memmon slabs -- /nowhere >"$WORK/slabs" 2>&1 || status=$?
equal 127 $status "status without a command: $(cat "$WORK/slabs")"

# A cgroup holds what is made in it.
mkdir -p "$WORK/cgroup"
mount -t cgroup2 none "$WORK/cgroup" || fail "no cgroup2"
mkdir "$WORK/cgroup/group"
slabs --by cgroup --json --cache 'fragmenter*' -- \
	sh -c "echo \$\$ >$WORK/cgroup/group/cgroup.procs; modprobe fragmenter slabs=20 bytes=500"
grep -q '"cgroup": "/group"' "$WORK/slabs" || fail "$(cat "$WORK/slabs")"
sed -i -n '/"cgroups"/,$p' "$WORK/slabs"
equal 20 "$(number objects)" "objects that the cgroup holds"
keep_report fragmenter
equal "$(reported fragmenter fragmenter_take made)" "$(number born)" "objects that the cgroup was given"
slabs --holders 'fragmenter*' -d 0.1
rmmod fragmenter
rmdir "$WORK/cgroup/group"
umount "$WORK/cgroup"
no_session_is_left 0
unload
