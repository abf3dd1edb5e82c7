/* SPDX-License-Identifier: GPL-2.0 */
/* The commands of the program. Each takes the words behind its name and returns the exit status. */
#ifndef COMMAND_H
#define COMMAND_H

int command_count(char **words);
int command_opens(char **words);
int command_crowd(char **words);
int command_abuse_calls(char **words);
int command_abuse_options(char **words);
int command_abuse_mmap(char **words);
int command_abuse_process(char **words);
int command_abuse_ledger(char **words);
int command_abuse_totals(char **words);
int command_abuse_read(char **words);
int command_scribble(char **words);
int command_rights(char **words);
int command_waiting(char **words);
int command_ip_options(char **words);
int command_look(char **words);
int command_memory(char **words);

#endif
