/* SPDX-License-Identifier: GPL-2.0 */
/* Keeps what the module does for its readers out of its own records. */
#ifndef MEMMON_MUTE_H
#define MEMMON_MUTE_H

#include <linux/types.h>

int memmon_mute_begin(void);
void memmon_mute_end(int entry);
bool memmon_mute_holds(void);

#endif /* MEMMON_MUTE_H */
