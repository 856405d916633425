// SPDX-License-Identifier: GPL-2.0
#include "profile.h"

#include "judge.h"
#include "path_cache.h"

#include <linux/hashtable.h>
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/srcu.h>

enum { PROFILES_LOG2 = 6 };

/* Sleepable, because a verdict may have to allocate the state of its stream. */
DEFINE_STATIC_SRCU(readers);
static DEFINE_HASHTABLE(profiles, PROFILES_LOG2);
/* Serialises writers, and with them the two below. */
static DEFINE_MUTEX(writers);
static u64 memory;
static u32 number;
static atomic64_t serials = ATOMIC64_INIT(0);

int kanary_profile_read_lock(void) __acquires(&readers)
{
	return srcu_read_lock(&readers);
}

void kanary_profile_read_unlock(int index) __releases(&readers)
{
	srcu_read_unlock(&readers, index);
}

struct kanary_profile *kanary_profile_find(u64 cgroup)
{
	struct kanary_profile *profile;

	hash_for_each_possible_rcu(profiles, profile, node, cgroup,
				   srcu_read_lock_held(&readers) ||
				   lockdep_is_held(&writers)) {
		if (profile->cgroup == cgroup)
			return profile;
	}
	return NULL;
}

bool kanary_profile_exists(u64 cgroup)
{
	struct kanary_profile *profile;

	hash_for_each_possible_rcu(profiles, profile, node, cgroup) {
		if (profile->cgroup == cgroup)
			return true;
	}
	return false;
}

struct kanary_profile *kanary_profile_judging(u64 cgroup)
{
	struct kanary_profile *profile = kanary_profile_find(cgroup);

	if (!profile)
		return NULL;
	if (READ_ONCE(profile->mode) == KANARY_MODE_LEARN) {
		profile->paused = true;
		return NULL;
	}
	if (profile->paused) {
		profile->paused = false;
		profile->serial = atomic64_inc_return(&serials);
		kanary_score_container_init(&profile->model, profile->container);
	}
	return profile;
}

static u64 profile_memory(const struct kanary_profile *profile)
{
	return sizeof(*profile) + profile->model.header->size +
	       kanary_model_packed_size(&profile->model) +
	       kanary_score_container_size(&profile->model);
}

static void destroy(struct kanary_profile *profile)
{
	WRITE_ONCE(memory, memory - profile_memory(profile));
	number--;
	kvfree(profile->container);
	kvfree(profile->packed);
	kvfree(profile->file);
	kfree(profile);
}

/* Waits until no reader can have it, the hook included, then frees. */
static void retire(struct kanary_profile *profile)
{
	synchronize_rcu();
	synchronize_srcu(&readers);
	destroy(profile);
}

int kanary_profile_set(u64 cgroup, void *file, u32 size, u32 period, const char **why)
{
	struct kanary_profile *profile, *before;
	int ret = -ENOMEM;

	*why = "no memory for the model";
	profile = kzalloc(sizeof(*profile), GFP_KERNEL);
	if (!profile)
		return ret;
	ret = -EINVAL;
	*why = kanary_model_parse(&profile->model, file, size);
	if (*why)
		goto err_profile;
	*why = "the model was trained with another period than this module runs with";
	if (profile->model.header->period != period)
		goto err_profile;
	ret = -ENOMEM;
	*why = "no memory for the model";
	profile->packed = kvmalloc(kanary_model_packed_size(&profile->model), GFP_KERNEL);
	if (!profile->packed)
		goto err_profile;
	profile->container = kvmalloc(kanary_score_container_size(&profile->model), GFP_KERNEL);
	if (!profile->container)
		goto err_packed;
	kanary_score_container_init(&profile->model, profile->container);
	kanary_model_prepare(&profile->model, profile->packed);
	ret = kanary_judge_reference(&profile->model);
	*why = ret == -ENOMEM ? "no memory for the model" :
	       "the model's reference vector gives another verdict here than where it was trained";
	if (ret)
		goto err_container;
	profile->file = file;
	profile->cgroup = cgroup;
	profile->mode = KANARY_MODE_MONITOR;

	mutex_lock(&writers);
	before = kanary_profile_find(cgroup);
	ret = -ENOSPC;
	*why = "too many profiles: unload some first";
	if (!before && number == KANARY_PROFILE_MAX)
		goto err_writers;
	profile->serial = atomic64_inc_return(&serials);
	WRITE_ONCE(memory, memory + profile_memory(profile));
	number++;
	if (before) {
		profile->mode = READ_ONCE(before->mode);
		hlist_replace_rcu(&before->node, &profile->node);
		retire(before);
	} else {
		hash_add_rcu(profiles, &profile->node, cgroup);
	}
	mutex_unlock(&writers);
	/* What is known already has not been judged by this model. */
	kanary_path_cache_renew();
	*why = NULL;
	return 0;

err_writers:
	mutex_unlock(&writers);
err_container:
	kvfree(profile->container);
err_packed:
	kvfree(profile->packed);
err_profile:
	kfree(profile);
	return ret;
}

int kanary_profile_clear(u64 cgroup)
{
	struct kanary_profile *profile;

	mutex_lock(&writers);
	profile = kanary_profile_find(cgroup);
	if (profile) {
		hash_del_rcu(&profile->node);
		retire(profile);
	}
	mutex_unlock(&writers);
	return profile ? 0 : -ENOENT;
}

int kanary_profile_set_mode(u64 cgroup, u32 mode)
{
	struct kanary_profile *profile;

	mutex_lock(&writers);
	profile = kanary_profile_find(cgroup);
	if (profile)
		WRITE_ONCE(profile->mode, mode);
	mutex_unlock(&writers);
	kanary_path_cache_renew();
	return profile ? 0 : -ENOENT;
}

u32 kanary_profile_cgroups(u64 *cgroups, u32 max)
{
	struct kanary_profile *profile;
	u32 found = 0;
	int bucket;

	mutex_lock(&writers);
	hash_for_each(profiles, bucket, profile, node) {
		if (found < max)
			cgroups[found++] = profile->cgroup;
	}
	mutex_unlock(&writers);
	return found;
}

u64 kanary_profile_memory(void)
{
	return READ_ONCE(memory);
}

void kanary_profile_uninit(void)
{
	struct kanary_profile *profile;
	struct hlist_node *next;
	int bucket;

	mutex_lock(&writers);
	hash_for_each_safe(profiles, bucket, next, profile, node) {
		hash_del_rcu(&profile->node);
		destroy(profile);
	}
	mutex_unlock(&writers);
}
