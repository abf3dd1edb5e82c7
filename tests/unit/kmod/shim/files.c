// SPDX-License-Identifier: GPL-2.0
/* Files under /proc, each read in one go. */
#include <stdlib.h>

#include "shim.h"

#define FILES_MAX 2

static struct {
	const char *name;
	umode_t mode;
	const struct proc_ops *ops;
} files[FILES_MAX];

bool shim_proc_is_full;

static int find_file(const char *name)
{
	int i;

	for (i = 0; i < FILES_MAX; i++) {
		if (name ? files[i].name && !strcmp(files[i].name, name) : !files[i].name)
			return i;
	}
	return -1;
}

void *proc_create(const char *name, umode_t mode, void *parent, const struct proc_ops *ops)
{
	int i = shim_proc_is_full ? -1 : find_file(NULL);

	assert(!parent);
	if (i < 0)
		return NULL;
	files[i].name = name;
	files[i].mode = mode;
	files[i].ops = ops;
	return &files[i];
}

void remove_proc_entry(const char *name, void *parent)
{
	int i = find_file(name);

	assert(!parent && i >= 0);
	files[i].name = NULL;
}

umode_t shim_mode(const char *name)
{
	int i = find_file(name);

	return i < 0 ? 0 : files[i].mode;
}

int seq_open(struct file *file, const struct seq_operations *op)
{
	struct seq_file *m = kvcalloc(1, sizeof(*m), GFP_KERNEL);

	if (!m)
		return -ENOMEM;
	m->op = op;
	m->out = open_memstream(&m->text, &m->bytes);
	assert(m->out);
	file->private_data = m;
	return 0;
}

int seq_release(struct inode *inode, struct file *file)
{
	struct seq_file *m = file->private_data;

	(void)inode;
	fclose(m->out);
	free(m->text);
	free(m);
	return 0;
}

int single_open(struct file *file, int (*show)(struct seq_file *m, void *v), void *data)
{
	int ret = seq_open(file, NULL);
	struct seq_file *m = file->private_data;

	if (ret)
		return ret;
	m->show_single = show;
	m->private = data;
	return 0;
}

int single_release(struct inode *inode, struct file *file)
{
	return seq_release(inode, file);
}

ssize_t seq_read_iter(struct kiocb *iocb, struct iov_iter *iter)
{
	struct seq_file *m = iocb->ki_filp->private_data;
	loff_t pos = 0;
	void *v;

	(void)iter;
	if (m->show_single) {
		m->show_single(m, NULL);
	} else {
		for (v = m->op->start(m, &pos); v; v = m->op->next(m, v, &pos))
			m->op->show(m, v);
		m->op->stop(m, NULL);
	}
	fflush(m->out);
	return m->bytes;
}

loff_t seq_lseek(struct file *file, loff_t offset, int whence)
{
	(void)file;
	(void)whence;
	return offset;
}

int shim_read(const char *name, char **text)
{
	int i = find_file(name), ret;
	struct file file = { .private_data = NULL };
	struct kiocb iocb = { .ki_filp = &file };

	assert(i >= 0);
	ret = files[i].ops->proc_open(NULL, &file);
	if (ret)
		return ret;
	files[i].ops->proc_read_iter(&iocb, NULL);
	*text = strdup(((struct seq_file *)file.private_data)->text);
	files[i].ops->proc_release(NULL, &file);
	return 0;
}
