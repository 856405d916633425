/* SPDX-License-Identifier: GPL-2.0 */
/* CRC-32C against the published check value and against itself in pieces. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "checksum.h"

static void gives_published_values(void **state)
{
	uint8_t buffer[32];
	int i;

	assert_int_equal(kanary_checksum_update(0, "", 0), 0);
	assert_int_equal(kanary_checksum_update(0, "123456789", 9), 0xe3069283);
	/* RFC 3720, B.4 */
	memset(buffer, 0, sizeof(buffer));
	assert_int_equal(kanary_checksum_update(0, buffer, sizeof(buffer)), 0x8a9136aa);
	memset(buffer, 0xff, sizeof(buffer));
	assert_int_equal(kanary_checksum_update(0, buffer, sizeof(buffer)), 0x62a8ab43);
	for (i = 0; i < 32; i++)
		buffer[i] = (uint8_t)i;
	assert_int_equal(kanary_checksum_update(0, buffer, sizeof(buffer)), 0x46dd794e);
}

static void pieces_give_the_whole(void **state)
{
	const char text[] = "the canary in the kernel";
	u32 whole = kanary_checksum_update(0, text, sizeof(text));
	size_t cut;
	u32 crc;

	for (cut = 0; cut <= sizeof(text); cut++) {
		crc = kanary_checksum_update(0, text, cut);
		crc = kanary_checksum_update(crc, text + cut, sizeof(text) - cut);
		assert_int_equal(crc, whole);
	}
}

/* Bit by bit, as the polynomial has it. */
static u32 plain(const uint8_t *byte, size_t size)
{
	u32 crc = ~0u;
	int bit;

	while (size--) {
		crc ^= *byte++;
		for (bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78 : 0);
	}
	return ~crc;
}

/* Each byte's value at each place of a word, before and behind what is no whole word. */
static void all_bytes_count_at_all_places(void **state)
{
	uint8_t bytes[31];
	unsigned int value, place;
	size_t i, size;

	for (value = 0; value < 256; value++) {
		for (place = 0; place < 16; place++) {
			for (i = 0; i < sizeof(bytes); i++)
				bytes[i] = (uint8_t)(7 * i + place);
			bytes[place] = (uint8_t)value;
			size = sizeof(bytes) - value % 16;
			assert_int_equal(kanary_checksum_update(0, bytes, size),
					 plain(bytes, size));
			/* no word of it lies where words do */
			assert_int_equal(kanary_checksum_update(0, bytes + 1, size - 1),
					 plain(bytes + 1, size - 1));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_published_values),
		cmocka_unit_test(pieces_give_the_whole),
		cmocka_unit_test(all_bytes_count_at_all_places),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
