/* SPDX-License-Identifier: GPL-2.0 */
/* Tracepoints by name: the kernel does not export those that Kanary needs. */
#ifndef _KANARY_TRACEPOINT_H
#define _KANARY_TRACEPOINT_H

/**
 * kanary_tracepoint_attach() - call @probe at each hit of tracepoint @name
 * @probe: void (*)(void *data, the tracepoint's arguments...)
 *
 * Return: 0, -ENOENT if the kernel has no such tracepoint, or -errno.
 */
int kanary_tracepoint_attach(const char *name, void *probe);

/** kanary_tracepoint_detach() - the reverse; probes may still run until a tracepoint_synchronize */
void kanary_tracepoint_detach(const char *name, void *probe);

#endif /* _KANARY_TRACEPOINT_H */
