// SPDX-License-Identifier: GPL-2.0
/* What a recording says of its containers, and whom a user means by --container. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "command_fixture.h"
#include "recording/dataset.h"
#include "recording_fixture.h"
#include "recording/recording_index.h"
#include "recording/selection.h"

/* As a command: how many vectors argv[0] means in day.rec; -1 where it is refused. */
static int count_meant(int argc, char **argv)
{
	struct kanary_selection selection = { 0 };
	struct kanary_dataset dataset = { 0 };
	int count = -1;

	assert_true(kanary_selection_add(&selection, argv[0]));
	if (kanary_dataset_read(&dataset, "day.rec", &selection) &&
	    !kanary_selection_check(&selection))
		count = (int)dataset.entries;
	kanary_dataset_free(&dataset);
	kanary_selection_free(&selection);
	return count;
}

static int meant(const char *text)
{
	static struct command_result result;

	command_run(&result, count_meant, text);
	return result.status;
}

static void refused(const char *text, const char *why)
{
	command_expect(count_meant, text, -1, why);
}

static void all_lives_of_a_name_are_one_container(void **state)
{
	recording_fixture_day();
	assert_int_equal(meant("web"), 1 + 4 + 8);
	/* an id is that of a restarted one, too, but not of another of its name */
	assert_int_equal(meant(RECORDING_FIXTURE_WEB), 1 + 4);
	assert_int_equal(meant("0123456789ab"), 1 + 4);
	assert_int_equal(meant("c0ffee"), 8);
	assert_int_equal(meant("11"), 4);
	/* renamed under way: it answers to both names with all it did */
	assert_int_equal(meant("blue"), 16 + 32);
	assert_int_equal(meant("green"), 16 + 32);
	/* without a name it has its number still */
	assert_int_equal(meant("40"), 64);
	assert_int_equal(meant("/sys/fs/cgroup/system.slice/podman-abc1.scope"), 2);
	assert_int_equal(meant("/system.slice/podman-abc1.scope"), 2);
}

static void patterns_mean_whatever_is_called_so(void **state)
{
	recording_fixture_day();
	assert_int_equal(meant("*e*"), 1 + 4 + 8 + 2 + 16 + 32);
	assert_int_equal(meant("[bc]*"), 2 + 16 + 32);
	assert_int_equal(meant("we?"), 1 + 4 + 8);
	assert_int_equal(meant("w?"), -1);
}

static void what_is_not_there_is_said(void **state)
{
	recording_fixture_day();
	refused("mail\n", "no container 'mail\\x0a' is in the recordings, and day.rec has no names: "
			  "give a cgroup's number, as kanary info lists them");
	recording_fixture_begin("day.rec", NULL);
	recording_fixture_note(1, 1, KANARY_RECORDING_SEEN, "docker", "web", RECORDING_FIXTURE_WEB);
	recording_fixture_end();
	refused("cache", "no container 'cache' is in the recordings: kanary info lists them");
}

/* As an import is: it knows of no container, and no name means it by chance. */
static void records_of_no_container(void **state)
{
	recording_fixture_begin("day.rec", NULL);
	recording_fixture_vectors(0, 1, 3);
	recording_fixture_end();
	refused("web", "no container 'web' is in the recordings, and day.rec has no names");
	refused("*", "no container '*' is in the recordings, and day.rec has no names");
	refused("00ff", "no container '00ff' is in the recordings");
	assert_int_equal(meant("0"), 3);
}

static void what_may_be_two_is_refused(void **state)
{
	recording_fixture_begin("day.rec", "boot-a");
	recording_fixture_note(1, 1, KANARY_RECORDING_SEEN, "docker", "web", "aa1");
	recording_fixture_note(2, 2, KANARY_RECORDING_SEEN, "podman", "web", "aa2");
	recording_fixture_note(3, 3, KANARY_RECORDING_SEEN, "docker", "4", "bb3");
	recording_fixture_note(4, 4, KANARY_RECORDING_SEEN, "docker", "four", "bb4");
	recording_fixture_vectors(1, 5, 1);
	recording_fixture_vectors(2, 6, 2);
	recording_fixture_vectors(3, 7, 4);
	recording_fixture_vectors(4, 8, 8);
	recording_fixture_end();
	refused("web", "'web' may be docker web (aa1) or podman web (aa2) in day.rec: give the id");
	/* the beginning of two ids; a name that is another one's number */
	refused("aa", "'aa' may be docker web (aa1) or podman web (aa2) in day.rec");
	refused("4", "'4' may be docker 4 (bb3) or docker four (bb4) in day.rec");
	assert_int_equal(meant("aa2"), 2);
	assert_int_equal(meant("bb3"), 4);
	assert_int_equal(meant("3"), 4);
}

/* Pods are made of the same containers. */
static void a_container_of_a_pod_is_another_in_another_pod(void **state)
{
	recording_fixture_begin("day.rec", "boot-a");
	recording_fixture_note(1, 1, KANARY_RECORDING_SEEN, "containerd", "shop/web-0/app", "aa1");
	recording_fixture_note(2, 2, KANARY_RECORDING_SEEN, "containerd", "shop/web-1/app", "aa2");
	recording_fixture_note(3, 3, KANARY_RECORDING_SEEN, "containerd", "shop/web-1/app", "aa3");
	recording_fixture_note(4, 4, KANARY_RECORDING_SEEN, "containerd", "shop/web-1/log", "aa4");
	recording_fixture_vectors(1, 5, 1);
	recording_fixture_vectors(2, 6, 2);
	recording_fixture_vectors(3, 7, 4);
	recording_fixture_vectors(4, 8, 8);
	recording_fixture_end();
	refused("app", "'app' may be containerd shop/web-0/app (aa1) or containerd shop/web-1/app");
	assert_int_equal(meant("web-1/app"), 2 + 4);
	assert_int_equal(meant("shop/web-1/app"), 2 + 4);
	assert_int_equal(meant("log"), 8);
	assert_int_equal(meant("ap*"), 1 + 2 + 4);
	assert_int_equal(meant("shop/web-1/*"), 2 + 4 + 8);
	refused("1/app", "no container '1/app' is in the recordings");
}

