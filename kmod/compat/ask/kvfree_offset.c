// SPDX-License-Identifier: GPL-2.0
/*
 * Is kvfree_call_rcu() given the offset of the head in the object, or without a head the object itself, as if
 * it were a function? Until commit 04a522b7da3d ("rcu: Refactor kvfree_call_rcu() and high-level helpers")
 * (v6.3), which gives it the object.
 */
#include <linux/rcupdate.h>

void ask(void (*give)(struct rcu_head *head, rcu_callback_t offset));
void ask(void (*give)(struct rcu_head *head, rcu_callback_t offset))
{
	_Static_assert(__builtin_types_compatible_p(__typeof__(&kvfree_call_rcu), __typeof__(give)),
		       "the offset");
}
