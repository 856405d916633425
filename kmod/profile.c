// SPDX-License-Identifier: GPL-2.0
#include "profile.h"

#include "counters.h"
#include "judge.h"
#include "notice.h"
#include "path_cache.h"

#include <linux/hashtable.h>
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/srcu.h>
#include <linux/stringify.h>

enum { PROFILES_LOG2 = 6 };

/* Sleepable, because a verdict may have to allocate the state of its stream. */
DEFINE_STATIC_SRCU(readers);
static DEFINE_HASHTABLE(profiles, PROFILES_LOG2);
/* Serialises writers, and with them the two below. */
static DEFINE_MUTEX(writers);
static u64 memory;
static u32 number;
static atomic64_t serials = ATOMIC64_INIT(0);
static atomic64_t departures = ATOMIC64_INIT(0);

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
	WRITE_ONCE(number, number - 1);
	kvfree(profile->container);
	kvfree(profile->packed);
	kvfree(profile->file);
	kfree(profile);
}

/* Waits until no reader can have what is not in the table any more, the hook included. */
static void wait_for_readers(void)
{
	synchronize_rcu();
	synchronize_srcu(&readers);
}

static void retire(struct kanary_profile *profile)
{
	wait_for_readers();
	destroy(profile);
}

/* The model that nobody needs any more for longest, or NULL; under the writers' lock. */
static struct kanary_profile *find_spare(void)
{
	struct kanary_profile *profile, *spare = NULL;
	int bucket;

	hash_for_each(profiles, bucket, profile, node) {
		if (profile->settled && (!spare || profile->departed < spare->departed))
			spare = profile;
	}
	return spare;
}

static int make_room(void)
{
	struct kanary_profile *spare;

	if (number < KANARY_PROFILE_MAX)
		return 0;
	spare = find_spare();
	if (!spare)
		return -ENOSPC;
	kanary_notice_change("evict", spare, "");
	kanary_counters_add(KANARY_A_COUNTER_MODELS_EVICTED, 1);
	hash_del_rcu(&spare->node);
	retire(spare);
	return 0;
}

static void tell_load(const struct kanary_profile *profile, const struct kanary_profile *before)
{
	char more[sizeof(" mode=monitor checksum=01234567 before=") + KANARY_NAME_SIZE];

	scnprintf(more, sizeof(more), " mode=%s checksum=%08x%s%s",
		  kanary_notice_mode(profile->mode), profile->model.header->checksum,
		  before ? " before=" : "", before ? before->model.header->name : "");
	kanary_notice_change("load", profile, more);
}

/* All that a successor inherits */
static void replace(struct kanary_profile *before, struct kanary_profile *profile)
{
	profile->mode = READ_ONCE(before->mode);
	profile->departed = READ_ONCE(before->departed);
	profile->settled = before->settled;
	tell_load(profile, before);
	hlist_replace_rcu(&before->node, &profile->node);
	wait_for_readers();
	/* Its cgroup may have gone just before nobody could tell it any more. */
	cmpxchg64(&profile->departed, 0, before->departed);
	destroy(before);
}

int kanary_profile_set(u64 cgroup, const char *name, void *file, u32 size, u32 period,
		       const char **why)
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
	strscpy(profile->name, name ?: "", sizeof(profile->name));
	profile->mode = KANARY_MODE_MONITOR;

	mutex_lock(&writers);
	before = kanary_profile_find(cgroup);
	*why = __stringify(KANARY_PROFILE_MAX) " containers have a model, and none of them is gone: unload some first";
	ret = before ? 0 : make_room();
	if (ret)
		goto err_writers;
	profile->serial = atomic64_inc_return(&serials);
	WRITE_ONCE(memory, memory + profile_memory(profile));
	WRITE_ONCE(number, number + 1);
	if (before) {
		replace(before, profile);
	} else {
		tell_load(profile, NULL);
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

static void tell_unload(const struct kanary_profile *profile)
{
	char more[sizeof(" mode=monitor scored= alerts=") + 2 * 20];

	scnprintf(more, sizeof(more), " mode=%s scored=%llu alerts=%llu",
		  kanary_notice_mode(profile->mode), READ_ONCE(profile->scored),
		  READ_ONCE(profile->alerts));
	kanary_notice_change("unload", profile, more);
}

int kanary_profile_clear(u64 cgroup)
{
	struct kanary_profile *profile;

	mutex_lock(&writers);
	profile = kanary_profile_find(cgroup);
	if (profile) {
		tell_unload(profile);
		hash_del_rcu(&profile->node);
		retire(profile);
	}
	mutex_unlock(&writers);
	return profile ? 0 : -ENOENT;
}

static void tell_mode(const struct kanary_profile *profile, u32 mode)
{
	char more[sizeof(" mode=monitor before=monitor")];

	scnprintf(more, sizeof(more), " mode=%s before=%s", kanary_notice_mode(mode),
		  kanary_notice_mode(profile->mode));
	kanary_notice_change("mode", profile, more);
}

int kanary_profile_set_mode(u64 cgroup, u32 mode)
{
	struct kanary_profile *profile;

	mutex_lock(&writers);
	profile = kanary_profile_find(cgroup);
	if (profile) {
		tell_mode(profile, mode);
		WRITE_ONCE(profile->mode, mode);
	}
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

u32 kanary_profile_number(void)
{
	return READ_ONCE(number);
}

bool kanary_profile_depart(u64 cgroup)
{
	struct kanary_profile *profile;
	bool first = false;

	rcu_read_lock();
	hash_for_each_possible_rcu(profiles, profile, node, cgroup) {
		if (profile->cgroup != cgroup)
			continue;
		first = !cmpxchg64(&profile->departed, 0, atomic64_inc_return(&departures));
		break;
	}
	rcu_read_unlock();
	return first;
}

u64 kanary_profile_departures(void)
{
	return atomic64_read(&departures);
}

void kanary_profile_settle(u64 until)
{
	struct kanary_profile *profile;
	int bucket;

	mutex_lock(&writers);
	hash_for_each(profiles, bucket, profile, node) {
		u64 departed = READ_ONCE(profile->departed);

		if (!departed || departed > until || profile->settled)
			continue;
		profile->settled = true;
		kanary_counters_add(KANARY_A_COUNTER_CONTAINERS_GONE, 1);
		kanary_notice_gone(profile);
	}
	mutex_unlock(&writers);
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
