// SPDX-License-Identifier: GPL-2.0
/* chains.ko: asks for objects over call chains that it knows, and says in its file in /proc which they are. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/proc_fs.h>
#include <linux/uaccess.h>

#include "chains.h"

#define CHAINS_BYTES 168
#define MOST_ROUNDS 100000

struct kmem_cache *chains_cache;

/* One command at a time. */
static DEFINE_MUTEX(lock);

static int go(const char *way, const char *name, unsigned int rounds)
{
	unsigned int i;
	int error = -EINVAL;

	for (i = 0; i < chains_nr_kinds; i++) {
		if (strcmp(name, "all") && strcmp(name, chains_kinds[i].name))
			continue;
		error = chains_go(way, &chains_kinds[i], rounds);
		if (error)
			break;
	}
	return error;
}

/* WAY KIND ROUNDS; the kind may be "all". */
static ssize_t write(struct file *file, const char __user *from, size_t bytes, loff_t *position)
{
	char line[64] = "", way[16], kind[16];
	unsigned int rounds;
	int error;

	if (bytes >= sizeof(line))
		return -EINVAL;
	if (copy_from_user(line, from, bytes))
		return -EFAULT;
	if (sscanf(line, "%15s %15s %u", way, kind, &rounds) != 3 || rounds > MOST_ROUNDS)
		return -EINVAL;
	mutex_lock(&lock);
	error = go(way, kind, rounds);
	mutex_unlock(&lock);
	return error ?: bytes;
}

static int open(struct inode *inode, struct file *file)
{
	return seq_open(file, &chains_book_operations);
}

static const struct proc_ops operations = {
	.proc_open = open,
	.proc_read = seq_read,
	.proc_write = write,
	.proc_lseek = seq_lseek,
	.proc_release = seq_release,
};

/* With a constructor a cache is never merged with another, so its name stays its own. */
static void construct(void *object)
{
}

static int __init chains_init(void)
{
	int error = chains_book_create();

	if (error)
		return error;
	error = -ENOMEM;
	chains_cache = kmem_cache_create(KBUILD_MODNAME "-object", CHAINS_BYTES, 0, 0, construct);
	if (!chains_cache)
		goto err_book;
	if (!proc_create(KBUILD_MODNAME, 0600, NULL, &operations))
		goto err_cache;
	return 0;

err_cache:
	kmem_cache_destroy(chains_cache);
err_book:
	chains_book_destroy();
	return error;
}
module_init(chains_init);

static void __exit chains_exit(void)
{
	remove_proc_entry(KBUILD_MODNAME, NULL);
	kmem_cache_destroy(chains_cache);
	chains_book_destroy();
}
module_exit(chains_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Asks for objects over call chains that are known");
