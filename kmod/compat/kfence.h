/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Memory of KFENCE, whose objects lie apart from all slabs. The header is there since commit 0ce20dd84089 ("mm:
 * add Kernel Electric-Fence infrastructure") (v5.12); without KFENCE nobody needs it.
 */
#ifndef MEMMON_COMPAT_KFENCE_H
#define MEMMON_COMPAT_KFENCE_H

#include <linux/types.h>
#ifdef CONFIG_KFENCE
#include <linux/kfence.h>
#endif

/* Whether an address is KFENCE's. Context: any. */
static inline bool memmon_kfence_owns(const void *address)
{
#ifdef CONFIG_KFENCE
	return is_kfence_address(address);
#else
	return false;
#endif
}

#endif /* MEMMON_COMPAT_KFENCE_H */
