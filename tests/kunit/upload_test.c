// SPDX-License-Identifier: GPL-2.0
/* Models on their way in: in order, whole, of the size that was said, and few at once. */
#include "upload.c"

#include "crowd.h"

#include <kunit/test.h>

enum { SIZE = 1000, PORT = 77 };

static const char *why;
static u8 bytes[SIZE];

static int begin(struct kunit *test)
{
	u32 i;

	for (i = 0; i < SIZE; i++)
		bytes[i] = i * 7;
	return 0;
}

static void end(struct kunit *test)
{
	kanary_upload_uninit();
}

static void whole_in_parts(struct kunit *test)
{
	u32 size, offset, part = 333;
	void *file;

	KUNIT_ASSERT_EQ(test, kanary_upload_begin(PORT, SIZE, &why), 0);
	for (offset = 0; offset < SIZE; offset += part) {
		KUNIT_EXPECT_EQ(test, kanary_upload_finish(PORT, &file, &size, &why), -EINVAL);
		KUNIT_EXPECT_EQ(test, kanary_upload_append(PORT, offset, bytes + offset,
							   min(part, SIZE - offset), &why), 0);
	}
	KUNIT_ASSERT_EQ(test, kanary_upload_finish(PORT, &file, &size, &why), 0);
	KUNIT_EXPECT_EQ(test, size, (u32)SIZE);
	KUNIT_EXPECT_EQ(test, memcmp(file, bytes, SIZE), 0);
	KUNIT_EXPECT_EQ(test, (unsigned long)file % 8, 0UL);
	kvfree(file);
	KUNIT_EXPECT_EQ(test, kanary_upload_finish(PORT, &file, &size, &why), -EINVAL);
	KUNIT_EXPECT_EQ(test, number, 0U);
}

static void refuses_what_is_out_of_order(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, kanary_upload_append(PORT, 0, bytes, 1, &why), -EINVAL);
	KUNIT_ASSERT_EQ(test, kanary_upload_begin(PORT, SIZE, &why), 0);
	KUNIT_EXPECT_EQ(test, kanary_upload_append(PORT, 1, bytes, 1, &why), -EINVAL);
	KUNIT_EXPECT_EQ(test, kanary_upload_append(PORT + 1, 0, bytes, 1, &why), -EINVAL);
	KUNIT_EXPECT_EQ(test, kanary_upload_append(PORT, 0, bytes, 600, &why), 0);
	/* repeated, too many, and beyond the end of the numbers */
	KUNIT_EXPECT_EQ(test, kanary_upload_append(PORT, 0, bytes, 600, &why), -EINVAL);
	KUNIT_EXPECT_EQ(test, kanary_upload_append(PORT, 600, bytes, 401, &why), -EINVAL);
	KUNIT_EXPECT_EQ(test, kanary_upload_append(PORT, 600, bytes, U32_MAX, &why), -EINVAL);
	KUNIT_EXPECT_EQ(test, kanary_upload_append(PORT, 600, bytes, 400, &why), 0);
	KUNIT_EXPECT_EQ(test, kanary_upload_append(PORT, 1000, bytes, 1, &why), -EINVAL);
}

static void refuses_sizes_of_no_model(struct kunit *test)
{
	u32 header = sizeof(struct kanary_model_header);

	KUNIT_EXPECT_EQ(test, kanary_upload_begin(PORT, 0, &why), -EINVAL);
	KUNIT_EXPECT_EQ(test, kanary_upload_begin(PORT, header - 1, &why), -EINVAL);
	KUNIT_EXPECT_EQ(test, kanary_upload_begin(PORT, KANARY_MODEL_SIZE_MAX + 1, &why), -EINVAL);
	KUNIT_EXPECT_EQ(test, kanary_upload_begin(PORT, U32_MAX, &why), -EINVAL);
	KUNIT_EXPECT_EQ(test, kanary_upload_begin(PORT, header, &why), 0);
	/* A second begin drops the first upload, and a refused one does, too. */
	KUNIT_EXPECT_EQ(test, kanary_upload_begin(PORT, SIZE, &why), 0);
	KUNIT_EXPECT_EQ(test, number, 1U);
	KUNIT_EXPECT_EQ(test, kanary_upload_begin(PORT, 0, &why), -EINVAL);
	KUNIT_EXPECT_EQ(test, number, 0U);
}

static void few_at_once(struct kunit *test)
{
	u32 port;

	for (port = 1; port <= UPLOADS_MAX; port++)
		KUNIT_EXPECT_EQ(test, kanary_upload_begin(port, SIZE, &why), 0);
	KUNIT_EXPECT_EQ(test, kanary_upload_begin(port, SIZE, &why), -EBUSY);
	kanary_upload_abort(2);
	KUNIT_EXPECT_EQ(test, kanary_upload_begin(port, SIZE, &why), 0);
	kanary_upload_abort(12345);
	KUNIT_EXPECT_EQ(test, number, (u32)UPLOADS_MAX);
}

static atomic_t uploaded;

/* Each thread is a socket: begins, appends, gives up or finishes, whatever it gets. */
static int upload_again_and_again(void *data, u32 thread)
{
	const char *reason;
	void *file;
	u32 i, size;
	bool same;

	for (i = 0; i < 300; i++) {
		if (kanary_upload_begin(1 + thread, SIZE, &reason))
			continue;
		if (kanary_upload_append(1 + thread, 0, bytes, SIZE / 2, &reason))
			return -EIO;
		if (i % 3 == 1)
			kanary_upload_abort(1 + thread);
		if (i % 3)
			continue;
		if (kanary_upload_append(1 + thread, SIZE / 2, bytes + SIZE / 2, SIZE / 2,
					 &reason) ||
		    kanary_upload_finish(1 + thread, &file, &size, &reason))
			return -EIO;
		same = !memcmp(file, bytes, SIZE);
		kvfree(file);
		if (!same)
			return -EILSEQ;
		atomic_inc(&uploaded);
	}
	kanary_upload_abort(1 + thread);
	return 0;
}

static void sockets_do_not_mix(struct kunit *test)
{
	struct crowd *crowd = kunit_kzalloc(test, sizeof(*crowd), GFP_KERNEL);
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, crowd);
	atomic_set(&uploaded, 0);
	for (i = 0; i < UPLOADS_MAX + 2; i++)
		kanary_crowd_add(test, crowd, -1, upload_again_and_again, NULL);
	KUNIT_EXPECT_EQ(test, kanary_crowd_join(crowd), 0);
	/* Slots are given to whoever comes: some get one, and it need not be each. */
	KUNIT_EXPECT_GT(test, atomic_read(&uploaded), 0);
	KUNIT_EXPECT_EQ(test, number, 0U);
	KUNIT_EXPECT_TRUE(test, list_empty(&uploads));
}

static struct kunit_case cases[] = {
	KUNIT_CASE(whole_in_parts),
	KUNIT_CASE(refuses_what_is_out_of_order),
	KUNIT_CASE(refuses_sizes_of_no_model),
	KUNIT_CASE(few_at_once),
	KUNIT_CASE(sockets_do_not_mix),
	{}
};

static struct kunit_suite suite = {
	.name = "upload",
	.init = begin,
	.exit = end,
	.test_cases = cases,
};

kunit_test_suite(suite);
