#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Status names each label of the kprobe source, attached or why not.
# guests: 1cpu
# shellcheck shell=dash disable=SC1091,SC2154
. /share/lib.sh

# Probes but the one that the module needs to know when caches go.
armed()
{
	grep -vc ' kmem_cache_destroy+' "$KPROBES" || :
}

labels_are_accounted_for()
{
	for label in "$@"; do
		state=$(status "probe.$label")
		case $state in
		"attached "?*) attached="$attached $label" ;;
		"missing: "?*) ;;
		*) fail "probe.$label: '$state'" ;;
		esac
	done
}

load source=kprobe
attached=
labels_are_accounted_for kmalloc kmalloc_large kmalloc_slab kmalloc_node kmem_cache_alloc
equal off "$(status probe.kmalloc_cache)" probe.kmalloc_cache
equal "$(echo "$attached" | wc -w)" "$(armed)" "armed probes"
unload

load source=kprobe kmalloc_constant=1
attached=
labels_are_accounted_for kmalloc kmalloc_large kmalloc_slab kmalloc_node kmem_cache_alloc kmalloc_cache
for label in kmalloc kmalloc_large kmalloc_node kmem_cache_alloc kmalloc_cache; do
	case " $attached " in
	*" $label "*) ;;
	*) fail "$label is not attached: $(status "probe.$label")" ;;
	esac
done
equal "$(echo "$attached" | wc -w)" "$(armed)" "armed probes"
unload

load source=tracepoint
for label in kmalloc kmem_cache_alloc kfree kmem_cache_free mm_page_alloc mm_page_free \
	mm_page_free_batched; do
	equal attached "$(status probe.$label)" "probe.$label"
done
equal 0 "$(armed)" "armed probes of the tracepoint source"
unload
