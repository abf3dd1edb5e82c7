/* SPDX-License-Identifier: GPL-2.0 */
/* Flags of a mapping; see ask/vm_flags_set.c. */
#ifndef MEMMON_COMPAT_VMA_H
#define MEMMON_COMPAT_VMA_H

#include <linux/mm.h>

/* Sets and clears flags. Context: in an mmap operation. */
static inline void memmon_vma_change(struct vm_area_struct *vma, unsigned long set,
				     unsigned long cleared)
{
#ifdef MEMMON_HAVE_VM_FLAGS_SET
	vm_flags_set(vma, set);
	vm_flags_clear(vma, cleared);
#else
	vma->vm_flags = (vma->vm_flags | set) & ~cleared;
#endif
}

#endif /* MEMMON_COMPAT_VMA_H */
