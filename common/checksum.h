/* SPDX-License-Identifier: GPL-2.0 */
/* CRC-32C, for model files and recordings. */
#ifndef _KANARY_CHECKSUM_H
#define _KANARY_CHECKSUM_H

#include "types.h"

/**
 * kanary_checksum_update() - CRC-32C (Castagnoli, RFC 3720) of bytes in pieces
 * @crc: 0, or what the call for the bytes before returned
 * @data: bytes
 * @size: of @data
 *
 * Return: the checksum of everything so far.
 */
u32 kanary_checksum_update(u32 crc, const void *data, size_t size);

#endif /* _KANARY_CHECKSUM_H */
