// SPDX-License-Identifier: GPL-2.0
/* Whose a cgroup is while containers come and go, in a tree of directories. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command_fixture.h"
#include "container/container_name.h"
#include "recording/roster.h"

#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789ab"
#define FIRST "aaaa" HEX
#define SECOND "bbbb" HEX
#define OTHER "cccc" HEX
#define SCOPE(id) "system.slice/docker-" id ".scope"

static char root[256];
static char log[1024];

static void make(const char *format, const char *path)
{
	char command[1024], full[512];

	snprintf(full, sizeof(full), format, path);
	snprintf(command, sizeof(command), "mkdir -p %s/%s", root, full);
	assert_int_equal(system(command), 0);
}

static void write_file(const char *format, const char *path, const char *text)
{
	char full[1024], below[512];

	snprintf(below, sizeof(below), format, path);
	snprintf(full, sizeof(full), "%s/%s", root, below);
	command_write(full, text);
}

static void populate(const char *path, bool populated)
{
	write_file("sys/fs/cgroup/%s/cgroup.events", path,
		   populated ? "populated 1\nfrozen 0\n" : "populated 0\nfrozen 0\n");
}

static void make_cgroup(const char *path)
{
	make("sys/fs/cgroup/%s", path);
	write_file("sys/fs/cgroup/%s/cgroup.procs", path, "1\n");
	populate(path, true);
}

static void call(const char *id, const char *name)
{
	char text[256];

	snprintf(text, sizeof(text), "{\"Name\": \"/%s\", \"Config\": {\"Image\": \"nginx\"}}", name);
	make("var/lib/docker/containers/%s", id);
	write_file("var/lib/docker/containers/%s/config.v2.json", id, text);
}

static uint64_t number(const char *path)
{
	struct stat status;
	char full[1024];

	snprintf(full, sizeof(full), "%s/sys/fs/cgroup/%s", root, path);
	assert_int_equal(stat(full, &status), 0);
	return status.st_ino;
}

static void note(void *context, const struct kanary_roster_member *member,
		 enum kanary_recording_event event, uint64_t time)
{
	static const char *const names[] = { "came", "renamed", "went" };
	size_t used = strlen(log);

	assert_int_not_equal(time, 0);
	snprintf(log + used, sizeof(log) - used, "%s %.4s %s;", member->name.name,
		 member->name.id, names[event]);
}

/* What was told since the last look. */
static void expect(const char *text)
{
	assert_string_equal(log, text);
	*log = 0;
}

static enum kanary_roster_fate judge(struct kanary_roster *roster, const char *path,
				     uint32_t pidns, const char *own)
{
	uint64_t cgroup = number(path);
	enum kanary_roster_fate fate = kanary_roster_judge(roster, &cgroup, pidns);

	if (own)
		assert_int_equal(cgroup, number(own));
	return fate;
}

static int setup(void **state)
{
	static struct kanary_roster roster;

	if (command_directory(state) || !getcwd(root, sizeof(root)))
		return -1;
	make_cgroup(SCOPE(FIRST));
	make_cgroup(SCOPE(FIRST) "/init.scope");
	make_cgroup(SCOPE(OTHER));
	make_cgroup("plain/below");
	call(FIRST, "web");
	call(SECOND, "web");
	call(OTHER, "cache");
	kanary_container_name_root(root);
	*log = 0;
	memset(&roster, 0, sizeof(roster));
	roster.tell = note;
	assert_int_equal(kanary_roster_open(&roster), 0);
	*state = &roster;
	return 0;
}

static int teardown(void **state)
{
	void *directory = root;

	kanary_roster_close(*state);
	kanary_container_name_root("");
	assert_int_equal(chdir("/"), 0);
	return command_directory_remove(&directory);
}

static void follow(struct kanary_roster *roster, const char *text)
{
	char why[512];

	if (!kanary_roster_follow(roster, text, false, why, sizeof(why)))
		fail_msg("%s", why);
}

static void a_name_is_followed_from_life_to_life(void **state)
{
	struct kanary_roster *roster = *state;

	follow(roster, "web");
	expect("web aaaa came;");
	populate(SCOPE(FIRST), false);
	kanary_roster_take(roster);
	expect("web aaaa went;");
	/* what its last task did comes after it */
	assert_int_equal(judge(roster, SCOPE(FIRST), 0, SCOPE(FIRST)), KANARY_ROSTER_WANTED);
	make_cgroup(SCOPE(SECOND));
	kanary_roster_refresh(roster);
	expect("web bbbb came;");
	assert_int_equal(judge(roster, SCOPE(SECOND), 0, SCOPE(SECOND)), KANARY_ROSTER_WANTED);
	assert_int_equal(judge(roster, SCOPE(OTHER), 0, NULL), KANARY_ROSTER_OTHER);
	expect("");
}

static void a_start_that_nobody_saw_is_not_lost(void **state)
{
	struct kanary_roster *roster = *state;

	follow(roster, "web");
	make_cgroup(SCOPE(SECOND));
	*log = 0;
	/* its first vector tells of it */
	assert_int_equal(judge(roster, SCOPE(SECOND), 5, SCOPE(SECOND)), KANARY_ROSTER_WANTED);
	expect("web bbbb came;");
	kanary_roster_take(roster);
	expect("");
}

