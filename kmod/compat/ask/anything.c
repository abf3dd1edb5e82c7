// SPDX-License-Identifier: GPL-2.0
/* Compiles on every kernel: if it does not, no other answer can be trusted. */
#include <linux/module.h>
#include <linux/slab.h>
#include <trace/events/kmem.h>
