/* SPDX-License-Identifier: GPL-2.0 */
/* Files under /proc, read through seq_file. */
#ifndef SHIM_FILES_H
#define SHIM_FILES_H

#include "basics.h"

struct inode;

struct file {
	void *private_data;
	unsigned int f_flags;
};

struct kiocb {
	struct file *ki_filp;
};

struct iov_iter;
struct seq_file;

struct seq_operations {
	void *(*start)(struct seq_file *m, loff_t *pos);
	void (*stop)(struct seq_file *m, void *v);
	void *(*next)(struct seq_file *m, void *v, loff_t *pos);
	int (*show)(struct seq_file *m, void *v);
};

struct seq_file {
	const struct seq_operations *op;
	int (*show_single)(struct seq_file *m, void *v);
	void *private;
	FILE *out;
	char *text;
	size_t bytes;
};

struct proc_ops {
	int (*proc_open)(struct inode *inode, struct file *file);
	ssize_t (*proc_read_iter)(struct kiocb *iocb, struct iov_iter *iter);
	loff_t (*proc_lseek)(struct file *file, loff_t offset, int whence);
	int (*proc_release)(struct inode *inode, struct file *file);
};

void *proc_create(const char *name, umode_t mode, void *parent, const struct proc_ops *ops);
void remove_proc_entry(const char *name, void *parent);

int seq_open(struct file *file, const struct seq_operations *op);
int seq_release(struct inode *inode, struct file *file);
int single_open(struct file *file, int (*show)(struct seq_file *m, void *v), void *data);
int single_release(struct inode *inode, struct file *file);
ssize_t seq_read_iter(struct kiocb *iocb, struct iov_iter *iter);
loff_t seq_lseek(struct file *file, loff_t offset, int whence);
#define seq_printf(m, ...) ((void)fprintf((m)->out, __VA_ARGS__))
#define seq_puts(m, text_) ((void)fputs(text_, (m)->out))
#define seq_putc(m, c) ((void)fputc(c, (m)->out))

#endif /* SHIM_FILES_H */
