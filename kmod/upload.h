/* SPDX-License-Identifier: GPL-2.0 */
/* Models on their way in: one upload a socket, in order, of a size said before. */
#ifndef _KANARY_UPLOAD_H
#define _KANARY_UPLOAD_H

#include <linux/types.h>

/*
 * All may sleep. All return 0 or -errno, and where they fail set @why to a sentence.
 */

/** kanary_upload_begin() - make room for @size bytes; an upload begun before is dropped */
int kanary_upload_begin(u32 portid, u32 size, const char **why);

/** kanary_upload_append() - the next @size bytes, which must begin at @offset */
int kanary_upload_append(u32 portid, u32 offset, const void *data, u32 size, const char **why);

/**
 * kanary_upload_finish() - end a complete upload
 * @file: set to the bytes, 8-byte aligned, now the caller's to kvfree()
 * @size: set to their number
 */
int kanary_upload_finish(u32 portid, void **file, u32 *size, const char **why);

/** kanary_upload_abort() - the socket is gone */
void kanary_upload_abort(u32 portid);

/** kanary_upload_uninit() - drop all */
void kanary_upload_uninit(void);

#endif /* _KANARY_UPLOAD_H */
