/* SPDX-License-Identifier: GPL-2.0 */
#include "checksum.h"

/* Remainders of four bits at a time: 64 bytes of table are enough for files of a few MiB. */
static const u32 remainder_of[16] = {
	0x00000000, 0x105ec76f, 0x20bd8ede, 0x30e349b1,
	0x417b1dbc, 0x5125dad3, 0x61c69362, 0x7198540d,
	0x82f63b78, 0x92a8fc17, 0xa24bb5a6, 0xb21572c9,
	0xc38d26c4, 0xd3d3e1ab, 0xe330a81a, 0xf36e6f75,
};

u32 kanary_checksum_update(u32 crc, const void *data, size_t size)
{
	const u8 *byte = data;

	crc = ~crc;
	while (size--) {
		crc ^= *byte++;
		crc = crc >> 4 ^ remainder_of[crc & 15];
		crc = crc >> 4 ^ remainder_of[crc & 15];
	}
	return ~crc;
}
