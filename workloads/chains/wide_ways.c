// SPDX-License-Identifier: GPL-2.0
/* ways.c of chains_wide.ko. */
#include "ways.c"
