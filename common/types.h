/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Fixed-width names for code that is compiled into the module and into the
 * CLI. The only file in common/ that may ask where it is being built.
 */
#ifndef _KANARY_TYPES_H
#define _KANARY_TYPES_H

#include <linux/types.h>

#ifndef __KERNEL__
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __u64 u64;
typedef __s8 s8;
typedef __s16 s16;
typedef __s32 s32;
typedef __s64 s64;
#else
#include <linux/stddef.h>
#include <linux/string.h>
#endif

#endif /* _KANARY_TYPES_H */
