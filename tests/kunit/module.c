// SPDX-License-Identifier: GPL-2.0
/* The module around the suites, which run before this: when it is loaded. */
#include "judge.h"

#include <linux/module.h>

static int __init kunit_init(void)
{
	return 0;
}

static void __exit kunit_exit(void)
{
	kanary_judge_uninit();
}

module_init(kunit_init);
module_exit(kunit_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Kanary's KUnit suites");
