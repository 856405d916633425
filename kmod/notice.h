/* SPDX-License-Identifier: GPL-2.0 */
/* What becomes of models, told in the kernel log: of whose container, and by whom. */
#ifndef _KANARY_NOTICE_H
#define _KANARY_NOTICE_H

#include "kanary_netlink.h"

struct kanary_profile;

/* Bytes of "container=NAME cgroup=NUMBER profile=NAME", each byte of the first escaped. */
#define KANARY_NOTICE_WHOSE_SIZE \
	(sizeof("container= cgroup= profile=") + 4 * KANARY_CONTAINER_SIZE + 20 + KANARY_NAME_SIZE)

/**
 * kanary_notice_whose() - "container=NAME cgroup=NUMBER profile=NAME"
 * @out: set
 *
 * Of a container whose name nobody told, the name is the number, as kanary watch has it.
 *
 * Return: @out.
 */
const char *kanary_notice_whose(const struct kanary_profile *profile,
				char out[KANARY_NOTICE_WHOSE_SIZE]);

/**
 * kanary_notice_change() - tell that current changes a profile
 * @event: load, unload, mode or evict
 * @more: of it, beginning with a blank, or ""
 *
 * Not throttled: each is an administrator's.
 */
void kanary_notice_change(const char *event, const struct kanary_profile *profile,
			  const char *more);

/** kanary_notice_gone() - tell that a profile's cgroup was removed, once */
void kanary_notice_gone(const struct kanary_profile *profile);

/** kanary_notice_lock() - tell that current has locked @models models */
void kanary_notice_lock(u32 models);

/** kanary_notice_mode() - "learn", "monitor" or "enforce" */
const char *kanary_notice_mode(u32 mode);

#endif /* _KANARY_NOTICE_H */
