// SPDX-License-Identifier: GPL-2.0
/* paths.c of chains_wide.ko. */
#include "paths.c"
