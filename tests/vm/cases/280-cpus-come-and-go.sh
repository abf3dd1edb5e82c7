#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Nothing is lost when CPUs go and come, or come for the first time, during a session.
# guests: 4cpu late
# shellcheck shell=dash disable=SC1091,SC2154
. /share/lib.sh
. /share/device.sh

CPUS=/sys/devices/system/cpu

# step [CPU=ONLINE...]: turns CPUs on and off, and has those that are on make requests.
cat >"$WORK/step" <<END
#!/bin/sh
set -e
for change in "\$@"; do
	echo "\${change#*=}" >$CPUS/cpu"\${change%=*}"/online
done
"$WORK/make" n=53 spread=1 phases=var,cache,page1
sed 1d "$WORK/kcount" >>"$WORK/all"
END
cat >"$WORK/steps4" <<END
#!/bin/sh
set -e
"$WORK/step"
"$WORK/step" 2=0
"$WORK/step" 3=0
"$WORK/step" 2=1 1=0
"$WORK/step" 1=1 3=1
"$WORK/step" 1=0 2=0 3=0
"$WORK/step" 1=1 2=1 3=1
END
cat >"$WORK/steps2" <<END
#!/bin/sh
set -e
"$WORK/step"
"$WORK/step" 3=1
"$WORK/step" 2=1
"$WORK/step" 3=0
"$WORK/step" 3=1
END
chmod +x "$WORK/step" "$WORK/steps4" "$WORK/steps2"

online=$(nproc)
load entries=100000 'comm=kc-*'
in_background make_load
count 'comm=kc-*' ring=0x200000 + 'comm=kc-*' ring=0x200000 way=read + way=none 'comm=kc-*' ring=0x200000 \
	-- "$WORK/steps$online"
stop_background
equal 4 "$(nproc)" "CPUs in the end"
{
	head -n 1 "$WORK/kcount"
	cat "$WORK/all"
} >"$WORK/reports"
mv "$WORK/reports" "$WORK/kcount"
threads=$(($(wc -l <"$WORK/kcount") - 1))
# Three kinds in three contexts on each CPU: of 4 + 3 + 2 + 2 + 4 + 1 + 4 CPUs, or of 2 + 3 + 4 + 3 + 4.
case $online in
4) equal 180 $threads "threads that made requests" ;;
*) equal 144 $threads "threads that made requests" ;;
esac
# kcount may be in another place each time, so requests are told by their names and sizes.
for session in 1 2; do
	equal "$(made made var)" "$(tallied $session 'class == "kmalloc" && comm ~ /^kc-var-/ && bytes >= 701 && bytes <= 705')" \
		"session $session: kmalloc"
	equal "$(made made cache)" "$(tallied $session 'class == "kmem_cache_alloc" && cache == "kcount-cache"')" \
		"session $session: kmem_cache_alloc"
	equal "$(made freed cache)" "$(tallied $session 'class == "kmem_cache_free" && cache == "kcount-cache"')" \
		"session $session: kmem_cache_free"
	equal "$(made made page1)" "$(tallied $session 'class == "mm_page_alloc" && comm ~ /^kc-page1-/ && order == 1')" \
		"session $session: mm_page_alloc"
done
for session in 1 2 3; do
	equal 4 "$(book $session rings)" "session $session: rings"
	equal 0 "$(book $session dropped)" "session $session: dropped"
	equal "$(book 1 recorded)" "$(book $session recorded)" "session $session: recorded"
done
equal 0 "$(status dropped)" "dropped by the log"
books_balance
unload
