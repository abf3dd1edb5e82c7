# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
# One file says which version this is.
run_check memmon --version
out_has "memmon $(cat "$ROOT/VERSION")"
