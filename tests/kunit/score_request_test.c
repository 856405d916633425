// SPDX-License-Identifier: GPL-2.0
/* Requests for verdicts: what is wrong with one is said before any of it is used. */
#include "score_request.c"

#include "reference.h"

#include <kunit/test.h>

enum { CONTAINER = 12, REQUEST_BYTES = 1 << 17, STREAM = 5 };

/**
 * struct request - a message as the family's parser hands it on
 * @message: netlink header, room for a generic one, attributes
 * @used: bytes of it
 * @attrs: those that are looked at by number
 * @extack: takes the sentence
 * @info: leads to all that
 */
struct request {
	void *message;
	u32 used;
	struct nlattr *attrs[KANARY_A_MAX + 1];
	struct netlink_ext_ack extack;
	struct genl_info info;
};

static struct request *start(struct kunit *test)
{
	struct request *request = kunit_kzalloc(test, sizeof(*request), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, request);
	request->message = kunit_kzalloc(test, REQUEST_BYTES, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, request->message);
	request->used = NLMSG_HDRLEN + GENL_HDRLEN;
	request->info.nlhdr = request->message;
	request->info.attrs = request->attrs;
	request->info.extack = &request->extack;
	return request;
}

static void put(struct kunit *test, struct request *request, int type, const void *data, u32 size)
{
	struct nlattr *attribute = request->message + request->used;

	KUNIT_ASSERT_LE(test, request->used + nla_total_size(size), (u32)REQUEST_BYTES);
	attribute->nla_type = type;
	attribute->nla_len = nla_attr_size(size);
	memcpy(nla_data(attribute), data, size);
	request->used += nla_total_size(size);
	request->info.nlhdr->nlmsg_len = request->used;
}

static void put_path(struct kunit *test, struct request *request, const char *name, u64 stream)
{
	u8 memory[sizeof(struct kanary_path) + 32] __aligned(8) = { 0 };
	struct kanary_path *path = (void *)memory;

	path->stream = stream;
	path->length = strlen(name);
	path->flags = *name == '/' ? 0 : KANARY_PATH_RELATIVE;
	memcpy(path->name, name, path->length);
	put(test, request, KANARY_A_PATH, path, kanary_path_record_size(path->length));
}

static void put_vector(struct kunit *test, struct request *request, u64 stream)
{
	struct {
		struct kanary_vector vector;
		struct kanary_count count;
	} one = {
		.vector = { .stream = stream, .calls = 3, .length = 1 }, .count = { 7, 3 },
	};

	/* Not sizeof: the structure around it is padded. */
	put(test, request, KANARY_A_VECTOR, &one, kanary_vector_size(&one.vector));
}

/* What was read of the request, which is to be freed; -errno of its refusal in @ret. */
static struct score_request *read(struct kunit *test, struct request *request, int *ret)
{
	struct score_request *score = kvzalloc(sizeof(*score), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, score);
	*ret = read_steps(&request->info, score);
	return score;
}

static void refused(struct kunit *test, struct request *request, int error, const char *sentence)
{
	int ret;

	free_score_request(read(test, request, &ret));
	KUNIT_EXPECT_EQ_MSG(test, ret, error, "%s", sentence);
	KUNIT_ASSERT_NOT_NULL(test, request->extack._msg);
	KUNIT_EXPECT_STREQ(test, request->extack._msg, sentence);
}

static void paths_go_to_the_vector_behind_them(struct kunit *test)
{
	struct request *request = start(test);
	struct score_request *score;
	int ret;

	put_vector(test, request, STREAM);
	put_path(test, request, "/etc/passwd", STREAM);
	put_path(test, request, "here", STREAM);
	/* what is neither is for others to look at */
	put(test, request, KANARY_A_CGROUP, "12345678", 8);
	put_vector(test, request, STREAM);
	put_path(test, request, "/tmp", STREAM + 1);
	put_vector(test, request, STREAM + 1);
	put_vector(test, request, STREAM + 1);
	score = read(test, request, &ret);
	KUNIT_ASSERT_EQ_MSG(test, ret, 0, "%s", request->extack._msg);
	KUNIT_ASSERT_EQ(test, score->steps, 4U);
	KUNIT_EXPECT_EQ(test, score->paths, 3U);
	KUNIT_EXPECT_EQ(test, score->step[0].paths, 0U);
	KUNIT_ASSERT_EQ(test, score->step[1].paths, 2U);
	KUNIT_EXPECT_EQ(test, score->step[1].path[0]->length, 11);
	KUNIT_EXPECT_EQ(test, memcmp(score->step[1].path[1]->name, "here", 4), 0);
	KUNIT_ASSERT_EQ(test, score->step[2].paths, 1U);
	KUNIT_EXPECT_EQ(test, score->step[2].path[0]->stream, score->step[2].vector->stream);
	KUNIT_EXPECT_EQ(test, score->step[3].paths, 0U);
	free_score_request(score);
}

