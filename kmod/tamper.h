/* SPDX-License-Identifier: GPL-2.0 */
/* Saying that somebody tried to change what is locked: kernel log, netlink, counter. */
#ifndef _KANARY_TAMPER_H
#define _KANARY_TAMPER_H

/**
 * kanary_tamper_tell() - tell that the current task tried something
 * @attempt: a word of this module
 *
 * The kernel log gets at most 10 lines in 10 seconds, and the netlink group all. Sleeps.
 */
void kanary_tamper_tell(const char *attempt);

/**
 * kanary_tamper_tell_later() - the same from where nobody may sleep
 *
 * While one waits to be told, further ones are counted only. Any context of a task.
 */
void kanary_tamper_tell_later(const char *attempt);

#endif /* _KANARY_TAMPER_H */
