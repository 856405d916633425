// SPDX-License-Identifier: GPL-2.0
#include "score_request.h"

#include "judge.h"
#include "netlink.h"
#include "profile.h"
#include "vector.h"

#include <linux/mm.h>
#include <linux/slab.h>
#include <net/genetlink.h>

/**
 * struct score_request - a run of vectors that userspace wants judged
 * @vector: our copies
 * @verdict: one for each
 * @length: of both
 */
struct score_request {
	const struct kanary_vector *vector[KANARY_SCORE_MAX];
	struct kanary_verdict verdict[KANARY_SCORE_MAX];
	u32 length;
};

static void free_score_request(struct score_request *score)
{
	while (score->length)
		kfree(score->vector[--score->length]);
	kvfree(score);
}

static int read_vectors(struct genl_info *info, struct score_request *score)
{
	struct nlattr *attribute;
	const char *why;
	int rest;

	nlmsg_for_each_attr(attribute, info->nlhdr, GENL_HDRLEN, rest) {
		void *vector;

		if (nla_type(attribute) != KANARY_A_VECTOR)
			continue;
		if (score->length == KANARY_SCORE_MAX)
			return kanary_netlink_refuse(info, -E2BIG, "too many vectors in one request");
		/* Attributes are aligned to 4 bytes, a vector to 8. */
		vector = kmemdup(nla_data(attribute), nla_len(attribute), GFP_KERNEL);
		if (!vector)
			return -ENOMEM;
		score->vector[score->length++] = vector;
		why = kanary_vector_check(vector, nla_len(attribute));
		if (why)
			return kanary_netlink_refuse(info, -EINVAL, why);
	}
	return score->length ? 0 : kanary_netlink_refuse(info, -EINVAL, "the vectors are missing");
}

static int run_score(struct genl_info *info, struct score_request *score)
{
	struct kanary_profile *profile;
	int reader, ret;

	reader = kanary_profile_read_lock();
	profile = kanary_profile_find(nla_get_u64(info->attrs[KANARY_A_CGROUP]));
	if (profile)
		ret = kanary_judge_run(&profile->model, score->vector, score->length,
				       score->verdict);
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

	message = genlmsg_new(score->length * nla_total_size(sizeof(score->verdict[0])),
			      GFP_KERNEL);
	if (!message)
		return -ENOMEM;
	header = genlmsg_put_reply(message, info, &kanary_netlink_family, 0, KANARY_CMD_SCORE);
	if (!header)
		goto err_message;
	for (i = 0; i < score->length; i++) {
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
	ret = read_vectors(info, score) ?: run_score(info, score) ?: reply_score(info, score);
	free_score_request(score);
	return ret;
}
