// SPDX-License-Identifier: GPL-2.0
/* What notices of generic netlink say of the module. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <linux/genetlink.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "terminal/interrupt.h"
#include "kanary_netlink.h"
#include "module/netlink_family.h"

static enum kanary_netlink_family_event notice(int type, uint8_t command, const char *name)
{
	struct nl_msg *message = nlmsg_alloc();
	enum kanary_netlink_family_event event;

	assert_non_null(genlmsg_put(message, 0, 0, type, 0, 0, command, 1));
	if (name)
		nla_put_string(message, CTRL_ATTR_FAMILY_NAME, name);
	event = kanary_netlink_family_read(nlmsg_hdr(message));
	nlmsg_free(message);
	return event;
}

static void the_family_comes_and_goes(void **state)
{
	assert_int_equal(notice(GENL_ID_CTRL, CTRL_CMD_DELFAMILY, KANARY_FAMILY_NAME),
			 KANARY_NETLINK_FAMILY_WENT);
	assert_int_equal(notice(GENL_ID_CTRL, CTRL_CMD_NEWFAMILY, KANARY_FAMILY_NAME),
			 KANARY_NETLINK_FAMILY_CAME);
}

static void anything_else_says_nothing(void **state)
{
	assert_int_equal(notice(GENL_ID_CTRL, CTRL_CMD_DELFAMILY, "kanaryx"),
			 KANARY_NETLINK_FAMILY_NOTHING);
	assert_int_equal(notice(GENL_ID_CTRL, CTRL_CMD_DELFAMILY, NULL),
			 KANARY_NETLINK_FAMILY_NOTHING);
	assert_int_equal(notice(GENL_ID_CTRL, CTRL_CMD_NEWMCAST_GRP, KANARY_FAMILY_NAME),
			 KANARY_NETLINK_FAMILY_NOTHING);
	/* the module's own messages */
	assert_int_equal(notice(GENL_ID_CTRL + 5, CTRL_CMD_DELFAMILY, KANARY_FAMILY_NAME),
			 KANARY_NETLINK_FAMILY_NOTHING);
}

static void who_waits_can_be_woken(void **state)
{
	int wake = eventfd(1, EFD_CLOEXEC);
	uint64_t begin = kanary_interrupt_now();

	assert_true(kanary_netlink_family_notices() > 0);
	kanary_netlink_family_await(60000, wake);
	assert_true(kanary_interrupt_now() - begin < 30000000000ull);
	close(wake);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_family_comes_and_goes),
		cmocka_unit_test(anything_else_says_nothing),
		cmocka_unit_test(who_waits_can_be_woken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