static void several_add_up(void **state)
{
	struct kanary_selection selection = { 0 };
	struct kanary_dataset dataset = { 0 };

	recording_fixture_day();
	assert_true(kanary_selection_add(&selection, "cache"));
	assert_true(kanary_selection_add(&selection, "green"));
	/* what is meant twice is there once */
	assert_true(kanary_selection_add(&selection, "gr*"));
	assert_true(kanary_dataset_read(&dataset, "day.rec", &selection));
	assert_int_equal(kanary_selection_check(&selection), 0);
	assert_int_equal(dataset.entries, 2 + 16 + 32);
	kanary_dataset_free(&dataset);
	kanary_selection_free(&selection);
}

/* As a command: whether argv[0] can be read out of one.rec and then two.rec */
static int read_both(int argc, char **argv)
{
	struct kanary_selection selection = { 0 };
	struct kanary_dataset dataset = { 0 };
	bool done;

	assert_true(kanary_selection_add(&selection, argv[0]));
	done = kanary_dataset_read(&dataset, "one.rec", &selection) &&
	       kanary_dataset_read(&dataset, "two.rec", &selection);
	kanary_dataset_free(&dataset);
	kanary_selection_free(&selection);
	return !done;
}

static void write_two(const char *boot, const char *name)
{
	recording_fixture_begin("two.rec", boot);
	if (name)
		recording_fixture_note(10, 1, KANARY_RECORDING_SEEN, "docker", name, "abc");
	recording_fixture_vectors(10, 1, 1);
	recording_fixture_end();
}

static void a_number_of_another_boot_is_another_container(void **state)
{
	recording_fixture_begin("one.rec", "boot-a");
	recording_fixture_note(10, 1, KANARY_RECORDING_SEEN, "docker", "web", "abc");
	recording_fixture_vectors(10, 1, 1);
	recording_fixture_end();
	write_two("boot-b", "cache");
	command_expect(read_both, "10", 1,
		       "10 is docker web (abc) in one.rec, and docker cache (abc) in two.rec, "
		       "which is of another boot: give the name");
	write_two("boot-b", NULL);
	command_expect(read_both, "10", 1, "and cgroup 10 in two.rec");
	write_two(NULL, NULL);
	command_expect(read_both, "10", 1, "and cgroup 10 in two.rec");
	/* the same boot; or the same container by chance */
	write_two("boot-a", "cache");
	command_expect(read_both, "10", 0, NULL);
	write_two("boot-b", "web");
	command_expect(read_both, "10", 0, NULL);
	/* names hold in any boot */
	write_two("boot-b", "cache");
	command_expect(read_both, "web", 0, NULL);
}

static void the_index_counts_lives(void **state)
{
	const struct kanary_recording_loss loss = {
		.vectors = 3, .end = KANARY_RECORDING_ENDED,
	};
	struct kanary_recording_index index;

	recording_fixture_day();
	recording_fixture_begin("one.rec", "boot-a");
	recording_fixture_note(7, 150, KANARY_RECORDING_SEEN, "docker", "web", RECORDING_FIXTURE_WEB);
	recording_fixture_vectors(7, 160, 3);
	recording_fixture_vectors(7, 170, 2);
	recording_fixture_note(7, 200, KANARY_RECORDING_GONE, "docker", "web", RECORDING_FIXTURE_WEB);
	recording_fixture_vectors(5, 120, 1);
	recording_fixture_loss(&loss);
	recording_fixture_end();
	assert_int_equal(kanary_recording_index_read(&index, "one.rec"), 0);
	assert_string_equal(index.boot, "boot-a");
	assert_string_equal(index.release, "6.1.0-9");
	assert_int_equal(index.begun, 100);
	assert_int_equal(index.lives, 2);
	assert_int_equal(index.life[0].cgroup, 5);
	assert_string_equal(kanary_recording_index_text(&index.life[0], KANARY_RECORDING_NAME), "");
	assert_int_equal(index.life[1].vectors, 5);
	assert_int_equal(index.life[1].calls, 25);
	assert_int_equal(index.life[1].streams, 2);
	assert_int_equal(index.life[1].first, 150);
	assert_int_equal(index.life[1].last, 200);
	assert_true(index.life[1].gone);
	assert_string_equal(kanary_recording_index_text(&index.life[1], KANARY_RECORDING_IMAGE),
			    "nginx:1.22");
	assert_true(index.has_loss);
	assert_int_equal(index.loss.vectors, 3);
	assert_string_equal(index.damage, "");
	kanary_recording_index_free(&index);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_lives_of_a_name_are_one_container),
		cmocka_unit_test(patterns_mean_whatever_is_called_so),
		cmocka_unit_test(what_is_not_there_is_said),
		cmocka_unit_test(records_of_no_container),
		cmocka_unit_test(what_may_be_two_is_refused),
		cmocka_unit_test(a_container_of_a_pod_is_another_in_another_pod),
		cmocka_unit_test(several_add_up),
		cmocka_unit_test(a_number_of_another_boot_is_another_container),
		cmocka_unit_test(the_index_counts_lives),
	};

	return cmocka_run_group_tests(tests, command_directory, command_directory_remove);
}
