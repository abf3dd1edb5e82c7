/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Locks, waiting and waking. No test has two threads that would wait for each other: not to get a lock
 * is a mistake, and who would sleep runs a function of the test instead.
 */
#ifndef SHIM_SYNC_H
#define SHIM_SYNC_H

#include "cpu.h"

typedef struct {
	int count;
} spinlock_t;

void shim_take(int *count);
void shim_give(int *count);
#define DEFINE_SPINLOCK(name) spinlock_t name = { .count = 1 }
#define spin_lock(lock) shim_take(&(lock)->count)
#define spin_unlock(lock) shim_give(&(lock)->count)

struct mutex {
	int count;
};

extern bool shim_has_signal; /* see shim.h */
#define fatal_signal_pending(task) ((void)(task), shim_has_signal)
#define DEFINE_MUTEX(name) struct mutex name = { .count = 1 }
#define mutex_init(lock) ((void)((lock)->count = 1))
#define mutex_lock(lock) shim_take(&(lock)->count)
#define mutex_lock_interruptible(lock) (shim_has_signal ? -EINTR : (mutex_lock(lock), 0))
#define mutex_unlock(lock) shim_give(&(lock)->count)

void synchronize_rcu(void);
#define rcu_read_lock_sched_notrace() preempt_disable_notrace()
#define rcu_read_unlock_sched_notrace() preempt_enable_notrace()

/* Work that is done once interrupts are let in: when a test calls shim_irq_work_run(). */
struct irq_work {
	void (*function)(struct irq_work *work);
	struct irq_work *next;
	bool is_pending;
};

void init_irq_work(struct irq_work *work, void (*function)(struct irq_work *work));
bool irq_work_queue(struct irq_work *work);
void irq_work_sync(struct irq_work *work);

typedef struct {
	unsigned int nr_wakes;
} wait_queue_head_t;

#define init_waitqueue_head(queue) ((void)((queue)->nr_wakes = 0))
#define wake_up_interruptible_all(queue) ((void)(queue)->nr_wakes++)
#define wake_up_interruptible_poll(queue, events) ((void)(events), (void)(queue)->nr_wakes++)

/* Runs what the test wants to happen meanwhile, once, and then comes the timeout, or a signal. */
int shim_sleep(void);

#define wait_event_interruptible_timeout(queue, condition, timeout) \
	({                                                          \
		long shim_left = (timeout);                         \
		(void)&(queue);                                     \
		if (!(condition) && shim_sleep())                   \
			shim_left = -ERESTARTSYS;                   \
		else if (!(condition))                              \
			shim_left = 0;                              \
		shim_left;                                          \
	})

typedef struct {
	wait_queue_head_t *queue;
} poll_table;

struct file;
void poll_wait(struct file *file, wait_queue_head_t *queue, poll_table *table);

#define EPOLLIN 0x001U
#define EPOLLERR 0x008U
#define EPOLLHUP 0x010U
#define EPOLLRDNORM 0x040U

struct list_head {
	struct list_head *next, *prev;
};

#define LIST_HEAD(name) struct list_head name = { &(name), &(name) }

static inline void INIT_LIST_HEAD(struct list_head *head)
{
	head->next = head;
	head->prev = head;
}

static inline void list_add(struct list_head *node, struct list_head *head)
{
	node->next = head->next;
	node->prev = head;
	head->next->prev = node;
	head->next = node;
}

static inline void list_add_tail(struct list_head *node, struct list_head *head)
{
	list_add(node, head->prev);
}

#define list_empty(head) ((head)->next == (head))
#define list_is_singular(head) (!list_empty(head) && (head)->next == (head)->prev)
#define list_first_entry(head, type, member) container_of((head)->next, type, member)

static inline void list_del(struct list_head *node)
{
	node->prev->next = node->next;
	node->next->prev = node->prev;
	node->next = NULL;
	node->prev = NULL;
}

#define list_for_each_entry(entry, head, member)                             \
	for ((entry) = container_of((head)->next, typeof(*(entry)), member); \
	     &(entry)->member != (head);                                     \
	     (entry) = container_of((entry)->member.next, typeof(*(entry)), member))

#endif /* SHIM_SYNC_H */
