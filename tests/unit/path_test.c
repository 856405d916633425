/* SPDX-License-Identifier: GPL-2.0 */
/* Paths as models see them: what counts as the same, what does not, and in which bins. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "path.h"

static void take(const char *name, u16 flags, struct kanary_path_walk *walk)
{
	memset(walk, 0xa5, sizeof(*walk));
	kanary_path_take((const u8 *)name, strlen(name), flags, walk);
}

static u32 whole(const char *name, u16 flags)
{
	struct kanary_path_walk walk;

	take(name, flags, &walk);
	return walk.prefix[walk.count];
}

static bool same(const char *left, const char *right)
{
	return whole(left, 0) == whole(right, 0);
}

static void what_is_written_otherwise_is_the_same(void **state)
{
	static const char *const pairs[][2] = {
		{ "/etc/passwd", "//etc///passwd" },
		{ "/etc/passwd", "/etc/./passwd" },
		{ "/etc/passwd", "/etc/passwd/" },
		{ "/etc/passwd", "/etc/passwd/." },
		{ "/etc/passwd", "/usr/../etc/passwd" },
		{ "/etc/passwd", "/../../etc/passwd" },
		{ "/etc/passwd", "/a/b/c/../../../etc/x/../passwd" },
		{ "/", "/.." },
		{ "/", "//./" },
		{ "/", "/etc/.." },
	};
	size_t i;

	for (i = 0; i < sizeof(pairs) / sizeof(*pairs); i++)
		if (!same(pairs[i][0], pairs[i][1]))
			fail_msg("%s is not %s", pairs[i][0], pairs[i][1]);
}

static void what_is_volatile_is_the_same(void **state)
{
	static const char *const pairs[][2] = {
		{ "/proc/1/stat", "/proc/31415/stat" },
		{ "/proc/1/task/1/stat", "/proc/812/task/813/stat" },
		{ "/log/2026-11-25.log", "/log/2031-01-02.log" },
		{ "/log/access.log.1", "/log/access.log.12" },
		{ "/tmp/php3bHq7Z", "/tmp/phpVt9Qw2" },
		{ "/tmp/tmp.aB3xK9qL0z", "/tmp/tmp.Zq8WmN3uT5" },
		{ "/tmp/sess_4v8oq1c9n2m7d5k0a3b6e1f9g2", "/tmp/sess_9d2k4l6a1s0f8g7h3j5q2w4e6r" },
		{ "/.tmp/elfreq189e065d0e81e", "/.tmp/elfreq189dff5deb7a3" },
		{ "/c/550e8400-e29b-41d4-a716-446655440000", "/c/1b4e28ba-2fa1-11d2-883f-0016d3cca427" },
		{ "/o/d41d8cd98f00b204e9800998ecf8427e", "/o/9e107d9d372bb6826bd81d3542a419d6" },
	};
	size_t i;

	for (i = 0; i < sizeof(pairs) / sizeof(*pairs); i++)
		if (!same(pairs[i][0], pairs[i][1]))
			fail_msg("%s is not %s", pairs[i][0], pairs[i][1]);
}

static void what_people_name_stays_apart(void **state)
{
	static const char *const names[] = {
		"/", "/etc", "/etc/passwd", "/etc/shadow", "/etc/Passwd", "/etcpasswd", "/passwd/etc",
		"/etc/passwd-", "/.etc/passwd", "/...", "/..a", "/a..", "/a/b", "/b/a", "/ab", "/a/a",
		"/a/a/a", "/SimplePie", "/PHPMailer", "/PHPMailerOAuth", "/wpDirAuth", "/jQuery",
		"/getID3", "/getID", "/mp3audio", "/mp3video", "/deadbeef", "/defaced", "/facade",
		"/utf8", "/utf", "/libc.so.6", "/libm.so.6", "/proc/self/maps", "/proc/1/maps",
		"/caf\xc3\xa9", "/caf\xe9", "/\xff\xfe", "/\xff", "/a\nb", "/a\x1b[2Jb", "/a b",
	};
	size_t count = sizeof(names) / sizeof(*names), i, j;

	for (i = 0; i < count; i++)
		for (j = 0; j < i; j++)
			if (same(names[i], names[j]))
				fail_msg("%s is the same as %s", names[i], names[j]);
}

static void where_a_path_begins_tells_it_apart(void **state)
{
	u32 here = whole("etc/passwd", KANARY_PATH_RELATIVE);
	u32 there = whole("etc/passwd", KANARY_PATH_RELATIVE | KANARY_PATH_DIRFD);

	assert_int_not_equal(here, whole("/etc/passwd", 0));
	assert_int_not_equal(here, there);
	assert_int_equal(here, whole("./etc/passwd", KANARY_PATH_RELATIVE));
	assert_int_equal(here, whole("a/../etc/passwd", KANARY_PATH_RELATIVE));
	/* nothing is known of what lies above, but that it does */
	assert_int_not_equal(here, whole("../etc/passwd", KANARY_PATH_RELATIVE));
	assert_int_not_equal(whole("../a", KANARY_PATH_RELATIVE),
			     whole("../../a", KANARY_PATH_RELATIVE));
	assert_int_equal(whole("../../a", KANARY_PATH_RELATIVE),
			 whole("../b/../../a", KANARY_PATH_RELATIVE));
	/* that the end is missing does not make a beginning another */
	assert_int_equal(whole("/a", KANARY_PATH_TRUNCATED), whole("/a", 0));
}

