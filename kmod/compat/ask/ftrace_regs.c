// SPDX-License-Identifier: GPL-2.0
/*
 * Does ftrace give its callbacks a struct ftrace_regs, and protect only those from themselves that ask for it?
 * Since commit d19ad0775dcd ("ftrace: Have the callbacks receive a struct ftrace_regs instead of pt_regs") (v5.11)
 * and a25d036d939a ("ftrace: Reverse what the RECURSION flag means in the ftrace_ops") (v5.11).
 */
#include <linux/ftrace.h>

static void on_function(unsigned long ip, unsigned long parent_ip, struct ftrace_ops *ops,
			struct ftrace_regs *regs)
{
	(void)ftrace_get_regs(regs);
}

void ask(struct ftrace_ops *ops);
void ask(struct ftrace_ops *ops)
{
	ops->func = on_function;
	ops->flags |= FTRACE_OPS_FL_RECURSION;
}
