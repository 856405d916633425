/* SPDX-License-Identifier: GPL-2.0 */
/* Paths in the module's messages: those to the recorder, and those that an alert names. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>

#include "path_record.h"
#include "module/protocol.h"

/**
 * struct taken - what was found in a message
 * @paths: number
 * @name: of the last one
 */
struct taken {
	int paths;
	char name[KANARY_PATH_SIZE_MAX + 1];
};

static struct nl_msg *message(int command)
{
	struct nl_msg *message = nlmsg_alloc_size(1 << 16);

	assert_non_null(genlmsg_put(message, 0, 0, 100, 0, 0, command, 1));
	return message;
}

static int put_path(struct nl_msg *message, const char *name, uint16_t flags)
{
	_Alignas(8) uint8_t memory[KANARY_PATH_RECORD_SIZE_MAX] = { 0 };
	struct kanary_path *path = (void *)memory;

	path->call = 257;
	path->flags = flags;
	path->length = strlen(name);
	memcpy(path->name, name, path->length);
	return nla_put(message, KANARY_A_PATH, kanary_path_record_size(path->length), path);
}

static int take(const struct kanary_path *path, void *context)
{
	struct taken *taken = context;

	taken->paths++;
	memcpy(taken->name, path->name, path->length);
	taken->name[path->length] = 0;
	return strcmp(taken->name, "/stop") ? 0 : 5;
}

static void recorder_gets_paths(void **state)
{
	struct nl_msg *event = message(KANARY_CMD_PATHS);
	struct taken taken = { 0 };
	struct kanary_vectors paths;

	nla_put_u32(event, KANARY_A_SEQUENCE, 8);
	nla_put_u64(event, KANARY_A_LOST, 9);
	put_path(event, "/etc/passwd", 0);
	put_path(event, "here", KANARY_PATH_RELATIVE);
	assert_int_equal(kanary_protocol_paths(nlmsg_hdr(event), &paths, take, &taken), 0);
	assert_int_equal(paths.sequence, 8);
	assert_int_equal(paths.lost, 9);
	assert_int_equal(taken.paths, 2);
	assert_string_equal(taken.name, "here");
	put_path(event, "/stop", 0);
	put_path(event, "/beyond", 0);
	assert_int_equal(kanary_protocol_paths(nlmsg_hdr(event), &paths, take, &taken), 5);
	assert_string_equal(taken.name, "/stop");
	nlmsg_free(event);
}

static void bad_paths_are_refused(void **state)
{
	uint8_t long_one[KANARY_PATH_RECORD_SIZE_MAX + 1] = { 0 };
	struct kanary_vectors paths;
	struct nl_msg *event;

	event = message(KANARY_CMD_VECTORS);
	assert_int_equal(kanary_protocol_paths(nlmsg_hdr(event), &paths, NULL, NULL), -EBADMSG);
	nlmsg_free(event);
	event = message(KANARY_CMD_PATHS);
	put_path(event, "relative", 0);
	assert_int_equal(kanary_protocol_paths(nlmsg_hdr(event), &paths, NULL, NULL), -EBADMSG);
	nlmsg_free(event);
	event = message(KANARY_CMD_PATHS);
	nla_put(event, KANARY_A_PATH, sizeof(long_one), long_one);
	assert_int_equal(kanary_protocol_paths(nlmsg_hdr(event), &paths, NULL, NULL), -EBADMSG);
	nlmsg_free(event);
}

static struct nl_msg *alert(int number, const char *name, bool with_surprise)
{
	struct nl_msg *event = message(KANARY_CMD_ALERT);

	nla_put_u64(event, KANARY_A_CGROUP, 77);
	nla_put_u32(event, KANARY_A_SURPRISE, 9 * 256);
	while (number--) {
		struct nlattr *nest = nla_nest_start(event, KANARY_A_UNUSUAL_PATH);

		put_path(event, name, 0);
		if (with_surprise)
			nla_put_u32(event, KANARY_A_SURPRISE, 1000 + number);
		nla_nest_end(event, nest);
	}
	return event;
}

static void alert_names_paths(void **state)
{
	struct kanary_alert found;
	struct nl_msg *event = alert(2, "/root/.ssh/id_rsa", true);

	assert_true(kanary_protocol_alert(nlmsg_hdr(event), &found));
	assert_int_equal(found.surprise, 9 * 256);
	assert_int_equal(found.paths, 2);
	assert_int_equal(found.path[0].surprise, 1001);
	assert_int_equal(found.path[1].surprise, 1000);
	assert_int_equal(found.path[1].call, 257);
	assert_int_equal(found.path[1].length, 17);
	assert_memory_equal(found.path[1].name, "/root/.ssh/id_rsa", 17);
	nlmsg_free(event);

	/* More than there is room for, from a newer module. */
	event = alert(KANARY_PROTOCOL_PATHS + 3, "/x", true);
	assert_true(kanary_protocol_alert(nlmsg_hdr(event), &found));
	assert_int_equal(found.paths, KANARY_PROTOCOL_PATHS);
	nlmsg_free(event);
	event = alert(1, "/x", false);
	assert_false(kanary_protocol_alert(nlmsg_hdr(event), &found));
	nlmsg_free(event);
	event = alert(1, "no-slash", true);
	assert_false(kanary_protocol_alert(nlmsg_hdr(event), &found));
	nlmsg_free(event);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(recorder_gets_paths),
		cmocka_unit_test(bad_paths_are_refused),
		cmocka_unit_test(alert_names_paths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
