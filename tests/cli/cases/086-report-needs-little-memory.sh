# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
# Memory follows keys and live objects: ten times the events take no more of it.
peak_kib() {
	python3 - "$@" <<'EOF2'
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
EOF2
}
generate -n 200000 -o 5000 short
generate -n 2000000 -o 5000 long
for key in cache site; do
	few=$(peak_kib memmon report --by "$key" short)
	many=$(peak_kib memmon report --by "$key" long)
	[ "$many" -le $((few + 2048)) ] || fail "$many KiB by $key for ten times the events, not $few"
done
