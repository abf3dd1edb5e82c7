/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Stands in for the kernel's headers, so that the files of kmod/ compile unchanged on the host: forced
 * in front of each of them. The headers that they include by name are empty.
 */
#ifndef SHIM_KERNEL_H
#define SHIM_KERNEL_H

#include "basics.h"
#include "cpu.h"
#include "percpu.h"
#include "tasks.h"
#include "sync.h"
#include "memory.h"
#include "probes.h"
#include "hooks.h"
#include "files.h"
#include "chardev.h"
#include "stacks.h"

#endif /* SHIM_KERNEL_H */
