/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where paths are seen: a kprobe on the own function of each system call that takes
 * one, beside the hook that counts the calls, so that calls without a path cost nothing
 * more. At the entry of the call
 *
 *	read	the path out of the task's memory, without a fault	path_read.h
 *	find	its hash among the known ones				path_cache.h
 *	count	the bins of its directories in the task's histogram
 *
 * and only of one that is not known: take it apart, and send it to the worker, which
 * hands it to the recorder and has it judged (path_queue.h, path_fate.h).
 *
 * Nothing is resolved: relative paths are marked as such, and symbolic links are what
 * they are called. A second thread can change a path between this look and the
 * kernel's own.
 */
#ifndef _KANARY_PATH_HOOK_H
#define _KANARY_PATH_HOOK_H

#include <linux/types.h>

/**
 * kanary_path_hook_init() - see paths from here on
 *
 * Before the hook that counts calls: of two kprobes on a function the later one is the
 * first to run, and it makes the task's entry. A kernel without kprobes has no paths, and
 * that is said and is no error. Sleeps.
 *
 * Return: 0 or -ENOMEM. Then some calls may be hooked already: unhook, drain and uninit as ever.
 */
int kanary_path_hook_init(void);

/** kanary_path_hook_unhook() - when it returns, no hook runs any more; sleeps */
void kanary_path_hook_unhook(void);

/** kanary_path_hook_uninit() - free all; after the worker has emptied the queue; sleeps */
void kanary_path_hook_uninit(void);

/** kanary_path_hook_calls() - system calls whose paths are read */
u32 kanary_path_hook_calls(void);

/** kanary_path_hook_missed() - calls that kprobes did not report */
u64 kanary_path_hook_missed(void);

#endif /* _KANARY_PATH_HOOK_H */