static void each_fault_has_its_sentence(struct kunit *test)
{
	struct kanary_path none = { .stream = STREAM };
	struct request *request = start(test);

	refused(test, request, -EINVAL, "the vectors are missing");
	put_path(test, request, "/etc", STREAM);
	refused(test, request, -EINVAL, "the vectors are missing");
	put_vector(test, request, STREAM);
	put_path(test, request, "/etc", STREAM);
	refused(test, request, -EINVAL, "path without a vector behind it");

	request = start(test);
	put_path(test, request, "/etc", STREAM);
	put_path(test, request, "/usr", STREAM + 1);
	put_vector(test, request, STREAM);
	refused(test, request, -EINVAL, "path before a vector of another stream");

	request = start(test);
	put(test, request, KANARY_A_PATH, &none, sizeof(none) - 1);
	put_vector(test, request, STREAM);
	refused(test, request, -EINVAL, "path is shorter than its fixed part");
	request = start(test);
	put(test, request, KANARY_A_PATH, &none, sizeof(none));
	put_vector(test, request, STREAM);
	refused(test, request, -EINVAL, "length of the path is out of range (1 to 256)");

	request = start(test);
	put_vector(test, request, STREAM);
	put(test, request, KANARY_A_VECTOR, &none, sizeof(none));
	refused(test, request, -EINVAL, "vector is shorter than its fixed part");
}

static void no_more_than_was_said(struct kunit *test)
{
	struct request *request = start(test);
	struct score_request *score;
	int ret;
	u32 i;

	for (i = 0; i < KANARY_SCORE_PATHS_MAX; i++)
		put_path(test, request, i % 2 ? "/a" : "b", STREAM);
	put_vector(test, request, STREAM);
	score = read(test, request, &ret);
	KUNIT_EXPECT_EQ(test, ret, 0);
	KUNIT_EXPECT_EQ(test, score->step[0].paths, (u32)KANARY_SCORE_PATHS_MAX);
	free_score_request(score);
	put_path(test, request, "/one/more", STREAM);
	put_vector(test, request, STREAM);
	refused(test, request, -E2BIG, "too many paths in one request");

	request = start(test);
	for (i = 0; i < KANARY_SCORE_MAX; i++)
		put_vector(test, request, STREAM);
	score = read(test, request, &ret);
	KUNIT_EXPECT_EQ(test, ret, 0);
	KUNIT_EXPECT_EQ(test, score->steps, (u32)KANARY_SCORE_MAX);
	free_score_request(score);
	put_vector(test, request, STREAM);
	refused(test, request, -E2BIG, "too many vectors in one request");
}

/* The whole way, of the models that userspace has judged the same vectors and paths with. */
static void verdicts_are_those_of_userspace(struct kunit *test)
{
	u32 model, i, j, names = 0;
	struct score_request *score;
	struct request *request;
	u64 cgroup = CONTAINER;
	const char *why;
	void *file;
	int ret;

	for (model = 0; model < kanary_references; model++) {
		const struct reference *reference = &kanary_reference[model];

		file = kanary_reference_copy(model);
		KUNIT_ASSERT_NOT_NULL(test, file);
		KUNIT_ASSERT_EQ(test, kanary_profile_set(cgroup, NULL, file, reference->size,
							 REFERENCE_PERIOD, &why), 0);
		request = start(test);
		request->attrs[KANARY_A_CGROUP] = request->message + request->used;
		put(test, request, KANARY_A_CGROUP, &cgroup, sizeof(cgroup));
		for (i = 0; i < REFERENCE_VECTORS; i++) {
			const struct kanary_judge_step *step = &reference->step[i];

			for (j = 0; j < step->paths; j++)
				put(test, request, KANARY_A_PATH, step->path[j],
				    kanary_path_record_size(step->path[j]->length));
			put(test, request, KANARY_A_VECTOR, step->vector,
			    kanary_vector_size(step->vector));
		}
		score = read(test, request, &ret);
		KUNIT_ASSERT_EQ(test, ret, 0);
		KUNIT_EXPECT_EQ(test, run_score(&request->info, score), 0);
		KUNIT_EXPECT_EQ_MSG(test, memcmp(score->verdict, reference->verdict,
						 REFERENCE_VECTORS * sizeof(*score->verdict)), 0,
				    "model %s", reference->name);
		for (i = 0; i < REFERENCE_VECTORS; i++)
			names += !!score->verdict[i].path_names_error;
		free_score_request(score);
		KUNIT_EXPECT_EQ(test, kanary_profile_clear(cgroup), 0);
	}
	KUNIT_EXPECT_GT(test, names, 10U);
}

static void nothing_is_judged_without_a_model(struct kunit *test)
{
	struct request *request = start(test);
	struct score_request *score;
	u64 cgroup = CONTAINER;
	int ret;

	request->attrs[KANARY_A_CGROUP] = request->message + request->used;
	put(test, request, KANARY_A_CGROUP, &cgroup, sizeof(cgroup));
	put_path(test, request, "/etc", STREAM);
	put_vector(test, request, STREAM);
	score = read(test, request, &ret);
	KUNIT_EXPECT_EQ(test, ret, 0);
	KUNIT_EXPECT_EQ(test, run_score(&request->info, score), -ENOENT);
	free_score_request(score);
	request->attrs[KANARY_A_CGROUP] = NULL;
	KUNIT_EXPECT_EQ(test, kanary_score_request_answer(NULL, &request->info), -EINVAL);
	KUNIT_EXPECT_STREQ(test, request->extack._msg, "the container is missing");
}

static struct kunit_case cases[] = {
	KUNIT_CASE(paths_go_to_the_vector_behind_them),
	KUNIT_CASE(each_fault_has_its_sentence),
	KUNIT_CASE(no_more_than_was_said),
	KUNIT_CASE(verdicts_are_those_of_userspace),
	KUNIT_CASE(nothing_is_judged_without_a_model),
	{}
};

static struct kunit_suite suite = {
	.name = "score_request",
	.test_cases = cases,
};

kunit_test_suite(suite);
