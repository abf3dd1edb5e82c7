/* SPDX-License-Identifier: GPL-2.0 */
/* Functions of the kernel by address. */
#ifndef SYMBOLS_H
#define SYMBOLS_H

#include <stdint.h>

/* Sets both to "-" if the address is in no function that is known. The texts have room for 128 bytes. */
void symbols_find(uint64_t address, char *function, char *module);

#endif
