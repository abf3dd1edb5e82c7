// SPDX-License-Identifier: GPL-2.0
/*
 * Makes the kernel misbehave in a chosen way, so that the lab can be seen to notice it.
 */
#include <linux/irqflags.h>
#include <linux/module.h>
#include <linux/panic.h>

static char *kind = "none";
module_param(kind, charp, 0400);
MODULE_PARM_DESC(kind, "none, warn, taint, oops or hang");

static void oops(void)
{
	int *nowhere = NULL;

	/* The compiler must not see that it is NULL, or it makes something else of the write. */
	OPTIMIZER_HIDE_VAR(nowhere);
	*nowhere = 1;
}

static void hang(void)
{
	local_irq_disable();
	for (;;)
		cpu_relax();
}

static int __init trouble_init(void)
{
	pr_info("trouble: %s\n", kind);
	if (!strcmp(kind, "warn"))
		WARN(1, "trouble was asked for\n");
	else if (!strcmp(kind, "taint"))
		add_taint(TAINT_USER, LOCKDEP_STILL_OK);
	else if (!strcmp(kind, "oops"))
		oops();
	else if (!strcmp(kind, "hang"))
		hang();
	return 0;
}

static void __exit trouble_exit(void)
{
}

module_init(trouble_init);
module_exit(trouble_exit);
MODULE_DESCRIPTION("Makes the kernel misbehave in a chosen way");
MODULE_LICENSE("GPL");
