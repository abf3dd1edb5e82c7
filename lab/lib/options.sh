# SPDX-License-Identifier: GPL-2.0
# Reads the options of the subcommands.
# shellcheck shell=bash

readonly MIB_MIN=96             # of a node: less does not boot

OPT_KERNEL=6.1
OPT_CPUS=
OPT_MEMORY=
OPT_NODES=
OPT_ICOUNT=
OPT_SHARE=
OPT_DISK=
OPT_TIMEOUT=600
REST=()         # what follows the options

# need_number NAME VALUE MIN MAX
need_number()
{
	[[ $2 =~ ^[0-9]{1,7}$ ]] && [ "$2" -ge "$3" ] && [ "$2" -le "$4" ] ||
		die "$1 takes a number from $3 to $4, not '$2'"
}

# read_options ALLOWED ARG...: ALLOWED is a list of options with blanks around each.
read_options()
{
	local allowed=" $1 --quiet -q " option
	shift

	while [ $# -gt 0 ]; do
		option=$1
		case $option in
		--)
			shift
			break
			;;
		-?*) ;;
		*) break ;;
		esac
		[[ $allowed == *" $option "* ]] || die "unknown option '$option'; see \`lab/vm help\`"
		shift
		case $option in
		--icount)
			OPT_ICOUNT=1
			continue
			;;
		-q | --quiet)
			QUIET=1
			continue
			;;
		esac
		[ $# -gt 0 ] || die "$option needs a value; see \`lab/vm help\`"
		take_value "$option" "$1"
		shift
	done
	REST=("$@")
	[ "${OPT_MEMORY:-1048576}" -ge $((MIB_MIN * ${OPT_NODES:-1})) ] ||
		die "--numa $OPT_NODES needs at least -m $((MIB_MIN * OPT_NODES))"
}

take_value()
{
	case $1 in
	-k)
		OPT_KERNEL=$2
		;;
	-c)
		need_number -c "$2" 1 64
		OPT_CPUS=$2
		;;
	-m)
		need_number -m "$2" "$MIB_MIN" 1048576
		OPT_MEMORY=$2
		;;
	--numa)
		need_number --numa "$2" 1 8
		OPT_NODES=$2
		;;
	--share)
		[ -d "$2" ] || die "--share: there is no folder '$2'"
		[ -r "$2" ] && [ -w "$2" ] && [ -x "$2" ] ||
			die "--share: '$2' must be readable and writable for you"
		OPT_SHARE=$(cd "$2" && pwd -P)
		;;
	--disk)
		[ -r "$2" ] && [ -f "$2" ] || die "--disk: there is no file '$2' that you may read"
		OPT_DISK=$2
		;;
	--timeout)
		need_number --timeout "$2" 1 9999999
		OPT_TIMEOUT=$2
		;;
	esac
}