/* As after docker restart; its runtime may have taken its files away by then. */
static void the_next_in_its_place_needs_no_name(void **state)
{
	struct kanary_roster *roster = *state;
	char command[1024];
	uint64_t gone;

	follow(roster, "web");
	populate(SCOPE(FIRST), false);
	snprintf(command, sizeof(command), "cd %s && rm -r var && mv sys/fs/cgroup/" SCOPE(FIRST)
		 " away", root);
	assert_int_equal(system(command), 0);
	kanary_container_name_root(root);
	make_cgroup(SCOPE(FIRST));
	kanary_roster_take(roster);
	expect("web aaaa came;web aaaa went;web aaaa came;");
	gone = number(SCOPE(FIRST));
	snprintf(command, sizeof(command), "rm -r %s/sys/fs/cgroup/" SCOPE(FIRST), root);
	assert_int_equal(system(command), 0);
	assert_int_equal(kanary_roster_judge(roster, &gone, 0), KANARY_ROSTER_WANTED);
	kanary_roster_refresh(roster);
	expect("web aaaa went;");
}

static void what_is_within_belongs_to_it(void **state)
{
	struct kanary_roster *roster = *state;
	uint64_t gone = 1;

	follow(roster, "web");
	assert_int_equal(judge(roster, SCOPE(FIRST) "/init.scope", 4026532000, SCOPE(FIRST)),
			 KANARY_ROSTER_WANTED);
	/* a cgroup that nobody can look at any more, but in the container's pid namespace */
	assert_int_equal(kanary_roster_judge(roster, &gone, 4026532000), KANARY_ROSTER_WANTED);
	assert_int_equal(gone, number(SCOPE(FIRST)));
	gone = 2;
	assert_int_equal(kanary_roster_judge(roster, &gone, 4026532001), KANARY_ROSTER_UNNAMED);
	/* that of the host tells nobody apart */
	gone = 3;
	assert_int_equal(kanary_roster_judge(roster, &gone, 0xEFFFFFFC), KANARY_ROSTER_UNNAMED);
}

static void a_name_may_come_late(void **state)
{
	struct kanary_roster *roster = *state;
	char why[512];

	assert_false(kanary_roster_follow(roster, "redis", false, why, sizeof(why)));
	assert_non_null(strstr(why, "no container is called 'redis'"));
	assert_true(kanary_roster_follow(roster, "redis", true, why, sizeof(why)));
	make_cgroup("odd/place");
	assert_int_equal(judge(roster, "odd/place", 0, NULL), KANARY_ROSTER_UNSETTLED);
	make("run/crun/%s", "redis");
	write_file("run/crun/%s/status", "redis", "{\"pid\": 3, \"cgroup-path\": \"/odd/place\"}");
	kanary_container_name_root(root);
	/* not before a refresh: what is kept goes first */
	assert_int_equal(judge(roster, "odd/place", 0, NULL), KANARY_ROSTER_UNSETTLED);
	kanary_roster_refresh(roster);
	expect("redis redi came;");
	assert_int_equal(judge(roster, "odd/place", 0, "odd/place"), KANARY_ROSTER_WANTED);
}

static void patterns_and_places_are_followed(void **state)
{
	struct kanary_roster *roster = *state;

	follow(roster, "c?che");
	follow(roster, "/plain");
	*log = 0;
	assert_int_equal(judge(roster, SCOPE(OTHER), 0, SCOPE(OTHER)), KANARY_ROSTER_WANTED);
	assert_int_equal(judge(roster, "plain/below", 0, "plain"), KANARY_ROSTER_WANTED);
	assert_int_equal(judge(roster, SCOPE(FIRST), 0, NULL), KANARY_ROSTER_OTHER);
	expect("cache cccc came;");
}

static void whoever_is_renamed_stays(void **state)
{
	struct kanary_roster *roster = *state;

	follow(roster, "web");
	call(FIRST, "web-old");
	kanary_container_name_root(root);
	*log = 0;
	kanary_roster_refresh(roster);
	expect("web-old aaaa renamed;");
	assert_int_equal(judge(roster, SCOPE(FIRST), 0, SCOPE(FIRST)), KANARY_ROSTER_WANTED);
	/* and who takes the name over comes */
	make_cgroup(SCOPE(SECOND));
	kanary_roster_refresh(roster);
	expect("web bbbb came;");
}

static void without_names_everybody_is_recorded(void **state)
{
	struct kanary_roster *roster = *state;
	uint64_t gone = 1;

	assert_int_equal(judge(roster, SCOPE(OTHER), 0, SCOPE(OTHER)), KANARY_ROSTER_WANTED);
	assert_int_equal(judge(roster, "plain/below", 0, "plain/below"), KANARY_ROSTER_WANTED);
	assert_int_equal(kanary_roster_judge(roster, &gone, 7), KANARY_ROSTER_WANTED);
	assert_int_equal(gone, 1);
	expect("cache cccc came;below belo came;");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_name_is_followed_from_life_to_life),
		TEST(a_start_that_nobody_saw_is_not_lost),
		TEST(the_next_in_its_place_needs_no_name),
		TEST(what_is_within_belongs_to_it),
		TEST(a_name_may_come_late),
		TEST(patterns_and_places_are_followed),
		TEST(whoever_is_renamed_stays),
		TEST(without_names_everybody_is_recorded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
