// SPDX-License-Identifier: GPL-2.0
/* main.c of chains_wide.ko. */
#include "main.c"