static void a_walk_goes_from_the_top_down(void **state)
{
	struct kanary_path_walk walk, other;

	take("/usr/share/doc/a.tar.gz", 0, &walk);
	assert_int_equal(walk.count, 4);
	take("/usr/share/man/a.tar.gz", 0, &other);
	assert_int_equal(walk.prefix[0], other.prefix[0]);
	assert_int_equal(walk.prefix[2], other.prefix[2]);
	assert_int_not_equal(walk.prefix[3], other.prefix[3]);
	assert_int_not_equal(walk.prefix[4], other.prefix[4]);
	assert_int_equal(walk.name[4], other.name[4]);
	take("", KANARY_PATH_RELATIVE, &walk);
	assert_int_equal(walk.count, 0);
}

static void depth_and_length_are_bounded(void **state)
{
	char name[4096] = { 0 };
	struct kanary_path_walk walk;
	u32 i, before;

	for (i = 0; i < 100; i++)
		strcat(name, "/d");
	take(name, 0, &walk);
	assert_int_equal(walk.count, KANARY_PATH_COMPONENTS);
	/* all 100 count, though only the first are told apart */
	before = walk.prefix[walk.count];
	name[2 * 50] = 0;
	assert_int_not_equal(whole(name, 0), before);
	for (i = 0; i < 50; i++)
		strcat(name, "/..");
	take(name, 0, &walk);
	assert_int_equal(walk.count, 0);

	memset(name, 'x', sizeof(name));
	kanary_path_take((u8 *)name, sizeof(name), 0, &walk);
	assert_int_equal(walk.count, 1);
	before = walk.prefix[1];
	name[KANARY_PATH_SIZE_MAX] = 'y';
	kanary_path_take((u8 *)name, sizeof(name), 0, &walk);
	assert_int_equal(walk.prefix[1], before);
	name[KANARY_PATH_SIZE_MAX - 1] = 'y';
	kanary_path_take((u8 *)name, sizeof(name), 0, &walk);
	assert_int_not_equal(walk.prefix[1], before);
}

static u32 bins_of(const char *name, u16 bins[KANARY_PATH_DEPTH_MAX])
{
	return kanary_path_bins((const u8 *)name, strlen(name), 0, bins);
}

