// SPDX-License-Identifier: GPL-2.0
/*
 * Does the tracepoint of per-CPU objects say the call site and the bytes of all copies? Since commit
 * f67bed134a05 ("percpu: improve percpu_alloc_percpu event trace") (v5.19).
 */
#include <trace/events/percpu.h>

static void on_alloc(void *data, unsigned long call_site, bool reserved, bool is_atomic,
		     size_t size, size_t align, void *base_addr, int off, void __percpu *ptr,
		     size_t bytes_alloc, gfp_t gfp)
{
}

void ask(void);
void ask(void)
{
	check_trace_callback_type_percpu_alloc_percpu(on_alloc);
}
