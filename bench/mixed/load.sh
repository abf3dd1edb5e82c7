# SPDX-License-Identifier: GPL-2.0
# The mixed load, for scripts in the guest: processes, files, archives, network. The same work each time.
# shellcheck shell=dash

PROCESSES=80
FILES='/proc/sys /sys/kernel /bin'
CONNECTIONS=15
REQUESTS=40
WORK=/tmp/work

make_processes()
{
	count=$PROCESSES
	while [ "$count" -gt 0 ]; do
		/bin/busybox true
		count=$((count - 1))
	done
}

# Some files of the kernel are gone before they are looked at, or refuse to be read: that is no failure.
# shellcheck disable=SC2086 # the folders are several words
find_files()
{
	find $FILES -type f -size +1k >/dev/null 2>&1 || :
}

# Many small files, as in a source tree.
make_tree()
{
	folder=0
	while [ "$folder" -lt 10 ]; do
		mkdir -p "$WORK/tree/$folder"
		file=0
		while [ "$file" -lt 20 ]; do
			echo "file $file of folder $folder" >"$WORK/tree/$folder/$file"
			file=$((file + 1))
		done
		folder=$((folder + 1))
	done
}

pack_files()
{
	make_tree
	mkdir "$WORK/out"
	tar -C "$WORK/tree" -cf "$WORK/tree.tar" .
	tar -C "$WORK/out" -xf "$WORK/tree.tar"
	tar -C "$WORK/out" -cf - . | cat >/dev/null
	rm -rf "$WORK"
}

mixed_load()
{
	make_processes
	find_files
	pack_files
	traffic "$CONNECTIONS" "$REQUESTS"
}

# Sets $busy, what all tasks together ran until now, and $now, both in nanoseconds.
read_clocks()
{
	busy=0
	while read -r name _ _ _ _ _ _ ran _; do
		case $name in
		cpu*) busy=$((busy + ran)) ;;
		esac
	done </proc/schedstat
	read -r now _ </proc/uptime
	now=$((${now%.*}${now#*.} * 10000000))
}
