// SPDX-License-Identifier: GPL-2.0
#include "score_request.h"

#include "judge.h"
#include "netlink.h"
#include "path_record.h"
#include "profile.h"
#include "vector.h"

#include <linux/mm.h>
#include <linux/slab.h>
#include <net/genetlink.h>

/**
 * struct score_request - a run of vectors that userspace wants judged, and paths before them
 * @step: each leads to our copies of a vector and of its paths
 * @verdict: one for each
 * @steps: of both
 * @path: all paths, in order
 * @paths: of these
 * @told: of these, that a step has
 */
struct score_request {
	struct kanary_judge_step step[KANARY_SCORE_MAX];
	struct kanary_verdict verdict[KANARY_SCORE_MAX];
	u32 steps;
	const struct kanary_path *path[KANARY_SCORE_PATHS_MAX];
	u32 paths;
	u32 told;
};

static void free_score_request(struct score_request *score)
{
	while (score->paths)
		kfree(score->path[--score->paths]);
	while (score->steps)
		kfree(score->step[--score->steps].vector);
	kvfree(score);
}

/* Attributes are aligned to 4 bytes, what is in these to 8. */
static void *copy(const struct nlattr *attribute)
{
	return kmemdup(nla_data(attribute), nla_len(attribute), GFP_KERNEL);
}

static int read_path(struct genl_info *info, struct score_request *score,
		     const struct nlattr *attribute)
{
	const struct kanary_path *path;
	const char *why;

	if (score->paths == KANARY_SCORE_PATHS_MAX)
		return kanary_netlink_refuse(info, -E2BIG, "too many paths in one request");
	path = copy(attribute);
	if (!path)
		return -ENOMEM;
	score->path[score->paths++] = path;
	why = kanary_path_record_check(path, nla_len(attribute));
	return why ? kanary_netlink_refuse(info, -EINVAL, why) : 0;
}

static int read_vector(struct genl_info *info, struct score_request *score,
		       const struct nlattr *attribute)
{
	struct kanary_judge_step *step = &score->step[score->steps];
	const char *why;

	if (score->steps == KANARY_SCORE_MAX)
		return kanary_netlink_refuse(info, -E2BIG, "too many vectors in one request");
	step->vector = copy(attribute);
	if (!step->vector)
		return -ENOMEM;
	score->steps++;
	why = kanary_vector_check(step->vector, nla_len(attribute));
	if (why)
		return kanary_netlink_refuse(info, -EINVAL, why);
	step->path = &score->path[score->told];
	for (; score->told < score->paths; score->told++, step->paths++) {
		if (score->path[score->told]->stream != step->vector->stream)
			return kanary_netlink_refuse(info, -EINVAL, "path before a vector of another stream");
	}
	return 0;
}

/* All of it is valid before any of it is used. */
static int read_steps(struct genl_info *info, struct score_request *score)
{
	struct nlattr *attribute;
	int rest, ret = 0;

	nlmsg_for_each_attr(attribute, info->nlhdr, GENL_HDRLEN, rest) {
		if (nla_type(attribute) == KANARY_A_PATH)
			ret = read_path(info, score, attribute);
		else if (nla_type(attribute) == KANARY_A_VECTOR)
			ret = read_vector(info, score, attribute);
		if (ret)
			return ret;
	}
	if (!score->steps)
		return kanary_netlink_refuse(info, -EINVAL, "the vectors are missing");
	if (score->told < score->paths)
		return kanary_netlink_refuse(info, -EINVAL, "path without a vector behind it");
	return 0;
}

static int run_score(struct genl_info *info, struct score_request *score)
{
	struct kanary_profile *profile;
	int reader, ret;

	reader = kanary_profile_read_lock();
	profile = kanary_profile_find(nla_get_u64(info->attrs[KANARY_A_CGROUP]));
	if (profile)
		ret = kanary_judge_run(&profile->model, score->step, score->steps, score->verdict);
	else
		ret = kanary_netlink_refuse(info, -ENOENT, "this container has no model: load one first");
	kanary_profile_read_unlock(reader);
	return ret;
}

static int reply_score(struct genl_info *info, const struct score_request *score)
{
	struct sk_buff *message;
	void *header;
	u32 i;

	message = genlmsg_new(score->steps * nla_total_size(sizeof(score->verdict[0])),
			      GFP_KERNEL);
	if (!message)
		return -ENOMEM;
	header = genlmsg_put_reply(message, info, &kanary_netlink_family, 0, KANARY_CMD_SCORE);
	if (!header)
		goto err_message;
	for (i = 0; i < score->steps; i++) {
		if (nla_put(message, KANARY_A_VERDICT, sizeof(score->verdict[i]),
			    &score->verdict[i]))
			goto err_message;
	}
	genlmsg_end(message, header);
	return genlmsg_reply(message, info);

err_message:
	nlmsg_free(message);
	return -EMSGSIZE;
}

int kanary_score_request_answer(struct sk_buff *request, struct genl_info *info)
{
	struct score_request *score;
	int ret;

	if (!info->attrs[KANARY_A_CGROUP])
		return kanary_netlink_refuse(info, -EINVAL, "the container is missing");
	score = kvzalloc(sizeof(*score), GFP_KERNEL);
	if (!score)
		return -ENOMEM;
	ret = read_steps(info, score) ?: run_score(info, score) ?: reply_score(info, score);
	free_score_request(score);
	return ret;
}
