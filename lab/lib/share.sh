# SPDX-License-Identifier: GPL-2.0
# The shared folder: a raw disk with a tar archive goes in, another one comes back.
# shellcheck shell=bash

# pack_share: put the folder on the disk share-in.
pack_share()
{
	local log=$SCRATCH/tar.log

	tar -C "$OPT_SHARE" -cf "$SCRATCH/share-in" . 2>"$log" || {
		[ ! -s "$log" ] || head -n 3 "$log" >&2
		die "cannot pack $OPT_SHARE into $SCRATCH; is the disk full, or a file unreadable?"
	}
}

share_mib()
{
	printf '%s\n' $(($(stat -c %s "$SCRATCH/share-in") / 1048576 + 1))
}

# make_share_out MIB: an empty disk that holds whatever fits into the guest's memory.
make_share_out()
{
	truncate -s "$(($1 + 64))M" "$SCRATCH/share-out" ||
		die "cannot write to $SCRATCH; is the disk full?"
}

# unpack_share: bring back what is newer in the guest. A file that was changed on the host
# meanwhile is not overwritten with its old content.
unpack_share()
{
	tar -C "$OPT_SHARE" --keep-newer-files --warning=no-ignore-newer \
		-xf "$SCRATCH/share-out" 2>"$SCRATCH/tar.log" || {
		head -n 3 "$SCRATCH/tar.log" >&2
		die "cannot bring the share back into $OPT_SHARE; is the disk full?"
	}
}
