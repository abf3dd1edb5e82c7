// SPDX-License-Identifier: GPL-2.0
/* book.c of chains_wide.ko. */
#include "book.c"
