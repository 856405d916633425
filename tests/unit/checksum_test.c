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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_published_values),
		cmocka_unit_test(pieces_give_the_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
