/* SPDX-License-Identifier: GPL-2.0 */
/* Types, compiler words, text, and what a module says and is told. */
#ifndef SHIM_BASICS_H
#define SHIM_BASICS_H

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>

typedef unsigned char u8;
typedef unsigned short u16;
typedef int16_t s16;
typedef int64_t s64;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef unsigned int gfp_t;
typedef unsigned short umode_t;

#define __force
#define __user
#define __percpu
#define __init
#define __maybe_unused __attribute__((unused))
#define __read_mostly
#define __aligned(bytes) __attribute__((aligned(bytes)))
#define ____cacheline_aligned __attribute__((aligned(64)))
#define noinline __attribute__((noinline))
#define notrace
#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)

#define S16_MAX INT16_MAX
#define U16_MAX ((u16)~0U)
#define U32_MAX UINT32_MAX
#define S16_MAX INT16_MAX
#define U16_MAX ((u16)~0U)
#define U64_MAX (~0ULL)
#define HZ 1000
#define USEC_PER_SEC 1000000L
#define ERESTARTSYS 512
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define BUILD_BUG_ON(condition) static_assert(!(condition), #condition)
#define container_of(p, type, member) ((type *)((char *)(p)-offsetof(type, member)))
#define max(a, b) ((a) > (b) ? (a) : (b))
#define min(a, b) ((a) < (b) ? (a) : (b))
#define max_t(type, a, b) max((type)(a), (type)(b))
#define min_t(type, a, b) min((type)(a), (type)(b))
#define clamp(value, low, high) min(max(value, low), high)
#define clamp_t(type, value, low, high) min_t(type, max_t(type, value, low), high)
#define div_u64(a, b) ((u64)(a) / (u32)(b))
#define div64_u64(a, b) ((u64)(a) / (u64)(b))
#define ALIGN(n, to) (((n) + (to)-1) & ~((to)-1))
#define IS_ALIGNED(n, to) (!((n) & ((to)-1)))
#define fls(x) ((x) ? 32 - __builtin_clz(x) : 0)
#define hweight32(n) ((unsigned int)__builtin_popcount(n))
#define ilog2(n) (63 - __builtin_clzl(n))
#define __ffs(word) ((unsigned long)__builtin_ctzl(word))

#define IS_ERR(p) ((unsigned long)(p) >= -4095UL)
#define PTR_ERR(p) ((long)(p))
#define ERR_PTR(err) ((void *)(long)(err))

static inline unsigned long roundup_pow_of_two(unsigned long n)
{
	return n <= 1 ? 1 : 1UL << (64 - __builtin_clzl(n - 1));
}

static inline unsigned long rounddown_pow_of_two(unsigned long n)
{
	assert(n);
	return 1UL << (63 - __builtin_clzl(n));
}

ssize_t strscpy(char *to, const char *from, size_t bytes);
int scnprintf(char *to, size_t bytes, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
const void *memchr_inv(const void *from, int byte, size_t bytes);
void shim_print(const char *format, ...) __attribute__((format(printf, 1, 2)));

#define WARN_ON_ONCE(condition) assert(!(condition))

/* pr_fmt() is defined by each file that prints. */
#define pr_err(fmt, ...) shim_print(pr_fmt(fmt), ##__VA_ARGS__)
#define pr_info(fmt, ...) shim_print(pr_fmt(fmt), ##__VA_ARGS__)

#define __exit
#define module_init(function) int (*const shim_module_init)(void) = (function)
#define module_exit(function) void (*const shim_module_exit)(void) = (function)
#define MODULE_LICENSE(text) static_assert(sizeof(text) > 1, "license")
#define MODULE_AUTHOR(text) static_assert(sizeof(text) > 1, "author")
#define MODULE_DESCRIPTION(text) static_assert(sizeof(text) > 1, "description")
#define MODULE_VERSION(text) static_assert(sizeof(text) > 1, "version")

extern int (*const shim_module_init)(void);
extern void (*const shim_module_exit)(void);

/* A parameter notes its address, for shim_param(). */
#define module_param_named(name_, variable, type, mode)                   \
	static void __attribute__((constructor)) shim_param_##name_(void) \
	{                                                                 \
		shim_param_add(#name_, &(variable));                      \
	}                                                                 \
	static_assert((mode) == 0400, "only root may see a module parameter")
#define module_param(name_, type, mode) module_param_named(name_, name_, type, mode)
#define MODULE_PARM_DESC(name_, text) static_assert(sizeof(text) > 1, #name_)

void shim_param_add(const char *name, void *variable);

enum mod_mem_type {
	MOD_TEXT,
	MOD_INIT_TEXT,
	MOD_MEM_NUM_TYPES
};

struct module_memory {
	void *base;
	unsigned int size;
};

#define MODULE_NAME_LEN 56

/* As a kernel of today has it: text and data lie apart. */
struct module {
	const char *name;
	const char *version;
	struct module_memory mem[MOD_MEM_NUM_TYPES];
};

extern struct module shim_module;
#define THIS_MODULE (&shim_module)

#endif /* SHIM_BASICS_H */