static void a_file_differs_less_than_a_directory(void **state)
{
	u16 known[KANARY_PATH_DEPTH_MAX], file[KANARY_PATH_DEPTH_MAX];
	u16 folder[KANARY_PATH_DEPTH_MAX];

	assert_int_equal(bins_of("/var/www/html/index.php", known), 4);
	assert_int_equal(bins_of("/var/www/html/other.php", file), 4);
	assert_int_equal(bins_of("/var/lib/html/index.php", folder), 4);
	assert_memory_equal(known, file, 3 * sizeof(*known));
	assert_int_not_equal(known[3], file[3]);
	assert_int_equal(known[0], folder[0]);
	assert_int_not_equal(known[1], folder[1]);
	assert_int_not_equal(known[2], folder[2]);
	assert_int_not_equal(known[3], folder[3]);
}

static void deep_paths_count_their_top_and_themselves(void **state)
{
	u16 left[KANARY_PATH_DEPTH_MAX], right[KANARY_PATH_DEPTH_MAX];

	assert_int_equal(bins_of("/1a/b/c/d/e/f/g/h/i", left), KANARY_PATH_DEPTH_MAX);
	assert_int_equal(bins_of("/1a/b/c/d/e/f/g/h/j", right), KANARY_PATH_DEPTH_MAX);
	assert_memory_equal(left, right, 5 * sizeof(*left));
	assert_int_not_equal(left[5], right[5]);
	assert_int_equal(bins_of("/", left), 1);
	assert_int_equal(bins_of("", right), 1);
}

static void bins_are_in_range_and_evenly_used(void **state)
{
	static u32 used[KANARY_PATH_BINS];
	u16 bins[KANARY_PATH_DEPTH_MAX];
	u32 i, j, count, most = 0, total = 0;
	char name[64];

	for (i = 0; i < 20 * KANARY_PATH_BINS; i++) {
		/* letters alone: digits would all be the same */
		snprintf(name, sizeof(name), "/%c%c/%c%c%c", 'g' + i % 16, 'g' + i / 16 % 16,
			 'g' + i / 256 % 16, 'g' + i / 4096 % 16, 'g' + i % 7);
		count = bins_of(name, bins);
		for (j = 0; j < count; j++) {
			assert_in_range(bins[j], KANARY_PATH_FIRST, KANARY_VECTOR_BINS - 1);
			if (j == count - 1) {
				used[bins[j] - KANARY_PATH_FIRST]++;
				total++;
			}
		}
	}
	for (i = 0; i < KANARY_PATH_BINS; i++) {
		assert_int_not_equal(used[i], 0);
		most = used[i] > most ? used[i] : most;
	}
	/* 20 each on average: 45 are 5.6 sigma */
	assert_in_range(most, 20, 45);
	assert_int_equal(total, 20 * KANARY_PATH_BINS);
}

/* Of names as mkstemp() makes them, most are seen to be random; of a dictionary's, none. */
static void most_random_names_are_recognised(void **state)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
	u32 volatile_name = whole("/tmp/tmp.a1B2c3", 0), found = 0, i, j;
	char name[] = "/tmp/tmp.XXXXXX";

	srandom(1);
	for (i = 0; i < 1000; i++) {
		for (j = 0; j < 6; j++)
			name[9 + j] = letters[random() % 62];
		found += whole(name, 0) == volatile_name;
	}
	assert_in_range(found, 650, 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_otherwise_is_the_same),
		cmocka_unit_test(what_is_volatile_is_the_same),
		cmocka_unit_test(what_people_name_stays_apart),
		cmocka_unit_test(where_a_path_begins_tells_it_apart),
		cmocka_unit_test(a_walk_goes_from_the_top_down),
		cmocka_unit_test(depth_and_length_are_bounded),
		cmocka_unit_test(a_file_differs_less_than_a_directory),
		cmocka_unit_test(deep_paths_count_their_top_and_themselves),
		cmocka_unit_test(bins_are_in_range_and_evenly_used),
		cmocka_unit_test(most_random_names_are_recognised),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
