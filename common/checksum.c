/* SPDX-License-Identifier: GPL-2.0 */
#include "checksum.h"

/* Eight bytes at a time, after Kounavis and Berry 2005. */
#define SLICES 8

/*
 * A remainder is linear: that of a byte is the sum of those of its bits, b0 of the lowest one. So
 * eight numbers give a slice's whole table.
 */
#define IF_BIT(byte, bit, remainder) ((byte) >> (bit) & 1 ? (remainder) : 0u)
#define ENTRY(byte, b0, b1, b2, b3, b4, b5, b6, b7) \
	(IF_BIT(byte, 0, b0) ^ IF_BIT(byte, 1, b1) ^ IF_BIT(byte, 2, b2) ^ IF_BIT(byte, 3, b3) ^ \
	 IF_BIT(byte, 4, b4) ^ IF_BIT(byte, 5, b5) ^ IF_BIT(byte, 6, b6) ^ IF_BIT(byte, 7, b7))
#define ENTRIES_4(byte, ...) \
	ENTRY(byte, __VA_ARGS__), ENTRY((byte) + 1, __VA_ARGS__), \
	ENTRY((byte) + 2, __VA_ARGS__), ENTRY((byte) + 3, __VA_ARGS__)
#define ENTRIES_16(byte, ...) \
	ENTRIES_4(byte, __VA_ARGS__), ENTRIES_4((byte) + 4, __VA_ARGS__), \
	ENTRIES_4((byte) + 8, __VA_ARGS__), ENTRIES_4((byte) + 12, __VA_ARGS__)
#define ENTRIES_64(byte, ...) \
	ENTRIES_16(byte, __VA_ARGS__), ENTRIES_16((byte) + 16, __VA_ARGS__), \
	ENTRIES_16((byte) + 32, __VA_ARGS__), ENTRIES_16((byte) + 48, __VA_ARGS__)
#define TABLE(...) \
	{ ENTRIES_64(0, __VA_ARGS__), ENTRIES_64(64, __VA_ARGS__), \
	  ENTRIES_64(128, __VA_ARGS__), ENTRIES_64(192, __VA_ARGS__) }

/* Of a byte that as many others follow as the slice's number says: 8 KiB. */
static const u32 remainder_of[SLICES][256] = {
	TABLE(0xf26b8303, 0xe13b70f7, 0xc79a971f, 0x8ad958cf,
	      0x105ec76f, 0x20bd8ede, 0x417b1dbc, 0x82f63b78),
	TABLE(0x13a29877, 0x274530ee, 0x4e8a61dc, 0x9d14c3b8,
	      0x3fc5f181, 0x7f8be302, 0xff17c604, 0xfbc3faf9),
	TABLE(0xa541927e, 0x4f6f520d, 0x9edea41a, 0x38513ec5,
	      0x70a27d8a, 0xe144fb14, 0xc76580d9, 0x8b277743),
	TABLE(0xdd45aab8, 0xbf672381, 0x7b2231f3, 0xf64463e6,
	      0xe964b13d, 0xd725148b, 0xaba65fe7, 0x52a0c93f),
	TABLE(0x38116fac, 0x7022df58, 0xe045beb0, 0xc5670b91,
	      0x8f2261d3, 0x1ba8b557, 0x37516aae, 0x6ea2d55c),
	TABLE(0xef306b19, 0xdb8ca0c3, 0xb2f53777, 0x6006181f,
	      0xc00c303e, 0x85f4168d, 0x0e045beb, 0x1c08b7d6),
	TABLE(0x68032cc8, 0xd0065990, 0xa5e0c5d1, 0x4e2dfd53,
	      0x9c5bfaa6, 0x3d5b83bd, 0x7ab7077a, 0xf56e0ef4),
	TABLE(0x493c7d27, 0x9278fa4e, 0x211d826d, 0x423b04da,
	      0x847609b4, 0x0d006599, 0x1a00cb32, 0x34019664),
};

/* Little endian, as all that runs this is. */
static u32 add_slices(u32 crc, const u8 *bytes)
{
	u64 word;

	memcpy(&word, bytes, sizeof(word));
	word ^= crc;
	return remainder_of[7][word & 255] ^ remainder_of[6][word >> 8 & 255] ^
	       remainder_of[5][word >> 16 & 255] ^ remainder_of[4][word >> 24 & 255] ^
	       remainder_of[3][word >> 32 & 255] ^ remainder_of[2][word >> 40 & 255] ^
	       remainder_of[1][word >> 48 & 255] ^ remainder_of[0][word >> 56];
}

u32 kanary_checksum_update(u32 crc, const void *data, size_t size)
{
	const u8 *byte = data;

	crc = ~crc;
	for (; size >= SLICES; size -= SLICES, byte += SLICES)
		crc = add_slices(crc, byte);
	while (size--)
		crc = crc >> 8 ^ remainder_of[0][(crc ^ *byte++) & 255];
	return ~crc;
}
