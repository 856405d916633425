/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _KANARY_VERSION_H
#define _KANARY_VERSION_H

#define KANARY_VERSION "0.1.0"

#endif /* _KANARY_VERSION_H */
