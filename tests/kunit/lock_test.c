// SPDX-License-Identifier: GPL-2.0
/* What hears of attempts to unload, where a breakpoint is executed, as in hook_test.c. */
#include "tamper.h"

/* Nobody is to be told: here there is no family to tell it by. */
static unsigned int told;
#define kanary_tamper_tell_later(attempt) (told++)
#include "lock.c"

#include "hooked.h"

#include <kunit/test.h>

enum { NUMBER = 7 };

/* The name is where nothing can be read, and so may be ours. */
static void survives_a_breakpoint(struct kunit *test)
{
	struct pt_regs call = { .di = 1, .bx = 1 };
	u32 i;

	for (i = 0; i < ARRAY_SIZE(ears); i++) {
		struct kprobe probe = { .pre_handler = ears[i].pre_handler };

		told = 0;
		kanary_hooked_register(test, &probe);
		KUNIT_EXPECT_EQ(test, kanary_hooked_function(&call, NUMBER), NUMBER + 1U);
		KUNIT_EXPECT_EQ(test, told, 1U);
		KUNIT_EXPECT_EQ(test, kanary_hooked_call_breakpoint(&call, NUMBER), NUMBER + 1U);
		KUNIT_EXPECT_EQ(test, told, 2U);
		kanary_hooked_unregister(&probe);
	}
}

static struct kunit_case cases[] = {
	KUNIT_CASE(survives_a_breakpoint),
	{}
};

static struct kunit_suite suite = {
	.name = "lock",
	.test_cases = cases,
};

kunit_test_suite(suite);
