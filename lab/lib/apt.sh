# SPDX-License-Identifier: GPL-2.0
# Debian packages without installing them: a private apt configuration, download, unpack.
# shellcheck shell=bash

readonly KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg
# Suites of the lab's tools; lists of kernels name the others.
readonly TOOL_SUITES="bookworm trixie trixie-security trixie-backports"

# private_apt TOOL ARG...: apt-get or apt-cache with the lab's own lists, cache and (empty) status.
private_apt()
{
	local tool=$1 state=$CACHE/apt
	shift

	"$tool" -o Dir::Etc::SourceList="$state/sources.list" -o Dir::Etc::SourceParts=- \
		-o Dir::Etc::Preferences=- -o Dir::Etc::PreferencesParts=- \
		-o Dir::State="$state/state" -o Dir::State::Status="$state/status" \
		-o Dir::Cache="$state/cache" -o APT::Sandbox::User=root \
		-o APT::Architecture=amd64 -o APT::Architectures=amd64 \
		-o Acquire::Languages=none -o Acquire::Retries=2 -o Acquire::http::Timeout=30 \
		-o APT::Update::Error-Mode=any "$@"
}

# mirrors: the address of the Debian archive and of its security archive, as this machine's own
# apt knows them. Others may use the names of Debian's suites too: what apt has read as Debian's
# goes first.
mirrors()
{
	# shellcheck disable=SC2016 # apt fills these in
	apt-get indextargets --format '$(CREATED_BY) $(COMPONENT) $(RELEASE) $(REPO_URI) $(ORIGIN)' \
		2>/dev/null | awk '
		$1 != "Packages" || $2 != "main" || $4 ~ /^cdrom:/ { next }
		$3 !~ /^(bookworm|trixie|forky|sid|(old)?stable|testing|unstable)(-updates|-security)?$/ { next }
		{
			kind = $3 ~ /-security$/ ? "security" : "main"
			rank = $5 == "Debian" ? 2 : 1
			if (rank > best[kind]) { best[kind] = rank; uri[kind] = $4 }
		}
		END {
			if (!best["main"]) exit
			if (!best["security"]) {
				uri["security"] = uri["main"]
				sub(/\/*$/, "-security/", uri["security"])
			}
			print uri["main"], uri["security"]
		}'
}

# Written anew each time, since the machine's mirror may have changed.
write_sources()
{
	local main security suite uri list=$CACHE/apt/sources.list

	[ -r "$KEYRING" ] || die "$KEYRING is missing; install the package debian-archive-keyring"
	read -r main security < <(mirrors) ||
		die "apt on this machine knows no Debian archive; add one to /etc/apt/sources.list"
	mkdir -p "$CACHE/apt/state/lists/partial" "$CACHE/apt/cache/archives/partial" &&
		: >"$CACHE/apt/status" || die "cannot write to $CACHE; is the disk full?"
	for suite in $(kernel_list | cut -d '|' -f 2) $TOOL_SUITES; do
		uri=$main
		[ "${suite%-security}" = "$suite" ] || uri=$security
		printf 'deb [signed-by=%s] %s %s main\n' "$KEYRING" "$uri" "$suite"
	done | sort -u >"$list.new" || die "cannot write to $CACHE; is the disk full?"
	cmp -s "$list.new" "$list" || rm -f "$CACHE/apt/updated"
	mv "$list.new" "$list"
}

# apt_lists MIB: have package lists that are not older than an hour, and MIB of room for packages.
apt_lists()
{
	need_room "$1"
	write_sources
	[ -z "$(find "$CACHE/apt/updated" -mmin -60 2>/dev/null)" ] || return 0
	say "reading the package lists of the Debian archive"
	apt_run "cannot read the Debian archive" update
	touch "$CACHE/apt/updated"
}

# apt_run FAILURE ARG...: apt-get with its progress on stderr, or one clear line.
apt_run()
{
	local failure=$1 log
	shift

	log=$SCRATCH/apt.log
	if [ -n "$QUIET" ] || [ ! -t 2 ]; then
		private_apt apt-get -qq "$@" >"$log" 2>&1 </dev/null && return
	else
		private_apt apt-get "$@" >&2 2>"$log" </dev/null && return
	fi
	grep '^[EW]:' "$log" | head -n 3 >&2
	grep -qi 'no space left\|enough free space' "$log" &&
		die "$failure: the disk of $CACHE is full; make room or set MEMMON_CACHE"
	die "$failure; check the network and this machine's /etc/apt/sources.list"
}

# unpack FOLDER PACKAGE...: download the packages and unpack them into FOLDER.
unpack()
{
	local folder=$1 debs=$1.debs deb
	shift

	mkdir -p "$debs" "$folder" || die "cannot write to $CACHE; is the disk full?"
	(cd "$debs" && apt_run "cannot download ${1%%=*}${2:+ and others}" download "$@") || exit
	for deb in "$debs"/*.deb; do
		dpkg -x "$deb" "$folder" ||
			die "cannot unpack ${deb##*/} into $CACHE; is the disk full?"
	done
	rm -rf "$debs"
}

# unpack_closure FOLDER SUITE PACKAGE...: the same with everything that the packages depend on.
unpack_closure()
{
	local folder=$1 suite=$2 all
	shift 2

	# Lines are like: 'ADDRESS' NAME_VERSION_ARCHITECTURE.deb SIZE HASH
	all=$(private_apt apt-get -qq install --print-uris --yes --no-install-recommends \
		-t "$suite" "$@" 2>/dev/null |
		sed -n "s/^'[^']*' \([^_]*\)_\([^_]*\)_.*/\1=\2/p" | sed 's/%3a/:/')
	[ -n "$all" ] || die "the Debian archive has no installable $* in $suite"
	# shellcheck disable=SC2086 # the list is meant to be split
	unpack "$folder" $all
}
